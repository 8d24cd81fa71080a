"""Asks a process that holds an official client to do things. What each job returns is the same for
every client: see the methods."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
INSTALLED = HERE.parents[2] / "build" / "e2e"  # by setup.sh


class SdkClient:
    """One client process. Talks to whatever `target` names."""

    name = ""

    def __init__(self, command: list[str], environment: dict[str, str]):
        self.target = ("", "")  # base URL, API key
        self.headers: dict[str, str] = {}
        self.retries = 0
        self.timeout = 60.0  # seconds
        variables = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        self._child = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                       text=True, encoding="utf-8",
                                       env={**variables, "PYTHONUTF8": "1", **environment})

    def call(self, method: str, *args: Any, **params: Any) -> dict:
        """{data, request_id, headers}, or {error}."""
        return self._ask("call", method, args=args, params=params)

    def stream(self, method: str, abort_after: int = 0, **params: Any) -> dict:
        """{chunks}; with {error} if it ended in one, {aborted_at} if it was aborted."""
        return self._ask("stream", method, params=params, abort_after=abort_after)

    def gather(self, method: str, **params: Any) -> Any:
        """The whole that the client's own stream helper makes of the pieces."""
        return self._ask("gather", method, params=params)["data"]

    def parse(self, method: str, **params: Any) -> Any:
        """The value that the client reads an answer of params["schema"] into."""
        return self._ask("parse", method, params=params)["parsed"]

    def together(self, method: str, each: list[dict]) -> list[str]:
        """Streams at the same time, one for each set of parameters. The texts."""
        return self._ask("together", method, each=each)["texts"]

    def error(self, method: str, *args: Any, **params: Any) -> dict:
        """{class, message, status, code, type, param, request_id, headers} of a failed call."""
        return self.call(method, *args, **params)["error"]

    def close(self) -> None:
        self._child.stdin.close()
        assert self._child.wait(timeout=20) == 0

    def begin(self, job: str, method: str, **rest: Any) -> None:
        """Starts a job; finish() then waits for what the job returns."""
        base_url, api_key = self.target
        client = {"baseURL": base_url, "apiKey": api_key, "maxRetries": self.retries,
                  "defaultHeaders": self.headers, "timeout": self.timeout}
        request = {"job": job, "method": method, "client": client, "args": [], "params": {},
                   **rest}
        self._child.stdin.write(json.dumps(request) + "\n")
        self._child.stdin.flush()

    def finish(self) -> dict:
        line = self._child.stdout.readline()
        assert line, f"the {self.name} client died"
        return json.loads(line)

    def _ask(self, job: str, method: str, **rest: Any) -> dict:
        self.begin(job, method, **rest)
        return self.finish()


class NpmClient(SdkClient):
    name = "npm"

    def __init__(self, authority: str = "") -> None:
        """authority: a PEM file with a certificate to trust."""
        super().__init__(["node", str(HERE / "npm_client.cjs")],
                         {"NODE_PATH": str(INSTALLED / "npm" / "node_modules"),
                          "NODE_EXTRA_CA_CERTS": authority})


class AnthropicClient(SdkClient):
    """Can call, stream and gather."""

    name = "anthropic"

    def __init__(self) -> None:
        super().__init__(["node", str(HERE / "anthropic_client.cjs")],
                         {"NODE_PATH": str(INSTALLED / "npm" / "node_modules")})


class VercelClient(SdkClient):
    """Vercel's AI SDK. Can call, stream and gather; the method is the API that it speaks: chat,
    responses or messages. The data: {text, finish, thoughts, calls, steps, usage}, and {output}."""

    name = "vercel"

    def __init__(self) -> None:
        super().__init__(["node", str(HERE / "vercel_client.cjs")],
                         {"NODE_PATH": str(INSTALLED / "npm" / "node_modules")})


class PythonClient(SdkClient):
    name = "python"

    def __init__(self, authority: str = "") -> None:
        """authority: a PEM file with a certificate to trust."""
        super().__init__([sys.executable, str(HERE / "python_client.py")],
                         {"SSL_CERT_FILE": authority} if authority else {})
