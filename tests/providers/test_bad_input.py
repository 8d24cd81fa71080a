"""Promise: what cannot be served is refused with the status and the envelope of the API that was
asked, and names what is wrong, before any provider is asked; and what a provider refuses, in
whatever shape, is told the same way, without the provider's address and key."""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gateway import Gateway, config_for, request
from upstream import Upstream, response

PROVIDERS = Path(__file__).parents[2] / "plugins" / "providers"
KEY = "sk-upstream-secret"
PATHS = {"chat": "/v1/chat/completions", "responses": "/v1/responses", "messages": "/v1/messages",
         "embeddings": "/v1/embeddings"}
DIALECTS = ("chat", "responses", "messages")
INSTANCES = ("openai", "groq", "anthropic", "deepseek", "oracle")
LARGE_IMAGE = "data:image/png;base64," + "A" * (5 * 1024 * 1024 + 4)


def asked(dialect, model, **members):
    """A request that is in order but for what `members` change."""
    body = {"model": model, "messages": [{"role": "user", "content": "hi"}]}
    if dialect == "responses":
        body = {"model": model, "input": "hi"}
    elif dialect == "embeddings":
        body = {"model": model, "input": "hi"}
    elif dialect == "messages":
        body["max_tokens"] = 9
    return {**body, **members}


def said(part):
    """The members of a request whose user says this one part."""
    turn = {"role": "user", "content": [part]}
    return {"input": [turn]} if part["type"].startswith("input_") else {"messages": [turn]}


def ask(gateway, dialect, body):
    with gateway.connect() as client:
        return client.send(request("POST", PATHS[dialect], body)).answer()


def told(answer, dialect):
    """What an error says, after a look at its envelope."""
    if dialect != "messages":
        return answer.error()["message"]
    assert answer.headers["content-type"] == "application/json"
    document = answer.json()
    assert set(document) == {"type", "error", "request_id"}, document
    assert document["type"] == "error"
    assert set(document["error"]) == {"type", "message"}, document
    return document["error"]["message"]


class Script:
    answer = b""

    def __call__(self, peer):
        while True:
            peer.read_request()
            peer.send(self.answer)


@pytest.fixture(scope="module")
def plain():
    """A gateway with an instance of some types, each with the model `m`, and their upstream."""
    with Upstream(Script()) as upstream:
        config = config_for(upstream.url, server={"body_size_limit": "32M"})
        up = {**config["providers"]["up"], "models": ["m"]}
        config["providers"] = {name: {**up, "type": name} for name in INSTANCES}
        with Gateway(config) as gateway:
            yield gateway, upstream


IMAGE = {"type": "image_url", "image_url": {"url": LARGE_IMAGE}}
AUDIO = {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}}
RESULT = {"role": "user", "content": [
    {"type": "tool_result", "tool_use_id": "toolu_9", "content": "x"}]}
REFUSED = {
    # an unsupported content part
    "part that no API has": ("chat", "groq", said({"type": "video_url"}),
                             'content part type "video_url" (in messages[0].content)'),
    "audio for Claude": ("chat", "anthropic", {"messages": [{"role": "user", "content": [AUDIO]}]},
                         "messages[0].content[0].type"),
    "item of a video": ("responses", "groq", said({"type": "input_video"}),
                        "input[0].content[0].type"),
    "file by its number": ("responses", "groq", said({"type": "input_image", "file_id": "f-1"}),
                           "input[0].content[0]"),
    "block of a video": ("messages", "groq", said({"type": "video"}), "messages[0].content[0].type"),
    "document by URL": ("messages", "groq", said(
        {"type": "document", "source": {"type": "url", "url": "https://a.example/b.pdf"}}),
        "messages[0].content[0].source.type"),
    # an unknown type of tool
    "custom tool for Claude": ("chat", "anthropic",
                               {"tools": [{"type": "custom", "custom": {"name": "x"}}]},
                               "tools[0].type"),
    "search of the web over chat": ("responses", "groq", {"tools": [{"type": "web_search"}]},
                                    "web_search"),
    "unheard-of tool over chat": ("responses", "anthropic", {"tools": [{"type": "teapot"}]},
                                  "teapot"),
    "Anthropic's own tool elsewhere": ("messages", "groq", {"tools": [
        {"type": "bash_20250124", "name": "bash"}]}, "bash_20250124"),
    # an image too large
    "image too large": ("chat", "anthropic", said(IMAGE),
                        "messages[0].content[0].image_url.url"),
    "image too large in an item": ("responses", "anthropic", said(
        {"type": "input_image", "image_url": LARGE_IMAGE}), "image_url"),
    # a result of a tool that was not called
    "result without a call": ("chat", "anthropic", {"messages": [
        {"role": "user", "content": "hi"},
        {"role": "tool", "tool_call_id": "call_9", "content": "x"}]}, "messages[1].tool_call_id"),
    "result without a call in items": ("responses", "anthropic", {"input": [
        {"type": "function_call_output", "call_id": "call_9", "output": "x"}]}, "call_9"),
    "result without a call in blocks": ("messages", "groq", {"messages": [RESULT]},
                                        "toolu_9"),
    # a provider that does not have it
    "embeddings of Anthropic": ("embeddings", "anthropic", {}, "does not support embeddings"),
    "embeddings of DeepSeek": ("embeddings", "deepseek", {}, "does not support embeddings"),
    "embeddings of Oracle": ("embeddings", "oracle", {}, "does not support embeddings"),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_what_a_provider_cannot_take_is_refused_by_name(plain, name, stream):
    gateway, upstream = plain
    dialect, provider, members, words = REFUSED[name]
    if stream and dialect == "embeddings":
        stream = False  # which they have not
    body = asked(dialect, f"{provider}/m", **members, **({"stream": True} if stream else {}))
    answer = ask(gateway, dialect, body)
    assert answer.status == 400, answer.body
    assert words in told(answer, dialect)
    assert upstream.connections == 0


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("model", ["nobody/m", "groq/unknown", "unknown"])
def test_unknown_providers_and_models_are_named(plain, dialect, model):
    gateway, upstream = plain
    answer = ask(gateway, dialect, asked(dialect, model))
    assert answer.status == (404 if dialect == "messages" else 400), answer.body
    assert model in told(answer, dialect)
    if dialect == "messages":
        assert answer.json()["error"]["type"] == "not_found_error"
    assert upstream.connections == 0


def test_a_passthrough_to_nobody_is_refused(plain):
    gateway, upstream = plain
    with gateway.connect() as client:
        answer = client.send(request("POST", "/p/nobody/v1/things", {})).answer()
    assert 400 <= answer.status < 500
    assert "nobody" in answer.error()["message"]
    assert upstream.connections == 0


def read(file):
    return json.loads(file.read_text())


def failures():
    """Every recorded answer to a chat that is no success, by vendor."""
    for folder in sorted(PROVIDERS.glob("*/fixtures/*")):
        steps = folder / "steps" / "01.json"
        if not (folder / "expected.error.json").exists() or not steps.exists():
            continue
        if read(folder / "op.json")["kind"] != "chat":
            continue
        yield pytest.param(folder, id=f"{folder.parent.parent.name}/{folder.name}")


FAILURES = list(failures())


@pytest.fixture(scope="module")
def failing():
    """A gateway with an instance for each recorded failure, all with one upstream."""
    script = Script()
    with Upstream(script) as upstream:
        config = config_for(upstream.url)
        config["providers"] = {}
        for folder in (case.values[0] for case in FAILURES):
            vendor = folder.parent.parent.name
            given = folder / "config.json"
            options = read(given) if given.exists() else {}
            schema = read(PROVIDERS / vendor / "schema.json")
            default = schema["properties"]["base_url"].get("default", "")
            path = urlsplit(options.get("base_url", default)).path
            config["providers"][f"{vendor}-{folder.name}"] = {
                **options, "type": vendor, "models": ["m"], "api_key": KEY,
                "base_url": upstream.url.removesuffix("/v1") + path}
        with Gateway(config) as gateway:
            yield gateway, upstream, script


@pytest.mark.parametrize("folder", FAILURES)
@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
def test_failures_of_every_vendor_have_the_shape_of_the_clients_api(failing, folder, stream):
    gateway, upstream, script = failing
    step = read(folder / "steps" / "01.json")["response"]
    body = json.dumps(step["body"]) if "body" in step else (
        folder / "steps" / "01.sse").read_text()
    headers = [f"{name}: {value}" for name, value in step["headers"].items()]
    # A vendor that tells too much.
    headers += [f"X-Upstream: {upstream.url}", f"Set-Cookie: key={KEY}"]
    script.answer = response(body.encode(), f"{step['status']} No", headers)
    vendor = folder.parent.parent.name
    results = {}
    for dialect in DIALECTS:
        members = {"stream": True} if stream else {}
        answer = ask(gateway, dialect, asked(dialect, f"{vendor}-{folder.name}/m", **members))
        if step["status"] >= 400:
            assert answer.status == step["status"]
        assert answer.status >= 400, answer.body
        results[dialect] = (answer.status, told(answer, dialect))
        seen = answer.body.decode() + json.dumps(answer.headers)
        for secret in (KEY, f"127.0.0.1:{upstream.port}", "Bearer"):
            assert secret not in seen
        if dialect == "messages":
            assert answer.json()["request_id"] == answer.headers["request-id"]
    assert len(set(results.values())) == 1, results
    assert results["chat"][1][0] not in "{[<"


def test_every_vendor_has_a_recorded_failure():
    vendors = {path.parent.name for path in PROVIDERS.glob("*/fixtures")} - {"echo"}
    assert {case.values[0].parent.parent.name for case in FAILURES} == vendors
