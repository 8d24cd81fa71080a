"""A provider that only chats serves clients of the Responses API. An answer that was cut off cannot be
taken for a whole one."""

import functools
import json
import queue

import pytest

from gateway import PATIENCE, request
from upstream import (
    ANSWER,
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    always,
    chunk,
    event,
    events_of,
    more,
    response,
    usage_event,
)

TEXT = event("Hello") + more(" world")
DEEP = b'{"choices":' + b"[" * 100_000


@pytest.fixture
def serve(serve):
    """As everywhere, but the provider has no responses of its own."""
    return functools.partial(serve, type="groq")


def ask(client, stream=True, name="asked"):
    body = {"model": "gpt-test", "input": "x", "stream": stream}
    return client.send(request("POST", "/v1/responses", body, ["X-Request-ID: " + name]))


def read_stream(gateway):
    """The data of a stream's events, and whether the stream was ended properly."""
    with gateway.connect() as client:
        head = ask(client).read_head()
        assert head.status == 200
        assert head.headers["content-type"] == "text/event-stream"
        body = b""
        try:
            while data := client.read_chunk():
                body += data
            return events_of(body), True
        except (EOFError, ValueError):
            return events_of(body), False


def assert_failed(gateway, hint):
    events, whole = read_stream(gateway)
    assert not whole, "looks like a stream that was not cut off"
    assert "[DONE]" not in events
    failed, error = (json.loads(event) for event in events[-2:])
    assert failed["type"] == "response.failed"
    assert failed["response"]["status"] == "failed"
    assert failed["response"]["output"][0]["content"][0]["text"] == "Hello world"
    assert error["type"] == "error"
    assert hint in error["message"] and error["message"] == error["error"]["message"]
    record = gateway.wait_record("asked")
    assert (record["end"], record["estimated"]) == ("upstream_failed", True)


def test_a_whole_stream(serve):
    sent = TEXT + event(None, "stop") + usage_event() + DONE
    gateway, upstream = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK))
    events, whole = read_stream(gateway)
    assert whole
    last = json.loads(events[-2])
    assert last["type"] == "response.completed"
    assert last["response"]["output"][0]["content"][0]["text"] == "Hello world"
    assert events[-1] == "[DONE]"
    seen = upstream.next_request()
    assert seen.line.startswith("POST /v1/chat/completions ")
    assert seen.json()["stream_options"] == {"include_usage": True}
    record = gateway.wait_record("asked")
    assert (record["end"], record["estimated"]) == ("completed", False)


def test_usage_is_not_asked_for_when_nobody_wants_it(serve):
    sent = TEXT + event(None, "stop") + DONE
    gateway, upstream = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK),
                              usage={"enforce_returning_usage_data": False})
    assert read_stream(gateway)[1]
    assert "stream_options" not in upstream.next_request().json()


def test_a_stream_that_only_lacks_its_last_marker_is_whole(serve):
    gateway, _ = serve(always(STREAM_HEAD + chunk(TEXT + event(None, "length")) + LAST_CHUNK))
    events, whole = read_stream(gateway)
    assert whole
    assert json.loads(events[-2])["type"] == "response.incomplete"


@pytest.mark.parametrize("rest, hint", [
    (b"", "cut off"),  # the connection closes inside the chunked body
    (LAST_CHUNK, "before it was complete"),
    (chunk(event("half")[:20]) + LAST_CHUNK, "before it was complete"),
    (chunk(b'data: {"error":{"message":"overloaded"}}\n\n' + DONE) + LAST_CHUNK, "overloaded"),
    (chunk(b"data: " + DEEP + b"\n\n" + DONE) + LAST_CHUNK, "not a JSON object"),
], ids=["closed", "ended", "half an event", "an error", "no JSON"])
def test_a_stream_that_is_cut_off_fails(serve, rest, hint):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(TEXT) + rest)

    gateway, _ = serve(script)
    assert_failed(gateway, hint)


def test_an_answer(serve):
    gateway, upstream = serve(always(response(ANSWER)))
    with gateway.connect() as client:
        answer = ask(client, stream=False).answer()
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json()["output"][0]["content"][0]["text"] == "ok"
    assert answer.json()["usage"]["total_tokens"] == 4
    assert upstream.next_request().line.startswith("POST /v1/chat/completions ")
    assert gateway.wait_record("asked")["prompt_tokens"] == 3


@pytest.mark.parametrize("bytes_sent", [
    response(ANSWER)[:-10],
    response(b"[]"),
    response({"id": "x", "choices": []}),
    response(DEEP),
], ids=["cut off", "a list", "no choice", "too deep"])
def test_an_answer_that_is_none_is_an_error(serve, bytes_sent):
    def script(peer):
        peer.read_request()
        peer.send(bytes_sent)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        answer = ask(client, stream=False).answer()
    assert answer.status == 502
    assert answer.error()["type"] == "provider_error"


def test_a_client_that_leaves_ends_the_call(serve):
    closed = queue.Queue()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(TEXT))
        peer.wait_closed()
        closed.put(True)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        ask(client).read_head()
        client.read_chunk()
    assert closed.get(timeout=PATIENCE)
    record = gateway.wait_record("asked")
    assert (record["end"], record["status"], record["estimated"]) == ("client_gone", 200, True)
