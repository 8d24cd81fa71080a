"""Promise: `on_breach: bypass` leaves a guardrail that exceeds its budget out, and takes it back once
it is fast again. It is counted, and said."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest

from gateway import Gateway, rule
from gateway_process import wait_until

LIMIT_MS = 400
SLOW_MS = 800


class Brake:
    """While it is pulled, the guardrail takes longer than it may."""

    def __init__(self, folder: Path):
        self.file = folder / "slow"

    def pull(self) -> None:
        self.file.touch()

    def release(self) -> None:
        self.file.unlink()


@pytest.fixture
def brake(tmp_path: Path) -> Brake:
    return Brake(tmp_path)


def slow_rule(brake: Brake, type: str) -> dict:
    return rule("tag", type, slow_while=str(brake.file), slow_ms=SLOW_MS)


def budget(type: str, on_breach: str = "bypass") -> dict:
    return {f"guardrail.{type}": {"limit": f"{LIMIT_MS}ms", "on_breach": on_breach}}


def ask(gateway: Gateway, upstream) -> bool:
    """Whether the guardrail has seen the request."""
    assert gateway.chat("hello").status == 200
    content = upstream.last["messages"][-1]["content"]
    assert content in ("hello", "hello [seen]")
    return content != "hello"


def left_out(gateway: Gateway) -> bool:
    (shown,) = gateway.generations()["generations"][0]["guardrails"]
    return shown["left_out"]


@pytest.mark.parametrize("type", ["scripted", "blocking"])
def test_a_guardrail_over_its_budget_is_left_out_until_it_is_fast_again(start, upstream, brake, type):
    gateway = start(slow_rule(brake, type), budgets=budget(type))
    labels = {"plugin": f"guardrail.{type}", "build": "current"}
    assert ask(gateway, upstream) and not left_out(gateway)
    assert gateway.metric("gomodel_plugin_bypassed_total", **labels) == 0

    brake.pull()
    began = time.monotonic()
    assert ask(gateway, upstream), "the call that is too slow still counts"
    assert time.monotonic() - began >= SLOW_MS / 1000
    warning = gateway.wait_for("a plugin takes longer than its budget")
    assert warning["level"] == "WARN", warning
    assert warning["plugin"] == f"guardrail.{type}" and warning["instance"] == "tag"
    assert warning["function"] == "request" and warning["worst_ms"] >= SLOW_MS
    assert warning["budget_ms"] == LIMIT_MS
    assert gateway.metric("gomodel_plugin_over_budget_total", **labels) == 1
    gateway.wait_for("a plugin is left out until it keeps to its budget")
    assert left_out(gateway)
    assert gateway.metric("gomodel_plugin_bypass_active", **labels) == 1

    # Requests pass without it, but for one in each pause of a second, two, ...
    began = time.monotonic()
    seen = [ask(gateway, upstream) for _ in range(20)]
    assert False in seen
    trials = seen.count(True)
    assert trials <= 1 + time.monotonic() - began, "one in a pause"
    assert gateway.metric("gomodel_plugin_bypassed_total", **labels) == seen.count(False)

    # The next trial finds it as slow as before.
    wait_until(lambda: ask(gateway, upstream), "a trial")
    assert left_out(gateway)
    assert gateway.metric("gomodel_plugin_over_budget_total", **labels) == 2 + trials
    skipped = gateway.metric("gomodel_plugin_bypassed_total", **labels)

    # And one after that finds it fast.
    brake.release()
    wait_until(lambda: ask(gateway, upstream), "the guardrail to come back")
    gateway.wait_for("a plugin keeps to its budget again and is back")
    assert all(ask(gateway, upstream) for _ in range(20))
    assert not left_out(gateway)
    assert gateway.metric("gomodel_plugin_bypass_active", **labels) == 0
    assert gateway.metric("gomodel_plugin_over_budget_total", **labels) == 2 + trials
    assert gateway.metric("gomodel_plugin_bypassed_total", **labels) > skipped


def test_a_guardrail_that_is_only_counted_is_never_left_out(start, upstream, brake):
    gateway = start(slow_rule(brake, "scripted"), budgets=budget("scripted", "count"))
    brake.pull()
    assert all(ask(gateway, upstream) for _ in range(3))
    assert not left_out(gateway)
    assert gateway.metric("gomodel_plugin_over_budget_total", plugin="guardrail.scripted") == 3
    assert gateway.metric("gomodel_plugin_bypassed_total", plugin="guardrail.scripted") == 0


def test_a_guardrail_that_blocks_its_thread_holds_up_no_loop(start, upstream, brake):
    gateway = start(slow_rule(brake, "blocking"), rule("other", order=1))
    brake.pull()
    slow = [threading.Thread(target=gateway.chat) for _ in range(4)]
    for thread in slow:
        thread.start()
    answered = 0
    while any(thread.is_alive() for thread in slow):
        began = time.monotonic()
        assert gateway.ask("/health", method="GET").status == 200
        if time.monotonic() - began < SLOW_MS / 2000:
            answered += 1
    assert answered >= 5, "both loops have a request that waits, and serve others meanwhile"


def test_a_refresh_does_not_forget_who_is_left_out(start, upstream, brake):
    gateway = start(slow_rule(brake, "scripted"), budgets=budget("scripted"))
    brake.pull()
    assert ask(gateway, upstream)
    gateway.configure([slow_rule(brake, "scripted"), rule("more", "blocking", does="pass")],
                      budgets=budget("scripted"))
    assert gateway.refresh()["outcome"] == "published"
    shown = gateway.generations()["generations"][0]["guardrails"]
    assert {each["name"]: each["left_out"] for each in shown} == {"more": False, "tag": True}
