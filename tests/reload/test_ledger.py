"""Promise: the time inside every plugin is measured always, shown in the metrics and, if the operator
wants it, to the client; a plugin over its budget is counted and warned about."""

from __future__ import annotations

import json
import re

from gateway import FAULTY, wait_until

METRICS = "metrics: {enabled: true}\n"
CALLS = "gomodel_plugin_call_duration_seconds"
LABELS = 'plugin="provider.openai",build="current"'


def count(metrics: dict[str, float], function: str) -> float:
    return metrics.get(f'{CALLS}_count{{{LABELS},function="{function}"}}', 0)


def test_every_call_of_every_function_is_in_the_histograms(start):
    gateway = start(settings=METRICS)
    wait_until(lambda: count(gateway.metrics(), "close") == 1, "the list of models to be done with")
    before = gateway.metrics()
    for number in range(5):
        assert gateway.chat(f"question-{number}", stream=number % 2 == 1).status == 200
    wait_until(lambda: count(gateway.metrics(), "close") == 6, "the last exchange to be closed")
    after = gateway.metrics()
    for function in ("open", "next", "head", "close"):
        assert count(after, function) - count(before, function) == 5, function
        label = f'{LABELS},function="{function}"'
        assert after[f'{CALLS}_bucket{{{label},le="+Inf"}}'] == count(after, function)
        assert 0 < after[f"{CALLS}_sum{{{label}}}"] < 5
        assert 0 < after[f"gomodel_plugin_call_worst_seconds{{{label}}}"] < 5


def test_the_client_is_told_only_if_the_operator_wants_it(start):
    gateway = start(settings=METRICS)
    assert "server-timing" not in gateway.chat("question").headers
    gateway.write_config(server=", timing_header: true")
    assert gateway.refresh()["outcome"] == "published"
    for stream in (False, True):
        header = gateway.chat("question", stream).headers["server-timing"]
        times = re.fullmatch(r"provider\.openai;dur=(\d+\.\d{4}), total;dur=(\d+\.\d{4})", header)
        assert times, header
        assert 0 < float(times[1]) < float(times[2])


def test_a_plugin_over_its_budget_is_counted_and_warned_about_once(start):
    gateway = start(settings=METRICS)
    gateway.place((FAULTY / "faulty_build_IsSlow.so").read_bytes(), gateway.plugin)
    gateway.write_config(plugins=", budgets: {provider.openai: 1ms, cache.none: 5ms}")
    report = gateway.refresh()
    assert report["outcome"] == "published", report
    assert [problem["key"] for problem in report["problems"]] == ["plugins.budgets.cache.none"]
    for number in range(3):
        assert gateway.chat(f"question-{number}").status == 200
    over = f"gomodel_plugin_over_budget_total{{{LABELS}}}"
    assert gateway.metrics()[over] >= 4, "three questions and a list of models"
    warning = "a plugin takes longer than its budget"
    wait_until(lambda: warning in gateway.log(), "the warning")
    warnings = [json.loads(line) for line in gateway.log().splitlines()
                if warning in line]
    assert len(warnings) == 1
    assert warnings[0]["plugin"] == "provider.openai"
    assert warnings[0]["function"] == "open"
    assert warnings[0]["worst_ms"] >= 3
    assert warnings[0]["budget_ms"] == 1
