"""The built program with a configuration and plugins of its own that a test can change."""

from __future__ import annotations

import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

from gateway_process import GatewayProcess

# Also how long a process may take to load a plugin on trial: a sanitizer's starts slowly.
CREATE_TIMEOUT = "3s" if os.environ.get("GOMODEL_SANITIZE") else "1s"
KEY = "sk-test"
ADMIN = "/admin/api/v1/runtime"
OPENAI = Path(os.environ["GOMODEL_OPENAI"])
MOODY = Path(os.environ["GOMODEL_MOODY"])
RUDE = Path(os.environ["GOMODEL_RUDE"])
CRASHES = Path(os.environ["GOMODEL_CRASHES"])
FAULTY = Path(os.environ["GOMODEL_FAULTY_BUILDS"])
BROKEN = Path(os.environ["GOMODEL_BROKEN_MODULES"])


def wait_until(condition: Callable[[], object], what: str, seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s for {what}"
        time.sleep(0.01)


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict:
        return json.loads(self.body)


@dataclass(frozen=True)
class Resources:
    modules: int  # private copies of plugins that are mapped
    descriptors: int
    threads: int

    def exceed(self, before: Resources) -> bool:
        return (self.modules > before.modules or self.descriptors > before.descriptors
                or self.threads > before.threads)


class Gateway(GatewayProcess):
    def __init__(self, folder: Path, upstream_url: str, settings: str = "", config: Path | None = None,
                 plugins: str = ""):
        self.folder = folder
        self.upstream_url = upstream_url
        self.plugins = folder / "plugins"
        self.plugins.mkdir()
        self.plugin = self.plugins / "openai.so"
        shutil.copy(OPENAI, self.plugin)
        self.config = config or folder / "config.yaml"
        self.settings = settings
        self.plugin_settings = plugins
        self.write_config()
        self.start("config.yaml" if config is None else str(config))
        wait_until(lambda: self.get("/v1/models").status == 200, "the models to be listed")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        try:
            code = self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        assert code == 0, "\n".join(line for line in self.log().splitlines()
                                    if '"msg":"REQUEST"' not in line)

    # --- What a test changes ---

    def config_text(self, settings: str, providers: str = "", retries: int = 3, server: str = "",
                    plugins: str = "") -> str:
        return (f"server: {{address: 127.0.0.1, port: 0, workers: 2, master_key: {KEY}{server}}}\n"
                f"plugins: {{path: [{self.plugins}], unload: close, create_timeout: {CREATE_TIMEOUT},"
                f" watch: {'true' if 'watch' in settings else 'false'}{plugins}}}\n"
                f"providers:\n"
                f"  openai:\n"
                f"    api_key: sk-upstream\n"
                f"    type: openai\n"
                f"    base_url: {self.upstream_url}\n"
                f"    resilience: {{retry: {{max_retries: {retries}}}}}\n"
                f"{providers}{settings}")

    def write_config(self, settings: str | None = None, **changes) -> None:
        """Replaces the file as an editor does: a new one, renamed over it."""
        if settings is None:
            settings = self.settings
        self.write_text(self.config_text(settings, **{"plugins": self.plugin_settings, **changes}))

    def write_text(self, text: str) -> None:
        if self.config.is_symlink():
            self.config.resolve().parent.joinpath("config.yaml").write_text(text)
            return
        next_one = self.config.with_suffix(".next")
        next_one.write_text(text)
        next_one.rename(self.config)

    def swap_plugin(self, build: str) -> None:
        """Another build of the plugin: other bytes that do the same."""
        self.place(OPENAI.read_bytes() + build.encode(), self.plugin)

    def place(self, content: bytes, file: Path) -> None:
        next_one = self.folder / "next-plugin"
        next_one.write_bytes(content)
        next_one.rename(file)

    # --- What it answers ---

    def request(self, method: str, path: str, body: dict | None = None,
                headers: dict[str, str] | None = None) -> Answer:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        try:
            fields = {"Authorization": f"Bearer {KEY}", "Connection": "close", **(headers or {})}
            text = None
            if body is not None:
                text = json.dumps(body)
                fields["Content-Type"] = "application/json"
            connection.request(method, path, text, fields)
            response = connection.getresponse()
            names = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, names, response.read())
        finally:
            connection.close()

    def get(self, path: str) -> Answer:
        return self.request("GET", path)

    def chat(self, question: str, stream: bool = False) -> Answer:
        body = {"model": "gpt-test", "stream": stream,
                "messages": [{"role": "user", "content": question}]}
        return self.request("POST", "/v1/chat/completions", body, {"X-Request-ID": question})

    def refresh(self) -> dict:
        answer = self.request("POST", f"{ADMIN}/refresh")
        assert answer.status == 200, answer
        return answer.json()

    def generations(self) -> dict:
        answer = self.get(f"{ADMIN}/generations")
        assert answer.status == 200, answer
        return answer.json()

    def metrics(self) -> dict[str, float]:
        """By name and labels, as they are written."""
        lines = self.get("/metrics").body.decode().splitlines()
        return {name: float(value) for name, value in
                (line.rsplit(" ", 1) for line in lines if not line.startswith("#"))}

    # --- What it uses ---

    def resources(self) -> Resources:
        proc = Path(f"/proc/{self.process.pid}")
        copies = set(re.findall(rf"gomodel-{self.process.pid}-\d+-\S+\.so",
                                (proc / "maps").read_text()))
        return Resources(len(copies), len(os.listdir(proc / "fd")), len(os.listdir(proc / "task")))

    def resident_mib(self) -> float:
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024

    def settle(self) -> Resources:
        """Waits until only the current generation lives and nobody uses it but the question."""
        def settled() -> bool:
            live = self.generations()["generations"]
            return len(live) == 1 and live[0]["requests"] == 1
        wait_until(settled, "old generations to go")
        return self.resources()
