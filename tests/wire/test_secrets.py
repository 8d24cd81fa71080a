"""Promise: an upstream that repeats the provider's key or its own address in what it says went wrong
tells them the gateway and nobody else."""

import json

import pytest

from gateway import Gateway, chat, config_for, request
from upstream import LAST_CHUNK, STREAM_HEAD, Upstream, chunk, event, response

KEY = "sk-upstream-secret"
TURN = [{"role": "user", "content": "x"}]
MESSAGE = {"type": "message_start", "message": {
    "id": "m", "type": "message", "role": "assistant", "model": "m", "content": [],
    "stop_reason": None, "stop_sequence": None, "usage": {"input_tokens": 1, "output_tokens": 1}}}
CREATED = {"type": "response.created", "sequence_number": 0, "response": {
    "id": "r", "object": "response", "status": "in_progress", "output": [], "usage": None}}
ASKED = {
    "chat": ("/v1/chat/completions", {"messages": TURN}),
    "responses": ("/v1/responses", {"input": "x"}),
    "messages": ("/v1/messages", {"messages": TURN, "max_tokens": 9}),
}
PROVIDERS = ("openai", "groq", "anthropic")


def sse(data):
    return f"event: {data['type']}\ndata: {json.dumps(data)}\n\n".encode()


class Talkative:
    """Says why it fails, with all it knows: at once, or in the middle of a stream."""

    def __init__(self):
        self.midway = False
        self.upstream = Upstream(self)

    @property
    def words(self):
        return f"No {KEY} at {self.upstream.url}/chat (port 127.0.0.1:{self.upstream.port}) today"

    def __call__(self, peer):
        while True:
            path = peer.read_request().line.split(" ")[1]
            peer.send(STREAM_HEAD + chunk(self.stream(path)) + LAST_CHUNK if self.midway else
                      response({"error": {"message": self.words}}, "401 No"))

    def stream(self, path):
        if path.endswith("/messages"):
            error = {"type": "error", "error": {"type": "api_error", "message": self.words}}
            return sse(MESSAGE) + sse(error)
        if path.endswith("/responses"):
            failed = {**CREATED["response"], "status": "failed",
                      "error": {"code": "server_error", "message": self.words}}
            return sse(CREATED) + sse({"type": "response.failed", "sequence_number": 1,
                                       "response": failed})
        data = json.dumps({"error": {"message": self.words}})
        return event("a") + f"data: {data}\n\n".encode()


@pytest.fixture(scope="module")
def running():
    talkative = Talkative()
    with talkative.upstream as upstream:
        config = config_for(upstream.url)
        up = config["providers"]["up"]
        config["providers"] = {name: {**up, "type": name, "models": ["m"]} for name in PROVIDERS}
        with Gateway(config) as gateway:
            yield gateway, talkative


def tells_nothing(talkative, told):
    assert b"No *** at *** (port ***) today" in told, told
    for secret in (KEY, f":{talkative.upstream.port}"):
        assert secret.encode() not in told


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("dialect", ASKED)
def test_a_refusal(running, dialect, provider, stream):
    gateway, talkative = running
    talkative.midway = False
    path, body = ASKED[dialect]
    with gateway.connect() as client:
        body = {"model": f"{provider}/m", "stream": stream, **body}
        answer = client.send(request("POST", path, body)).answer()
    assert answer.status == 401
    tells_nothing(talkative, answer.body)


@pytest.mark.parametrize("provider", PROVIDERS)
@pytest.mark.parametrize("dialect", ASKED)
def test_a_stream_that_fails_midway(running, dialect, provider):
    gateway, talkative = running
    talkative.midway = True
    path, body = ASKED[dialect]
    with gateway.connect() as client:
        client.send(request("POST", path, {"model": f"{provider}/m", "stream": True, **body},
                            ["Connection: close"]))
        told = client.read_all()
    tells_nothing(talkative, told)


def test_embeddings_and_passthrough(running):
    gateway, talkative = running
    talkative.midway = False
    embeddings = request("POST", "/v1/embeddings", {"model": "openai/m", "input": "x"})
    for asked in (embeddings, request("GET", "/p/openai/files")):
        with gateway.connect() as client:
            tells_nothing(talkative, client.send(asked).answer().body)


def test_the_log_is_told_nothing_either(running):
    gateway, talkative = running
    talkative.midway = False
    with gateway.connect() as client:
        data = chat(model="openai/m", headers=["X-Request-ID: logged"])
        assert client.send(data).answer().status == 401
    gateway.wait_record("logged")
    assert not [line for line in gateway.lines if KEY in line]
