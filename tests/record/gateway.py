"""The built program, with a storage: SQLite, PostgreSQL, or a file that can be made to fail."""

from __future__ import annotations

import http.client
import json
import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

from clients import KEY
from gateway_process import PATIENCE, GatewayProcess, wait_until


class Gateway(GatewayProcess):
    """Started anew in the same folder it goes on where the last one was."""

    def __init__(self, folder: Path, upstream_url: str, settings: str = "",
                 storage: str = "file", models: str = "", database: str = ""):
        self.folder = folder
        self.kind = storage
        self.rows_file = folder / f"rows.{storage}"
        place = f"url: '{database}'" if database else f"path: {self.rows_file}"
        plugins = folder / "plugins"
        plugins.mkdir(exist_ok=True)
        for name in ("GOMODEL_OPENAI", "GOMODEL_FILE_STORAGE", "GOMODEL_SQLITE",
                     "GOMODEL_POSTGRESQL"):
            shutil.copy(os.environ[name], plugins)
        (folder / "config.yaml").write_text(
            f"server: {{address: 127.0.0.1, port: 0, workers: 2, master_key: {KEY}}}\n"
            f"plugins: {{path: [{plugins}]}}\n"
            f"metrics: {{enabled: true}}\n"
            f"storage: {{type: {storage}, {storage}: {{{place}}}}}\n"
            f"usage: {{flush_interval: 1, buffer_size: 200, retention_days: 0}}\n"
            f"providers:\n"
            f"  main:\n"
            f"    api_key: sk-upstream\n"
            f"    type: openai\n"
            f"    base_url: {upstream_url}\n"
            f"    resilience: {{retry: {{max_retries: 0}}, "
            f"circuit_breaker: {{failure_threshold: 0}}}}\n"
            f"{models}{settings}")
        self.start()

    def start(self) -> None:
        super().start()
        wait_until(lambda: self.get("/v1/models")[0] == 200, "the models to be listed")

    def request(self, method: str, path: str, headers: dict[str, str] | None = None,
                body: bytes | None = None) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body, headers={"Authorization": f"Bearer {KEY}",
                                                      "Connection": "close", **(headers or {})})
            response = connection.getresponse()
            return response.status, response.read()
        finally:
            connection.close()

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
        return self.request("GET", path, headers)

    def new_key(self, name: str) -> dict:
        status, body = self.request("POST", "/admin/api/v1/auth-keys",
                                    {"Content-Type": "application/json"},
                                    json.dumps({"name": name}).encode())
        assert status == 201, body
        return json.loads(body)

    def metric(self, name: str) -> float:
        lines = self.get("/metrics")[1].decode().splitlines()
        return next(float(line.split(" ")[1]) for line in lines if line.startswith(name + " "))

    def rows(self) -> list[dict]:
        if self.kind == "postgresql":
            return self.logged()
        if not self.rows_file.exists():
            return []
        if self.kind == "file":
            whole, _, _ = self.rows_file.read_text().rpartition("\n")  # one is being written
            return [json.loads(line) for line in whole.splitlines()]
        with closing(sqlite3.connect(f"file:{self.rows_file}?mode=ro", uri=True)) as database:
            database.row_factory = sqlite3.Row
            # The file is there a moment before its table.
            if not database.execute("SELECT 1 FROM sqlite_master WHERE name='usage'").fetchone():
                return []
            rows = [dict(row) for row in database.execute("SELECT * FROM usage")]
        for row in rows:
            row["raw_data"] = json.loads(row["raw_data"] or "null")
        return rows

    def logged(self) -> list[dict]:
        """The rows as the admin API shows them."""
        rows: list[dict] = []
        while True:
            status, body = self.get(f"/admin/api/v1/usage/log?limit=200&offset={len(rows)}")
            assert status == 200, body
            page = json.loads(body)
            rows += [{"raw_data": None, **entry} for entry in page["entries"]]
            if len(rows) >= page["total"]:
                return rows

    def storage(self, state: str, on: bool) -> None:
        """`down`: fails every call; `slow`: writes take a second."""
        flag = Path(f"{self.rows_file}.{state}")
        flag.touch() if on else flag.unlink(missing_ok=True)
