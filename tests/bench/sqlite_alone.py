"""What SQLite by itself needs for the rows that a gateway has written: the floor below what
recording can cost while the tables and their indexes are as they are."""

from __future__ import annotations

import sqlite3
import time
from contextlib import closing
from pathlib import Path

TABLES = ("usage", "audit_logs")
ROWS_AT_ONCE = 1000  # in a transaction, about as many as the gateway has there
# As plugins/storage/sqlite opens a database.
PRAGMAS = ("page_size = 8192", "cache_size = -16000", "synchronous = NORMAL",
           "journal_mode = WAL")


def _make_tables(connection: sqlite3.Connection) -> None:
    names = ", ".join("?" * len(TABLES))
    for (statement,) in connection.execute(
            f"SELECT sql FROM written.sqlite_master WHERE sql IS NOT NULL AND tbl_name IN ({names})"
            " ORDER BY type DESC, name", TABLES).fetchall():
        connection.execute(statement)


def _write(connection: sqlite3.Connection, table: str, last: int) -> None:
    for first in range(0, last, ROWS_AT_ONCE):
        connection.execute("BEGIN")
        connection.execute(f"INSERT INTO {table} SELECT * FROM written.{table} "
                           "WHERE rowid > ? AND rowid <= ?", (first, first + ROWS_AT_ONCE))
        connection.execute("COMMIT")


def microseconds_per_request(database: Path) -> float:
    """CPU time, of all tables in which the gateway wrote a row for each request. Writes a database
    with the same rows and indexes beside the one given; both are in the system's cache."""
    copy = database.with_name(f"{database.stem}-alone.db")
    with closing(sqlite3.connect(copy, isolation_level=None)) as connection:
        for pragma in PRAGMAS:
            connection.execute(f"PRAGMA {pragma}")
        connection.execute("ATTACH ? AS written", (str(database),))
        _make_tables(connection)
        sizes = {table: connection.execute(f"SELECT count(*), max(rowid) FROM written.{table}")
                 .fetchone() for table in TABLES}
        began = time.process_time()
        for table, (rows, last) in sizes.items():
            if rows:
                _write(connection, table, last)
        connection.execute("PRAGMA wal_checkpoint(FULL)")
        took = time.process_time() - began
    return took * 1e6 / max(rows for rows, _ in sizes.values())
