"""Promise: a new build of a plugin is tried on a share of the new requests only; it takes over once it
has proved itself, and is taken back when it fails, is slow or cannot even be loaded. Nobody but its
own share of requests notices, and streams end on the build they began on."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway import CRASHES, FAULTY, OPENAI, Gateway, wait_until
from load import Load

METRICS = "metrics: {enabled: true}\n"


def faulty(fault: str) -> bytes:
    return (FAULTY / f"faulty_build_{fault}.so").read_bytes()


def rules(module: Path, share: float, requests: int, max_error_rate: float = 0) -> str:
    return (f", canary: {{module: {module}, share: {share}, promote_after: "
            f"{{requests: {requests}, max_error_rate: {max_error_rate}}}}}")


class Trial:
    def __init__(self, gateway: Gateway, build: bytes | None, **wanted):
        self.gateway = gateway
        self.module = gateway.folder / "new-build.so"
        if build is not None:
            gateway.place(build, self.module)
        self.rules = rules(self.module, **wanted)
        gateway.write_config(METRICS, plugins=self.rules)
        self.report = gateway.refresh()

    @property
    def canary(self) -> dict:
        return self.gateway.generations()["generations"][0]["canary"]

    @property
    def state(self) -> str:
        return self.canary["state"]

    def ask_until_it_ends(self) -> list[int]:
        """One question after another; their statuses."""
        statuses = []
        while self.state == "running":
            statuses.append(self.gateway.chat(f"question-{len(statuses)}").status)
            assert len(statuses) < 2000
        self.wait_until_concluded()
        return statuses

    def wait_until_concluded(self) -> None:
        wait_until(lambda: self.gateway.generations()["generations"][0]["trigger"] == "canary",
                   "the verdict to be carried out")

    def instances(self) -> dict[str, list[str]]:
        """By file, of the current generation."""
        modules = self.gateway.generations()["generations"][0]["modules"]
        return {module["file"]: module["instances"] for module in modules}


def test_a_good_build_takes_over_and_streams_end_where_they_began(gateway, upstream):
    good = OPENAI.read_bytes() + b"good"
    upstream.close_gate()
    with ThreadPoolExecutor(3) as pool:
        streams = [pool.submit(gateway.chat, "question-before", True)]
        wait_until(lambda: upstream.streams == 1, "the stream to begin")
        trial = Trial(gateway, good, share=0.5, requests=20)
        assert trial.report["outcome"] == "published", trial.report
        assert any("new-build.so tried, sha256:" in change for change in trial.report["changes"])
        assert trial.canary["providers"] == ["openai"]
        for number in (1, 2):  # one on each build
            streams.append(pool.submit(gateway.chat, f"question-during-{number}", True))
            wait_until(lambda: upstream.streams == number + 1, "the stream to begin")
        with Load(gateway).running():
            wait_until(lambda: trial.state == "promoted", "the promotion")
            trial.wait_until_concluded()
        # The one that asks and the three streams, once the last of the load are over.
        wait_until(lambda: [(generation["number"], generation["trigger"], generation["requests"])
                            for generation in gateway.generations()["generations"]] ==
                   [(3, "canary", 1), (2, "admin", 2), (1, "start", 1)], "the load to be over")
        live = gateway.generations()["generations"]
        assert live[0]["changes"][1:] == ["provider openai runs new plugin code"]
        assert trial.instances() == {str(gateway.plugin): [], str(trial.module): ["openai"]}
        upstream.open_gate()
        assert all(stream.result().body.endswith(b"[DONE]\n\n") for stream in streams)
    figures = trial.canary
    assert figures["canary"]["requests"] == 20 and figures["canary"]["errors"] == 0
    assert figures["current"]["requests"] >= 19
    metrics = gateway.metrics()
    assert metrics['gomodel_canary_state{state="promoted"}'] == 1
    assert metrics['gomodel_canary_requests{build="canary",result="ok"}'] == 20
    for build in ("canary", "current"):
        assert metrics[f'gomodel_canary_plugin_seconds{{build="{build}"}}'] > 0
    assert metrics["gomodel_generation"] == 3
    gateway.settle()


def test_a_promoted_build_stays_until_it_is_installed_and_after(gateway):
    good = OPENAI.read_bytes() + b"good"
    trial = Trial(gateway, good, share=1, requests=1)
    assert gateway.chat("question").status == 200
    trial.wait_until_concluded()
    assert gateway.refresh()["outcome"] == "unchanged"
    gateway.write_config(METRICS, plugins=trial.rules, retries=7)
    assert gateway.refresh()["outcome"] == "published"
    assert trial.state == "promoted"
    assert trial.instances()[str(trial.module)] == ["openai"]
    gateway.place(good, gateway.plugin)
    assert gateway.refresh()["outcome"] == "published"
    assert trial.canary["reason"] == "it is the build the plugin folders have"
    assert trial.instances() == {str(gateway.plugin): ["openai"]}
    gateway.write_config(METRICS, retries=7)
    assert gateway.refresh()["outcome"] == "published"
    assert "canary" not in gateway.generations()["generations"][0]
    assert gateway.chat("question").status == 200


def test_a_build_that_fails_is_taken_back_and_only_its_requests_failed(gateway):
    trial = Trial(gateway, faulty("Fails"), share=0.25, requests=40, max_error_rate=0.1)
    assert trial.report["outcome"] == "published", trial.report
    statuses = trial.ask_until_it_ends()
    assert trial.state == "rolled_back"
    assert "5 of 5 requests failed" in trial.canary["reason"]
    assert [status for status in statuses if status != 200] == [500] * 5
    assert len(statuses) == 20, "every fourth was the new build's"
    assert all(gateway.chat(f"after-{number}").status == 200 for number in range(20))
    assert gateway.refresh()["outcome"] == "unchanged", "it is not tried again"
    assert trial.state == "rolled_back"
    assert trial.instances() == {str(gateway.plugin): ["openai"]}
    metrics = gateway.metrics()
    assert metrics['gomodel_canary_state{state="rolled_back"}'] == 1
    assert metrics['gomodel_canary_requests{build="canary",result="error"}'] == 5


def test_a_slow_build_is_taken_back_and_no_request_failed(gateway):
    trial = Trial(gateway, faulty("IsSlow"), share=0.5, requests=1000)
    with Load(gateway).running():
        wait_until(lambda: trial.state == "rolled_back", "the verdict")
        trial.wait_until_concluded()
    assert "spend up to" in trial.canary["reason"]
    assert trial.canary["canary"]["requests"] == 20
    assert trial.canary["canary"]["plugin_p90_ms"] >= 3
    metrics = gateway.metrics()
    assert metrics['gomodel_plugin_call_worst_seconds{plugin="provider.openai",build="canary",'
                   'function="open"}'] >= 0.003


@pytest.mark.parametrize("build, reason", [
    (CRASHES.read_bytes(), "loading it crashes (Aborted)"),
    (b"this is no library", "cannot be loaded"),
    (faulty("Refuses"), "this build refuses"),
    (None, "cannot read the file"),
], ids=["crashes", "text", "refuses", "missing"])
def test_a_build_that_cannot_be_used_is_rolled_back_before_any_request(gateway, build, reason):
    with Load(gateway).running():
        trial = Trial(gateway, build, share=1, requests=10)
        assert trial.report["outcome"] == "published", trial.report
        problems = trial.report["problems"]
        assert [(problem["severity"], problem["where"], problem["key"]) for problem in problems] == [
            ("warning", "config.yaml:2", "plugins.canary.module")]
        assert reason in problems[0]["message"]
        assert trial.state == "rolled_back"
        assert reason in trial.canary["reason"]
        assert gateway.refresh()["outcome"] == "unchanged"
    assert trial.canary["canary"]["requests"] == 0


def test_a_build_that_cannot_be_used_does_not_keep_the_gateway_from_starting(start):
    gateway = start(plugins=rules(CRASHES, share=1, requests=10))
    canary = gateway.generations()["generations"][0]["canary"]
    assert canary["state"] == "rolled_back"
    assert "loading it crashes (Aborted)" in canary["reason"]
    assert gateway.chat("question").status == 200


def test_a_trial_goes_on_through_refreshes_and_begins_anew_with_another_build(gateway, upstream):
    trial = Trial(gateway, OPENAI.read_bytes() + b"good", share=0.5, requests=1000)
    for number in range(10):
        assert gateway.chat(f"question-{number}").status == 200
    wait_until(lambda: trial.canary["canary"]["requests"] == 5, "the last request to be counted")
    upstream.close_gate()
    with ThreadPoolExecutor(2) as pool:
        streams = []
        for number in range(2):
            streams.append(pool.submit(gateway.chat, f"stream-{number}", True))
            wait_until(lambda: upstream.streams == number + 1, "the stream to begin")
        gateway.write_config(METRICS, plugins=trial.rules, retries=7)
        assert gateway.refresh()["changes"] == ["provider openai has another resilience"]
        assert trial.canary["canary"]["requests"] == 5, "it goes on"
        gateway.place(OPENAI.read_bytes() + b"better", trial.module)
        changes = gateway.refresh()["changes"]
        assert len(changes) == 1 and "new-build.so tried" in changes[0], changes
        assert trial.canary["canary"]["requests"] == 0, "it is another build"
        gateway.write_config(METRICS, retries=7)
        assert gateway.refresh()["outcome"] == "published"
        assert "canary" not in gateway.generations()["generations"][0]
        upstream.open_gate()
        assert all(stream.result().body.endswith(b"[DONE]\n\n") for stream in streams)
    gateway.settle()
    wait_until(lambda: gateway.resources().modules == 1, "the canaries to be unloaded")
