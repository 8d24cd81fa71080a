"""The built program with a database, and what is said to it."""

from __future__ import annotations

import http.client
import json
import os
import shutil
from pathlib import Path

import answer
from gateway_process import PATIENCE, GatewayProcess, wait_until

MASTER = "the-master-key"


class Answer(answer.Answer):
    @property
    def error(self) -> tuple[int, str, str | None]:
        assert set(self.json["error"]) == {"type", "message", "param", "code"}
        return super().error


class Gateway(GatewayProcess):
    def __init__(self, folder: Path, upstream_url: str, database: Path | str, master_key: str = MASTER,
                 storage: str = "sqlite", settings: str = "", reload: str = "1h", logging: str = "",
                 files: dict[str, str] | None = None):
        self.folder = folder
        self.master_key = master_key
        self.database = database
        plugins = folder / "plugins"
        plugins.mkdir(exist_ok=True)
        for name in ("GOMODEL_OPENAI", "GOMODEL_SQLITE", "GOMODEL_POSTGRESQL"):
            shutil.copy(os.environ[name], plugins)
        key = f", master_key: {master_key}" if master_key else ""
        place = f"path: {database}" if isinstance(database, Path) else f"url: '{database}'"
        chosen = (f"storage: {{type: {storage}, {storage}: {{{place}}}}}\n"
                  if storage else "")
        if not storage:
            (plugins / Path(os.environ["GOMODEL_SQLITE"]).name).unlink()
        (folder / "config.yaml").write_text(
            f"server: {{address: 127.0.0.1, port: 0, workers: 2{key}, "
            f"enabled_passthrough_providers: [openai]}}\n"
            f"plugins: {{path: [{plugins}]}}\n"
            f"workflows: {{refresh_interval: {reload}}}\n"
            f"{chosen}"
            f"usage: {{flush_interval: 1}}\n"
            f"logging: {{only_model_interactions: false{logging}}}\n"
            f"providers:\n"
            f"  main:\n"
            f"    api_key: sk-upstream\n"
            f"    type: openai\n"
            f"    base_url: {upstream_url}\n"
            f"    models: [big, small, embed]\n"
            f"    resilience: {{retry: {{max_retries: 0}}, "
            f"circuit_breaker: {{failure_threshold: 0}}}}\n"
            f"{settings}")
        for name, content in (files or {}).items():
            (folder / name).write_text(content)
        self.start()

    def chats(self, count: int) -> list[dict]:
        """The lines of the access log on chats, once there are so many."""
        def lines() -> list[dict]:
            text = self.log()
            every = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
            return [line for line in every if line.get("uri") == "/v1/chat/completions"]

        wait_until(lambda: len(lines()) >= count, "the log to be written")
        return lines()

    def ask(self, method: str, path: str, body=None, key: str | None = None,
            headers: dict[str, str] | None = None) -> Answer:
        """`body`: JSON, or bytes as they are. `key`: None is the master key, "" none."""
        key = self.master_key if key is None else key
        fields = {"Connection": "close"}
        if key:
            fields["Authorization"] = f"Bearer {key}"
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        if body:
            fields["Content-Type"] = "application/json"
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, {**fields, **(headers or {})})
            response = connection.getresponse()
            return Answer(response.status, response.read(),
                          {name.lower(): value for name, value in response.getheaders()})
        finally:
            connection.close()

    def admin(self, method: str, path: str, body=None, key: str | None = None, **more) -> Answer:
        return self.ask(method, "/admin/api/v1" + path, body, key, **more)

    def chat(self, model: str = "main/big", key: str | None = None, **more) -> Answer:
        provider = {"provider": more.pop("provider")} if "provider" in more else {}
        return self.ask("POST", "/v1/chat/completions",
                        {"model": model, "messages": [{"role": "user", "content": "?"}],
                         **provider}, key, **more)

    def models(self, key: str | None = None, **more) -> list[str]:
        answer = self.ask("GET", "/v1/models", key=key, **more)
        assert answer.status == 200, answer.body
        return [model["id"] for model in answer.json["data"]]

    def new_key(self, name: str = "app", key: str | None = None, **fields) -> dict:
        answer = self.admin("POST", "/auth-keys", {"name": name, **fields}, key)
        assert answer.status == 201, answer.body
        return answer.json
