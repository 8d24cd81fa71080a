"""The built program with a response cache, and what is said to it."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
from pathlib import Path

import answer
from gateway_process import PATIENCE, GatewayProcess, wait_until

MASTER = "the-master-key"
HIT = "HIT (exact)"
PRICING = "{currency: USD, input_per_mtok: 1000, output_per_mtok: 1000}"


class Answer(answer.Answer):
    @property
    def hit(self) -> bool:
        assert self.status == 200, self.body
        cache = self.headers.get("x-cache")
        assert cache in (None, HIT)
        return cache == HIT


class Gateway(GatewayProcess):
    """`cache`: the block cache.response.simple in flow style; "" is none."""

    def __init__(self, folder: Path, upstream_url: str, cache: str, plugins: str = "",
                 settings: str = "", start: bool = True):
        self.folder = folder
        self.upstream_url = upstream_url
        self.plugins = folder / "plugins"
        self.plugins.mkdir(exist_ok=True)
        for name in ("GOMODEL_OPENAI", "GOMODEL_SQLITE", "GOMODEL_REDIS", "GOMODEL_SLOW_CACHE",
                     "GOMODEL_SYSTEM_PROMPT"):
            shutil.copy(os.environ[name], self.plugins)
        (folder / "rules.json").write_text(json.dumps({"main/failing": ["main/big"]}))
        self.configure(cache, plugins, settings)
        if start:
            self.start()
            wait_until(lambda: self.ask("GET", "/v1/models").status == 200, "the models")

    def configure(self, cache: str, plugins: str = "", settings: str = "") -> None:
        block = f"cache: {{response: {{simple: {cache}}}}}\n" if cache else ""
        (self.folder / "config.yaml").write_text(
            f"server: {{address: 127.0.0.1, port: 0, workers: 2, master_key: {MASTER}, "
            f"timing_header: true}}\n"
            f"plugins: {{path: [{self.plugins}]{plugins}}}\n"
            f"metrics: {{enabled: true}}\n"
            f"logging: {{enabled: true, flush_interval: 1, buffer_size: 1}}\n"
            f"usage: {{flush_interval: 1}}\n"
            f"storage: {{type: sqlite, sqlite: {{path: {self.folder / 'gomodel.db'}}}}}\n"
            f"fallback: {{default_mode: manual, manual_rules_path: {self.folder / 'rules.json'}}}\n"
            f"providers:\n"
            f"  main:\n"
            f"    api_key: sk-upstream\n"
            f"    type: openai\n"
            f"    base_url: {self.upstream_url}\n"
            f"    models:\n"
            f"      - {{id: big, metadata: {{pricing: {PRICING}}}}}\n"
            f"      - small\n      - cut\n      - failing\n"
            f"    resilience: {{retry: {{max_retries: 0}}, "
            f"circuit_breaker: {{failure_threshold: 0}}}}\n"
            f"{block}{settings}")

    def ask(self, method: str, path: str, body=None, headers: dict[str, str] | None = None) -> Answer:
        fields = {"Connection": "close", "Authorization": f"Bearer {MASTER}", **(headers or {})}
        if body is not None:
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
            fields["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, fields)
            response = connection.getresponse()
            try:
                got = response.read()
            except http.client.IncompleteRead as cut:
                got = cut.partial
            return Answer(response.status, got,
                          {name.lower(): value for name, value in response.getheaders()})
        finally:
            connection.close()

    def chat(self, question: str, model: str = "main/big", headers: dict[str, str] | None = None,
             **more) -> Answer:
        return self.ask("POST", "/v1/chat/completions", {
            "model": model, "messages": [{"role": "user", "content": question}], **more}, headers)

    def responses(self, question: str, model: str = "main/big", **more) -> Answer:
        return self.ask("POST", "/v1/responses", {"model": model, "input": question, **more})

    def messages(self, question: str, model: str = "main/big", **more) -> Answer:
        return self.ask("POST", "/v1/messages", {
            "model": model, "max_tokens": 100,
            "messages": [{"role": "user", "content": question}], **more})

    def admin(self, method: str, path: str, body=None) -> Answer:
        return self.ask(method, "/admin/api/v1" + path, body)

    def refresh(self) -> dict:
        answer = self.admin("POST", "/runtime/refresh")
        assert answer.status == 200, answer.body
        return answer.json

    def metrics(self) -> dict[str, float]:
        lines = self.ask("GET", "/metrics").body.decode().splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    def counted(self, what: str, **labels: str) -> float:
        """A counter of the response cache."""
        text = ",".join(f'{name}="{value}"' for name, value in {"cache": "exact", **labels}.items())
        return self.metrics().get(f"gomodel_response_cache_{what}_total{{{text}}}", 0)

    def stored(self) -> float:
        return self.counted("answers", result="stored")

    def wait_stored(self, count: int) -> None:
        wait_until(lambda: self.stored() >= count, f"{count} answers to be kept")

    def warnings(self, message: str) -> list[dict]:
        text = self.log()
        return [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()
                if re.search(message, line)]

    def rows(self, path: str, member: str, count: int) -> list[dict]:
        """What a report of the admin API lists, once there is so much of it."""
        def listed() -> list[dict]:
            answer = self.admin("GET", path)
            assert answer.status == 200, answer.body
            return answer.json[member]

        wait_until(lambda: len(listed()) >= count, f"{count} of {path}")
        return listed()
