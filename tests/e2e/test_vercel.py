"""Promise: programs written with Vercel's AI SDK work with every model, whichever of the three APIs
the SDK speaks: text, tools called in parallel and answered, thinking, images, values of a schema,
usage, errors and aborts, whole or streamed."""

from __future__ import annotations

import itertools
import json
import os

import pytest

from clients import VercelClient
from gateway import Gateway
from samples import SCHEMA
from upstream import ApiError

CONFIG = """
server: {{address: 127.0.0.1, port: {port}, master_key: {key}, base_path: {base_path}, workers: 2}}
metrics: {{enabled: true}}
logging: {{only_model_interactions: false}}
resilience: {{retry: {{max_retries: 0}}}}
providers:
  main: {{type: openai, api_key: sk-upstream, base_url: "{upstream}"}}
  chatty: {{type: groq, api_key: sk-upstream, base_url: "{upstream}"}}
  claude: {{type: anthropic, api_key: sk-ant-upstream, base_url: "{upstream}"}}
"""
APIS = ("chat", "responses", "messages")
OPENAI = "main/gpt-4o"  # has chat and responses of its own
CHAT = "chatty/gpt-4o"  # has only chat
CLAUDE = "claude/claude-sonnet-4-5"  # has only messages
ASKED = {"prompt": "Hello, gateway"}
SAID = "You said: Hello, gateway"
CITY = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
TOOLS = [{"name": "weather", "schema": CITY},
         {"name": "time", "schema": {"type": "object", "properties": {}}}]
INPUTS = {"weather": {"city": "Größe"}, "time": {}}
THOUGHT = 'What was said? "It".'

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url, config=CONFIG)
    yield gateway
    gateway.stop()


@pytest.fixture(scope="session")
def sdk():
    client = VercelClient()
    yield client
    client.close()


@pytest.fixture
def client(sdk, gateway):
    sdk.target = gateway.api
    sdk.headers = {"X-Request-ID": f"vercel-{os.getpid()}-{next(_numbers)}"}
    return sdk


@pytest.fixture(params=[OPENAI, CHAT, CLAUDE], ids=["openai", "groq", "anthropic"])
def model(request):
    return request.param


@pytest.fixture(params=APIS)
def api(request):
    return request.param


@pytest.fixture(params=[False, True], ids=["whole", "streamed"])
def answer(request, client):
    def ask(api, **params):
        return client.gather(api, **params) if request.param else client.call(api, **params)["data"]
    return ask


def test_text(answer, api, model):
    data = answer(api, model=model, system="Be brief.", **ASKED)
    assert (data["text"], data["finish"], data["calls"]) == (SAID, "stop", [])
    counted = {"input": 23, "output": 13, "cached": 7} if model == CLAUDE else {
        "input": 19, "output": 10, "cached": 4}
    assert data["usage"] == counted


def test_tools_are_called_in_parallel(answer, api, model):
    data = answer(api, model=model, tools=TOOLS, **ASKED)
    assert data["finish"] == "tool-calls"
    assert [(call["name"], call["input"]) for call in data["calls"]] == list(INPUTS.items())
    assert len({call["id"] for call in data["calls"]}) == 2


def test_tools_are_answered_until_the_model_has_spoken(answer, api, model, upstream):
    tools = [{**TOOLS[0], "result": "rain"}, {**TOOLS[1], "result": "noon"}]
    data = answer(api, model=model, tools=tools, **ASKED)
    assert (data["steps"], data["finish"]) == (2, "stop")
    assert data["text"] == ("It is rain and noon" if model == CLAUDE else "You said: noon")
    assert len(upstream.exchanges) == 2


def test_images(answer, api, model):
    content = [{"type": "text", "text": "What?"},
               {"type": "image", "image": "iVBORw0KGgo=", "mediaType": "image/png"}]
    data = answer(api, model=model, messages=[{"role": "user", "content": content}])
    assert data["finish"] == "stop"
    assert data["text"].startswith("You said:")


def test_the_image_reaches_the_provider(client, api, model, upstream):
    content = [{"type": "image", "image": "iVBORw0KGgo=", "mediaType": "image/png"},
               {"type": "text", "text": "What?"}]
    client.call(api, model=model, messages=[{"role": "user", "content": content}])["data"]
    assert "iVBORw0KGgo=" in json.dumps(upstream.only().json)


@pytest.mark.parametrize("api", ["chat", "responses"])
def test_a_value_of_a_schema(client, api, model, upstream):
    text = '{"name": "fair", "guests": ["Ann"], "day": 3}'
    upstream.behaviour.words = [text[:9], text[9:]]
    upstream.behaviour.blocks = [{"type": "text", "text": text}]
    data = client.call(api, model=model, schema=SCHEMA, **ASKED)["data"]
    assert data["output"] == json.loads(text)
    assert '"json_schema"' in json.dumps(upstream.only().json)


def test_thinking_of_claude(answer, client, upstream):
    thinking = {"anthropic": {"thinking": {"type": "enabled", "budgetTokens": 1024}}}
    data = answer("messages", model=CLAUDE, providerOptions=thinking, **ASKED)
    assert (data["thoughts"], data["text"]) == (THOUGHT, SAID)


def test_thinking_of_others(answer, upstream):
    upstream.behaviour.thoughts = ["What ", "now?"]
    for api in ("responses", "messages"):
        data = answer(api, model=CHAT, **ASKED)
        assert (data["thoughts"], data["text"]) == ("What now?", SAID)


def test_a_refusal_of_claude(answer, api, upstream):
    upstream.behaviour.refusal = ["I can", "not."]
    data = answer(api, model=CLAUDE, **ASKED)
    assert (data["text"], data["finish"]) == ("I cannot.", "content-filter")


def test_an_answer_cut_short(answer, api, upstream):
    upstream.behaviour.finish_reason = "length"
    assert answer(api, model=CHAT, **ASKED)["finish"] == "length"


def test_pieces_arrive_as_they_are_made(client, api, model, upstream):
    chunks = client.stream(api, model=model, **ASKED)["chunks"]
    assert "".join(chunks) == SAID
    assert len(chunks) > 1


def test_events_may_be_cut_anywhere(client, api, model, upstream):
    upstream.behaviour.piece = 3
    data = client.gather(api, model=model, tools=TOOLS, **ASKED)
    assert [(call["name"], call["input"]) for call in data["calls"]] == list(INPUTS.items())


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_errors_keep_their_status(client, api, model, upstream, streamed):
    upstream.behaviour.error = ApiError(429, "rate_limit_error", "No, thanks")
    ask = client.stream if streamed else client.call
    error = ask(api, model=model, **ASKED)["error"]
    assert (error["class"], error["status"]) == ("AI_APICallError", 429)
    assert "No, thanks" in error["message"]


def test_unknown_models_are_named(client, api):
    error = client.call(api, model="main/gpt-nothing", **ASKED)["error"]
    assert error["status"] == (404 if api == "messages" else 400)
    assert "gpt-nothing" in error["message"]


def test_an_error_inside_a_stream_is_told(client, api, model, upstream):
    upstream.behaviour.error_after = 3
    seen = client.stream(api, model=model, **ASKED)
    assert "verloaded" in seen["error"]["message"]
    assert SAID.startswith("".join(seen["chunks"]))
    assert "".join(seen["chunks"]) != SAID


def test_an_abort_reaches_the_upstream(client, api, model, upstream):
    upstream.behaviour.hold_after = 6
    seen = client.stream(api, model=model, abort_after=1, **ASKED)
    assert seen["aborted"]
    assert "error" not in seen
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)
