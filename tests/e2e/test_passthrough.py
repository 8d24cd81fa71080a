"""Promise: a vendor's own official client, given the gateway's address below /p/{provider} and a key
of the gateway's, works as it does with the vendor; and what it used is counted."""

from __future__ import annotations

import itertools
import json
import os
import subprocess

import pytest

from clients.client import HERE, INSTALLED
from gateway import Gateway
from samples import HELLO
from upstream import behaviour, gemini, messages

CONFIG = """
server:
  address: 127.0.0.1
  port: {port}
  master_key: {key}
  base_path: {base_path}
  enabled_passthrough_providers: [openai, anthropic, gemini]
models: {{configured_provider_models_mode: allowlist}}
providers:
  openai: {{type: openai, api_key: sk-upstream, base_url: "{upstream}", models: [gpt-4o-mini]}}
  claude:
    type: anthropic
    api_key: sk-ant-upstream
    base_url: "{upstream}"
    models: [claude-sonnet-4-5]
  google:
    type: gemini
    api_key: sk-gemini-upstream
    base_url: "{upstream}beta/openai"
    models: [gemini-2.5-flash]
"""
CHAT = {"model": "gpt-4o-mini", "messages": HELLO}
MESSAGE = {"model": "claude-sonnet-4-5", "max_tokens": 99, "messages": HELLO}
CONTENT = {"model": gemini.MODEL, "contents": "Hello, gateway"}
SAID = "You said: Hello, gateway"

_numbers = itertools.count(1)


@pytest.fixture(scope="module")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url, config=CONFIG)
    yield gateway
    gateway.stop()


@pytest.fixture
def request_id():
    return f"passthrough-{next(_numbers)}"


@pytest.fixture
def vendor(gateway, request_id):
    """vendor(client, method, params): what the vendor's client makes of it."""

    def ask(client, method, params):
        job = {"client": client, "method": method, "params": params, "url": gateway.url,
               "key": gateway.key, "headers": {"X-Request-ID": request_id}}
        done = subprocess.run(["node", str(HERE / "vendors_client.cjs")], input=json.dumps(job),
                              capture_output=True, text=True, timeout=60, check=True,
                              env={"NODE_PATH": str(INSTALLED / "npm" / "node_modules"),
                                   "PATH": os.environ["PATH"]})
        return json.loads(done.stdout)

    return ask


def counted(gateway, request_id) -> dict:
    names = ("provider", "model", "prompt_tokens", "completion_tokens", "cached_tokens",
             "reasoning_tokens", "estimated", "end")
    line = gateway.access(request_id=request_id)
    return {name: line[name] for name in names}


def usage(provider, model, prompt, completion, cached, reasoning) -> dict:
    return {"provider": provider, "model": model, "prompt_tokens": prompt,
            "completion_tokens": completion, "cached_tokens": cached,
            "reasoning_tokens": reasoning, "estimated": False, "end": "completed"}


def test_openai(vendor, gateway, request_id):
    data = vendor("openai", "create", CHAT)["data"]
    assert data["choices"][0]["message"]["content"]
    assert data["usage"] == behaviour.USAGE
    assert counted(gateway, request_id) == usage("openai", "gpt-4o-mini", 19, 10, 4, 3)


def test_openai_stream(vendor, gateway, request_id):
    params = {**CHAT, "stream_options": {"include_usage": True}}
    chunks = vendor("openai", "stream", params)["data"]
    assert chunks[-1]["usage"] == behaviour.USAGE
    assert counted(gateway, request_id) == usage("openai", "gpt-4o-mini", 19, 10, 4, 3)


@pytest.mark.parametrize("method", ["create", "stream"])
def test_anthropic(vendor, upstream, gateway, request_id, method):
    data = vendor("anthropic", method, MESSAGE)["data"]
    assert data["content"][0]["text"] == SAID
    assert data["usage"]["cache_read_input_tokens"] == messages.USAGE["cache_read_input_tokens"]
    assert counted(gateway, request_id) == usage("claude", "claude-sonnet-4-5", 23, 13, 7, 0)
    sent = upstream.only()
    assert sent.headers["x-api-key"] == messages.API_KEY
    assert sent.headers["anthropic-version"] == messages.VERSIONS[1]  # the client's own
    assert gateway.key not in str(sent.headers)


def test_gemini(vendor, upstream, gateway, request_id):
    data = vendor("gemini", "create", CONTENT)["data"]
    assert (data["text"], data["usage"]) == (SAID, gemini.USAGE)
    assert counted(gateway, request_id) == usage("google", gemini.MODEL, 20, 15, 8, 9)
    assert upstream.only().path == f"/v1beta/models/{gemini.MODEL}:generateContent"


def test_gemini_stream(vendor, gateway, request_id):
    chunks = vendor("gemini", "stream", CONTENT)["data"]
    assert "".join(one["text"] for one in chunks) == SAID
    assert counted(gateway, request_id) == usage("google", gemini.MODEL, 20, 15, 8, 9)


def test_a_stream_that_ends_in_an_error(vendor, upstream, gateway, request_id):
    upstream.behaviour.error_after = 3
    error = vendor("anthropic", "stream", MESSAGE)["error"]
    assert "Overloaded" in error["message"]
    assert gateway.access(request_id=request_id)["prompt_tokens"] == 23


@pytest.mark.parametrize("client, params", [
    ("openai", CHAT), ("anthropic", MESSAGE), ("gemini", CONTENT)])
def test_an_abort_reaches_the_vendor(vendor, upstream, gateway, request_id, client, params):
    upstream.behaviour.hold_after = 1
    vendor(client, "abort", params)
    upstream.only().wait(lambda exchange: exchange.hung_up_at)
    assert gateway.access(request_id=request_id)["end"] == "client_gone"


@pytest.mark.parametrize("client, params", [
    ("openai", {**CHAT, "model": "nobody"}), ("anthropic", {**MESSAGE, "model": "nobody"}),
    ("gemini", {**CONTENT, "model": "nobody"})])
def test_refusals_are_the_clients_own_errors(vendor, client, params):
    error = vendor(client, "create", params)["error"]
    assert error["status"] == 404
    assert "nobody" in error["message"]
