"""Promise: a gateway may be stopped and started while it is in use: what runs is finished, within a
limit; nothing that is cut off looks whole; and it needs its upstream neither to start nor to stop."""

from __future__ import annotations

import http.client
import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway import CONFIG, Gateway
from samples import CREATE, HELLO
from upstream import Upstream

PARAMS = {"model": "gpt-4o", "messages": HELLO}
HASTY = CONFIG.replace("workers: 2", "workers: 2, drain_timeout: 300ms")


@pytest.mark.parametrize("kind", ["call", "stream"])
def test_a_stop_lets_running_requests_finish(client, upstream, kind):
    gateway = Gateway(upstream.url)
    client.target = gateway.api
    upstream.behaviour.words = [f" {number}" for number in range(200)]
    upstream.behaviour.piece = 400
    client.begin(kind, CREATE, params=PARAMS, abort_after=0)
    exchange = upstream.next_exchange()
    if kind == "stream":
        exchange.wait(lambda exchange: exchange.events_sent > 10)
    gateway.stop()
    answer = client.finish()
    assert "error" not in answer, answer["error"]
    if kind == "stream":
        assert len(answer["chunks"]) == 202


def test_what_runs_past_the_limit_is_cut_off_and_does_not_look_whole(client, upstream):
    gateway = Gateway(upstream.url, config=HASTY)
    client.target = gateway.api
    upstream.behaviour.hold_after = 5
    client.begin("stream", CREATE, params=PARAMS, abort_after=0)
    upstream.next_exchange().wait(lambda exchange: exchange.events_sent == 5)
    gateway.stop()
    seen = client.finish()
    assert len(seen["chunks"]) == 5
    assert seen["error"]
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)


def test_a_stream_that_begins_during_a_stop_and_is_cut_off_does_not_look_whole(client, upstream):
    gateway = Gateway(upstream.url, config=CONFIG.replace("workers: 2",
                                                          "workers: 2, drain_timeout: 3s"))
    client.target = gateway.api
    upstream.behaviour.opens = threading.Event()
    upstream.behaviour.hold_after = 5
    client.begin("stream", CREATE, params=PARAMS, abort_after=0)
    exchange = upstream.next_exchange()
    with ThreadPoolExecutor(1) as stopper:
        stopped = stopper.submit(gateway.stop)
        while "shutting down" not in gateway.log():
            time.sleep(0.01)
        upstream.behaviour.opens.set()
        exchange.wait(lambda exchange: exchange.events_sent == 5)
        seen = client.finish()
        stopped.result()
    assert len(seen["chunks"]) == 5
    assert seen["error"]


def test_idle_connections_do_not_hold_up_a_stop(client, upstream):
    gateway = Gateway(upstream.url)
    client.target = gateway.api
    client.call(CREATE, **PARAMS)["data"]  # leaves connections open on both sides
    idle = http.client.HTTPConnection("127.0.0.1", gateway.port)
    idle.request("GET", "/health")
    assert idle.getresponse().read() == b'{"status":"ok"}'
    began = time.monotonic()
    gateway.stop()
    assert time.monotonic() - began < 10  # of a drain limit of 30 s
    idle.close()


def test_it_starts_before_its_upstream(client, upstream):
    upstream.behaviour.error = None
    late = Upstream()
    port = late.port
    late.stop()
    gateway = Gateway(f"http://127.0.0.1:{port}/v1", ready=503)
    client.target = gateway.api
    for error in (client.error("models.list"), client.error(CREATE, **PARAMS)):
        assert (error["class"], error["status"]) == ("InternalServerError", 503)
        assert error["headers"]["retry-after"]
    assert gateway.get("/health")[0] == 200
    late = Upstream(port=port)
    gateway.wait_until(200)
    assert client.call(CREATE, **PARAMS)["data"]["object"] == "chat.completion"
    gateway.stop()
    late.stop()


def test_a_slow_reader_slows_the_upstream(gateway, upstream):
    events = 400
    upstream.behaviour.words = ["x" * 200_000] * events  # 80 MB
    reader = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
    body = json.dumps({**PARAMS, "stream": True})
    reader.request("POST", "/v1/chat/completions", body, {
        "Authorization": f"Bearer {gateway.key}", "Content-Type": "application/json"})
    exchange = upstream.next_exchange()
    answer = reader.getresponse()
    before = gateway.resident_kib()
    sent = -1
    while exchange.events_sent != sent:  # until the upstream, too, can send no more
        sent = exchange.events_sent
        time.sleep(0.3)
    assert sent < events / 2
    assert gateway.resident_kib() - before < 16 * 1024
    whole = answer.read()
    assert whole.count(b"x" * 200_000) == events
    assert whole.endswith(b"data: [DONE]\n\n")
    reader.close()
