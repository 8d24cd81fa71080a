"""Promise: whatever an upstream sends, the gateway's memory stays bounded, the client is told, and
the connection is not used again. The many ways an upstream can break its answer are in
tests/wire/test_upstream.py; here are those that try to fill the memory."""

import hashlib
import os

from gateway import chat, request
from upstream import ANSWER, DONE, LAST_CHUNK, STREAM_HEAD, chunk, event, more, response

MEBIBYTE = 1024 * 1024
GROWTH = (96 if os.environ.get("GOMODEL_SANITIZE") else 16) * MEBIBYTE
LINE = 100 * MEBIBYTE
GOOD = response(ANSWER)


class First:
    """Sends what it is told in answer to the first request, and well-formed answers after that."""

    def __init__(self, pieces, then=None):
        self.pieces = pieces
        self.then = then
        self.asked = 0

    def __call__(self, peer):
        while True:
            peer.read_request()
            self.asked += 1
            if self.asked == 1:
                for piece in self.pieces:
                    peer.send(piece)
                if self.then is not None:
                    self.then(peer)
                    return
            else:
                peer.send(GOOD)


def works_on_a_new_connection(gateway, upstream):
    before = upstream.connections
    with gateway.connect() as client:
        assert client.send(chat()).answer().json() == ANSWER
    assert upstream.connections == before + 1


def test_headers_of_a_megabyte(serve):
    for fields in (
        [b"X-A: " + b"a" * MEBIBYTE + b"\r\n"],
        [b"X-%d: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n" % number for number in range(24_000)],
    ):
        pieces = [b"HTTP/1.1 200 OK\r\n", *fields, b"Content-Length: 2\r\n\r\n{}"]
        gateway, upstream = serve(First([b"".join(pieces)], lambda peer: peer.wait_closed()))
        before = gateway.resident()
        with gateway.connect() as client:
            answer = client.send(chat()).answer()
            assert answer.status == 502
            assert "too large" in answer.error()["message"]
        assert gateway.resident() - before < GROWTH
        works_on_a_new_connection(gateway, upstream)


def test_an_event_of_a_hundred_megabytes(serve):
    """It is the client's, byte for byte, and never held as a whole."""
    block = chunk(b"x" * 65536)
    first, rest = more("@").split(b"@")

    def pieces():
        yield STREAM_HEAD + chunk(event("a") + first)
        for _ in range(LINE // 65536):
            yield block
        yield chunk(rest + event(None, "stop") + DONE) + LAST_CHUNK

    gateway, _ = serve(First(pieces()))
    before = gateway.resident()
    expected = hashlib.sha256(event("a") + first)
    for _ in range(LINE // 65536):
        expected.update(b"x" * 65536)
    expected.update(rest + event(None, "stop") + DONE)
    digest, most = hashlib.sha256(), 0
    with gateway.connect() as client:
        client.send(chat(stream=True)).read_head()
        while data := client.read_chunk():
            digest.update(data)
            if len(data) > 4096:
                most = max(most, gateway.resident() - before)
    assert digest.digest() == expected.digest()
    assert most < GROWTH


def test_a_length_of_a_terabyte(serve):
    """Memory is not set aside because an upstream says so."""
    for stream in (False, True):
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        script = First([head % 2**40 + b'{"a":"b'], lambda peer: peer.end_sending())
        gateway, upstream = serve(script)
        before = gateway.resident()
        with gateway.connect() as client:
            answer = client.send(chat(stream)).answer()
            assert answer.status == 502
            assert "cut off" in answer.error()["message"]
        assert gateway.resident() - before < GROWTH
        works_on_a_new_connection(gateway, upstream)


def test_an_error_page_without_end(serve):
    """What is shown of an error is short; the rest is not gathered."""
    head = b"HTTP/1.1 500 No\r\nContent-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n"
    sent = 0

    def pour(peer):
        nonlocal sent
        block = chunk(b"<p>" * 20_000)
        while sent < LINE:
            peer.send(block)
            sent += len(block)

    gateway, upstream = serve(First([head], pour))
    before = gateway.resident()
    with gateway.connect() as client:
        answer = client.send(chat()).answer()
        assert answer.status == 500
        assert len(answer.error()["message"]) < 10_000
    assert gateway.resident() - before < GROWTH
    assert sent < LINE
    works_on_a_new_connection(gateway, upstream)


def test_a_hostile_upstream_does_not_disturb_others(serve):
    """While it sends without end, everybody else is served."""
    def pour(peer):
        while True:
            peer.send(chunk(more("x" * 60_000)))

    gateway, _ = serve(First([STREAM_HEAD], pour))
    with gateway.connect() as victim, gateway.connect() as other:
        victim.send(chat(stream=True)).read_head()
        for _ in range(20):
            victim.read_chunk()
            assert other.send(request("GET", "/health")).answer().status == 200
