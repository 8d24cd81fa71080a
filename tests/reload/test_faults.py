"""Promise: nothing that is offered in a refresh, however broken, costs a single request; the report
names every fault and the gateway goes on with what it had."""

from __future__ import annotations

import shutil

from gateway import BROKEN, CRASHES, MOODY, OPENAI, Gateway, wait_until
from load import Load


def offer(gateway: Gateway, fault: str) -> list[str]:
    """Puts a fault in place. What the report must name."""
    wrong_values = "metrics: {enabled: perhaps}\nbudgets: {enabled: 7}\n"
    if fault == "wrong values":
        gateway.write_config(wrong_values)
        return ["config.yaml:9: metrics.enabled", "config.yaml:10: budgets.enabled"]
    if fault == "not YAML":
        gateway.write_config("metrics: {enabled: [\n")
        return ["config.yaml:9"]
    if fault == "no configuration file":
        gateway.config.unlink()
        return ["config.yaml: "]
    if fault == "wrong provider options":
        gateway.write_config(providers="  second: {type: openai, api_key: k, base_url: 7}\n"
                                       "  moody: {type: moody, on_create: maybe}\n")
        shutil.copy(MOODY, gateway.plugins / "moody.so")
        return ["config.yaml:9: providers.second.base_url",
                "config.yaml:10: providers.moody.on_create"]
    if fault == "running provider with an unknown type":
        gateway.write_text(gateway.config_text("").replace("type: openai", "type: opneai"))
        return ["providers.openai: the provider is not used: its type opneai is unknown"]
    if fault == "plugin is text":
        gateway.place(b"this is no library", gateway.plugin)
        return ["openai.so", "no plugin provides its type openai any more"]
    if fault == "plugin is cut off":
        gateway.place(OPENAI.read_bytes()[:OPENAI.stat().st_size // 3], gateway.plugin)
        return ["openai.so", "no plugin provides its type openai any more"]
    if fault == "plugin is gone":
        gateway.plugin.unlink()
        return ["no plugin provides its type openai any more"]
    if fault == "plugin of another ABI":
        shutil.copy(BROKEN / "wrong_major.so", gateway.plugins / "other.so")
        return ["other.so", "this gateway speaks 1.0"]
    if fault == "plugin crashes when loaded":
        shutil.copy(CRASHES, gateway.plugins / "crashes.so")
        return ["crashes.so: loading it crashes (Aborted)"]
    if fault == "two plugins of one id":
        shutil.copy(OPENAI, gateway.plugins / "twin.so")
        return ["twin.so: provider.openai: the same plugin id is already provided by"]
    if fault in ("refuse", "throw", "hang"):
        shutil.copy(MOODY, gateway.plugins / "moody.so")
        gateway.write_config(providers=f"  moody: {{type: moody, on_create: {fault},"
                                       f" until: {gateway.folder / 'release'}}}\n")
        return ["config.yaml:9: providers.moody: moody: provider.moody 1.0.0 could not be created: "
                + {"refuse": "not in the mood", "throw": "it threw an exception",
                   "hang": "it did not return in time"}[fault]]
    assert fault == "everything at once"
    shutil.copy(BROKEN / "wrong_major.so", gateway.plugins / "other.so")
    gateway.place(b"no library either", gateway.plugins / "text.so")
    gateway.write_config(wrong_values,
                         providers="  second: {type: openai, api_key: k, base_url: 7}\n")
    return ["config.yaml:10: metrics.enabled", "config.yaml:11: budgets.enabled",
            "config.yaml:9: providers.second.base_url", "other.so", "text.so"]


def restore(gateway: Gateway) -> None:
    for file in gateway.plugins.iterdir():
        if file != gateway.plugin:
            file.unlink()
    gateway.place(OPENAI.read_bytes(), gateway.plugin)
    gateway.write_config()


FAULTS = ["wrong values", "not YAML", "no configuration file", "wrong provider options",
          "running provider with an unknown type", "plugin is text", "plugin is cut off",
          "plugin is gone", "plugin of another ABI", "two plugins of one id",
          "plugin crashes when loaded", "refuse", "throw",
          "hang", "everything at once"]


def test_faults_cost_no_request_and_are_all_named(gateway):
    before = gateway.settle()
    with Load(gateway).running() as load:
        for fault in FAULTS:
            expected = offer(gateway, fault)
            report = gateway.refresh()
            assert report["status"] == "failed" and report["generation"] == 1, (fault, report)
            problems = [": ".join(part for part in (problem["where"], problem["key"],
                                                    problem["message"]) if part)
                        for problem in report["problems"] if problem["severity"] == "error"]
            for text in expected:
                assert any(text in problem for problem in problems), (fault, text, problems)
            assert report["steps"][0]["name"] == "config"
            assert any(step["status"] == "failed" and "error" in step for step in report["steps"])
            load.wait_for_more()
            restore(gateway)
            report = gateway.refresh()
            assert (report["status"], report["outcome"]) == ("ok", "unchanged"), (fault, report)
        assert "moody was created" not in gateway.log()
        (gateway.folder / "release").touch()
    gateway.settle()
    wait_until(lambda: not gateway.resources().exceed(before),
               f"no more than {before}", 20)
    assert "moody was created" not in gateway.log(), "nobody listens to what was left behind"


def test_creations_that_never_return_are_bounded(gateway):
    shutil.copy(MOODY, gateway.plugins / "moody.so")
    release = gateway.folder / "release"
    gateway.write_config(providers=f"  moody: {{type: moody, on_create: hang, until: {release}}}\n")
    threads = gateway.settle().threads
    reports = [gateway.refresh() for _ in range(6)]
    assert all(report["status"] == "failed" for report in reports)
    assert "earlier creations never returned" in reports[-1]["problems"][0]["message"]
    assert gateway.resources().threads == threads + 4
    release.touch()
    wait_until(lambda: gateway.resources().threads == threads, "the stuck threads to end")
    assert gateway.refresh()["outcome"] == "published"
    assert gateway.chat("question").status == 200
