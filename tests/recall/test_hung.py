"""Promise: a plugin that never returns does not hold up the end of the gateway, and costs no row."""

from __future__ import annotations

import os
import signal
import time

import pytest

from gateway import PATIENCE

NEVER = 3_600_000  # milliseconds
LIMIT = 15  # seconds; EndLimit::kLimit


@pytest.mark.parametrize("how", ["the limit", "another signal"])
def test_a_cache_that_never_returns_does_not_hold_up_the_end(start, cache, how, monkeypatch):
    # Threads that wait for the plugin are left behind: that is what this is about.
    options = os.environ.get("TSAN_OPTIONS", "")
    monkeypatch.setenv("TSAN_OPTIONS", f"{options} report_thread_leaks=0")
    gateway = start(cache.block)
    assert not gateway.chat("before").hit
    cache.delay(NEVER)
    assert not gateway.chat("meanwhile").hit
    began = time.monotonic()
    gateway.process.send_signal(signal.SIGTERM)
    if how == "another signal":
        while gateway.process.poll() is None:  # the first of them ends the draining, if it lasts
            gateway.process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            assert time.monotonic() - began < LIMIT
    assert gateway.process.wait(PATIENCE) == 0
    if how == "the limit":
        assert time.monotonic() - began >= LIMIT
    error = gateway.warnings("the end is not waited for any longer")[-1]
    assert error["level"] == "ERROR" and error["plugins_not_returned"] == "cache.slow"

    cache.delay(0)
    gateway.start()  # in the same folder, with the same journal
    rows = gateway.rows("/usage/log", "entries", 2)
    assert len(rows) == 2
