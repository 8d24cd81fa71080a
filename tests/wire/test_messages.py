"""Clients of Anthropic's Messages API get its errors and its ends of streams, whether a provider speaks
that API itself or only chats."""

import functools
import json
import queue

import pytest

from gateway import PATIENCE, chat, request
from upstream import (
    ANSWER,
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    always,
    chunk,
    event,
    more,
    once,
    response,
    usage_event,
)

ASKED = {"model": "gpt-test", "max_tokens": 9, "messages": [{"role": "user", "content": "x"}]}
VERSION = ["anthropic-version: 2023-06-01"]
MESSAGE = {
    "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-test",
    "content": [{"type": "text", "text": "ok"}], "stop_reason": "end_turn", "stop_sequence": None,
    "usage": {"input_tokens": 11, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7,
              "output_tokens": 13},
}


def told(kind, **members):
    """One event of a message."""
    data = json.dumps({"type": kind, **members})
    return f"event: {kind}\ndata: {data}\n\n".encode()


START = told("message_start", message={
    **MESSAGE, "content": [], "stop_reason": None, "usage": {**MESSAGE["usage"], "output_tokens": 1}})
TEXT = (told("content_block_start", index=0, content_block={"type": "text", "text": ""})
        + told("ping")
        + told("content_block_delta", index=0, delta={"type": "text_delta", "text": "Hello"})
        + told("content_block_stop", index=0))
DELTA = told("message_delta", delta={"stop_reason": "end_turn", "stop_sequence": None},
             usage={"output_tokens": 13})
STOP = told("message_stop")
OVERLOADED = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


@pytest.fixture
def serve(serve):
    """As everywhere, but the provider is Anthropic's unless it is told to be another."""
    return functools.partial(serve, type="anthropic")


def ask(client, path="/v1/messages", headers=(), **members):
    return client.send(request("POST", path, {**ASKED, **members},
                               ["X-Request-ID: asked", *headers]))


def read_stream(gateway):
    """The events of a stream as (name, data), and whether the stream was ended properly."""
    with gateway.connect() as client:
        head = ask(client, stream=True).read_head()
        assert head.status == 200
        assert head.headers["content-type"] == "text/event-stream"
        assert head.headers["request-id"] == "asked"
        body, whole = b"", False
        try:
            while data := client.read_chunk():
                body += data
            whole = True
        except (EOFError, ValueError):
            pass
    events = []
    for block in body.decode().split("\n\n")[:-1]:
        name, data = block.split("\n")
        events.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    assert all(name == data["type"] for name, data in events)
    return events, whole


def error_of(answer, status, kind):
    """The message of an error in Anthropic's envelope, after checking that it is one."""
    assert answer.status == status
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert list(document) == ["type", "error", "request_id"]
    assert document["type"] == "error"
    assert list(document["error"]) == ["type", "message"]
    assert document["error"]["type"] == kind
    assert document["request_id"] == answer.headers["request-id"]
    assert answer.headers["request-id"] == answer.headers["x-request-id"]
    return document["error"]["message"]


def test_a_message_is_relayed_as_it_is(serve):
    limits = ["anthropic-ratelimit-requests-remaining: 7"]
    gateway, upstream = serve(always(response(MESSAGE, headers=limits)))
    with gateway.connect() as client:
        answer = ask(client, headers=["anthropic-version: 2026-10-21", "anthropic-beta: b1"],
                     model="up/gpt-test", unknown={"a": [1]}).answer()
    assert answer.body == json.dumps(MESSAGE).encode()
    assert answer.headers["anthropic-ratelimit-requests-remaining"] == "7"
    seen = upstream.next_request()
    assert seen.line == "POST /v1/messages HTTP/1.1"
    assert seen.json() == {**ASKED, "unknown": {"a": [1]}}
    assert seen.headers["anthropic-version"] == "2026-10-21"
    assert seen.headers["anthropic-beta"] == "b1"
    assert seen.headers["x-api-key"] == "sk-upstream-secret"
    record = gateway.wait_record("asked")
    counts = ("prompt_tokens", "completion_tokens", "cached_tokens", "estimated")
    assert [record[name] for name in counts] == [23, 13, 7, False]


@pytest.mark.parametrize("end", [STOP, b""], ids=["whole", "without its last event"])
def test_a_stream_is_relayed_and_counted(serve, end):
    gateway, upstream = serve(always(STREAM_HEAD + chunk(START + TEXT + DELTA + end) + LAST_CHUNK))
    events, whole = read_stream(gateway)
    assert whole
    assert [name for name, _ in events] == [
        "message_start", "content_block_start", "ping", "content_block_delta",
        "content_block_stop", "message_delta", "message_stop"]
    assert "stream_options" not in upstream.next_request().json()
    record = gateway.wait_record("asked")
    counts = ("prompt_tokens", "completion_tokens", "cached_tokens", "estimated", "end")
    assert [record[name] for name in counts] == [23, 13, 7, False, "completed"]


def assert_cut_off(gateway, hint):
    events, whole = read_stream(gateway)
    assert not whole, "looks like a stream that was not cut off"
    name, data = events[-1]
    assert name == "error"
    assert data["error"]["type"] == "api_error"
    assert hint in data["error"]["message"]
    assert "message_stop" not in [name for name, _ in events]
    return gateway.wait_record("asked")


@pytest.mark.parametrize("rest, hint", [
    (b"", "cut off"),  # the connection closes inside the chunked body
    (LAST_CHUNK, "before it was complete"),
    (chunk(DELTA[:40]) + LAST_CHUNK, "before it was complete"),
], ids=["closed", "ended", "half an event"])
def test_a_relayed_stream_that_is_cut_off_fails(serve, rest, hint):
    gateway, _ = serve(once(STREAM_HEAD + chunk(START + TEXT) + rest))
    record = assert_cut_off(gateway, hint)
    # The prompt was counted, of the answer what went by.
    counts = ("prompt_tokens", "completion_tokens", "estimated", "end")
    assert [record[name] for name in counts] == [23, 5, True, "upstream_failed"]


def test_an_error_inside_a_relayed_stream_is_passed_on(serve):
    sent = START + TEXT + told("error", error=OVERLOADED["error"])
    gateway, _ = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK))
    events, _ = read_stream(gateway)
    assert events[-1] == ("error", OVERLOADED)
    record = gateway.wait_record("asked")
    assert (record["end"], record["prompt_tokens"]) == ("upstream_failed", 23)


@pytest.mark.parametrize("rest, hint", [
    (b"", "cut off"),
    (LAST_CHUNK, "before it was complete"),
    (chunk(b'data: {"error":{"message":"busy"}}\n\n' + DONE) + LAST_CHUNK, "busy"),
    (chunk(b"data: {nonsense\n\n") + LAST_CHUNK, "not a JSON object"),
], ids=["closed", "ended", "an error", "no JSON"])
def test_a_translated_stream_that_is_cut_off_fails(serve, rest, hint):
    gateway, _ = serve(once(STREAM_HEAD + chunk(event("Hello")) + rest), type="groq")
    record = assert_cut_off(gateway, hint)
    assert (record["end"], record["estimated"]) == ("upstream_failed", True)


def test_a_translated_stream(serve):
    sent = event("Hello") + more(" world") + event(None, "stop") + usage_event() + DONE
    gateway, upstream = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK), type="groq")
    events, whole = read_stream(gateway)
    assert whole
    assert [name for name, _ in events] == [
        "message_start", "content_block_start", *2 * ["content_block_delta"],
        "content_block_stop", "message_delta", "message_stop"]
    assert events[-2][1]["usage"]["input_tokens"] == 3
    seen = upstream.next_request()
    assert seen.line.startswith("POST /v1/chat/completions ")
    assert seen.json()["stream_options"] == {"include_usage": True}
    record = gateway.wait_record("asked")
    assert (record["prompt_tokens"], record["completion_tokens"]) == (3, 2)


def test_a_client_that_leaves_ends_the_call(serve):
    closed = queue.Queue()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(START))
        peer.wait_closed()
        closed.put(True)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        ask(client, stream=True).read_head()
        client.read_chunk()
    assert closed.get(timeout=PATIENCE)
    assert gateway.wait_record("asked")["end"] == "client_gone"


@pytest.mark.parametrize("type", ["anthropic", "groq"])
@pytest.mark.parametrize("status, kind", [
    ("400 Bad Request", "invalid_request_error"), ("401 Unauthorized", "authentication_error"),
    ("403 Forbidden", "permission_error"), ("404 Not Found", "not_found_error"),
    ("413 Too Large", "request_too_large"), ("429 Too Many Requests", "rate_limit_error"),
    ("500 Internal Server Error", "api_error"), ("503 Service Unavailable", "overloaded_error"),
    ("529 Overloaded", "overloaded_error"),
])
def test_errors_of_the_upstream(serve, type, status, kind):
    body = {"error": {"type": "whatever", "message": "why"}}
    retry = {"resilience": {"retry": {"max_retries": 0}}}
    gateway, _ = serve(once(response(body, status, ["Retry-After: 7"])), type=type, **retry)
    with gateway.connect() as client:
        answer = ask(client).answer()
    assert error_of(answer, int(status[:3]), kind) == "why"
    assert answer.headers["retry-after"] == "7"


def test_errors_of_the_gateway(serve):
    limits = {"server": {"body_size_limit": "2K", "master_key": "sk-key"}}
    gateway, upstream = serve(always(response(ANSWER)), type="groq", **limits)
    key = ["x-api-key: sk-key"]

    def send(method="POST", path="/v1/messages", body=ASKED, headers=key):
        with gateway.connect() as client:
            return client.send(request(method, path, body, headers)).answer()

    error_of(send(headers=[]), 401, "authentication_error")
    error_of(send(headers=["x-api-key: sk-other"]), 401, "authentication_error")
    wrong = send("GET", body=None)
    error_of(wrong, 405, "invalid_request_error")
    assert wrong.headers["allow"] == "POST"
    error_of(send(body={**ASKED, "system": "x" * 4096}), 413, "request_too_large")
    error_of(send(body="{"), 400, "invalid_request_error")
    assert "model is required" in error_of(send(body={}), 400, "invalid_request_error")
    assert "gpt-tesd" in error_of(send(body={**ASKED, "model": "gpt-tesd"}), 404,
                                  "not_found_error")
    assert error_of(send(body={"model": "gpt-test", "messages": ASKED["messages"]}), 400,
                    "invalid_request_error") == "max_tokens: is required"
    assert "web_search" in error_of(
        send(body={**ASKED, "tools": [{"type": "web_search_20250305", "name": "w"}]}), 400,
        "invalid_request_error")
    error_of(send(path="/v1/messages/batches"), 404, "not_found_error")
    error_of(send(path="/v1/messages/count_tokens", body={"model": "gpt-test"}), 400,
             "invalid_request_error")
    error_of(send("GET", "/v1/models/nobody", None, [*key, *VERSION]), 404, "not_found_error")
    # The other endpoints' errors stay as they are.
    with gateway.connect() as client:
        assert client.send(chat()).answer().error()["type"] == "authentication_error"
    assert upstream.seen.empty()


@pytest.mark.parametrize("answer", [
    response(MESSAGE)[:-10],
    response(b"[]"),
], ids=["cut off", "a list"])
@pytest.mark.parametrize("type", ["anthropic", "groq"])
def test_an_answer_that_is_none_is_an_error(serve, type, answer):
    gateway, _ = serve(once(answer), type=type, resilience={"retry": {"max_retries": 0}})
    with gateway.connect() as client:
        error_of(ask(client).answer(), 502, "api_error")


def test_tokens_are_counted_by_who_can(serve):
    gateway, upstream = serve(always(response({"input_tokens": 42})))
    with gateway.connect() as client:
        answer = ask(client, "/v1/messages/count_tokens?beta=true", stream=True).answer()
    assert answer.json() == {"input_tokens": 42}
    assert upstream.next_request().line == "POST /v1/messages/count_tokens HTTP/1.1"


def test_tokens_are_estimated_for_who_cannot(serve):
    gateway, upstream = serve(always(response({"input_tokens": 42})), type="groq")
    with gateway.connect() as client:
        answer = ask(client, "/v1/messages/count_tokens", system="Hello, world").answer()
    assert answer.status == 200
    assert answer.headers["content-type"] == "application/json"
    assert answer.json() == {"input_tokens": 11}
    assert upstream.seen.empty()
    assert gateway.wait_record("asked")["status"] == 200


def test_models_have_the_shape_of_the_clients_api(serve):
    gateway, _ = serve(always(response(ANSWER)))

    def get(path, headers=()):
        with gateway.connect() as client:
            return client.send(request("GET", path, headers=headers)).answer().json()

    model = {"type": "model", "id": "up/gpt-test", "display_name": "gpt-test"}
    found = get("/v1/models", VERSION)
    created = found["data"][0].pop("created_at")
    assert created.endswith("Z") and len(created) == len("1970-01-01T00:00:00Z")
    assert found == {"data": [model], "has_more": False, "first_id": "up/gpt-test",
                     "last_id": "up/gpt-test"}
    assert get("/v1/models/up%2Fgpt-test", VERSION) == {**model, "created_at": created}
    assert get("/v1/models")["object"] == "list"
    assert get("/v1/models/up/gpt-test")["object"] == "model"


def test_thinking_of_other_providers_is_not_sent_to_anthropic(serve):
    gateway, upstream = serve(always(response(MESSAGE)))
    thinking = {"type": "thinking", "thinking": "t", "signature": "gomodel:other:reasoning_content:"}
    text = {"type": "text", "text": "a"}
    turns = [{"role": "assistant", "content": [thinking, text]}, *ASKED["messages"]]
    with gateway.connect() as client:
        assert ask(client, messages=turns).answer().status == 200
    assert upstream.next_request().json()["messages"] == [
        {"role": "assistant", "content": [text]}, *ASKED["messages"]]
