"""Promise: a stream of chat completion chunks comes through as it is made, whole, with usage only
for those who asked, and the upstream stops working as soon as nobody listens any more."""

from __future__ import annotations

import json

import pytest

from samples import CREATE, HELLO, TOOLS

STREAM = "chat.completions.stream"


def texts(chunks: list[dict]) -> list[str]:
    """The content deltas, each as it came."""
    deltas = [chunk["choices"][0]["delta"] for chunk in chunks if chunk["choices"]]
    return [delta["content"] for delta in deltas if delta.get("content")]


def test_every_chunk_arrives(client, upstream):
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO)["chunks"]
    assert texts(chunks) == ["You", " said:", " Hello,", " gateway"]
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert chunks[-1]["choices"][0]["finish_reason"] == "stop"
    assert {chunk["object"] for chunk in chunks} == {"chat.completion.chunk"}
    assert upstream.only().answered


def test_usage_comes_to_who_asks(client, upstream):
    asked = {"include_usage": True}
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO, stream_options=asked)["chunks"]
    assert chunks[-1]["choices"] == []
    assert chunks[-1]["usage"] == upstream.behaviour.usage
    assert all(chunk["usage"] is None for chunk in chunks[:-1])
    assert upstream.only().json["stream_options"] == asked


@pytest.mark.parametrize("given", [{}, {"stream_options": {"include_usage": False}},
                                   {"stream_options": {"include_obfuscation": False}}],
                         ids=["none", "false", "other"])
def test_usage_is_asked_for_but_withheld_from_who_does_not_ask(
        client, upstream, gateway, request_id, given):
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO, **given)["chunks"]
    options = upstream.only().json["stream_options"]
    assert options == {**given.get("stream_options", {}), "include_usage": True}
    assert all(chunk["choices"] for chunk in chunks)
    assert all(chunk.get("usage") is None for chunk in chunks)
    record = gateway.access(request_id=request_id)
    assert record["prompt_tokens"] == upstream.behaviour.usage["prompt_tokens"]


def test_tool_calls_arrive_in_pieces(client):
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO, tools=TOOLS)["chunks"]
    calls: dict[int, dict] = {}
    for chunk in chunks:
        for piece in chunk["choices"][0]["delta"].get("tool_calls") or []:
            call = calls.setdefault(piece["index"], {"arguments": ""})
            call["arguments"] += piece["function"]["arguments"]
            if "id" in piece:
                call |= {"id": piece["id"], "name": piece["function"]["name"]}
    assert calls == {0: {"id": "call_0", "name": "weather", "arguments": '{"city": "Größe"}'},
                     1: {"id": "call_1", "name": "time", "arguments": '{"zone": "UTC"}'}}
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


def test_clients_put_the_pieces_together(client):
    whole = client.gather(STREAM, model="gpt-4o", messages=HELLO)
    assert whole["choices"][0]["message"]["content"] == "You said: Hello, gateway"
    whole = client.gather(STREAM, model="gpt-4o", messages=HELLO, tools=TOOLS)
    names = [call["function"]["name"] for call in whole["choices"][0]["message"]["tool_calls"]]
    assert names == ["weather", "time"]


def test_clients_put_a_refusal_together(client, upstream):
    upstream.behaviour.refusal = ["I can", "not."]
    message = client.gather(STREAM, model="gpt-4o", messages=HELLO)["choices"][0]["message"]
    assert (message["refusal"], message["content"] or "") == ("I cannot.", "")


def test_members_that_nobody_knows_stay_in_chunks(client, upstream):
    upstream.behaviour.extra = {"obfuscation": "aXk2", "x_upstream": [None, {"ü": 0.5}]}
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO)["chunks"]
    assert all(chunk["obfuscation"] == "aXk2" for chunk in chunks)
    assert all(chunk["x_upstream"] == [None, {"ü": 0.5}] for chunk in chunks)


@pytest.mark.parametrize("piece", [2, 7, 61])
def test_no_letter_breaks_wherever_the_bytes_are_cut(client, upstream, gateway, request_id, piece):
    words = ["Größe", " 世界", " 👩‍👩‍👧‍👦", " \\\"", " \n\r\n\ndata: x\n\n", " \u2028", " ẞ"]
    upstream.behaviour.words = words
    upstream.behaviour.piece = piece
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO)["chunks"]
    assert texts(chunks) == words
    record = gateway.access(request_id=request_id)
    assert record["completion_tokens"] == upstream.behaviour.usage["completion_tokens"]


def test_chunks_do_not_wait_for_the_end_of_the_stream(client, upstream):
    upstream.behaviour.hold_after = 3
    seen = client.stream(CREATE, model="gpt-4o", messages=HELLO, abort_after=3)
    assert texts(seen["chunks"]) == ["You", " said:"]


def test_a_thousand_events(client, upstream):
    words = [f" {number}" for number in range(1000)]
    upstream.behaviour.words = words
    assert texts(client.stream(CREATE, model="gpt-4o", messages=HELLO)["chunks"]) == words


def test_one_large_event(client, upstream):
    upstream.behaviour.words = ["x" * 600_000, "end"]
    chunks = client.stream(CREATE, model="gpt-4o", messages=HELLO)["chunks"]
    assert texts(chunks) == upstream.behaviour.words


def test_fifty_streams_at_once_do_not_mix(client, upstream):
    each = [{"model": "gpt-4o", "messages": [{"role": "user", "content": f"number {n} " * 20}]}
            for n in range(50)]
    answers = client.together(CREATE, each)
    assert answers == [f"You said: {params['messages'][0]['content']}" for params in each]
    assert len(upstream.exchanges) == 50


def test_an_abort_reaches_the_upstream_within_a_tenth_of_a_second(client, upstream, gateway):
    delays = []
    for attempt in range(3):  # the best of three: the machine may be busy with something else
        upstream.reset()
        upstream.behaviour.hold_after = 5
        client.headers["X-Request-ID"] += f"-{attempt}"
        seen = client.stream(CREATE, model="gpt-4o", messages=HELLO, abort_after=5)
        exchange = upstream.only()
        exchange.wait(lambda exchange: exchange.hung_up_at is not None)
        delays.append(exchange.hung_up_at - seen["aborted_at"])
        record = gateway.access(request_id=client.headers["X-Request-ID"])
        assert record["end"] == "client_gone"
        assert record["estimated"] is True
        assert record["completion_tokens"] == 5
        sent = {**exchange.json, "stream": True}
        del sent["stream_options"]
        assert record["prompt_tokens"] == pytest.approx(len(json.dumps(sent)) / 4, abs=5)
    assert min(delays) < 0.1, delays


def test_a_stream_that_breaks_ends_in_an_error(client, upstream, gateway, request_id):
    upstream.behaviour.cut_after = 3
    seen = client.stream(CREATE, model="gpt-4o", messages=HELLO)
    assert texts(seen["chunks"]) == ["You", " said:"]
    assert seen["error"]["class"] == "APIError"
    assert "cut off" in seen["error"]["message"]
    assert seen["error"]["type"] == "provider_error"
    record = gateway.access(request_id=request_id)
    assert record["end"] == "upstream_failed"
    assert record["estimated"] is True
