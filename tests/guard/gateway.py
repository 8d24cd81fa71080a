"""The built program with guardrails of its own, whose configuration a test can change."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import subprocess
from pathlib import Path

from answer import Answer
from gateway_process import PATIENCE, GatewayProcess, wait_until

KEY = "the-master-key"
RUNTIME = "/admin/api/v1/runtime"


def rule(name: str, type: str = "scripted", order: int | None = None, **config) -> dict:
    placed = {} if order is None else {"order": order}
    return {"name": name, "type": type, **placed, type: config}


class Gateway(GatewayProcess):
    def __init__(self, folder: Path, upstream_url: str, rules: list[dict], budgets: dict | None = None,
                 settings: dict | None = None, fails: bool = False):
        self.folder = folder
        self.upstream_url = upstream_url
        plugins = folder / "plugins"
        plugins.mkdir()
        for name in ("GOMODEL_OPENAI", "GOMODEL_ANTHROPIC", "GOMODEL_SYSTEM_PROMPT",
                     "GOMODEL_SCRIPTED"):
            shutil.copy(os.environ[name], plugins)
        self.configure(rules, budgets, settings)
        if not fails:
            self.start()

    def configure(self, rules: list[dict], budgets: dict | None = None,
                  settings: dict | None = None) -> None:
        """JSON is YAML. A rule has a line of its own."""
        def provider(type: str, models: list[str]) -> dict:
            return {"type": type, "api_key": "sk-upstream", "base_url": self.upstream_url,
                    "models": models, "resilience": {"retry": {"max_retries": 0},
                                                     "circuit_breaker": {"failure_threshold": 0}}}
        settings = dict(settings or {})
        config = {
            "server": {"address": "127.0.0.1", "port": 0, "workers": 2, "master_key": KEY,
                       "timing_header": True, "enabled_passthrough_providers": ["openai"]},
            "plugins": {"path": [str(self.folder / "plugins")], "budgets": budgets or {},
                        "watch": False},
            "metrics": {"enabled": True},
            "usage": {"enabled": False},
            "providers": {"main": provider("openai", ["big", "small", "embed"]),
                          "native": provider("anthropic", ["claude"])},
        }
        enabled = settings.pop("enabled", True)
        config.update(settings)
        lines = [json.dumps({key: value})[1:-1] + "," for key, value in config.items()]
        lines += ['"guardrails": {"enabled": ' + json.dumps(enabled) + ', "rules": [']
        lines += [json.dumps(each) + "," for each in rules]
        text = "{\n" + "\n".join(lines).rstrip(",") + "\n]}}\n"
        next_one = self.folder / "config.next"
        next_one.write_text(text)
        next_one.rename(self.folder / "config.yaml")

    def line_of(self, text: str) -> int:
        lines = (self.folder / "config.yaml").read_text().splitlines()
        return next(number for number, line in enumerate(lines, 1) if text in line)

    def fail_to_start(self) -> str:
        """What it says when it does not start."""
        result = subprocess.run(
            [os.environ["GOMODEL_BINARY"], "--config", "config.yaml"], cwd=self.folder,
            stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, timeout=PATIENCE,
            env={"MODEL_LIST_URL": "off", "PATH": "/usr/bin:/bin",
                 **{name: value for name, value in os.environ.items()
                    if name.endswith("SAN_OPTIONS")}})
        assert result.returncode == 1, result
        return result.stdout + result.stderr

    def ask(self, path: str, body=None, method: str = "POST",
            headers: dict[str, str] | None = None) -> Answer:
        """`body`: JSON, or bytes as they are."""
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body,
                               {"Authorization": f"Bearer {KEY}", "Connection": "close",
                                "Content-Type": "application/json", **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.read(),
                          {name.lower(): value for name, value in response.getheaders()})
        finally:
            connection.close()

    def chat(self, text: str = "hello", model: str = "main/big", **more) -> Answer:
        return self.ask("/v1/chat/completions",
                        {"model": model, "messages": [{"role": "user", "content": text}], **more})

    def refresh(self) -> dict:
        answer = self.ask(f"{RUNTIME}/refresh")
        assert answer.status == 200, answer
        return answer.json

    def generations(self) -> dict:
        answer = self.ask(f"{RUNTIME}/generations", method="GET")
        assert answer.status == 200, answer
        return answer.json

    def metric(self, name: str, **labels: str) -> float:
        """The sum of all series of that name with these labels."""
        total = 0.0
        for line in self.ask("/metrics", method="GET").body.decode().splitlines():
            series, _, value = line.rpartition(" ")
            wanted = [f'{label}="{text}"' for label, text in labels.items()]
            if series.split("{")[0] == name and all(each in series for each in wanted):
                total += float(value)
        return total

    def logged(self, message: str) -> list[dict]:
        text = self.log()
        lines = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
        return [line for line in lines if line["msg"] == message]

    def wait_for(self, message: str) -> dict:
        wait_until(lambda: self.logged(message), f"the log to say: {message}")
        return self.logged(message)[0]
