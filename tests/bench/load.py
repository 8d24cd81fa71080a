"""Runs wrk and reads what it says."""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from pathlib import Path

UNITS = {"us": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0}


@dataclass
class Load:
    requests: int
    errors: int
    p50_us: float
    p99_us: float


def _latency(text: str, percentile: str) -> float:
    found = re.search(rf"^\s+{percentile}%\s+([\d.]+)(us|ms|s|m)", text, re.M)
    return float(found.group(1)) * UNITS[found.group(2)] * 1e6 if found else 0.0


PATHS = {"chat": "/v1/chat/completions", "messages": "/v1/messages"}


def run(port: int, connections: int, seconds: float, *, prompt_bytes: int = 900,
        stream: bool = False, timeout: int = 120, api: str = "chat",
        model: str = "gpt-4o-mini") -> Load:
    environment = dict(os.environ, BENCH_BYTES=str(prompt_bytes), BENCH_STREAM="1" if stream else "0",
                       BENCH_API=api, BENCH_MODEL=model)
    script = Path(__file__).with_name("chat.lua")
    output = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds:g}s", f"--timeout={timeout}s", "--latency",
         "-s", str(script), f"http://127.0.0.1:{port}{PATHS[api]}"],
        check=True, capture_output=True, text=True, env=environment).stdout
    requests = int(re.search(r"(\d+) requests in", output).group(1))
    socket_errors = re.search(r"Socket errors: connect (\d+), read (\d+), write (\d+), timeout (\d+)",
                              output)
    bad_status = re.search(r"Non-2xx or 3xx responses: (\d+)", output)
    errors = sum(map(int, socket_errors.groups())) if socket_errors else 0
    errors += int(bad_status.group(1)) if bad_status else 0
    return Load(requests, errors, _latency(output, "50"), _latency(output, "99"))
