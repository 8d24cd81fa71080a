"""Promise: a client that reads one byte a second from a 50 MB answer costs 256 KB of memory at most,
because its upstream is paused meanwhile.

The long form: GOMODEL_READERS=64 GOMODEL_READERS_SECONDS=120.
"""

import os
import socket
import time

import pytest

from gateway import PATIENCE, chat
from upstream import LAST_CHUNK, STREAM_HEAD, chunk, event, more

READERS = int(os.environ.get("GOMODEL_READERS", "16"))
SECONDS = int(os.environ.get("GOMODEL_READERS_SECONDS", "4"))
MEBIBYTE = 1024 * 1024
SIZE = 50 * MEBIBYTE
GROWTH = (4 * MEBIBYTE if os.environ.get("GOMODEL_SANITIZE") else 256 * 1024)  # a client
SOCKETS = 24 * MEBIBYTE  # the buffers of the kernel on the way, at most


class Large:
    """Answers with 50 MB and counts what of it was taken by each request."""

    def __init__(self, stream):
        if stream:
            self.head = STREAM_HEAD + chunk(event("x"))
            self.piece = chunk(more("x" * 1000) * 32)
        else:
            self.head = STREAM_HEAD.replace(b"text/event-stream", b"application/json")
            self.head += chunk(b'{"a":"')
            self.piece = chunk(b"x" * 32768)
        self.taken = []

    def __call__(self, peer):
        peer.read_request()
        index = len(self.taken)
        self.taken.append(0)
        peer.send(self.head)
        while self.taken[index] < SIZE:
            self.taken[index] += peer.socket.send(self.piece)
        peer.send(LAST_CHUNK)


def settled(amounts):
    """Waits until nothing more is taken."""
    deadline = time.monotonic() + PATIENCE
    last, since = None, time.monotonic()
    while time.monotonic() - since < 1:
        assert time.monotonic() < deadline, "it goes on taking"
        now = list(amounts)
        if now != last:
            last, since = now, time.monotonic()
        time.sleep(0.05)
    return last


@pytest.mark.parametrize("stream", [True, False], ids=["stream", "body"])
def test_a_slow_reader_costs_little(serve, stream):
    large = Large(stream)
    gateway, _ = serve(large)
    before = gateway.resident()
    readers = []
    try:
        for _ in range(READERS):
            reader = socket.socket()
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            reader.settimeout(PATIENCE)
            reader.connect(("127.0.0.1", gateway.port))
            reader.sendall(chat(stream))
            readers.append(reader)
        for reader in readers:
            assert reader.recv(1) == b"H"
        taken = settled(large.taken)
        assert len(taken) == READERS
        most = 0
        for _ in range(SECONDS):
            for reader in readers:
                assert len(reader.recv(1)) == 1
            time.sleep(1)  # the pace of such a client
            most = max(most, gateway.resident() - before)
        print(f"{most / READERS / 1024:.0f} KiB a reader")
        assert most / READERS <= GROWTH
        assert max(large.taken) < SOCKETS
        # A window of the kernel may move on, the answer does not.
        assert sum(large.taken) - sum(taken) < READERS * MEBIBYTE
    finally:
        for reader in readers:
            reader.close()
