"""A client whose bytes are not a request we can serve is told so in the error envelope, and the
connection ends; nothing of what it sent is taken for a second request."""

import time

import pytest

from gateway import chat, request
from upstream import ANSWER, always, response

GET = b"GET /health HTTP/1.1\r\n"
POST = b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n"
BODY = b'{"model":"gpt-test","messages":[]}'

MALFORMED = {
    "not HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n",
    "no version": b"GET /health\r\nHost: gw\r\n\r\n",
    "no target": b"GET  HTTP/1.1\r\nHost: gw\r\n\r\n",
    "control byte in the target": b"GET /he\x01alth HTTP/1.1\r\nHost: gw\r\n\r\n",
    "space in the target": b"GET /he alth HTTP/1.1\r\nHost: gw\r\n\r\n",
    "wrong protocol name": b"GET /health HTTQ/1.1\r\nHost: gw\r\n\r\n",
    "no Host": GET + b"\r\n",
    "two Hosts": GET + b"Host: gw\r\nHost: other\r\n\r\n",
    "bare LF after the request line": b"GET /health HTTP/1.1\nHost: gw\r\n\r\n",
    "bare LF after a field": GET + b"Host: gw\nX-A: b\r\n\r\n",
    "bare LFs at the end": GET + b"Host: gw\n\n",
    "bare CR in a field": GET + b"Host: gw\r\nX-A: b\rc\r\n\r\n",
    "NUL in a field": GET + b"Host: gw\r\nX-A: b\0c\r\n\r\n",
    "folded field, space": GET + b"Host: gw\r\nX-A: b\r\n c\r\n\r\n",
    "folded field, tab": GET + b"Host: gw\r\nX-A: b\r\n\tc\r\n\r\n",
    "folded first field": GET + b" Host: gw\r\nHost: gw\r\n\r\n",
    "space before the colon": GET + b"Host: gw\r\nX-A : b\r\n\r\n",
    "space before the colon of a length": POST + b"Content-Length : 5\r\n\r\nhello",
    "field without a colon": GET + b"Host: gw\r\nnonsense\r\n\r\n",
    "field without a name": GET + b"Host: gw\r\n: b\r\n\r\n",
    "bad byte in a field name": GET + b"Host: gw\r\nX(A: b\r\n\r\n",
    "length and chunked": POST
    + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunked and length": POST
    + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "two lengths that differ": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello!",
    "two lengths that agree": POST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello",
    "a list of lengths": POST + b"Content-Length: 5, 5\r\n\r\nhello",
    "negative length": POST + b"Content-Length: -5\r\n\r\n",
    "length with a sign": POST + b"Content-Length: +5\r\n\r\nhello",
    "length in hexadecimal": POST + b"Content-Length: 0x5\r\n\r\nhello",
    "length with junk": POST + b"Content-Length: 5x\r\n\r\nhello",
    "empty length": POST + b"Content-Length:\r\n\r\n",
    "length past 64 bits": POST + b"Content-Length: 18446744073709551621\r\n\r\nhello",
    "chunked twice": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, vertical tab": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, quotes": POST + b'Transfer-Encoding: "chunked"\r\n\r\n0\r\n\r\n',
    "obfuscated chunked, prefix": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, parameter": POST
    + b"Transfer-Encoding: chunked;a=b\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, NUL": POST + b"Transfer-Encoding: chunked\0\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, space before the colon": POST
    + b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, folded": POST + b"Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
    "obfuscated chunked, behind a bare LF": POST
    + b"X-A: b\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "obfuscated chunked and a length": POST
    + b"Transfer-Encoding: xchunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunked in any case and a length": POST
    + b"Transfer-Encoding: ChUnKeD\r\nContent-Length: 5\r\n\r\n0\r\n\r\n",
    "chunked before another coding": POST
    + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "chunked twice in a list": POST
    + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
    "chunked and another coding in two fields": POST
    + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
    "no coding": POST + b"Transfer-Encoding:\r\n\r\n0\r\n\r\n",
    "identity": POST + b"Transfer-Encoding: identity\r\nContent-Length: 5\r\n\r\nhello",
    "chunked in HTTP/1.0": b"POST /v1/chat/completions HTTP/1.0\r\nTransfer-Encoding: chunked\r\n"
    b"\r\n0\r\n\r\n",
}

MALFORMED_CHUNKS = {
    "no size": b"\r\nhello\r\n0\r\n\r\n",
    "size is no number": b"xyz\r\nhello\r\n0\r\n\r\n",
    "negative size": b"-5\r\nhello\r\n0\r\n\r\n",
    "size with 0x": b"0x5\r\nhello\r\n0\r\n\r\n",
    "size past 64 bits": b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
    "size too small": b"3\r\nhello\r\n0\r\n\r\n",
    "extension": b"5;a=b\r\nhello\r\n0\r\n\r\n",
    "bare LF after the size": b"5\nhello\r\n0\r\n\r\n",
    "bare LF after the data": b"5\r\nhello\n0\r\n\r\n",
    "space before the size": b" 5\r\nhello\r\n0\r\n\r\n",
    "folded trailer": b"0\r\nX-A: b\r\n c\r\n\r\n",
    "trailer without a colon": b"0\r\nnonsense\r\n\r\n",
    "bare LF in a trailer": b"0\r\nX-A: b\n\n" + request("GET", "/health"),
}

SMUGGLED = request("GET", "/health", headers=["X-Request-ID: smuggled"])


def refused(gateway, data, status):
    """The error of the answer, after checking the status and that the connection ends."""
    with gateway.connect() as client:
        client.send(data)
        answer = client.answer()
        assert answer.status == status, (answer.status, answer.body)
        assert answer.headers["connection"] == "close"
        error = answer.error()
        assert error["type"] == "invalid_request_error"
        assert client.at_end(), "something was answered after the refusal"
        return error


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_heads(plain, name):
    refused(plain, MALFORMED[name] + SMUGGLED, 400)


@pytest.mark.parametrize("name", MALFORMED)
def test_malformed_heads_byte_by_byte(plain, name):
    with plain.connect() as client, plain.connect() as other:
        try:
            for byte in MALFORMED[name]:
                client.send(bytes([byte]))
                other.send(request("GET", "/health")).answer()
        except ConnectionError:
            pass  # refused before its end
        answer = client.answer()
        assert answer.status == 400
        answer.error()
        assert client.at_end()


@pytest.mark.parametrize("name", MALFORMED_CHUNKS)
def test_malformed_chunked_bodies(plain, name):
    data = POST + b"Transfer-Encoding: chunked\r\n\r\n" + MALFORMED_CHUNKS[name]
    refused(plain, data + SMUGGLED, 400)


def test_transfer_encodings_we_do_not_know(plain):
    for coding in (b"gzip, chunked", b"deflate,gzip , chunked", b"x, chunked"):
        refused(plain, POST + b"Transfer-Encoding: " + coding + b"\r\n\r\n0\r\n\r\n", 501)


def test_versions_we_do_not_speak(plain):
    for version in (b"HTTP/2.0", b"HTTP/0.9", b"HTTP/1.2"):
        refused(plain, b"GET /health " + version + b"\r\nHost: gw\r\n\r\n", 505)
    refused(plain, b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", 505)


def test_a_head_that_is_cut_off(plain):
    """The client has closed its side, and still reads."""
    for cut in (1, 10, 30, len(GET), len(GET) + 5):
        data = (GET + b"Host: gw\r\n\r\n")[:cut]
        with plain.connect() as client:
            answer = client.send(data).end_sending().answer()
            assert answer.status == 400
            assert "ended" in answer.error()["message"]
            assert client.at_end()


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_a_body_that_is_cut_off(plain, framing):
    whole = {
        "length": b"Content-Length: 100\r\nX-Request-ID: cut-length\r\n\r\n" + BODY,
        "chunked": b"Transfer-Encoding: chunked\r\nX-Request-ID: cut-chunked\r\n\r\n5\r\n{\"mod",
    }
    with plain.connect() as client:
        answer = client.send(POST + whole[framing]).end_sending().answer()
        assert answer.status == 400
        assert "ended" in answer.error()["message"]
        assert client.at_end()
    record = plain.wait_record("cut-" + framing)
    assert record["status"] == 400


def test_heads_that_are_too_large(serve):
    gateway, _ = serve(always(response(ANSWER)), server={"port": 0, "max_header_size": "4K"})
    fits = request("GET", "/health", headers=["X-A: " + "a" * 3900])
    with gateway.connect() as client:
        assert client.send(fits).answer().status == 200
    large = {
        "one field": request("GET", "/health", headers=["X-A: " + "a" * 5000]),
        "many fields": request("GET", "/health", headers=[f"X-{i}: a" for i in range(1000)]),
        "target": request("GET", "/health?" + "a" * 5000),
        "no end": GET + b"Host: gw\r\nX-A: " + b"a" * 200_000,
    }
    for data in large.values():
        refused(gateway, data, 431)


def test_bodies_that_are_too_large(serve):
    gateway, upstream = serve(always(response(ANSWER)), server={"port": 0, "body_size_limit": "1K"})
    filled = {"model": "gpt-test", "messages": [{"role": "user", "content": "a" * 2000}]}
    error = refused(gateway, request("POST", "/v1/chat/completions", filled), 413)
    assert "1024" in error["message"]
    # Said before the body comes.
    refused(gateway, POST + b"Content-Length: 1025\r\n\r\n", 413)
    refused(gateway, POST + b"Content-Length: 1025\r\nExpect: 100-continue\r\n\r\n", 413)
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    refused(gateway, chunked + b"800\r\n" + b"a" * 0x800 + b"\r\n0\r\n\r\n", 413)
    refused(gateway, chunked + b"401\r\n", 413)
    refused(gateway, chunked + b"200\r\n" + b"a" * 0x200 + b"\r\n201\r\n", 413)
    with gateway.connect() as client:  # exactly the limit is fine
        body = BODY[:-1] + b" " * (1024 - len(BODY)) + b"}"
        assert client.send(request("POST", "/v1/chat/completions", body)).answer().status == 200
    assert upstream.connections == 1


def test_chunk_headers_and_trailers_without_end(plain):
    """They are not gathered for as long as the client cares to send."""
    chunked = POST + b"Transfer-Encoding: chunked\r\n\r\n"
    before = plain.resident()
    for begin in (b"", b"5;a=", b"0\r\nX-A: ", b"5\r\nhello\r\n0\r\n" + b"X-A: b\r\n" * 10_000):
        with plain.connect() as client:
            client.send(chunked + begin)
            try:
                for _ in range(100):
                    client.send(b"0" * 1_000_000)
            except ConnectionError:
                pass  # it does not listen to all of it
            assert plain.resident() - before < 32 * 1024 * 1024
    for begin in (b"", b"5;a=", b"0\r\nX-A: "):
        error = refused(plain, chunked + begin + b"0" * 100_000, 431)
        assert "chunk header or trailers" in error["message"]


def test_clients_that_are_too_slow(serve):
    limits = {"header_timeout": "300ms", "body_timeout": "300ms", "idle_timeout": "400ms"}
    gateway, upstream = serve(always(response(ANSWER)), server={"port": 0, **limits})

    error = refused(gateway, GET + b"Host:", 408)
    assert "head" in error["message"]
    error = refused(gateway, POST + b"Content-Length: 50\r\n\r\n{", 408)
    assert "body" in error["message"]
    error = refused(gateway, POST + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{", 408)
    assert "body" in error["message"]

    # Bytes that trickle in do not buy time for a head.
    with gateway.connect() as client:
        began = time.monotonic()
        try:
            for byte in GET + b"X-A: " + b"a" * 1000:
                client.send(bytes([byte]))
                time.sleep(0.02)
        except ConnectionError:
            pass
        assert time.monotonic() - began < 10
        assert client.answer().status == 408

    # A connection that is silent between requests, or from the start, is closed without a word.
    with gateway.connect() as client:
        assert client.at_end()
    with gateway.connect() as client:
        assert client.send(chat()).answer().status == 200
        assert client.at_end()
    upstream.next_request()
    assert upstream.seen.empty()


def test_a_slow_body_is_fine_as_long_as_it_moves(serve):
    gateway, _ = serve(
        always(response(ANSWER)),
        server={"port": 0, "header_timeout": "500ms", "body_timeout": "1s"},
    )
    data = chat()
    head_end = data.index(b"\r\n\r\n") + 4
    with gateway.connect() as client:
        client.send(data[:head_end])
        for byte in data[head_end:]:
            client.send(bytes([byte]))
            time.sleep(0.02)  # longer in all than either limit
        assert client.answer().json() == ANSWER


def test_every_refusal_is_in_the_access_log_once(serve):
    gateway, _ = serve(always(response(ANSWER)))
    refused(gateway, MALFORMED["two Hosts"], 400)
    refused(gateway, GET + b"Host: gw\r\nX-A: " + b"a" * 100_000, 431)
    gateway.wait_log(lambda line: '"status":431' in line)
    with gateway.connect() as client:
        client.send(request("GET", "/health", headers=["X-Request-ID: last"])).answer()
    gateway.wait_record("last")
    assert [record["status"] for record in gateway.records()] == [400, 431, 200]
    first = gateway.records()[0]
    assert first["remote_ip"] == "127.0.0.1"
    assert "Host" in first["error"]
    assert len(first["request_id"]) == 36
