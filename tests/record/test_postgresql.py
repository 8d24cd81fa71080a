"""A PostgreSQL that crashes while requests run costs no row."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Callable

from checks import check_exact
from clients import MIXED, Crowd, questions, with_refreshes
from gateway import Gateway, wait_until
from with_postgres import Server

REQUESTS = int(os.environ.get("GOMODEL_RECORD_REQUESTS", "3000"))
CRASHES = 3


def crash(server: Server) -> None:
    """At once, without a word to its clients or its files; then it is started again."""
    server.stop(signal.SIGQUIT)
    server.start()


def test_crashes_of_the_server_cost_no_row(start: Callable[..., Gateway], server: Server) -> None:
    gateway = start(storage="postgresql", database=server.url)
    crowd = Crowd(lambda: gateway.port, questions(0, REQUESTS, MIXED))

    async def crashes() -> None:
        for part in range(1, CRASHES + 1):
            while len(crowd.answered) < REQUESTS * part // (CRASHES + 1):
                await asyncio.sleep(0.001)
            await asyncio.to_thread(crash, server)

    asyncio.run(with_refreshes(crowd, gateway, crashes))
    assert not crowd.wrong and crowd.answered == crowd.asked
    wait_until(lambda: gateway.metric("gomodel_storage_rows_written_total") >= REQUESTS,
               "every row to be written")
    assert gateway.metric("gomodel_recorder_lost_entries_total") == 0
    check_exact(gateway.rows(), crowd)
    gateway.stop()
