"""A stream reaches the client byte for byte as it is sent. Whatever goes wrong inside it ends it
with an error event, and what was used is recorded."""

import json
import queue
import threading
import time

import pytest

from gateway import PATIENCE, chat, request
from upstream import (
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    always,
    chunk,
    event,
    events_of,
    more,
    once,
    response,
    usage_event,
)

BODY = event("Hello") + more(" wörld") + b": a comment\n\n" + event(None, "stop")
WHOLE = BODY + DONE
ASKED = {"stream_options": {"include_usage": True}}


def asking_for_usage(headers=()):
    body = {"model": "gpt-test", "messages": [], "stream": True, **ASKED}
    return request("POST", "/v1/chat/completions", body, headers)


def read_stream(client):
    """The bytes of a stream's body, and whether it was ended properly."""
    head = client.read_head()
    assert head.status == 200
    assert head.headers["content-type"] == "text/event-stream"
    assert head.headers["cache-control"] == "no-cache"
    body = b""
    try:
        while data := client.read_chunk():
            body += data
        return body, True
    except (EOFError, ValueError):
        return body, False


def stream_once(gateway, data=None):
    with gateway.connect() as client:
        return read_stream(client.send(data or chat(stream=True)))


def assert_ends_with_error(result, status_hint):
    body, whole = result
    assert not whole, "looks like a stream that was not cut off"
    last = json.loads(events_of(body)[-1])
    assert list(last) == ["error"]
    assert list(last["error"]) == ["type", "message", "param", "code"]
    assert last["error"]["type"] == "provider_error"
    assert status_hint in last["error"]["message"]
    assert b"[DONE]" not in body


def test_bytes_are_relayed_as_they_are(serve):
    gateway, upstream = serve(always(STREAM_HEAD + chunk(WHOLE) + LAST_CHUNK))
    with gateway.connect() as client:
        for _ in range(2):
            assert read_stream(client.send(chat(stream=True))) == (WHOLE, True)
    assert upstream.connections == 1


def test_events_are_not_held_back(serve):
    """Each is with the client before the next one is made."""
    go = threading.Semaphore(0)
    events = [event("a"), more("b"), more("c")]

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD)
        for one in events:
            assert go.acquire(timeout=60)
            peer.send(chunk(one))
        assert go.acquire(timeout=60)
        peer.send(chunk(event(None, "stop") + DONE) + LAST_CHUNK)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        head = client.send(chat(stream=True)).read_head()  # before the first event
        assert head.status == 200
        for one in events:
            go.release()
            assert client.read_chunk() == one
        go.release()
        assert client.read_chunk() == event(None, "stop") + DONE
        assert client.read_chunk() == b""


def test_usage_is_asked_for_and_withheld_from_those_who_did_not_ask(serve):
    sent = BODY + usage_event() + DONE
    gateway, upstream = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK))
    assert stream_once(gateway, chat(stream=True, headers=["X-Request-ID: quiet"])) == (WHOLE, True)
    assert upstream.next_request().json()["stream_options"] == {"include_usage": True}
    assert stream_once(gateway, asking_for_usage(["X-Request-ID: asked"])) == (sent, True)
    for name in ("quiet", "asked"):
        record = gateway.wait_record(name)
        assert (record["prompt_tokens"], record["completion_tokens"]) == (3, 2)
        assert (record["stream"], record["estimated"]) == (True, False)
        assert record["end"] == "completed"


@pytest.mark.parametrize("asks", [False, True])
def test_split_at_every_byte_a_stream_is_the_same(serve, asks):
    sent = BODY.replace(b"\n\n", b"\r\n\r\n", 1) + usage_event() + DONE
    wanted = sent if asks else sent.replace(usage_event(), b"")
    cuts = iter(range(1, len(sent)))

    def script(peer):
        while True:
            peer.read_request()
            cut = next(cuts)
            peer.send(STREAM_HEAD + chunk(sent[:cut]))
            time.sleep(0.001)
            peer.send(chunk(sent[cut:]) + LAST_CHUNK)

    gateway, upstream = serve(script)
    data = asking_for_usage() if asks else chat(stream=True)
    with gateway.connect() as client:
        for cut in range(1, len(sent)):
            assert read_stream(client.send(data)) == (wanted, True), cut
    assert upstream.connections == 1


def test_one_byte_at_a_time_a_stream_is_the_same(serve):
    sent = WHOLE.replace(b"\n", b"\r\n")

    def script(peer):
        peer.read_request()
        for byte in STREAM_HEAD + b"".join(chunk(bytes([b])) for b in sent) + LAST_CHUNK:
            peer.send(bytes([byte]))

    gateway, _ = serve(script)
    assert stream_once(gateway) == (sent, True)


def test_http_1_0_clients_get_a_stream_that_ends_with_the_connection(serve):
    gateway, _ = serve(always(STREAM_HEAD + chunk(WHOLE) + LAST_CHUNK))
    with gateway.connect() as client:
        answer = client.send(chat(stream=True).replace(b"HTTP/1.1", b"HTTP/1.0", 1)).answer()
        assert "transfer-encoding" not in answer.headers
        assert answer.body == WHOLE


def test_an_upstream_that_ends_its_streams_by_closing(serve):
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n\r\n"
    gateway, _ = serve(once(head + WHOLE))
    assert stream_once(gateway) == (WHOLE, True)


def test_a_finished_stream_without_done_gets_one(serve):
    gateway, _ = serve(always(STREAM_HEAD + chunk(BODY) + LAST_CHUNK))
    assert stream_once(gateway) == (WHOLE, True)


CUT = {
    "a whole chunked body": STREAM_HEAD + chunk(event("a") + more("b")) + LAST_CHUNK,
    "a closed connection": STREAM_HEAD + chunk(event("a") + more("b")),
    "half an event": STREAM_HEAD + chunk(event("a") + more("b") + more("c")[:-20]) + LAST_CHUNK,
    "half a chunk": STREAM_HEAD + chunk(event("a") + more("b")) + b"40\r\ndata: ",
}


@pytest.mark.parametrize("name", CUT)
def test_a_stream_that_is_cut_off_ends_with_an_error_event(serve, name):
    gateway, _ = serve(once(CUT[name]))
    result = stream_once(gateway, chat(stream=True, headers=["X-Request-ID: cut"]))
    assert_ends_with_error(result, "the upstream")
    assert result[0].startswith(event("a") + more("b"))
    record = gateway.wait_record("cut")
    assert (record["status"], record["end"]) == (200, "upstream_failed")
    assert record["estimated"] and record["completion_tokens"] > 0


@pytest.mark.parametrize("how", ["reset", "garbage"])
def test_a_stream_that_breaks_later_ends_with_an_error_event(serve, how):
    sent = threading.Event()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("a")))
        assert sent.wait(60)
        if how == "garbage":
            peer.send(b"what?\r\n")
            peer.wait_closed()
        else:
            peer.reset()

    gateway, _ = serve(script)
    with gateway.connect() as client:
        client.send(chat(stream=True)).read_head()
        assert client.read_chunk() == event("a")
        sent.set()
        error = json.loads(events_of(client.read_chunk())[0])
        assert "cut off" in error["error"]["message"]
        assert client.at_end()


def test_a_stream_that_ends_before_its_first_event(serve):
    gateway, _ = serve(once(STREAM_HEAD + LAST_CHUNK))
    assert_ends_with_error(stream_once(gateway), "before it was complete")


def test_a_stream_that_stalls_ends_with_an_error_event(serve):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("a")))
        peer.wait_closed()

    gateway, _ = serve(script, http={"stream_idle_timeout": "300ms"})
    result = stream_once(gateway, chat(stream=True, headers=["X-Request-ID: stalled"]))
    assert_ends_with_error(result, "in time")
    record = gateway.wait_record("stalled")
    assert record["end"] == "upstream_stalled"
    assert record["estimated"]


def test_a_slow_stream_may_take_longer_than_any_limit_but_the_idle_one(serve):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD)
        for byte in event("a"):
            peer.send(chunk(bytes([byte])))
            time.sleep(0.01)
        peer.send(chunk(event(None, "stop") + DONE) + LAST_CHUNK)

    limits = {"stream_idle_timeout": "1s", "timeout": "500ms", "response_header_timeout": "500ms"}
    gateway, _ = serve(script, http=limits)
    assert stream_once(gateway) == (event("a") + event(None, "stop") + DONE, True)


def test_an_error_event_of_the_upstream_is_passed_on_and_recorded(serve):
    error = b'data: {"error":{"message":"overloaded","type":"server_error"}}\n\n'
    gateway, _ = serve(always(STREAM_HEAD + chunk(event("a") + error) + LAST_CHUNK))
    data = chat(stream=True, headers=["X-Request-ID: passed"])
    assert stream_once(gateway, data) == (event("a") + error, True)
    assert gateway.wait_record("passed")["end"] == "upstream_failed"


def test_a_compressed_stream_is_refused(serve):
    head = STREAM_HEAD.replace(b"\r\n\r\n", b"\r\nContent-Encoding: gzip\r\n\r\n")
    gateway, _ = serve(once(head + chunk(b"\x1f\x8b\x08\x00" * 100) + LAST_CHUNK))
    with gateway.connect() as client:
        answer = client.send(chat(stream=True)).answer()
        assert answer.status == 502
        assert "Content-Encoding" in answer.error()["message"]


def test_an_upstream_that_answers_a_stream_with_json(serve):
    body = {"id": "x", "choices": []}
    gateway, _ = serve(always(response(body)))
    with gateway.connect() as client:
        answer = client.send(chat(stream=True)).answer()
        assert (answer.status, answer.json()) == (200, body)
        assert answer.headers["content-type"] == "application/json"


def test_a_huge_event_is_relayed(serve):
    huge = event("x" * 3_000_000)
    gateway, _ = serve(always(STREAM_HEAD + chunk(huge + event(None, "stop") + DONE) + LAST_CHUNK))
    assert stream_once(gateway) == (huge + event(None, "stop") + DONE, True)


def test_responses_streams_end_with_their_own_kind_of_error(serve):
    created = b'event: response.created\ndata: {"type":"response.created","sequence_number":0}\n\n'
    gateway, _ = serve(once(STREAM_HEAD + chunk(created) + LAST_CHUNK))
    data = request("POST", "/v1/responses", {"model": "gpt-test", "input": "x", "stream": True})
    body, whole = stream_once(gateway, data)
    assert not whole
    assert body.startswith(created + b"event: error\n")
    last = json.loads(events_of(body)[-1])
    assert last["type"] == "error" and last["message"] == last["error"]["message"]


@pytest.mark.parametrize("how", ["close", "reset", "half"])
def test_a_client_that_leaves_ends_the_call(serve, how):
    """Within 100 ms; what was used until then is recorded."""
    closed = queue.Queue()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("a") + more("b")))
        peer.wait_closed()
        closed.put(time.monotonic())

    gateway, _ = serve(script)
    took = []
    for turn in range(5):  # the best of some: this machine may be busy
        client = gateway.connect()
        name = f"gone-{turn}"
        client.send(chat(stream=True, content="x" * 400, headers=["X-Request-ID: " + name]))
        client.read_head()
        client.read_chunk()
        gone = time.monotonic()
        {"close": client.close, "reset": client.reset, "half": client.end_sending}[how]()
        took.append(closed.get(timeout=PATIENCE) - gone)
        record = gateway.wait_record(name)
        assert (record["end"], record["status"]) == ("client_gone", 200)
        assert record["estimated"]
        assert record["completion_tokens"] == 2
        assert record["prompt_tokens"] >= 100
        client.close()
    assert min(took) < 0.1


def test_a_client_that_leaves_while_the_upstream_keeps_sending(serve):
    ended = threading.Event()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD)
        try:
            while True:
                peer.send(chunk(more("a")))
        finally:
            ended.set()

    gateway, _ = serve(script)
    client = gateway.connect()
    client.send(chat(stream=True, headers=["X-Request-ID: gone"])).read_head()
    client.read_chunk()
    client.close()
    assert ended.wait(60)
    assert gateway.wait_record("gone")["end"] == "client_gone"
