"""A database that cannot be used costs no request and no row: clients are served, the admin API
says that something is wrong and the log says what, and rows wait until the database works again."""

from __future__ import annotations

import asyncio
import json
import os
import resource
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Callable

from api import ADMIN, call
from clients import Crowd, questions
from gateway import Gateway, wait_until


def ask(gateway: Gateway, first: int, count: int) -> None:
    crowd = Crowd(lambda: gateway.port, questions(first, count, ("json", "stream")))
    asyncio.run(crowd.run())
    assert len(crowd.answered) == count and not crowd.wrong


def warned(gateway: Gateway, *words: str) -> Callable[[], bool]:
    def there() -> bool:
        return any("they wait in the journal" in line["msg"] and
                   all(word in line["error"] for word in words)
                   for line in map(json.loads, gateway.log().rpartition("\n")[0].splitlines()))
    return there


def still_serves(gateway: Gateway, first: int) -> None:
    """Traffic passes, the admin API answers as documented, and rows are kept."""
    ask(gateway, first, 20)
    assert gateway.process.poll() is None
    assert gateway.metric("gomodel_recorder_lost_entries_total") == 0
    assert gateway.metric("gomodel_journal_bytes") > 0
    for path in ("usage/summary", "usage/log", "usage/models", "pricing", "providers/status",
                 "dashboard/config", "usage/recalculate"):
        call(gateway, "GET", f"{ADMIN}/{path}")
    call(gateway, "POST", f"{ADMIN}/usage/recalculate", {})
    put = call(gateway, "PUT", f"{ADMIN}/pricing/gpt-test", {"input_per_mtok": 1})
    assert put.status >= 500, put.body
    assert b"rows.sqlite" not in put.body and b"database" not in put.body


def all_there(gateway: Gateway, count: int) -> None:
    wait_until(lambda: len(gateway.rows()) == count, f"{count} rows")
    assert len({row["request_id"] for row in gateway.rows()}) == count
    assert gateway.metric("gomodel_recorder_lost_entries_total") == 0


def broken(start: Callable[..., Gateway], breaks: Callable[[Path], None]) -> Gateway:
    """A gateway with 20 rows that was stopped, its file broken, and started again."""
    gateway = start()
    ask(gateway, 0, 20)
    all_there(gateway, 20)
    gateway.stop()
    breaks(gateway.rows_file)
    gateway.start()
    return gateway


def mended(gateway: Gateway, mends: Callable[[Path], None]) -> None:
    gateway.stop()
    mends(gateway.rows_file)
    gateway.start()
    all_there(gateway, 40)


def test_a_file_that_is_no_database(start: Callable[..., Gateway]) -> None:
    kept: list[bytes] = []

    def breaks(file: Path) -> None:
        kept.append(file.read_bytes())
        file.write_bytes(b"this is no database, whatever its name says\n" * 500)

    gateway = broken(start, breaks)
    wait_until(warned(gateway), "the warning")
    still_serves(gateway, 20)
    assert gateway.rows_file.read_bytes().startswith(b"this is no database")
    mended(gateway, lambda file: file.write_bytes(kept[0]))


def test_a_database_whose_pages_are_damaged(start: Callable[..., Gateway]) -> None:
    kept: list[bytes] = []

    def breaks(file: Path) -> None:
        whole = file.read_bytes()
        kept.append(whole)
        file.write_bytes(whole[:100] + b"\xa5" * (len(whole) - 100))

    gateway = broken(start, breaks)
    wait_until(warned(gateway), "the warning")
    still_serves(gateway, 20)
    mended(gateway, lambda file: file.write_bytes(kept[0]))


def test_a_database_of_a_newer_version(start: Callable[..., Gateway]) -> None:
    def version(file: Path, change: str) -> None:
        with closing(sqlite3.connect(file)) as database, database:
            database.execute(f"UPDATE gomodel_migrations SET version = version {change} "
                             "WHERE id = (SELECT max(id) FROM gomodel_migrations "
                             "WHERE component = 'usage')")

    gateway = broken(start, lambda file: version(file, "+ 1000"))
    wait_until(warned(gateway, "was written by a newer version"), "the warning")
    still_serves(gateway, 20)
    mended(gateway, lambda file: version(file, "- 1000"))


def test_a_folder_that_is_read_only_for_the_file(start: Callable[..., Gateway]) -> None:
    """A folder where the file should be: nobody can write there, not even root."""
    def breaks(file: Path) -> None:
        file.rename(file.with_suffix(".kept"))
        for more in file.parent.glob("rows.sqlite-*"):
            more.unlink()
        file.mkdir()

    def mends(file: Path) -> None:
        file.rmdir()
        file.with_suffix(".kept").rename(file)

    gateway = broken(start, breaks)
    wait_until(warned(gateway), "the warning")
    still_serves(gateway, 20)
    mended(gateway, mends)


def test_a_file_that_may_only_be_read(start: Callable[..., Gateway]) -> None:
    gateway = start(storage="sqlite")
    ask(gateway, 0, 20)
    all_there(gateway, 20)
    gateway.stop()
    config = gateway.folder / "config.yaml"
    text = config.read_text()
    path = str(gateway.rows_file)
    assert path in text
    config.write_text(text.replace(path, f"'file:{path}?mode=ro'"))
    gateway.start()
    wait_until(warned(gateway, "read"), "the warning")
    still_serves(gateway, 20)
    gateway.stop()
    config.write_text(text)
    gateway.start()
    all_there(gateway, 40)


def test_a_disk_that_is_full(start: Callable[..., Gateway]) -> None:
    """No file of the gateway may grow beyond a limit that the database reaches first."""
    gateway = start()
    ask(gateway, 0, 20)
    all_there(gateway, 20)
    size = sum(file.stat().st_size for file in gateway.folder.glob("rows.sqlite*"))
    limits = resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE)
    # The database, its log and its journal of pages are files; the gateway's own journal is
    # younger than they are, and smaller.
    low = max(file.stat().st_size for file in gateway.folder.glob("rows.sqlite*"))
    assert size > 0
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (low, limits[1]))
    asked = 20

    def tried() -> bool:
        written = gateway.metric("gomodel_storage_rows_written_total")
        return written >= asked or warned(gateway)()

    while not warned(gateway)():
        ask(gateway, asked, 100)
        asked += 100
        wait_until(tried, "the rows to be written, or not")  # or the journal is full first
        assert asked < 5000, "the disk is never full"
    ask(gateway, asked, 20)
    asked += 20
    assert gateway.process.poll() is None
    put = call(gateway, "PUT", f"{ADMIN}/pricing/gpt-test", {"input_per_mtok": 1})
    assert put.status in (200, 500, 504), put.body
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, limits)
    all_there(gateway, asked)
    assert os.path.getsize(gateway.rows_file) > 0


def test_the_plugins_of_other_storages_are_not_loaded(start: Callable[..., Gateway]) -> None:
    gateway = start(storage="sqlite")
    current = call(gateway, "GET", f"{ADMIN}/runtime/generations").json()["generations"][0]
    files = {module["file"].rpartition("/")[2] for module in current["modules"]}
    storages = {name for name in files if name.startswith("libgomodel-storage")}
    assert storages == {"libgomodel-storage-sqlite.so"}
    assert "libgomodel-provider-openai.so" in files
