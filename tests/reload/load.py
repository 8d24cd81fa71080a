"""Requests that go on while something happens to the gateway."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import Iterator

from gateway import Gateway, wait_until
from upstream import answer


class Load:
    """Requests without a pause, each answer checked."""

    def __init__(self, gateway: Gateway):
        self.gateway = gateway
        self.done = 0
        self.failed: list[object] = []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        while not self._stop.is_set():
            question = f"question-{self.done}"
            try:
                got = self.gateway.chat(question)
                content = got.json()["choices"][0]["message"]["content"]
                if got.status != 200 or content != answer(question):
                    self.failed.append(got)
            except Exception as error:  # whatever it is, it is a failed request
                self.failed.append(error)
            self.done += 1

    def wait_for_more(self, requests: int = 3) -> None:
        target = self.done + requests
        wait_until(lambda: self.done >= target or not self._thread.is_alive(), "requests to go on")

    @contextmanager
    def running(self) -> Iterator["Load"]:
        self._thread.start()
        try:
            self.wait_for_more()
            yield self
            self.wait_for_more()
        finally:
            self._stop.set()
            self._thread.join()
        assert not self.failed, self.failed[:3]
