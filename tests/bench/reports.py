"""Reports of the admin API on a million rows of usage, spread over the year that ends now."""

from __future__ import annotations

import http.client
import json
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Iterator

ROWS = 1_000_000
DAYS = 365
USAGE = "/admin/api/v1/usage/"
MONTH = "?days=30"
YEAR = f"?start_date={datetime.now(timezone.utc) - timedelta(days=DAYS + 1):%Y-%m-%d}&limit=50"
# Name, path, and how many milliseconds it may take.
REPORTS = (("summary of 30 days", f"{USAGE}summary{MONTH}", 300),
           ("30 days", f"{USAGE}daily{MONTH}", 300),
           ("30 days by model", f"{USAGE}models{MONTH}", 300),
           ("30 days by user path", f"{USAGE}user-paths{MONTH}", 300),
           ("page 1 of the log", f"{USAGE}log{YEAR}", 50),
           ("page 1 of a model in 30 days", f"{USAGE}log{MONTH}&model=model-3", 300),
           ("page 10,000 of the log", f"{USAGE}log{YEAR}&offset=499950", 50),
           ("last page of the log", f"{USAGE}log{YEAR}&offset=999950", 50))


def wait_for_table(database: Path) -> None:
    """The gateway makes it, and its indexes with it."""
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline:
        time.sleep(0.05)
        if not database.exists():
            continue
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
            if connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'usage'").fetchone():
                return
    raise RuntimeError("the gateway has made no table")


def _rows() -> Iterator[tuple]:
    start = datetime.now(timezone.utc) - timedelta(days=DAYS)
    for number in range(ROWS):
        unique = number * 2654435761 % 2**32
        moment = start + timedelta(seconds=DAYS * 86400 * number / ROWS)
        yield (f"00000000-0000-4000-8000-{unique:012}", f"req-{unique}", f"chatcmpl-{unique}",
               f"{moment:%Y-%m-%dT%H:%M:%S}.{number * 7919 % 10**9:09}Z", f"model-{number % 12}",
               "openai", None if number % 3 == 0 else "openai-eu", "/v1/chat/completions",
               f"/team/{number % 40}", number % 4000, number % 900, number % 4000 + number % 900,
               '{"cached_tokens":12,"reasoning_tokens":3}', 0.001, 0.00025, 0.00125)


def fill(database: Path) -> None:
    columns = ("id, request_id, provider_id, timestamp, model, provider, provider_name, endpoint, "
               "user_path, input_tokens, output_tokens, total_tokens, raw_data, input_cost, "
               "output_cost, total_cost")
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute("PRAGMA synchronous = OFF")
        connection.executemany(
            f"INSERT INTO usage ({columns}) VALUES ({', '.join('?' * 16)})", _rows())


def best_of(times: int, port: int, path: str) -> float:
    """Milliseconds from the request to the last byte of its answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    took = []
    for _ in range(times):
        start = time.monotonic()
        connection.request("GET", path, headers={"Authorization": "Bearer sk-bench"})
        answer = connection.getresponse()
        body = answer.read()
        took.append((time.monotonic() - start) * 1000)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:200]!r}")
        told = json.loads(body)
        if YEAR in path and (len(told["entries"]) != 50 or told["total"] != ROWS):
            raise RuntimeError(f"{path}: {len(told['entries'])} of {told['total']}")
        if not told:
            raise RuntimeError(f"{path}: nothing")
    connection.close()
    return min(took)
