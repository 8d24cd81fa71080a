"""Starting, watching and stopping the processes a measurement needs."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from ports import free_port

TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def at_rest(pid: int, seconds: float = 60) -> float:
    """The CPU time of a process, once it takes hardly any more."""
    deadline = time.monotonic() + seconds
    before, now = -1.0, cpu_seconds(pid)
    while now - before > 1 / TICKS:
        if time.monotonic() > deadline:
            raise RuntimeError(f"still busy {seconds:.0f} s after the load")
        time.sleep(0.5)
        before, now = now, cpu_seconds(pid)
    return now


def resident_kib(pid: int) -> int:
    text = Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", text).group(1))


def wait_for_port(port: int, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.01)
    raise RuntimeError(f"nothing listens on port {port}")


class Process:
    """A child process that is stopped by pid when the measurement is over."""

    def __init__(self, command: list[str], port: int, **options):
        self.port = port
        self.child = subprocess.Popen(command, **options)

    @property
    def pid(self) -> int:
        return self.child.pid

    def stop(self) -> None:
        self.child.send_signal(signal.SIGTERM)
        try:
            self.child.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.child.kill()
            self.child.wait()


class Upstream(Process):
    def __init__(self, build: Path, **behaviour: int):
        options = [text for name, value in behaviour.items()
                   for text in (f"--{name.replace('_', '-')}", str(value))]
        port = free_port()
        super().__init__([str(build / "bin/mock_upstream"), "--port", str(port), *options], port,
                         stdout=subprocess.DEVNULL)
        wait_for_port(port)


class Nginx(Process):
    """A plain reverse proxy with one worker and keep-alive to its upstream."""

    def __init__(self, folder: Path, upstream_port: int):
        port = free_port()
        config = folder / f"nginx-{port}.conf"
        config.write_text(f"""
worker_processes 1; daemon off; master_process off;
pid {folder}/nginx-{port}.pid; error_log {folder}/nginx-{port}.log;
events {{ worker_connections 20000; }}
http {{
  access_log off; client_body_temp_path {folder}; proxy_temp_path {folder};
  fastcgi_temp_path {folder}; uwsgi_temp_path {folder}; scgi_temp_path {folder};
  keepalive_requests 100000000; client_max_body_size 64m; client_body_buffer_size 1m;
  upstream backend {{ server 127.0.0.1:{upstream_port}; keepalive 512;
                      keepalive_requests 100000000; }}
  server {{
    listen 127.0.0.1:{port} backlog=4096 reuseport;
    location / {{
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_buffering off;
    }}
  }}
}}
""")
        super().__init__(["nginx", "-c", str(config)], port, stderr=subprocess.DEVNULL)
        wait_for_port(port)


class Gateway(Process):
    """Ours, with authentication, metrics, usage observation and the access log on. `usage`: rows of
    it go to SQLite. `audit`: and what passed, headers and bodies."""

    def __init__(self, build: Path, folder: Path, upstream_port: int, wait: bool = True,
                 usage: bool = True, audit: bool = False, database: Path | None = None):
        port = free_port()
        place = folder / f"gateway-{port}"
        place.mkdir()
        config = folder / f"gomodel-{port}.yaml"
        config.write_text(f"""
server: {{address: 127.0.0.1, port: {port}, workers: 1, master_key: sk-bench}}
metrics: {{enabled: true}}
cache: {{model: {{model_list: {{url: ""}}}}}}
logging: {{only_model_interactions: false, enabled: {str(audit).lower()}}}
usage: {{enabled: {str(usage).lower()}, retention_days: 0}}
storage: {{sqlite: {{path: {database or "data/gomodel.db"}}}}}
models: {{configured_provider_models_mode: allowlist}}
providers:
  openai:
    type: openai
    api_key: sk-upstream
    base_url: http://127.0.0.1:{upstream_port}/v1
    models: [gpt-4o-mini]
  anthropic:
    type: anthropic
    api_key: sk-upstream
    base_url: http://127.0.0.1:{upstream_port}/v1
    models: [claude-bench]
""")
        self.log = folder / f"gomodel-{port}.log"
        with self.log.open("wb") as log:
            super().__init__([str(build / "bin/gomodel"), "--config", str(config)], port,
                             cwd=place, stderr=log)
        if wait:
            wait_for_port(port)


def first_answer(port: int, deadline: float) -> bool:
    """Tries once; True iff a chat completion was answered with 200."""
    body = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}'
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("POST", "/v1/chat/completions", body,
                           {"Authorization": "Bearer sk-bench",
                            "Content-Type": "application/json"})
        return connection.getresponse().status == 200
    except OSError:
        return time.monotonic() > deadline
    finally:
        connection.close()


def scratch_folder() -> tempfile.TemporaryDirectory:
    return tempfile.TemporaryDirectory(prefix="gomodel-bench-")
