"""A client gets from each vendor what the vendor's documentation says, in OpenAI's shape.

The recorded exchanges in plugins/providers/*/fixtures are played through the built gateway: the
client's request to it, the request the upstream must get, the upstream's answer, and what the
client must get for it, errors in OpenAI's envelope.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from gateway import Gateway, chat, config_for, request
from upstream import Upstream, events_of, response
from vendors import sent_on

PROVIDERS = Path(__file__).parents[2] / "plugins" / "providers"
VENDORS = (
    "azure deepseek gemini groq minimax ollama openai openrouter oracle vllm xai zai".split()
)
PATHS = {
    "chat": "/v1/chat/completions",
    "responses": "/v1/responses",
    "embeddings": "/v1/embeddings",
}
# What a provider refuses by itself, sdk/docs/ABI.md.
STATUSES = {"GM_INVALID": 400, "GM_DENIED": 403, "GM_EXHAUSTED": 429}
TYPES = {
    401: "authentication_error",
    403: "authentication_error",
    404: "not_found_error",
    429: "rate_limit_error",
}


def read(file):
    return json.loads(file.read_text())


def fixtures():
    for vendor in VENDORS:
        for folder in sorted((PROVIDERS / vendor / "fixtures").iterdir()):
            op = read(folder / "op.json")
            if op["kind"] in PATHS and "action" not in op:
                yield pytest.param(vendor, folder, op, id=f"{vendor}/{folder.name}")


FIXTURES = list(fixtures())


def instance_name(vendor, folder):
    return f"{vendor}-{folder.name}"


class Script:
    """Answers with what the test says is next."""

    answer = b""

    def __call__(self, peer):
        while True:
            peer.read_request()
            peer.send(self.answer)


@pytest.fixture(scope="module")
def running():
    """One gateway with an instance for each recorded exchange, all with one upstream."""
    script = Script()
    with Upstream(script) as upstream:
        server = upstream.url.removesuffix("/v1")
        defaults = {}
        for vendor in VENDORS:
            schema = read(PROVIDERS / vendor / "schema.json")
            defaults[vendor] = schema["properties"]["base_url"].get("default", "")
        instances = {}
        for vendor, folder, op in (case.values for case in FIXTURES):
            config = folder / "config.json"
            options = read(config) if config.exists() else {}
            place = urlsplit(options.get("base_url", defaults[vendor]))
            options["base_url"] = server + place.path
            instances[instance_name(vendor, folder)] = {
                "type": vendor,
                "models": [op["model"]],
                "resilience": {"retry": {"max_retries": 0}},
                **options,
            }
        config = config_for(server)
        config["providers"] = instances
        with Gateway(config) as gateway:
            yield gateway, upstream, script


def recorded_answer(folder):
    """The bytes of the upstream's answer, and its status."""
    step = read(folder / "steps" / "01.json")["response"]
    body = step.get("body")
    if body is None:
        body = (folder / "steps" / "01.sse").read_bytes()
    headers = [f"{name}: {value}" for name, value in step["headers"].items()]
    return response(body, f"{step['status']} Recorded", headers), step["status"]


def check_sent(seen, sent, op, instance_host):
    method, target, _ = seen.line.split(" ", 2)
    place = urlsplit(sent["url"])
    assert method == sent["method"]
    assert target == place.path + (f"?{place.query}" if place.query else "")
    for name, value in sent["headers"].items():
        assert seen.headers.get(name.lower()) == value, name
    assert seen.headers["host"] == instance_host
    body = op["body"] if sent.get("forwarded") else sent["body"]
    if op["kind"] == "chat" and op.get("stream"):
        # The gateway asks for usage whether the client does or not.
        body = {**body, "stream_options": {"include_usage": True}}
    assert seen.json() == body


def check_error(answer, expected, status):
    if "status" in expected and isinstance(expected["status"], str):
        status = STATUSES[expected["status"]]
        assert expected["message"] in answer.error()["message"]
    assert answer.status == status
    error = answer.error()
    usual = "invalid_request_error" if status < 500 else "provider_error"
    assert error["type"] == TYPES.get(status, usual)
    # Not the whole of the upstream's JSON.
    assert error["message"][0] not in "{["


@pytest.mark.parametrize("vendor,folder,op", FIXTURES)
def test_exchange(running, vendor, folder, op):
    gateway, upstream, script = running
    steps = (folder / "steps").exists()
    status = 0
    if steps:
        script.answer, status = recorded_answer(folder)
    name = instance_name(vendor, folder)
    body = {**op["body"], "model": f"{name}/{op['model']}"}
    headers = [f"{key}: {value}" for key, value in op.get("headers", {}).items()]
    headers.append("X-Request-ID: request-1")
    with gateway.connect() as client:
        answer = client.send(request("POST", PATHS[op["kind"]], body, headers)).answer()
    if steps:
        sent = read(folder / "steps" / "01.json")["request"]
        check_sent(upstream.next_request(), sent, op, f"127.0.0.1:{upstream.port}")
    error = folder / "expected.error.json"
    if error.exists():
        check_error(answer, read(error), status)
    elif op.get("stream"):
        assert answer.status == 200
        expected = events_of((folder / "expected.sse").read_bytes())
        got = events_of(answer.body)
        assert [json.loads(data) for data in got if data != "[DONE]"] == sent_on(
            [json.loads(data) for data in expected if data != "[DONE]"])
        assert got[-1] == "[DONE]"
    else:
        assert answer.status == 200
        assert answer.json() == read(folder / "expected.json")


@pytest.mark.parametrize(
    "vendor,endpoint",
    [
        ("deepseek", "embeddings"),
        ("oracle", "embeddings"),
    ],
)
def test_what_a_vendor_does_not_have_is_refused(running, vendor, endpoint):
    gateway, _, _ = running
    folder, op = next((c.values[1], c.values[2]) for c in FIXTURES if c.values[0] == vendor)
    model = f"{instance_name(vendor, folder)}/{op['model']}"
    with gateway.connect() as client:
        body = {"model": model, "input": "a"}
        answer = client.send(request("POST", PATHS[endpoint], body)).answer()
    assert answer.status == 400
    assert answer.error()["message"] == f"{vendor} does not support {endpoint}"


def test_openrouter_is_told_the_name_in_the_environment():
    script = Script()
    script.answer = response({"id": "gen-1", "object": "chat.completion", "choices": []})
    with Upstream(script) as upstream:
        config = config_for(upstream.url)
        config["providers"]["up"]["type"] = "openrouter"
        with Gateway(config, env={"OPENROUTER_APP_NAME": "Mine"}) as gateway:
            with gateway.connect() as client:
                assert client.send(chat()).answer().status == 200
        headers = upstream.next_request().headers
    assert headers["x-openrouter-title"] == "Mine"
    assert headers["http-referer"] == "https://gomodel.enterpilot.io"


def test_no_vendor_is_forgotten():
    """A new plugin of the OpenAI dialect is added to the list above."""
    of_the_dialect = {
        file.parent.name
        for file in PROVIDERS.glob("*/CMakeLists.txt")
        if "gomodel_openai_compat" in file.read_text()
    }
    assert of_the_dialect == set(VENDORS)
