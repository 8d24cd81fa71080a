"""A client that keeps to HTTP/1.1, in any of the ways it allows, gets its answers in order."""

import json
import socket

import pytest

from gateway import Client, Gateway, chat, config_for, request
from upstream import (
    ANSWER,
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    Upstream,
    always,
    chunk,
    event,
    more,
    response,
    usage_event,
)

CHAT = chat()
STREAM = (
    STREAM_HEAD
    + chunk(event("a"))
    + chunk(more("b", "stop") + usage_event() + DONE)
    + LAST_CHUNK
)


def test_one_request_after_another_on_one_connection(plain):
    with plain.connect() as client:
        for _ in range(3):
            answer = client.send(CHAT).answer()
            assert answer.status == 200
            assert answer.json() == ANSWER
            assert "connection" not in answer.headers


def test_pipelined_requests_are_answered_in_order(plain):
    with plain.connect() as client:
        client.send(
            request("GET", "/v1/models", headers=["X-Request-ID: first"])
            + chat(headers=["X-Request-ID: second"])
            + request("GET", "/health", headers=["X-Request-ID: third"])
        )
        answers = [client.answer() for _ in range(3)]
        assert [a.headers["x-request-id"] for a in answers] == ["first", "second", "third"]
        assert answers[0].json()["data"][0]["id"] == "up/gpt-test"
        assert answers[1].json() == ANSWER
        assert answers[2].json() == {"status": "ok"}


def test_a_stream_is_followed_by_the_request_that_was_sent_behind_it(serve):
    gateway, _ = serve(always(STREAM))
    with gateway.connect() as client:
        client.send(chat(stream=True) + request("GET", "/health") + chat(stream=True))
        streams = [client.answer(), client.answer(), client.answer()]
        assert streams[0].body == streams[2].body != b""
        assert streams[1].json() == {"status": "ok"}


def test_offers_to_speak_something_else_are_not_taken_up(plain):
    offer = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABk"]
    with plain.connect() as client:
        for _ in range(2):
            answer = client.send(request("GET", "/health", headers=offer)).answer()
            assert answer.status == 200
            assert "upgrade" not in answer.headers


@pytest.mark.parametrize("sizes", [[1], [7], [1000], [3, 1, 50, 2]])
def test_chunked_request_bodies(serve, sizes):
    gateway, upstream = serve(always(response(ANSWER)))
    body = CHAT.split(b"\r\n\r\n", 1)[1]
    head = (
        b"POST /v1/chat/completions HTTP/1.1\r\nHost: gw\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b""
    rest, turn = body, 0
    while rest:
        size = sizes[turn % len(sizes)]
        chunks += b"%X\r\n%s\r\n" % (len(rest[:size]), rest[:size])
        rest, turn = rest[size:], turn + 1
    with gateway.connect() as client:
        # The second shows that the first was read to its end, trailers included.
        client.send(head + chunks + b"0\r\nX-Trailer: ignored\r\n\r\n" + CHAT)
        assert client.answer().json() == ANSWER
        assert client.answer().json() == ANSWER
    for _ in range(2):
        assert upstream.next_request().json() == json.loads(body)


@pytest.mark.parametrize("stream", [False, True])
def test_split_at_every_byte_a_request_gets_the_same_answer(serve, stream):
    gateway, upstream = serve(always(STREAM if stream else response(ANSWER)))
    data = chat(stream, headers=["X-Request-ID: same"])
    with gateway.connect() as client, gateway.connect() as other:
        whole = client.send(data).answer()
        asked = upstream.next_request()
        assert whole.status == 200
        for cut in range(1, len(data)):
            client.send(data[:cut])
            # Once another connection has been served, the one event loop has read the first part.
            other.send(request("GET", "/health")).answer()
            answer = client.send(data[cut:]).answer()
            assert (answer.status, answer.body) == (whole.status, whole.body), cut
            assert answer.headers.keys() == whole.headers.keys()
            assert upstream.next_request().body == asked.body, cut


def test_expect_continue_is_answered_before_the_body_is_sent(plain):
    head, body = CHAT.split(b"\r\n\r\n", 1)
    with plain.connect() as client:
        client.send(head + b"\r\nExpect: 100-continue\r\n\r\n")
        assert client.answer().status == 100
        assert client.send(body).answer().json() == ANSWER


def test_expect_continue_with_a_request_that_is_refused_gets_the_refusal_at_once(plain):
    head = CHAT.split(b"\r\n\r\n", 1)[0].replace(b"/v1/chat/completions", b"/nowhere")
    with plain.connect() as client:
        answer = client.send(head + b"\r\nExpect: 100-continue\r\n\r\n").answer()
        assert answer.status == 404
        assert answer.headers["connection"] == "close"
        assert client.at_end()


@pytest.mark.parametrize("path, status", [("/health", 200), ("/v1/models", 200), ("/x", 404)])
def test_head_has_the_headers_of_get_and_no_body(plain, path, status):
    with plain.connect() as client:
        got = client.send(request("GET", path)).answer()
        head = client.send(request("HEAD", path)).answer(to_head=True)
        assert head.status == got.status == status
        assert head.headers["content-length"] == got.headers["content-length"]
        # The next bytes are the next answer: no body came in between.
        assert client.send(request("GET", "/health")).answer().status == 200


def test_connection_close_is_honoured(plain):
    with plain.connect() as client:
        answer = client.send(request("GET", "/health", headers=["Connection: close"])).answer()
        assert answer.status == 200
        assert answer.headers["connection"] == "close"
        assert client.at_end()


def test_http_1_0_closes_unless_asked_to_stay(plain):
    with plain.connect() as client:
        answer = client.send(b"GET /health HTTP/1.0\r\n\r\n").answer()
        assert answer.status == 200
        assert answer.json() == {"status": "ok"}
        assert client.at_end()
    with plain.connect() as client:
        for _ in range(2):
            client.send(b"GET /health HTTP/1.0\r\nConnection: keep-alive\r\n\r\n")
            answer = client.answer()
            assert answer.headers["connection"] == "keep-alive"
            assert answer.headers["content-length"] == str(len(answer.body))


def test_blank_lines_between_requests_are_skipped(plain):
    with plain.connect() as client:
        client.send(b"\r\n\r\n" + request("GET", "/health") + b"\r\n" + request("GET", "/health"))
        assert client.answer().status == 200
        assert client.answer().status == 200


def test_the_absolute_form_of_a_target(plain):
    with plain.connect() as client:
        assert client.send(request("GET", "http://gw/health?x=1")).answer().status == 200


def test_request_ids_are_echoed_or_made(plain):
    with plain.connect() as client:
        given = client.send(request("GET", "/health", headers=["X-Request-ID:  mine "])).answer()
        made = [client.send(request("GET", "/x")).answer() for _ in range(2)]
    assert given.headers["x-request-id"] == "mine"
    ids = {answer.headers["x-request-id"] for answer in made}
    assert len(ids) == 2 and all(len(text) == 36 for text in ids)


def test_listens_on_ipv6_only_where_told(serve):
    if not socket.has_ipv6:
        pytest.skip("no IPv6 here")
    gateway, _ = serve(always(response(ANSWER)), server={"address": "[::1]", "port": 0})
    with Client(socket.create_connection(("::1", gateway.port))) as client:
        assert client.send(chat()).answer().json() == ANSWER
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", gateway.port))


def test_listens_on_both_families_by_default(serve):
    gateway, _ = serve(always(response(ANSWER)), server={"address": "", "port": 0})
    for host in ("127.0.0.1", "::1"):
        with Client(socket.create_connection((host, gateway.port))) as client:
            head = ["X-Request-ID: from-" + host]
            assert client.send(request("GET", "/health", headers=head)).answer().status == 200
        record = gateway.wait_record("from-" + host)
        assert record["remote_ip"] == host


def test_an_upstream_on_ipv6(tmp_path):
    with Upstream(always(response(ANSWER)), family=socket.AF_INET6) as upstream:
        with Gateway(config_for(upstream.url)) as gateway, gateway.connect() as client:
            assert client.send(chat()).answer().json() == ANSWER
        assert upstream.next_request().headers["host"] == f"[::1]:{upstream.port}"
