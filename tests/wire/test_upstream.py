"""Whatever an upstream does to a request that is not streamed, the client gets one whole answer or
one clear error, and never a 200 for something that failed."""

import gzip
import json
import queue
import socket
import threading
import time

import pytest

from gateway import PATIENCE, Gateway, chat, config_for, request
from upstream import ANSWER, STREAM_HEAD, Upstream, always, chunk, once, response

GOOD = response(ANSWER)
CHUNKED = STREAM_HEAD.replace(b"text/event-stream", b"application/json")


def failed(gateway, status, data=None):
    """The error message of the answer, which must have this status."""
    with gateway.connect() as client:
        answer = client.send(data or chat()).answer()
        assert answer.status == status, (answer.status, answer.body[:200])
        error = answer.error()
        assert error["type"] == "provider_error", error
        return error["message"]


def worked(gateway):
    with gateway.connect() as client:
        answer = client.send(chat()).answer()
        assert (answer.status, answer.json()) == (200, ANSWER)


def test_refusing_connections():
    with socket.socket() as deaf:
        deaf.bind(("127.0.0.1", 0))  # and does not listen
        port = deaf.getsockname()[1]
        with Gateway(config_for(f"http://127.0.0.1:{port}/v1")) as gateway:
            message = failed(gateway, 502)
            assert message == "cannot connect to the upstream: Connection refused"
            with gateway.connect() as client:
                assert client.send(chat(stream=True)).answer().status == 502


def test_a_host_that_does_not_exist():
    with Gateway(config_for("http://nowhere.invalid/v1")) as gateway:
        assert failed(gateway, 502).startswith("cannot resolve host name")


def test_never_answering(serve):
    def script(peer):
        peer.read_request()
        peer.wait_closed()

    gateway, upstream = serve(script, http={"response_header_timeout": "300ms"})
    for stream in (False, True):
        message = failed(gateway, 504, chat(stream))
        assert message == "the upstream did not answer in time"
    assert upstream.connections == 2  # a request that may have been worked on is not sent again


def test_never_finishing_its_answer(serve):
    def script(peer):
        peer.read_request()
        peer.send(GOOD[:-10])
        peer.wait_closed()

    gateway, _ = serve(script, http={"timeout": "400ms"})
    assert failed(gateway, 504) == "the upstream did not finish its answer in time"


BROKEN = {
    "closes at once": (b"", "closed the connection without an answer"),
    "closes inside the head": (b"HTTP/1.1 200 OK\r\nContent-", "closed the connection"),
    "closes inside the body": (GOOD[:-10], "cut off"),
    "closes inside a chunk": (CHUNKED + b"20\r\n{\"id\":", "cut off"),
    "closes before the last chunk": (CHUNKED + chunk(json.dumps(ANSWER).encode()), "cut off"),
    "sends garbage": (b"\x00\x01\x02garbage\r\n\r\n", "not HTTP"),
    "speaks another protocol": (b"SSH-2.0-OpenSSH_9.2\r\n\r\n", "not HTTP"),
    "sends garbage for a chunk": (CHUNKED + b"zz\r\n", "cut off"),
    "contradicts itself on the length": (
        response(ANSWER, headers=["Transfer-Encoding: chunked", "Content-Length: 5"]), "not HTTP"),
    "sends two lengths": (
        response(ANSWER, headers=["Content-Length: 5", "Content-Length: 6"]), "not HTTP"),
    "sends HTML": (response(b"<html>login</html>", headers=["Content-Type: text/html"]),
                   "not a JSON object"),
    "sends a lot of HTML": (
        response(b"<html>" + b"login " * 100_000, headers=["Content-Type: text/html"]),
        "not a JSON object"),
    "sends nothing": (response(b""), "not a JSON object"),
    "sends no content": (b"HTTP/1.1 204 No Content\r\n\r\n", "not a JSON object"),
    "sends an array": (response(b"[]"), "not a JSON object"),
    "sends half a document": (response(b'{"id":"x","choices":['), "not a JSON object"),
    "sends more than a document": (response(b"{} {}"), "not a JSON object"),
    "sends a stream nobody asked for": (
        response(b"data: {}\n\ndata: [DONE]\n\n", headers=["Content-Type: text/event-stream"]),
        "not a JSON object"),
    "redirects": (response(b"", "302 Found", ["Location: http://127.0.0.1:1/"]), "302"),
    "sends headers without end": (b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200_000, "too large"),
    "compresses without being asked": (
        response(gzip.compress(json.dumps(ANSWER).encode()), headers=["Content-Encoding: gzip"]),
        "Content-Encoding"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_breaking_its_answer(serve, name):
    data, hint = BROKEN[name]
    gateway, upstream = serve(once(data))
    message = failed(gateway, 502)
    assert hint in message, message
    gateway.wait_log(lambda line: '"status":502' in line)
    assert len(gateway.records()) == 1
    assert upstream.connections == 1


@pytest.mark.parametrize("name", [name for name in BROKEN if "stream" not in name])
def test_breaking_the_answer_to_a_request_for_a_stream(serve, name):
    """Before its first event a stream can still fail with a status of its own."""
    data, hint = BROKEN[name]
    gateway, _ = serve(once(data))
    with gateway.connect() as client:
        answer = client.send(chat(stream=True)).answer()
        assert answer.status == 502
        assert hint in answer.error()["message"]


def test_resetting_inside_the_body(serve):
    def script(peer):
        peer.read_request()
        peer.send(GOOD[:-10])
        peer.reset()

    gateway, _ = serve(script)
    assert "cut off" in failed(gateway, 502)


def test_resetting_inside_a_large_body(serve):
    """When part of an answer is out, the client must see that the rest is missing."""

    begun = threading.Event()

    def script(peer):
        peer.read_request()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: 900000\r\n\r\n" + b'{"a":"' + b"x" * 400_000)
        assert begun.wait(PATIENCE)
        peer.reset()

    gateway, _ = serve(script)
    for version in ("1.1", "1.0"):
        begun.clear()
        data = chat(headers=["X-Request-ID: v" + version])
        with gateway.connect() as client:
            client.send(data.replace(b"HTTP/1.1", b"HTTP/" + version.encode()))
            assert client.read_head().status == 200
            begun.set()
            with pytest.raises(ConnectionResetError):
                client.read_all()
        record = gateway.wait_record("v" + version)
        assert record["end"] == "upstream_failed"


def test_a_large_body_that_turns_out_not_to_be_json(serve):
    body = b'{"a":"' + b"x" * 400_000 + b'"} and more'
    gateway, _ = serve(once(response(body)))
    with gateway.connect() as client:
        with pytest.raises((ConnectionResetError, EOFError)):
            client.send(chat(headers=["X-Request-ID: one"])).answer()
    assert gateway.wait_record("one")["end"] == "upstream_failed"


def test_a_large_answer(serve):
    large = {**ANSWER, "padding": "x" * 3_000_000}
    gateway, _ = serve(always(response(large)))
    with gateway.connect() as client:
        for _ in range(2):
            assert client.send(chat()).answer().json() == large


def test_html_with_an_error_status(serve):
    page = b"<html><h1>502 Bad Gateway</h1></html>"
    data = response(page, "502 Bad Gateway", ["Content-Type: text/html"])
    gateway, _ = serve(always(data))
    assert failed(gateway, 502) == page.decode()
    with gateway.connect() as client:
        answer = client.send(chat(stream=True)).answer()
        assert (answer.status, answer.error()["message"]) == (502, page.decode())


@pytest.mark.parametrize(
    "status, kind",
    [
        (400, "invalid_request_error"),
        (401, "authentication_error"),
        (403, "authentication_error"),
        (404, "not_found_error"),
        (422, "invalid_request_error"),
        (429, "rate_limit_error"),
        (500, "provider_error"),
        (503, "provider_error"),
    ],
)
def test_error_answers_keep_their_status_and_say_why(serve, status, kind):
    error = {"error": {"message": "because", "type": "x", "param": "top_p", "code": 7}}
    gateway, _ = serve(always(response(error, f"{status} No", ["Retry-After: 9"])))
    with gateway.connect() as client:
        for stream in (False, True):
            answer = client.send(chat(stream)).answer()
            assert answer.status == status
            assert answer.headers["retry-after"] == "9"
            assert answer.error() == {
                "type": kind,
                "message": "because",
                "param": "top_p",
                "code": "7",
            }


def test_a_body_longer_than_declared(serve):
    """The rest is not taken for the next answer."""

    def script(peer):
        peer.read_request()
        body = json.dumps(ANSWER).encode()
        peer.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body) + body + b"more")
        peer.wait_closed()

    gateway, upstream = serve(script)
    worked(gateway)
    worked(gateway)
    assert upstream.connections == 2


def test_answering_twice(serve):
    wrong = response({**ANSWER, "id": "wrong"})

    def script(peer):
        peer.read_request()
        peer.send(GOOD + wrong)
        peer.wait_closed()

    gateway, upstream = serve(script)
    for _ in range(3):
        worked(gateway)
    assert upstream.connections == 3


def test_answering_again_while_the_connection_is_idle(serve):
    wrong = response({**ANSWER, "id": "wrong"})
    spoiled = threading.Event()

    def script(peer):
        peer.read_request()
        peer.send(GOOD)
        if not spoiled.is_set():
            time.sleep(0.05)
            peer.send(wrong)
            peer.wait_closed()  # dropped by the gateway, not used again
            spoiled.set()
            return
        peer.wait_closed()

    gateway, upstream = serve(script)
    worked(gateway)
    assert spoiled.wait(60)
    worked(gateway)
    assert upstream.connections == 2


def test_connections_are_used_again(serve):
    gateway, upstream = serve(always(GOOD))
    for _ in range(5):
        worked(gateway)
    assert upstream.connections == 1


def test_connections_are_not_used_again_when_the_upstream_says_so(serve):
    gateway, upstream = serve(always(response(ANSWER, headers=["Connection: close"])))
    for _ in range(3):
        worked(gateway)
    assert upstream.connections == 3


def test_a_pooled_connection_that_died_is_replaced_once(serve):
    """The upstream closes it in answer to the request: too late for the gateway to know before."""
    numbers = iter(range(100))

    def script(peer):
        number = next(numbers)
        peer.read_request()
        peer.send(GOOD)
        peer.read_request()
        if number == 0:
            peer.reset()
        else:
            peer.send(GOOD)
            peer.wait_closed()

    gateway, upstream = serve(script)
    worked(gateway)
    worked(gateway)
    assert upstream.connections == 2
    gateway.wait_log(lambda line: '"status":200' in line)


def test_a_fresh_connection_that_dies_is_not_replaced(serve):
    """The request may have been worked on."""

    def script(peer):
        peer.read_request()
        peer.reset()

    gateway, upstream = serve(script)
    failed(gateway, 502)
    assert upstream.connections == 1


def test_interim_answers_are_skipped(serve):
    interim = (
        b"HTTP/1.1 100 Continue\r\n\r\n"
        b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n"
        b"HTTP/1.1 102 Processing\r\n\r\n"
    )
    gateway, upstream = serve(always(interim + GOOD))
    worked(gateway)
    worked(gateway)
    assert upstream.connections == 1


def test_chunked_answers_with_extensions_and_trailers(serve):
    body = json.dumps(ANSWER).encode()
    data = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-T\r\n\r\n"
        + b"%x;name=value\r\n%s\r\n" % (10, body[:10])
        + chunk(body[10:])
        + b"0\r\nX-T: dropped\r\n\r\n"
    )
    gateway, upstream = serve(always(data))
    with gateway.connect() as client:
        for _ in range(2):
            answer = client.send(chat()).answer()
            assert answer.json() == ANSWER
            assert "x-t" not in answer.headers and "trailer" not in answer.headers
    assert upstream.connections == 1


def test_an_answer_that_ends_with_its_connection(serve):
    data = b"HTTP/1.0 200 OK\r\n\r\n" + json.dumps(ANSWER).encode()
    gateway, _ = serve(once(data))
    worked(gateway)


def test_split_at_every_byte_an_answer_is_the_same(serve):
    cuts = iter(range(1, len(GOOD)))

    def script(peer):
        while True:
            peer.read_request()
            cut = next(cuts)
            peer.send(GOOD[:cut])
            time.sleep(0.001)
            peer.send(GOOD[cut:])

    gateway, upstream = serve(script)
    with gateway.connect() as client:
        for _ in range(1, len(GOOD)):
            assert client.send(chat()).answer().json() == ANSWER
    assert upstream.connections == 1


def test_compression_is_not_asked_for(serve):
    gateway, upstream = serve(always(GOOD))
    with gateway.connect() as client:
        client.send(chat(headers=["Accept-Encoding: gzip, br"])).answer()
    assert "gzip" not in upstream.next_request().headers.get("accept-encoding", "")


def test_headers_that_are_the_gateways_own_business(serve):
    data = response(
        ANSWER,
        headers=[
            "X-RateLimit-Remaining-Requests: 7",
            "Set-Cookie: a=b",
            "Server: theirs",
            "Openai-Organization: acme",
        ],
    )
    gateway, upstream = serve(always(data))
    sent = ["Cookie: c=d", "X-Api-Key: client", "X-Forwarded-For: 10.0.0.1"]
    sent.append("X-GoModel-User-Path: /a")
    with gateway.connect() as client:
        answer = client.send(chat(headers=sent + ["Authorization: Bearer client"])).answer()
    assert answer.headers["x-ratelimit-remaining-requests"] == "7"
    assert not {"set-cookie", "server", "openai-organization"} & answer.headers.keys()
    headers = upstream.next_request().headers
    assert headers["authorization"] == "Bearer sk-upstream-secret"
    assert "client" not in " ".join(headers.values())
    assert not {"cookie", "x-api-key", "x-forwarded-for", "x-gomodel-user-path"} & headers.keys()


def test_a_client_that_leaves_ends_the_call(serve):
    """Within 100 ms, so that nobody pays for an answer that nobody reads."""
    closed = queue.Queue()

    def script(peer):
        peer.read_request()
        peer.wait_closed()
        closed.put(time.monotonic())

    gateway, upstream = serve(script)
    took = []
    for turn in range(5):  # the best of some: this machine may be busy
        client = gateway.connect()
        client.send(chat(headers=[f"X-Request-ID: gone-{turn}"]))
        upstream.next_request()
        gone = time.monotonic()
        client.close()
        took.append(closed.get(timeout=PATIENCE) - gone)
        record = gateway.wait_record(f"gone-{turn}")
        assert (record["end"], record["status"]) == ("client_gone", 499)
    assert min(took) < 0.1


@pytest.mark.parametrize("status", ["201 Created", "202 Accepted", "203 From Elsewhere"])
def test_any_success_is_one(serve, status):
    gateway, _ = serve(always(response(ANSWER, status)))
    with gateway.connect() as client:
        answer = client.send(chat()).answer()
    assert (answer.status, answer.json()) == (200, ANSWER)


@pytest.mark.parametrize("end", ["", "/", "//"])
def test_a_base_url_may_end_in_a_slash(end):
    with Upstream(always(response(ANSWER))) as upstream:
        with Gateway(config_for(upstream.url + end)) as gateway:
            with gateway.connect() as client:
                assert client.send(chat()).answer().status == 200
        assert upstream.next_request().line == "POST /v1/chat/completions HTTP/1.1"


def test_a_long_error_is_cut_short(serve):
    gateway, _ = serve(always(response({"error": {"message": "ä" * 10_000}}, "500 No")))
    with gateway.connect() as client:
        answer = client.send(chat()).answer()
    assert answer.status == 500
    message = answer.error()["message"]
    assert message.startswith("äää") and len(message.encode()) < 10_000


@pytest.mark.parametrize("path, body", [
    ("/v1/chat/completions", {"messages": [{"role": "user", "content": "x"}]}),
    ("/v1/responses", {"input": "x"}),
    ("/v1/messages", {"max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}),
    ("/v1/embeddings", {"input": "x"}),
    ("/v1/models", None),
])
def test_before_any_model_is_known_clients_are_told_to_come_back(path, body, tmp_path):
    def script(peer):
        peer.read_request()
        peer.wait_closed()

    with Upstream(script) as upstream:
        config = config_for(upstream.url, models={"configured_provider_models_mode": "fallback"},
                            cache={"model": {"local": {"cache_dir": str(tmp_path)}}})
        del config["providers"]["up"]["models"]
        with Gateway(config) as gateway, gateway.connect() as client:
            asked = request("GET", path) if body is None else (
                request("POST", path, {"model": "gpt-test", **body}))
            answer = client.send(asked).answer()
    assert (answer.status, answer.headers["retry-after"]) == (503, "1")
    assert "no models are available yet" in answer.json()["error"]["message"]
