"""Promise: whatever is refreshed while a stream runs, the stream goes on to its end as if nothing had
happened, and what it ran on is gone afterwards.

The short form is for every run of the tests; GOMODEL_RELOAD_REFRESHES=200, GOMODEL_RELOAD_STREAMS=100
and GOMODEL_RELOAD_SECONDS=10 make the long one.
"""

from __future__ import annotations

import os
import time
from concurrent.futures import ThreadPoolExecutor

from gateway import Answer, Gateway, wait_until

REFRESHES = int(os.environ.get("GOMODEL_RELOAD_REFRESHES", "20"))
STREAMS = int(os.environ.get("GOMODEL_RELOAD_STREAMS", "20"))
SECONDS = float(os.environ.get("GOMODEL_RELOAD_SECONDS", "2"))
# Allocators keep some of what they once needed, sanitizers all of it for a while.
SANITIZED = bool(os.environ.get("GOMODEL_SANITIZE"))
MAX_GROWTH_MIB = float(os.environ.get("GOMODEL_RELOAD_MAX_GROWTH_MIB", "16"))


def seen(answer: Answer) -> tuple:
    """All a client can see, but for the time of day."""
    headers = {name: value for name, value in answer.headers.items() if name != "date"}
    return answer.status, headers, answer.body


def start_streams(pool: ThreadPoolExecutor, gateway: Gateway) -> list:
    return [pool.submit(gateway.chat, f"question-{number}", True) for number in range(STREAMS)]


def change_something(gateway: Gateway, number: int) -> None:
    if number % 2 == 0:
        gateway.swap_plugin(f"build {number}")
    else:
        gateway.write_config(retries=number % 10 + 4)


def test_streams_survive_refreshes_whole_and_nothing_leaks(gateway, upstream):
    upstream.stream_seconds = SECONDS
    with ThreadPoolExecutor(STREAMS) as pool:
        control = [seen(stream.result()) for stream in start_streams(pool, gateway)]
        assert all(status == 200 and body.endswith(b"data: [DONE]\n\n")
                   for status, _, body in control)
        before = gateway.settle()
        assert before.modules == 1

        upstream.close_gate()
        streams = start_streams(pool, gateway)
        wait_until(lambda: upstream.streams == STREAMS, "all streams to begin")
        began = time.monotonic()
        middle = 0.0
        for number in range(REFRESHES):
            time.sleep(max(0, began + number * SECONDS / REFRESHES - time.monotonic()))  # the pace
            change_something(gateway, number)
            report = gateway.refresh()
            assert report["status"] == "ok" and report["outcome"] == "published", report
            if number == REFRESHES // 2:
                middle = gateway.resident_mib()
        generations = gateway.generations()["generations"]
        assert generations[0]["number"] == REFRESHES + 1
        assert (generations[-1]["number"], generations[-1]["requests"]) == (1, STREAMS)
        upstream.open_gate()
        stormy = [seen(stream.result()) for stream in streams]

    broken = [number for number in range(STREAMS) if stormy[number] != control[number]]
    assert not broken, (stormy[broken[0]], control[broken[0]])
    gateway.settle()
    wait_until(lambda: not gateway.resources().exceed(before),
               f"no more than {before}", 20)
    if not SANITIZED:
        assert gateway.resident_mib() - middle < MAX_GROWTH_MIB


def test_streams_of_several_generations_live_side_by_side(gateway, upstream):
    upstream.close_gate()
    with ThreadPoolExecutor(3) as pool:
        streams = []
        for number in range(3):
            streams.append(pool.submit(gateway.chat, f"question-{number}", True))
            wait_until(lambda: upstream.streams == number + 1, "the stream to begin")
            gateway.swap_plugin(f"build {number}")
            assert gateway.refresh()["outcome"] == "published"

        def live() -> list[dict]:
            return gateway.generations()["generations"]

        # A model list that is still being asked for counts as a request, too.
        wait_until(lambda: [(generation["number"], generation["requests"])
                            for generation in live()] == [(4, 1), (3, 1), (2, 1), (1, 1)],
                   "one request on each generation")
        assert len({generation["modules"][0]["sha256"] for generation in live()}) == 4
        assert gateway.resources().modules == 4
        upstream.open_gate()
        assert all(stream.result().body.endswith(b"[DONE]\n\n") for stream in streams)
    gateway.settle()
    wait_until(lambda: gateway.resources().modules == 1, "old code to be unloaded")
