"""A request costs what its generation says: the prices that were current when it began."""

import json
import sqlite3
import threading
import time
from contextlib import closing

from gateway import PATIENCE, Gateway, chat, config_for, request
from upstream import DONE, LAST_CHUNK, STREAM_HEAD, Upstream, chunk, event, usage_event

USED = json.loads(usage_event().removeprefix(b"data: "))["usage"]


def priced(upstream_url, dollars):
    """What a million tokens of a prompt cost; those of the answer cost nothing."""
    config = config_for(upstream_url, storage={"type": "sqlite", "sqlite": {"path": "usage.db"}},
                        usage={"flush_interval": 1, "buffer_size": 1})
    config["providers"]["up"]["models"] = [
        {"id": "gpt-test", "metadata": {"pricing": {"currency": "USD", "input_per_mtok": dollars}}}
    ]
    return config


def costs(gateway, wanted):
    """By request, once so many are in the storage."""
    deadline = time.monotonic() + PATIENCE
    while True:
        with closing(sqlite3.connect(gateway.folder / "usage.db")) as database:
            try:
                rows = dict(database.execute("SELECT request_id, input_cost FROM usage"))
            except sqlite3.OperationalError:  # no table yet, or it is being written
                rows = {}
        if len(rows) >= wanted:
            return rows
        assert time.monotonic() < deadline, rows
        time.sleep(0.05)


def test_a_stream_costs_what_it_cost_when_it_began():
    go = threading.Event()

    def script(peer):
        old = peer.read_request().json()["messages"][0]["content"] == "old"
        peer.send(STREAM_HEAD + chunk(event("a")))
        assert not old or go.wait(PATIENCE)
        peer.send(chunk(event(None, "stop") + usage_event() + DONE) + LAST_CHUNK)

    with Upstream(script) as upstream, Gateway(priced(upstream.url, 1000)) as gateway:
        with gateway.connect() as old, gateway.connect() as other:
            old.send(chat(stream=True, content="old", headers=["X-Request-ID: old"])).read_head()
            assert old.read_chunk() == event("a")

            gateway.config_file.write_text(json.dumps(priced(upstream.url, 5)))
            report = other.send(request("POST", "/admin/api/v1/runtime/refresh", b"")).answer()
            assert report.json()["outcome"] == "published", report.body
            other.send(chat(stream=True, headers=["X-Request-ID: new"])).read_head()
            while other.read_chunk():
                pass

            go.set()
            while old.read_chunk():
                pass
        tokens = USED["prompt_tokens"]
        assert costs(gateway, 2) == {"old": tokens * 1000 / 1e6, "new": tokens * 5 / 1e6}
