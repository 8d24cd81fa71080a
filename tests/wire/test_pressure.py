"""A client that does not read slows its upstream down: the gateway takes in a bounded amount and
keeps its memory, however much there is to come."""

import os
import socket
import threading
import time

import pytest

from gateway import PATIENCE, Client, chat, request
from upstream import STREAM_HEAD, chunk, event, more

MEBIBYTE = 1024 * 1024
ENOUGH = 256 * MEBIBYTE  # more than every buffer on the way together
# Of the kernel, both connections; the gateway's own share is in its resident memory.
SOCKETS = 24 * MEBIBYTE
GROWTH = (64 if os.environ.get("GOMODEL_SANITIZE") else 4) * MEBIBYTE


class Sender:
    """Sends without end, and counts what was taken."""

    def __init__(self, head, piece):
        self.head = head
        self.piece = piece
        self.sent = 0
        self.over = threading.Event()

    def __call__(self, peer):
        peer.read_request()
        try:
            peer.send(self.head)
            while self.sent < ENOUGH:
                self.sent += peer.socket.send(self.piece)
        finally:
            self.over.set()

    def wait_stuck(self):
        """The amount taken once no more is."""
        last, since = -1, time.monotonic()
        while time.monotonic() - since < 1.0:
            if self.over.is_set():
                break
            if self.sent != last:
                last, since = self.sent, time.monotonic()
            time.sleep(0.05)
        return self.sent


@pytest.mark.parametrize("kind", ["stream", "json", "passthrough"])
def test_a_client_that_does_not_read_pauses_its_upstream(serve, kind):
    headers = ["X-Request-ID: slow"]
    data = chat(kind == "stream", headers=headers)
    if kind == "stream":
        sender = Sender(STREAM_HEAD + chunk(event("x")), chunk(more("x" * 1000) * 32))
    elif kind == "json":
        head = b'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{"a": "x\r\n'
        sender = Sender(head, chunk(b"x" * 32768))
    else:
        head = f"HTTP/1.1 200 OK\r\nContent-Type: audio/wav\r\nContent-Length: {ENOUGH}\r\n\r\n"
        sender = Sender(head.encode(), b"x" * 32768)
        data = request("GET", "/p/up/files/f/content", headers=headers)
    gateway, _ = serve(sender)
    before = gateway.resident()
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    connection.settimeout(PATIENCE)
    connection.connect(("127.0.0.1", gateway.port))
    with Client(connection) as client:
        client.send(data)
        taken = sender.wait_stuck()
        assert not sender.over.is_set(), "the upstream could send everything"
        assert 0 < taken < SOCKETS
        assert gateway.resident() - before < GROWTH
        # It goes on as soon as the client reads.
        client.read_head()
        got = 0
        while got < taken + MEBIBYTE:
            got += len(client.socket.recv(MEBIBYTE))
        assert sender.sent > taken
        assert gateway.resident() - before < GROWTH
    # And ends with the client.
    assert sender.over.wait(PATIENCE)
    assert gateway.wait_record("slow")["end"] == "client_gone"


def test_a_client_that_takes_nothing_is_given_up(serve):
    sender = Sender(STREAM_HEAD + chunk(event("x")), chunk(more("x" * 1000) * 32))
    gateway, _ = serve(
        sender, server={"address": "127.0.0.1", "port": 0, "workers": 1, "send_timeout": "500ms"}
    )
    with gateway.connect() as client:
        client.send(chat(stream=True, headers=["X-Request-ID: stuck"]))
        assert gateway.wait_record("stuck")["end"] == "client_gone"
        assert sender.over.wait(PATIENCE)


def test_others_are_served_meanwhile(serve):
    sender = Sender(STREAM_HEAD + chunk(event("x")), chunk(more("x" * 1000) * 32))
    gateway, _ = serve(sender)
    with gateway.connect() as slow, gateway.connect() as other:
        slow.send(chat(stream=True))
        sender.wait_stuck()
        began = time.monotonic()
        for _ in range(20):
            other.send(b"GET /health HTTP/1.1\r\nHost: gw\r\n\r\n")
            assert other.answer().status == 200
        assert time.monotonic() - began < 5
