"""Ports for servers that are told theirs, and may be started again on it."""

from __future__ import annotations

import random
import socket

# Below those the system gives to connections: none of them takes it while no server listens.
PORTS = range(10240, 32768)


def free_port() -> int:
    while True:
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", random.choice(PORTS)))
            except OSError:
                continue
            return probe.getsockname()[1]
