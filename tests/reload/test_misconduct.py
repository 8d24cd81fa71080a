"""Promise: what a plugin does against the plugin ABI is counted and warned of once, by plugin and
rule, and costs the request that it was done in at most."""

from __future__ import annotations

import json
import shutil

import pytest

from gateway import MOODY, RUDE, Gateway, wait_until

METRICS = "metrics: {enabled: true}\n"
FAILING = ["status", "exception", "no_exchange", "unknown_step", "unknown_framing",
           "malformed_request"]
HARMLESS = ["unknown_output", "late_write", "wrong_thread"]
WARNING = "a plugin broke a rule of the plugin ABI"


def broken(gateway: Gateway, plugin: str) -> dict[str, float]:
    """How often each rule was, as far as any was."""
    start = f'gomodel_plugin_misbehaved_total{{plugin="{plugin}",build="current",rule="'
    return {name[len(start):].split('"')[0]: count for name, count in gateway.metrics().items()
            if name.startswith(start) and count > 0}


def warned(gateway: Gateway, plugin: str) -> list[str]:
    lines = [json.loads(line) for line in gateway.log().splitlines() if WARNING in line]
    return sorted(line["rule"] for line in lines if line["plugin"] == plugin)


@pytest.fixture
def gateway(start) -> Gateway:
    gateway = start(settings=METRICS)
    shutil.copy(RUDE, gateway.plugins / "rude.so")
    gateway.write_config(providers="".join(
        f"  {manner}: {{type: rude, manner: {manner}, base_url: '{gateway.upstream_url}',"
        f" models: [{manner}]}}\n" for manner in FAILING + HARMLESS))
    report = gateway.refresh()
    assert report["outcome"] == "published", report
    return gateway


def ask(gateway: Gateway, model: str):
    body = {"model": model, "messages": [{"role": "user", "content": "question"}]}
    return gateway.request("POST", "/v1/chat/completions", body)


def test_every_rule_is_counted_each_time_and_warned_of_once(gateway: Gateway):
    for _ in range(2):
        for manner in FAILING:
            assert ask(gateway, manner).status >= 500, manner
        for manner in HARMLESS:
            answer = ask(gateway, manner)
            assert answer.status == 200, manner
            content = answer.json()["choices"][0]["message"]["content"]
            assert content == "all the same", manner
    counts = broken(gateway, "provider.rude")
    assert set(counts) == set(FAILING + HARMLESS)
    # An exception comes out of next() and, once more, out of close().
    assert {rule: count for rule, count in counts.items() if rule != "exception"} == dict.fromkeys(
        set(FAILING + HARMLESS) - {"exception"}, 2)
    assert counts["exception"] == 4
    wait_until(lambda: len(warned(gateway, "provider.rude")) >= len(counts), "the warnings")
    assert warned(gateway, "provider.rude") == sorted(counts)
    assert gateway.chat("question").status == 200
    assert broken(gateway, "provider.openai") == {}
    gateway.stop()


def test_creations_that_throw_or_hang_are_counted(start):
    gateway = start(settings=METRICS)
    shutil.copy(MOODY, gateway.plugins / "moody.so")
    release = gateway.folder / "release"
    for mood in ("throw", "hang"):
        gateway.write_config(providers=f"  moody: {{type: moody, on_create: {mood},"
                                       f" until: {release}}}\n")
        assert gateway.refresh()["outcome"] != "published"
    release.touch()
    assert broken(gateway, "provider.moody") == {"exception": 1, "deadline": 1}
    wait_until(lambda: len(warned(gateway, "provider.moody")) == 2, "the warnings")
    assert warned(gateway, "provider.moody") == ["deadline", "exception"]
