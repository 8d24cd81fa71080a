"""Promise: programs written for Anthropic's API, with its official client, work with every model: with
Anthropic's own, and with those of providers that only have chat completions."""

from __future__ import annotations

import itertools
import json
import os

import pytest

from clients import AnthropicClient
from gateway import Gateway
from samples import HELLO
from upstream import ApiError
from upstream import messages as api

CREATE = "messages.create"
STREAM = "messages.stream"
COUNT = "messages.countTokens"
CONFIG = """
server: {{address: 127.0.0.1, port: {port}, master_key: {key}, base_path: {base_path}, workers: 2}}
metrics: {{enabled: true}}
logging: {{only_model_interactions: false}}
resilience: {{retry: {{max_retries: 0}}}}
providers:
  claude: {{type: anthropic, api_key: sk-ant-upstream, base_url: "{upstream}"}}
  chatty: {{type: groq, api_key: sk-upstream, base_url: "{upstream}"}}
"""
NATIVE = "claude/claude-sonnet-4-5"
CHAT = "chatty/gpt-4o"
SAID = "You said: Hello, gateway"
USAGE = {NATIVE: api.USAGE,
         CHAT: {"input_tokens": 15, "cache_creation_input_tokens": 0,
                "cache_read_input_tokens": 4, "output_tokens": 10,
                "output_tokens_details": {"thinking_tokens": 3}}}
RECORDED = {NATIVE: (23, 13, 7), CHAT: (19, 10, 4)}
TOOLS = [{"name": name, "description": "you know", "input_schema": {
    "type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}
    for name in ("weather", "time")]
IMAGE = {"type": "image", "source": {"type": "base64", "media_type": "image/png",
                                     "data": "iVBORw0KGgo="}}

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url, config=CONFIG)
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def sdk():
    client = AnthropicClient()
    yield client
    client.close()


@pytest.fixture
def client(sdk, gateway):
    sdk.target = (gateway.url, gateway.key)
    sdk.headers = {"X-Request-ID": f"messages-{os.getpid()}-{next(_numbers)}"}
    return sdk


@pytest.fixture(params=[NATIVE, CHAT], ids=["native", "over chat"])
def model(request):
    return request.param


def asked(model, **params) -> dict:
    return {"model": model, "max_tokens": 4096, "messages": HELLO, **params}


def answer(client, streamed, params) -> dict:
    return client.gather(STREAM, **params) if streamed else client.call(CREATE, **params)["data"]


both = pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])


@both
def test_text(client, gateway, request_id, model, streamed):
    message = answer(client, streamed, asked(model, system="Be brief.", stop_sequences=["END"]))
    assert (message["type"], message["role"]) == ("message", "assistant")
    assert message["id"].startswith("msg_")
    assert [(block["type"], block["text"]) for block in message["content"]] == [("text", SAID)]
    assert (message["stop_reason"], message["stop_sequence"]) == ("end_turn", None)
    assert message["usage"] == USAGE[model]
    record = gateway.access(request_id=request_id)
    counts = ("prompt_tokens", "completion_tokens", "cached_tokens")
    assert tuple(record[name] for name in counts) == RECORDED[model]
    assert (record["end"], record["estimated"]) == ("completed", False)


def test_what_the_provider_is_asked(client, upstream):
    system = [{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}]
    client.call(CREATE, **asked(NATIVE, system=system))
    client.call(CREATE, **asked(CHAT, system=system, temperature=0.5, top_p=0.9))
    native, chat = upstream.exchanges
    assert native.json == {"model": "claude-sonnet-4-5", "max_tokens": 4096, "messages": HELLO,
                           "system": system}
    assert native.headers["anthropic-version"] == api.VERSIONS[1]  # the client's own
    assert native.headers["x-api-key"] == api.API_KEY
    assert chat.path == "/v1/chat/completions"
    assert chat.json == {"model": "gpt-4o", "max_tokens": 4096, "temperature": 0.5, "top_p": 0.9,
                         "messages": [{"role": "system", "content": "Be brief."}, *HELLO]}


@both
def test_the_clients_beta_methods(client, upstream, model, streamed):
    """Which Claude Code uses."""
    params = asked(model, betas=["interleaved-thinking-2025-05-14"])
    message = client.gather("beta.messages.stream", **params) if streamed else (
        client.call("beta.messages.create", **params)["data"])
    assert [(block["type"], block["text"]) for block in message["content"]] == [("text", SAID)]
    beta = upstream.only().headers.get("anthropic-beta")
    assert beta == ("interleaved-thinking-2025-05-14" if model == NATIVE else None)


def test_events_arrive_in_order(client, model):
    chunks = client.stream(CREATE, **asked(model))["chunks"]
    kinds = [chunk["type"] for chunk in chunks]
    deltas = [chunk["delta"]["text"] for chunk in chunks
              if chunk["type"] == "content_block_delta"]
    assert "".join(deltas) == SAID and len(deltas) > 1
    assert kinds == ["message_start", "content_block_start",
                     *len(deltas) * ["content_block_delta"], "content_block_stop",
                     "message_delta", "message_stop"]


def test_events_arrive_wherever_the_bytes_are_cut(client, upstream, model):
    upstream.behaviour.piece = 3
    assert client.gather(STREAM, **asked(model))["content"][0]["text"] == SAID


@both
def test_tools_are_called_in_parallel_and_answered(client, upstream, model, streamed):
    params = asked(model, tools=TOOLS)
    message = answer(client, streamed, params)
    assert message["stop_reason"] == "tool_use"
    calls = [block for block in message["content"] if block["type"] == "tool_use"]
    assert [call["name"] for call in calls] == ["weather", "time"]
    assert calls[0]["input"] == {"city": "Größe"}
    if model == CHAT:
        assert [call["input"] for call in calls] == 2 * [{"city": "Größe"}]
        assert [call["id"] for call in calls] == ["call_0", "call_1"]
    results = [{"type": "tool_result", "tool_use_id": calls[0]["id"], "content": "rain"},
               {"type": "tool_result", "tool_use_id": calls[1]["id"], "content": "noon",
                "is_error": True}]
    blocks = [{name: block[name] for name in ("type", "text", "id", "name", "input")
               if name in block} for block in message["content"]]
    again = answer(client, streamed, {**params, "messages": [
        *HELLO, {"role": "assistant", "content": blocks}, {"role": "user", "content": results}]})
    said = {NATIVE: "It is rain and noon", CHAT: "You said: Error: noon"}
    assert again["content"][0]["text"] == said[model]
    if model == CHAT:
        sent = upstream.exchanges[1].json["messages"][1:]
        assert [turn["role"] for turn in sent] == ["assistant", "tool", "tool"]
        assert json.loads(sent[0]["tool_calls"][1]["function"]["arguments"]) == {"city": "Größe"}
        assert [turn["tool_call_id"] for turn in sent[1:]] == ["call_0", "call_1"]


@both
def test_thinking_can_be_sent_back(client, upstream, model, streamed):
    upstream.behaviour.thoughts = ["What was ", 'said? "It".']
    params = asked(model, thinking={"type": "enabled", "budget_tokens": 2048}, tools=TOOLS[:1])
    message = answer(client, streamed, params)
    thinking = message["content"][0]
    assert (thinking["type"], thinking["thinking"]) == ("thinking", 'What was said? "It".')
    call = message["content"][-1]
    assert (call["type"], message["stop_reason"]) == ("tool_use", "tool_use")
    answer(client, streamed, {**params, "messages": [
        *HELLO, {"role": "assistant", "content": message["content"]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": call["id"], "content": "rain"}]}]})
    first, second = (exchange.json for exchange in upstream.exchanges)
    sent_back = second["messages"][1]
    if model == NATIVE:
        assert thinking["signature"] == api.SIGNATURE
        assert [block["type"] for block in sent_back["content"]] == [
            "thinking", "redacted_thinking", "text", "tool_use"]
        assert sent_back["content"][0] == thinking
    else:
        assert first["reasoning"] == {"effort": "low"}
        assert sent_back["reasoning_content"] == 'What was said? "It".'


def test_a_conversation_changes_its_model(client, upstream):
    """What one provider thought is not shown to another."""
    upstream.behaviour.thoughts = ["Hm."]
    thought = client.call(CREATE, **asked(CHAT))["data"]["content"]
    assert [block["type"] for block in thought] == ["thinking", "text"]
    turns = [*HELLO, {"role": "assistant", "content": thought}, *HELLO]
    client.call(CREATE, **asked(NATIVE, messages=turns))["data"]
    assert upstream.exchanges[1].json["messages"][1]["content"] == [thought[1]]
    params = asked(NATIVE, thinking={"type": "enabled", "budget_tokens": 2048})
    signed = client.call(CREATE, **params)["data"]["content"]
    assert signed[0]["signature"] == api.SIGNATURE
    turns = [*HELLO, {"role": "assistant", "content": signed}, *HELLO]
    client.call(CREATE, **asked(CHAT, messages=turns))["data"]
    assert upstream.exchanges[3].json["messages"][1] == {"role": "assistant", "content": SAID}


def test_images(client, upstream):
    content = [IMAGE, {"type": "text", "text": "What?"}]
    for model in (NATIVE, CHAT):
        client.call(CREATE, **asked(model, messages=[{"role": "user", "content": content}]))["data"]
    native, chat = (exchange.json["messages"][0]["content"] for exchange in upstream.exchanges)
    assert native == content
    assert chat == [{"type": "image_url",
                     "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
                    {"type": "text", "text": "What?"}]


def test_what_was_cut_short_says_so(client, upstream):
    upstream.behaviour.finish_reason = "length"
    assert client.gather(STREAM, **asked(CHAT))["stop_reason"] == "max_tokens"
    upstream.behaviour.finish_reason, upstream.behaviour.refusal = None, ["I ", "won't."]
    refused = client.gather(STREAM, **asked(CHAT))
    assert (refused["stop_reason"], refused["content"][0]["text"]) == ("refusal", "I won't.")


@both
def test_a_refusal(client, upstream, model, streamed):
    upstream.behaviour.refusal = ["I can", "not."]
    message = answer(client, streamed, asked(model))
    assert (message["stop_reason"], message["content"][0]["text"]) == ("refusal", "I cannot.")


def test_tokens_are_counted(client, upstream):
    params = {"messages": HELLO, "system": "Be brief.", "tools": TOOLS}
    assert client.call(COUNT, model=NATIVE, **params)["data"] == {"input_tokens": api.COUNTED}
    assert upstream.only().path == api.COUNT_TOKENS
    estimated = client.call(COUNT, model=CHAT, **params)["data"]
    assert list(estimated) == ["input_tokens"]
    assert 50 < estimated["input_tokens"] < 150
    assert len(upstream.exchanges) == 1


def test_models_are_listed(client):
    listed = client.call("models.list")["data"]
    ids = [model["id"] for model in listed["data"]]
    assert NATIVE in ids and CHAT in ids
    assert (listed["has_more"], listed["first_id"], listed["last_id"]) == (False, ids[0], ids[-1])
    assert all(model["type"] == "model" for model in listed["data"])
    one = client.call("models.retrieve", NATIVE)["data"]
    assert (one["id"], one["display_name"]) == (NATIVE, "claude-sonnet-4-5")
    assert one["created_at"] == "2025-09-29T00:00:00Z"


def test_an_abort_reaches_the_provider(client, upstream, gateway, request_id, model):
    upstream.behaviour.hold_after = 3
    seen = client.stream(CREATE, **asked(model), abort_after=2)
    assert "aborted_at" in seen and "error" not in seen
    upstream.only().wait(lambda exchange: exchange.hung_up_at)
    assert gateway.access(request_id=request_id)["end"] == "client_gone"


@pytest.mark.parametrize("status, type, name", [
    (400, "invalid_request_error", "BadRequestError"),
    (401, "authentication_error", "AuthenticationError"),
    (403, "permission_error", "PermissionDeniedError"),
    (404, "not_found_error", "NotFoundError"),
    (413, "request_too_large", "ContentTooLargeError"),
    (429, "rate_limit_error", "RateLimitError"),
    (500, "api_error", "InternalServerError"),
    (503, "overloaded_error", "ServiceUnavailableError"),
    (529, "overloaded_error", "OverloadedError"),
])
def test_errors_of_the_provider(client, upstream, request_id, model, status, type, name):
    upstream.behaviour.error = ApiError(status, "its_own", "Not now", headers={"Retry-After": "3"})
    error = client.error(CREATE, **asked(model))
    assert (error["class"], error["status"], error["type"]) == (name, status, type)
    assert "Not now" in error["message"]
    assert error["request_id"] == request_id
    assert error["headers"]["retry-after"] == "3"


def test_errors_of_the_gateway(client, upstream, gateway):
    unknown = client.error(CREATE, **asked("claude/nobody"))
    assert (unknown["class"], unknown["type"]) == ("NotFoundError", "not_found_error")
    search = {"type": "web_search_20250305", "name": "web_search"}
    refused = client.error(CREATE, **asked(CHAT, tools=[search]))
    assert (refused["class"], refused["type"]) == ("BadRequestError", "invalid_request_error")
    assert "tools[0].type" in refused["message"]
    client.target = (gateway.url, "sk-wrong")
    denied = client.error(CREATE, **asked(NATIVE))
    assert (denied["class"], denied["type"]) == ("AuthenticationError", "authentication_error")
    assert upstream.exchanges == []


def test_an_error_inside_a_stream(client, upstream, gateway, request_id, model):
    upstream.behaviour.error_after = 4
    seen = client.stream(CREATE, **asked(model))
    assert seen["chunks"][0]["type"] == "message_start"
    kind, name = {NATIVE: ("overloaded_error", "Overloaded"),
                  CHAT: ("api_error", "overloaded")}[model]
    assert (seen["error"]["class"], seen["error"]["type"]) == ("APIError", kind)
    assert name in seen["error"]["message"]
    assert gateway.access(request_id=request_id)["end"] == "upstream_failed"


def test_a_stream_that_is_cut_off(client, upstream, gateway, request_id, model):
    upstream.behaviour.cut_after = 4
    seen = client.stream(CREATE, **asked(model))
    assert seen["error"]["type"] == "api_error"
    assert "message_stop" not in [chunk["type"] for chunk in seen["chunks"]]
    assert gateway.access(request_id=request_id)["end"] == "upstream_failed"
