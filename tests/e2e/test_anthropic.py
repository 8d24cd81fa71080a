"""Promise: Claude models answer the official OpenAI clients as OpenAI's own do: text, tools called in
parallel, thinking that can be sent back, images, usage, errors and aborts, whole or streamed."""

from __future__ import annotations

import pytest

from gateway import Gateway
from samples import CREATE, HELLO, SCHEMA, TOOLS
from upstream import ApiError
from upstream import messages as api

STREAM = "chat.completions.stream"
MODEL = "claude-sonnet-4-5"
CONFIG = """
server: {{address: 127.0.0.1, port: {port}, master_key: {key}, base_path: {base_path}, workers: 2}}
metrics: {{enabled: true}}
logging: {{only_model_interactions: false}}
providers:
  claude: {{type: anthropic, api_key: sk-ant-upstream, base_url: "{upstream}"}}
"""
USAGE = {"prompt_tokens": 23, "completion_tokens": 13, "total_tokens": 36,
         "prompt_tokens_details": {"cached_tokens": 7, "audio_tokens": 0},
         "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7}
CALLS = [{"id": "toolu_0", "type": "function",
          "function": {"name": "weather", "arguments": '{"city":"Größe"}'}},
         {"id": "toolu_1", "type": "function", "function": {"name": "time", "arguments": "{}"}}]
THOUGHTS = [{"index": 0, "type": "thinking", "thinking": 'What was said? "It".',
             "signature": api.SIGNATURE},
            {"index": 1, "type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}]
PIXEL = "data:image/png;base64,iVBORw0KGgo="


@pytest.fixture(scope="session")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url, config=CONFIG)
    yield gateway
    gateway.stop()


def create(client, **params) -> dict:
    return client.call(CREATE, **{"model": MODEL, "messages": HELLO, **params})["data"]


def deltas(chunks: list[dict], member: str) -> str:
    found = [chunk["choices"][0]["delta"].get(member) for chunk in chunks if chunk["choices"]]
    return "".join(filter(None, found))


def test_models_are_listed(client):
    listed = client.call("models.list")["data"]["data"]
    assert {model["id"] for model in listed} == {f"claude/{name}" for name in api.MODELS}


def test_text(client, upstream):
    data = create(client, max_completion_tokens=99, stop="END", messages=[
        {"role": "system", "content": "Be brief."}, *HELLO])
    message = data["choices"][0]["message"]
    assert message["content"] == "You said: Hello, gateway"
    assert data["choices"][0]["finish_reason"] == "stop"
    assert (data["object"], data["model"]) == ("chat.completion", MODEL)
    assert data["usage"] == USAGE
    assert upstream.only().json == {
        "model": MODEL, "max_tokens": 99, "stop_sequences": ["END"], "system": "Be brief.",
        "messages": HELLO}


def test_streamed_text(client, gateway, request_id):
    chunks = client.stream(CREATE, model=MODEL, messages=HELLO,
                           stream_options={"include_usage": True})["chunks"]
    assert deltas(chunks, "content") == "You said: Hello, gateway"
    assert chunks[0]["choices"][0]["delta"]["role"] == "assistant"
    assert chunks[-2]["choices"][0]["finish_reason"] == "stop"
    assert (chunks[-1]["choices"], chunks[-1]["usage"]) == ([], USAGE)
    record = gateway.access(request_id=request_id)
    assert (record["prompt_tokens"], record["completion_tokens"]) == (23, 13)


def test_usage_of_a_stream_is_for_those_who_ask(client, gateway, request_id):
    chunks = client.stream(CREATE, model=MODEL, messages=HELLO)["chunks"]
    assert all(chunk["choices"] and chunk.get("usage") is None for chunk in chunks)
    assert gateway.access(request_id=request_id)["prompt_tokens"] == 23


@pytest.mark.parametrize("gather", [False, True], ids=["whole", "streamed"])
def test_tools_are_called_in_parallel_and_answered(client, upstream, gather):
    params = {"model": MODEL, "messages": HELLO, "tools": TOOLS}
    data = client.gather(STREAM, **params) if gather else create(client, **params)
    message = data["choices"][0]["message"]
    assert data["choices"][0]["finish_reason"] == "tool_calls"
    assert message["content"] == "Let me see."
    calls = [{"id": call["id"], "type": "function", "function": {
        "name": call["function"]["name"],
        "arguments": call["function"]["arguments"].replace(": ", ":")}}
        for call in message["tool_calls"]]
    assert calls == CALLS
    again = create(client, tools=TOOLS, messages=[
        *HELLO, {"role": "assistant", "content": message["content"], "tool_calls": calls},
        {"role": "tool", "tool_call_id": "toolu_0", "content": "rain"},
        {"role": "tool", "tool_call_id": "toolu_1", "content": "noon"}])
    assert again["choices"][0]["message"]["content"] == "It is rain and noon"
    assert [turn["role"] for turn in upstream.exchanges[1].json["messages"]] == [
        "user", "assistant", "user"]


def test_a_refusal(client, upstream):
    upstream.behaviour.refusal = ["I can", "not."]
    choice = create(client)["choices"][0]
    assert (choice["finish_reason"], choice["message"]["content"]) == (
        "content_filter", "I cannot.")
    chunks = client.stream(CREATE, model=MODEL, messages=HELLO)["chunks"]
    assert deltas(chunks, "content") == "I cannot."
    assert chunks[-1]["choices"][0]["finish_reason"] == "content_filter"


def test_thinking_can_be_sent_back(client, upstream):
    asked = {"reasoning_effort": "low", "tools": TOOLS[:1]}
    message = create(client, **asked)["choices"][0]["message"]
    assert message["reasoning_content"] == 'What was said? "It".'
    assert message["thinking_blocks"] == THOUGHTS
    create(client, **asked, messages=[
        *HELLO, message, {"role": "tool", "tool_call_id": "toolu_0", "content": "rain"}])
    sent = upstream.exchanges[1].json
    assert sent["thinking"] == {"type": "enabled", "budget_tokens": 5000}
    assert sent["messages"][1]["content"][:2] == [
        {"type": "thinking", "thinking": 'What was said? "It".', "signature": api.SIGNATURE},
        {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}]


def test_clients_gather_streamed_thinking_whole(client):
    whole = client.gather(STREAM, model=MODEL, messages=HELLO, reasoning_effort="high")
    message = whole["choices"][0]["message"]
    assert message["content"] == "You said: Hello, gateway"
    assert message["thinking_blocks"] == THOUGHTS


def test_streamed_thinking_comes_piece_by_piece(client, upstream):
    chunks = client.stream(CREATE, model="claude-opus-4-6", messages=HELLO,
                           reasoning_effort="high")["chunks"]
    assert deltas(chunks, "reasoning_content") == 'What was said? "It".'
    assert upstream.only().json["thinking"] == {"type": "adaptive"}
    assert upstream.only().json["output_config"] == {"effort": "high"}


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_thinking_can_be_sent_back_as_an_item(client, upstream, streamed):
    asked = {"model": MODEL, "reasoning": {"effort": "low"},
             "tools": [{"type": "function", **TOOLS[0]["function"]}]}
    if streamed:
        events = client.stream("responses.create", **asked, input="Hello")["chunks"]
        output = [event["item"] for event in events
                  if event["type"] == "response.output_item.done"]
        assert output == events[-1]["response"]["output"]
    else:
        output = client.call("responses.create", **asked, input="Hello")["data"]["output"]
    assert [item["type"] for item in output] == ["reasoning", "message", "function_call"]
    assert output[0]["summary"][0]["text"] == 'What was said? "It".'
    result = {"type": "function_call_output", "call_id": "toolu_0", "output": "rain"}
    client.call("responses.create", **asked,
                input=[{"role": "user", "content": "Hello"}, *output, result])["data"]
    content = upstream.exchanges[1].json["messages"][1]["content"]
    assert content[:2] == [
        {"type": "thinking", "thinking": 'What was said? "It".', "signature": api.SIGNATURE},
        {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}]
    assert [block["type"] for block in content[2:]] == ["text", "tool_use"]


def test_an_answer_that_fits_a_schema(client, upstream):
    upstream.behaviour.blocks = [
        {"type": "text", "text": '{"name": "fair", "guests": ["Ann"], "day": 3}'}]
    parsed = client.parse("chat.completions.parse", model=MODEL, messages=HELLO, schema=SCHEMA)
    assert parsed == {"name": "fair", "guests": ["Ann"], "day": 3}
    assert upstream.only().json["output_config"]["format"]["type"] == "json_schema"


def test_images(client, upstream):
    parts = [{"type": "image_url", "image_url": {"url": PIXEL}}, {"type": "text", "text": "What?"}]
    data = create(client, messages=[{"role": "user", "content": parts}])
    assert data["choices"][0]["message"]["content"] == "You said: What?"
    assert upstream.only().json["messages"][0]["content"][0]["source"] == {
        "type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}


@pytest.mark.parametrize("size", [300_000, 6_000_000])
def test_large_events(client, upstream, size):
    upstream.behaviour.blocks = [
        {"type": "text", "text": "x" * size},
        {"type": "tool_use", "id": "toolu_0", "name": "weather", "input": {"city": "y" * size}}]
    chunks = client.stream(CREATE, model=MODEL, messages=HELLO, tools=TOOLS)["chunks"]
    calls = [call["function"]["arguments"] for chunk in chunks if chunk["choices"]
             for call in chunk["choices"][0]["delta"].get("tool_calls") or []]
    assert deltas(chunks, "content") == "x" * size
    assert "".join(calls) == '{"city": "' + "y" * size + '"}'
    assert chunks[-1]["choices"][0]["finish_reason"] == "tool_calls"


@pytest.mark.parametrize("params, member", [
    ({"messages": [{"role": "user", "content": [
        {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}]}]},
     "messages[0].content[0].type"),
    ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
    ({"messages": [*HELLO, {"role": "tool", "tool_call_id": "toolu_9", "content": "x"}]},
     "messages[1].tool_call_id"),
    ({"messages": [{"role": "user", "content": [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64," + "A" * 5242884}}]}]},
     "messages[0].content[0].image_url.url")])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_bad_requests_name_the_member(client, upstream, params, member, stream):
    asked = {"model": MODEL, "messages": HELLO, **params}
    error = (client.stream(CREATE, **asked) if stream else client.call(CREATE, **asked))["error"]
    assert (error["status"], error["type"]) == (400, "invalid_request_error")
    assert member in error["message"]
    assert upstream.exchanges == []


def test_embeddings_are_refused(client, upstream):
    error = client.error("embeddings.create", model=MODEL, input="x")
    assert (error["status"], error["type"]) == (400, "invalid_request_error")
    assert "embeddings" in error["message"]
    assert upstream.exchanges == []


@pytest.mark.parametrize("status, type, ours", [
    (400, "invalid_request_error", "invalid_request_error"),
    (429, "rate_limit_error", "rate_limit_error"),
    (529, "overloaded_error", "provider_error")])
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
def test_errors_keep_their_status(client, upstream, status, type, ours, stream):
    upstream.behaviour.error = ApiError(status, type, "No, thanks", headers={"retry-after": "3"})
    asked = {"model": MODEL, "messages": HELLO}
    error = (client.stream(CREATE, **asked) if stream else client.call(CREATE, **asked))["error"]
    assert (error["status"], error["type"]) == (status, ours)
    assert "No, thanks" in error["message"]
    assert error["headers"]["retry-after"] == "3"


def test_an_error_inside_a_stream(client, upstream, gateway, request_id):
    upstream.behaviour.error_after = 3  # behind "You s"
    seen = client.stream(CREATE, model=MODEL, messages=HELLO)
    assert deltas(seen["chunks"], "content") == "You s"
    assert seen["error"]["message"] == "Overloaded"
    assert seen["error"]["code"] == "overloaded_error"
    record = gateway.access(request_id=request_id)
    assert record["end"] == "upstream_failed"
    assert (record["prompt_tokens"], record["completion_tokens"]) == (23, 1)


def test_a_stream_that_breaks_ends_in_an_error(client, upstream):
    upstream.behaviour.cut_after = 3
    seen = client.stream(CREATE, model=MODEL, messages=HELLO)
    assert deltas(seen["chunks"], "content") == "You s"
    assert seen["error"]["type"] == "provider_error"


def test_an_abort_reaches_the_upstream(client, upstream, gateway, request_id):
    upstream.behaviour.hold_after = 3
    seen = client.stream(CREATE, model=MODEL, messages=HELLO, abort_after=2)
    assert deltas(seen["chunks"], "content") == "You s"
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)
    assert gateway.access(request_id=request_id)["end"] == "client_gone"


@pytest.mark.parametrize("piece", [3, 61])
def test_events_may_be_cut_anywhere(client, upstream, piece):
    upstream.behaviour.piece = piece
    upstream.behaviour.line_end = "\r\n"
    whole = client.gather(STREAM, model=MODEL, messages=HELLO, tools=TOOLS)
    arguments = [call["function"]["arguments"]
                 for call in whole["choices"][0]["message"]["tool_calls"]]
    assert arguments == ['{"city": "Größe"}', "{}"]
