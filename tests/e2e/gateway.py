"""Starts the real gateway, reads its log, stops it as an operator would."""

from __future__ import annotations

import json
import os
import re
import signal
import ssl
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

from ports import free_port

MASTER_KEY = "sk-master"
BINARY = Path(os.environ["GOMODEL_BINARY"])
SOURCES = Path(__file__).resolve().parents[2]
START_SECONDS = 60  # with sanitizers on a busy machine; what is awaited comes within 0.1 s else

CONFIG = """
server: {{address: 127.0.0.1, port: {port}, master_key: {key}, base_path: {base_path}, workers: 2}}
metrics: {{enabled: true}}
logging: {{only_model_interactions: false}}
providers:
  main: {{type: openai, api_key: sk-upstream, base_url: "{upstream}"}}
"""


class Gateway:
    """One process. config: YAML with the fields of CONFIG, unless there is a `config_file`.
    certificate: PEM files of a certificate, which it also trusts, and its key: it serves HTTPS.
    ready: the status of GET /v1/models that is waited for."""

    def __init__(self, upstream: str = "", config: str = CONFIG, config_file: Path | None = None,
                 key: str = MASTER_KEY, base_path: str = "/",
                 certificate: tuple[str, str] | None = None, ready: int = 200):
        self.port = free_port()
        self.key = key
        self._tls = ssl.create_default_context(cafile=certificate[0]) if certificate else None
        scheme = "https" if certificate else "http"
        self.url = f"{scheme}://127.0.0.1:{self.port}{base_path.rstrip('/')}"
        self.api = (f"{self.url}/v1", key or "unused")
        self._folder = tempfile.TemporaryDirectory(prefix="gomodel-e2e-")
        folder = Path(self._folder.name)
        if config_file is None:
            config_file = folder / "config.yaml"
            config_file.write_text(config.format(port=self.port, key=key, base_path=base_path,
                                                 upstream=upstream))
        keep = [name for name in os.environ if name in ("PATH", "HOME") or name.endswith("_OPTIONS")]
        environment = {name: os.environ[name] for name in keep}
        # The upstreams are asked once: the clients have retries of their own, and tests of ours
        # are in tests/wire.
        environment |= {"PORT": str(self.port), "LOG_FORMAT": "json", "MODEL_LIST_URL": "off",
                        "RETRY_MAX_RETRIES": "0"}
        if certificate is not None:
            names = ("GOMODEL_TLS_CERT_FILE", "GOMODEL_TLS_KEY_FILE")
            environment |= dict(zip(names, certificate)) | {"SSL_CERT_FILE": certificate[0]}
        self._log = folder / "log"
        with self._log.open("wb") as log:
            self._child = subprocess.Popen([str(BINARY), "--config", str(config_file)], cwd=folder,
                                           env=environment, stderr=log)
        self.wait_until(ready)

    def stop(self) -> None:
        """SIGTERM; a stop in good order ends with exit code 0. Whatever the tests had it stream kept
        the grammar, or was cut off by the upstream."""
        broken = self.broken_rules() if self._child.poll() is None else set()
        self._child.send_signal(signal.SIGTERM)
        try:
            code = self._child.wait(timeout=START_SECONDS)
        except subprocess.TimeoutExpired:
            self._child.kill()
            self._child.wait()
            code = "none within the limit"
        log = self.log()
        self._folder.cleanup()
        assert code == 0, f"exit code {code}; the log:\n{log}"
        assert broken <= {("missing-end", "ended")}, broken

    def get(self, path: str, key: str | None = None) -> tuple[int, str]:
        """Status and body of a plain GET."""
        request = urllib.request.Request(self.url + path)
        request.add_header("Authorization", f"Bearer {key if key is not None else self.key}")
        try:
            with urllib.request.urlopen(request, timeout=20, context=self._tls) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def metric(self, name: str, **labels: str) -> float:
        """The sum over the series of this name that have these labels; 0 if there is none."""
        _, text = self.get("/metrics")
        found = 0.0
        for line in text.splitlines():
            match = re.fullmatch(re.escape(name) + r"(?:\{(.*)\})? (\S+)", line)
            if match is None:
                continue
            series = dict(re.findall(r'(\w+)="([^"]*)"', match.group(1) or ""))
            if labels.items() <= series.items():
                found += float(match.group(2))
        return found

    def broken_rules(self) -> set[tuple[str, str]]:
        """The rules that streams broke so far, and what was done about it (docs/stream-grammar.md)."""
        status, text = self.get("/metrics")
        series = re.findall(r"^gomodel_stream_violations_total\{(.*)\}", text, re.MULTILINE)
        labels = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in series]
        return {(one["rule"], one["action"]) for one in labels} if status == 200 else set()

    def wait_for(self, what, seconds: float = 20) -> None:
        """Waits until what() is true."""
        deadline = time.monotonic() + seconds
        while not what():
            assert time.monotonic() < deadline, f"never came true; the log:\n{self.log()[-9000:]}"
            time.sleep(0.02)

    def log(self) -> str:
        return self._log.read_text(encoding="utf-8", errors="replace")

    def access(self, seconds: float = 20, **members: Any) -> dict:
        """Waits for the access log record with these members. There must be just one."""
        deadline = time.monotonic() + seconds
        while True:
            # Whole lines only: the last may be half written.
            lines = self.log().rpartition("\n")[0].splitlines()
            records = [json.loads(line) for line in lines if '"REQUEST"' in line]
            found = [record for record in records if members.items() <= record.items()]
            assert len(found) <= 1, found
            if found:
                return found[0]
            assert time.monotonic() < deadline, f"no access record {members} in:\n{self.log()[-9000:]}"
            time.sleep(0.01)

    def resident_kib(self) -> int:
        """Without its code, which comes when it first runs."""
        status = Path(f"/proc/{self._child.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+)", status).group(1))

    def wait_until(self, status: int) -> None:
        """Waits until the list of models is answered with this status."""
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                if self.get("/v1/models")[0] == status:
                    return
            except OSError:
                pass
            running = self._child.poll() is None
            assert running and time.monotonic() < deadline, f"no {status} in:\n{self.log()[-9000:]}"
            time.sleep(0.02)
