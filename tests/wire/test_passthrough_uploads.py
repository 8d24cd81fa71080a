"""Bodies on their way through a passthrough: as they come, no faster than the upstream takes them,
and no further than somebody wants them."""

import threading

import pytest

from gateway import PATIENCE, request
from test_pressure import GROWTH, MEBIBYTE, SOCKETS
from upstream import chunk, response

OK = response({"fine": True})
BIG = 64 * MEBIBYTE
BINARY = "Content-Type: application/octet-stream"


def server(**more):
    return {"address": "127.0.0.1", "port": 0, "workers": 1, **more}


def upload_head(length=None, *headers):
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    return request("POST", "/p/up/files", headers=[BINARY, framing, *headers])


def read_chunks(peer):
    """The data of a chunked body; EOFError if it is cut off."""
    data = b""
    while piece := peer.read_chunk():
        data += piece
    return data


class Sender(threading.Thread):
    """Sends pieces until it is told that they are enough, or nobody takes them."""

    def __init__(self, client, piece, total):
        super().__init__(daemon=True)
        self.client, self.piece, self.total = client, piece, total
        self.sent = 0
        self.stuck = threading.Event()
        self.start()

    def run(self):
        self.client.socket.settimeout(1.0)
        while self.sent < self.total:
            try:
                self.sent += self.client.socket.send(self.piece[: self.total - self.sent])
            except TimeoutError:
                self.stuck.set()
            except OSError:
                return


def test_an_upstream_that_does_not_read_pauses_its_client(serve):
    go_on = threading.Event()
    taken = []

    def script(peer):
        peer.read_until(b"\r\n\r\n")
        go_on.wait(PATIENCE)
        left = BIG - len(peer.buffer)
        peer.buffer = b""
        while left:
            left -= len(peer.socket.recv(MEBIBYTE))
        taken.append(BIG)
        peer.send(OK)

    gateway, _ = serve(script, server=server(body_size_limit="100M"))
    before = gateway.resident()
    with gateway.connect() as client:
        client.send(upload_head(BIG))
        sender = Sender(client, b"x" * MEBIBYTE, BIG)
        assert sender.stuck.wait(PATIENCE)
        assert sender.sent < SOCKETS
        assert gateway.resident() - before < GROWTH
        go_on.set()
        sender.join(PATIENCE)
        client.socket.settimeout(PATIENCE)
        assert client.answer().status == 200
        # The connection is in order for the next request.
        assert client.send(request("GET", "/health")).answer().status == 200
    assert taken == [BIG]
    assert gateway.resident() - before < GROWTH


def test_pieces_arrive_as_they_are_sent(serve):
    arrived = threading.Semaphore(0)
    seen = []

    def script(peer):
        head = peer.read_until(b"\r\n\r\n").decode().lower()
        assert "transfer-encoding: chunked" in head and "content-length" not in head
        while piece := peer.read_chunk():
            seen.append(piece)
            arrived.release()
        peer.send(OK)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        client.send(upload_head(None, "X-Request-ID: r1"))
        for piece in (b"one", b"two", b"three"):
            client.send(chunk(piece))
            assert arrived.acquire(timeout=PATIENCE)
        client.send(b"0\r\nTrailer: x\r\n\r\n")
        assert client.answer().status == 200
    assert seen == [b"one", b"two", b"three"]
    assert gateway.wait_record("r1")["bytes_in"] == 11


def test_a_large_json_body_passes_whole_and_its_model_is_read(serve):
    gateway, upstream = serve(lambda peer: (peer.read_request(), peer.send(OK)))
    body = {"model": "gpt-test", "input": "x" * 300_000}
    with gateway.connect() as client:
        client.send(request("POST", "/p/up/responses", body, ["X-Request-ID: r1"]))
        assert client.answer().status == 200
    assert upstream.next_request().json() == body
    assert gateway.wait_record("r1")["model"] == "gpt-test"


def test_a_body_over_the_limit_is_refused(serve):
    cut = threading.Event()

    def script(peer):
        peer.read_until(b"\r\n\r\n")
        with pytest.raises(EOFError):
            read_chunks(peer)
        cut.set()

    gateway, upstream = serve(script, server=server(body_size_limit="1M"))
    with gateway.connect() as client:
        client.send(upload_head(MEBIBYTE + 1))
        answer = client.answer()
        assert answer.status == 413
        assert answer.error()["message"] == "request body larger than the limit of 1048576 bytes"
    assert upstream.connections == 0
    with gateway.connect() as client:
        client.send(upload_head(None, "X-Request-ID: r1"))
        for _ in range(20):
            client.send(chunk(b"x" * 65536))
        assert client.answer().status == 413
    assert cut.wait(PATIENCE)
    assert gateway.wait_record("r1")["status"] == 413


@pytest.mark.parametrize("status, told", [("401 Unauthorized", 401), ("200 OK", 200)])
def test_an_upstream_that_answers_early_gets_no_more(serve, status, told):
    received = []

    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.send(response({"error": {"message": "no"}}, status))
        data = len(peer.buffer)
        try:
            while piece := peer.socket.recv(MEBIBYTE):
                data += len(piece)
        except ConnectionError:
            pass
        received.append(data)

    gateway, upstream = serve(script)
    with gateway.connect() as client:
        client.send(upload_head(8 * MEBIBYTE)).send(b"x" * MEBIBYTE)
        answer = client.answer()
        assert answer.status == told
        assert answer.headers["connection"] == "close"
    upstream.close()
    assert received and received[0] <= MEBIBYTE
    assert upstream.connections == 1


def test_an_upstream_that_refuses_and_resets_is_heard(serve):
    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.send(response({"error": {"message": "too large for us"}}, "413 Too Large"))
        peer.socket.shutdown(2)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        client.send(upload_head(4 * MEBIBYTE)).send(b"x" * 4 * MEBIBYTE)
        answer = client.answer()
        assert (answer.status, answer.error()["message"]) == (413, "too large for us")


def test_an_upstream_that_goes_away_is_told(serve):
    gateway, _ = serve(lambda peer: peer.read_until(b"\r\n\r\n"))
    with gateway.connect() as client:
        client.send(upload_head(None)).send(chunk(b"x" * 100))
        answer = client.answer()
        assert answer.status == 502
        assert "closed the connection" in answer.error()["message"]


def test_a_connection_is_used_again_after_an_upload(serve):
    def script(peer):
        for _ in range(3):
            peer.read_request()
            peer.send(OK)

    gateway, upstream = serve(script)
    with gateway.connect() as client:
        for size in (100_000, 10, 10):
            client.send(request("POST", "/p/up/x", b"x" * size))
            assert client.answer().status == 200
    assert upstream.connections == 1


@pytest.mark.parametrize("leave", ["reset", "close", "end_sending"])
def test_a_client_that_leaves_in_the_middle_takes_its_upstream_with_it(serve, leave):
    begun = threading.Event()
    cut = threading.Event()

    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.read_exactly(1000)
        begun.set()
        peer.wait_closed()
        cut.set()

    gateway, _ = serve(script)
    client = gateway.connect()
    client.send(upload_head(MEBIBYTE, "X-Request-ID: r1")).send(b"x" * 1000)
    assert begun.wait(PATIENCE)
    getattr(client, leave)()
    assert cut.wait(PATIENCE)
    record = gateway.wait_record("r1")
    assert record["end"] == "client_gone", record
    client.close()


def test_a_client_that_pauses_for_too_long(serve):
    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.wait_closed()

    gateway, _ = serve(script, server=server(body_timeout="300ms"))
    with gateway.connect() as client:
        client.send(upload_head(1000)[:-4] + b"\r\nX-A: 1\r\n\r\n")
        assert client.answer().status == 408
    with gateway.connect() as client:
        client.send(upload_head(MEBIBYTE)).send(b"x")
        answer = client.answer()
        assert answer.status == 408
        assert answer.error()["message"] == "the request body took too long"


def test_a_malformed_chunk_ends_it(serve):
    def script(peer):
        peer.read_until(b"\r\n\r\n")
        peer.wait_closed()

    gateway, _ = serve(script)
    with gateway.connect() as client:
        client.send(upload_head(None)).send(chunk(b"fine") + b"zz\r\n")
        assert client.answer().status == 400


def test_a_client_that_waits_is_told_to_go_on(serve):
    gateway, upstream = serve(lambda peer: (peer.read_request(), peer.send(OK)))
    with gateway.connect() as client:
        client.send(upload_head(200_000, "Expect: 100-continue"))
        assert client.answer().status == 100
        client.send(b"x" * 200_000)
        assert client.answer().status == 200
    assert "expect" not in upstream.next_request().headers
