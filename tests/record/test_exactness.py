"""Every request that reached a provider has one row, with the tokens its provider counted."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from typing import Callable

import pytest

from checks import check_exact, check_tokens
from clients import Crowd, questions
from gateway import Gateway, wait_until
from upstream import Upstream

REQUESTS = int(os.environ.get("GOMODEL_RECORD_REQUESTS", "3000"))
ALWAYS = "recorder: {sync: always}\n"


async def with_refreshes(crowd: Crowd, gateway: Gateway) -> None:
    async def refresh() -> None:
        while True:
            status, body = await asyncio.to_thread(
                gateway.request, "POST", "/admin/api/v1/runtime/refresh")
            assert status == 200, body
            await asyncio.sleep(1)
    refreshing = asyncio.create_task(refresh())
    await crowd.run()
    refreshing.cancel()


@pytest.mark.parametrize("settings", ["", ALWAYS], ids=["interval", "always"])
def test_rows_are_requests(start: Callable[..., Gateway], upstream: Upstream,
                           settings: str) -> None:
    gateway = start(settings, storage="sqlite")
    crowd = Crowd(lambda: gateway.port, questions(0, REQUESTS))
    asyncio.run(with_refreshes(crowd, gateway))
    assert not crowd.wrong and crowd.answered == crowd.asked == upstream.asked
    assert gateway.metric("gomodel_recorder_lost_entries_total") == 0
    gateway.stop()
    check_exact(gateway.rows(), crowd)


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
    kinds = ("json", "stream", "embed", "fails", "cut")
    crowd = Crowd(lambda: gateway.port, questions(0, REQUESTS, kinds))

    async def with_kills() -> None:
        serving = asyncio.create_task(crowd.run())
        for part in (1, 2, 3):
            while len(crowd.answered) < REQUESTS * part // 4:
                await asyncio.sleep(0.001)
            await asyncio.to_thread(gateway.kill)
            await asyncio.to_thread(gateway.start)
        await serving

    asyncio.run(with_kills())
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
