"""The built program as a child process: started in a folder with its config.yaml, watched through
its log, stopped or killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Callable

PATIENCE = 60


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited {PATIENCE} s for {what}"
        time.sleep(0.01)


class GatewayProcess:
    folder: Path

    def start(self, config: str = "config.yaml") -> None:
        self.log_file = self.folder / "gateway.log"
        with self.log_file.open("wb") as log:
            self.process = subprocess.Popen(
                [os.environ["GOMODEL_BINARY"], "--config", config], cwd=self.folder,
                stderr=log, env={"LOG_FORMAT": "json", "MODEL_LIST_URL": "off",
                                 "PATH": "/usr/bin:/bin",
                                 **{name: value for name, value in os.environ.items()
                                    if name.endswith("SAN_OPTIONS")}})
        wait_until(lambda: "server started" in self.log() or self.process.poll() is not None,
                   "the gateway to start")
        assert self.process.poll() is None, self.log()
        started = next(line for line in self.log().splitlines() if "server started" in line)
        self.port = json.loads(started)["port"]

    def log(self) -> str:
        return self.log_file.read_text()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(timeout=PATIENCE) == 0, self.log()
