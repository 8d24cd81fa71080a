"""Every request that reached a provider has one row, with the tokens its provider counted."""

from __future__ import annotations

import asyncio
import json
import os
from collections import Counter
from typing import Callable

import pytest

from checks import check_exact, check_tokens
from clients import MIXED, Crowd, questions, with_refreshes
from gateway import Gateway, wait_until
from upstream import Upstream

REQUESTS = int(os.environ.get("GOMODEL_RECORD_REQUESTS", "3000"))
ALWAYS = "recorder: {sync: always}\n"


# Everything that counts along is on, and refuses nobody.
PRICED = ("    models:\n"
          "      - {id: gpt-test, metadata: {pricing: {input_per_mtok: 1000, output_per_mtok: 2000}}}\n"
          "      - embed-test\n")
WATCHED = ("logging: {enabled: true, flush_interval: 1}\n"
           "budgets: {user_paths: [{path: /, limits: [{period_seconds: 100000000, amount: 1e9}]},\n"
           "                       {path: /team/relay, limits: [{period_seconds: 100000000,\n"
           "                                                     amount: 1e9}]}]}\n"
           "rate_limits: [{scope: key, requests: 900000000, tokens: 900000000000, per: day,\n"
           "               concurrency: 1000}, {scope: model, tokens: 900000000000, per: day}]\n")


def spent(gateway: Gateway) -> dict[str, float]:
    status, body = gateway.get("/admin/api/v1/budgets")
    assert status == 200, body
    return {one["user_path"]: one["spent"] for one in json.loads(body)["budgets"]}


@pytest.mark.parametrize("storage, settings", [("sqlite", ""), ("sqlite", ALWAYS),
                                               ("postgresql", "")])
def test_rows_are_requests(start: Callable[..., Gateway], upstream: Upstream,
                           request: pytest.FixtureRequest, storage: str, settings: str) -> None:
    server = request.getfixturevalue("server") if storage == "postgresql" else None
    gateway = start(settings + WATCHED, storage=storage, models=PRICED,
                    database=server.url if server else "")
    keys = [gateway.new_key(str(number)) for number in range(5)]
    crowd = Crowd(lambda: gateway.port, questions(0, REQUESTS, MIXED),
                  keys=tuple(key["value"] for key in keys))
    refreshes = asyncio.run(with_refreshes(crowd, gateway))
    assert refreshes > 0
    assert not crowd.wrong and crowd.answered == crowd.asked == upstream.asked
    wait_until(lambda: gateway.metric("gomodel_storage_rows_written_total") >= 2 * REQUESTS,
               "every row of usage and of the audit log")
    assert gateway.metric("gomodel_recorder_depth") == 0
    assert gateway.metric("gomodel_recorder_lost_entries_total") == 0
    rows, counted = gateway.rows(), spent(gateway)
    check_exact(rows, crowd)
    for row in rows:
        key = keys[int(row["request_id"].split("-")[0]) % len(keys)]
        assert row["auth_key_id"] == key["id"] and row["duration_ns"] > 0
    for path in ("/", "/team/relay"):
        costs = sum(row["total_cost"] or 0 for row in rows
                    if path == "/" or row["user_path"] == path)
        assert costs > 0 and counted[path] == pytest.approx(costs), path
    status, body = gateway.get("/admin/api/v1/audit/log?limit=1&days=2")
    assert (status, json.loads(body)["total"]) == (200, REQUESTS)
    gateway.stop()
    assert storage != "sqlite" or len(gateway.rows()) == REQUESTS


def test_storage_that_is_down_and_slow_costs_nothing(start: Callable[..., Gateway]) -> None:
    gateway = start()
    third = REQUESTS // 3
    crowds = [Crowd(lambda: gateway.port, questions(first, third))
              for first in (0, third, 2 * third)]
    asyncio.run(crowds[0].run())
    gateway.storage("down", True)
    asyncio.run(crowds[1].run())
    wait_until(lambda: gateway.metric("gomodel_recorder_depth") == 0, "the journal to have all")
    assert gateway.metric("gomodel_journal_bytes") > third * 100
    wait_until(lambda: gateway.metric("gomodel_storage_write_failures_total") > 0,
               "a write to fail")
    assert gateway.metric("gomodel_storage_up") == 0
    gateway.storage("slow", True)
    gateway.storage("down", False)
    asyncio.run(crowds[2].run())
    gateway.storage("slow", False)
    everything = Crowd(lambda: 0, [])
    everything.asked = set().union(*(crowd.asked for crowd in crowds))
    wait_until(lambda: len(gateway.rows()) == len(everything.asked), "every row")
    gateway.stop()
    check_exact(gateway.rows(), everything)


def test_a_journal_at_its_limit_says_so_and_loses_nothing(start: Callable[..., Gateway]) -> None:
    gateway = start("recorder: {journal: {max_size: 1M}}\n")
    gateway.storage("down", True)
    crowd = Crowd(lambda: gateway.port, questions(0, 5000, ("json",)))
    asyncio.run(crowd.run())
    assert not crowd.wrong and crowd.answered == crowd.asked
    wait_until(lambda: gateway.metric("gomodel_journal_refuses") == 1, "the journal to be full")
    limit = gateway.metric("gomodel_journal_limit_bytes")
    assert limit == 1 << 20 and limit / 2 < gateway.metric("gomodel_journal_bytes") <= limit
    assert gateway.metric("gomodel_recorder_depth") > 0
    assert "journal" in gateway.log()
    gateway.storage("down", False)
    wait_until(lambda: len(gateway.rows()) == 5000, "every row")
    assert gateway.metric("gomodel_journal_refuses") == 0
    assert gateway.metric("gomodel_recorder_depth") == 0
    assert gateway.metric("gomodel_recorder_lost_entries_total") == 0
    gateway.stop()
    check_exact(gateway.rows(), crowd)


def test_storage_that_is_not_there_yet_costs_nothing(start: Callable[..., Gateway],
                                                     tmp_path) -> None:
    (tmp_path / "rows.file.down").touch()
    gateway = start()
    crowd = Crowd(lambda: gateway.port, questions(0, 200))
    asyncio.run(crowd.run())
    gateway.stop()
    assert not gateway.rows()
    gateway.storage("down", False)
    gateway.start()
    wait_until(lambda: len(gateway.rows()) == 200, "the rows of the gateway before")
    gateway.stop()
    check_exact(gateway.rows(), crowd)


def test_kill_costs_no_row_of_an_answer_that_was_whole(start: Callable[..., Gateway]) -> None:
    gateway = start(ALWAYS, storage="sqlite")
    # Nobody answers a client that hangs up.
    kinds = ("json", "stream", "embed", "fails", "cut", "pass", "relay")
    crowd = Crowd(lambda: gateway.port, questions(0, REQUESTS, kinds))

    async def kills() -> None:
        for part in (1, 2, 3):
            while len(crowd.answered) < REQUESTS * part // 4:
                await asyncio.sleep(0.001)
            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)

    asyncio.run(with_refreshes(crowd, gateway, kills))
    gateway.stop()
    rows = gateway.rows()
    by_request = Counter(row["request_id"] for row in rows)
    assert not crowd.wrong
    assert not crowd.answered - set(by_request), "answered, and no row"
    assert not [request for request, count in by_request.items() if count != 1]
    assert set(by_request) <= crowd.asked
    # Each kill cuts off what runs, and perhaps one more try that the dying socket still took.
    assert len(crowd.asked - crowd.answered) <= 3 * 2 * crowd.connections
    for row in rows:
        if row["request_id"] in crowd.answered:
            check_tokens(row, row["request_id"])
