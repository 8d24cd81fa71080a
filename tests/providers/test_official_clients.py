"""What the official clients make of every vendor's streams: their own accumulators have to come to
the same final message whoever's server it was that spoke, in whatever way it does.

Each client speaks its API to the gateway; the servers are those of test_matrix.py, which have each
vendor's habits. What the clients do besides is in tests/e2e.
"""

import json
import threading

import pytest
from clients import AnthropicClient, NpmClient, PythonClient, VercelClient
from dialects import SCHEMA, Said
from gateway import PATIENCE, Gateway, config_for
from upstream import STREAM_HEAD, chunk
from vendors import (FAILURE, MODEL, REASONING, REFUSAL_OF_ITS_OWN, REFUSALS, REFUSED, TEXT,
                     TEXT_AND_CALLS, Vendor, api_of, chat_usage, pieces_of, sse, streamed)

THOUGHT = Said("I can say.", [], (20, 7), "stop", thoughts="What is it that they want?")
USER = [{"role": "user", "content": "Say something."}]
STRICT = SCHEMA | {"additionalProperties": False}
FUNCTION = {"name": "get_weather", "description": "Tells it.", "parameters": STRICT, "strict": True}


class OpenAiChat:
    gathers, streams = "chat.completions.stream", "chat.completions.create"

    @staticmethod
    def params(model, tools):
        params = {"model": model, "messages": USER, "stream_options": {"include_usage": True}}
        return params | ({"tools": [{"type": "function", "function": FUNCTION}]} if tools else {})

    @staticmethod
    def said(completion):
        [choice] = completion["choices"]
        message = choice["message"]
        assert message["role"] == "assistant"
        calls = message.get("tool_calls") or []
        assert len({call["id"] for call in calls if call["id"]}) == len(calls)
        assert all(call["type"] == "function" for call in calls)
        refusal = message.get("refusal") or ""
        end = {"stop": "stop", "tool_calls": "tools", "content_filter": "refused"}
        usage = completion["usage"]
        return Said(
            (message.get("content") or "") + refusal,
            [(call["function"]["name"], json.loads(call["function"]["arguments"]))
             for call in calls],
            (usage["prompt_tokens"], usage["completion_tokens"]),
            "refused" if refusal else end[choice["finish_reason"]],
            message.get("reasoning_content") or message.get("reasoning") or "",
        )

    @staticmethod
    def heard(chunks):
        return "".join(choice["delta"].get("content") or ""
                       for one in chunks for choice in one["choices"])


class OpenAiResponses:
    gathers, streams = "responses.stream", "responses.create"

    @staticmethod
    def params(model, tools):
        params = {"model": model, "input": "Say something."}
        return params | ({"tools": [{"type": "function", **FUNCTION}]} if tools else {})

    @staticmethod
    def said(response):
        usage = response["usage"]
        said = Said("", [], (usage["input_tokens"], usage["output_tokens"]))
        if response["status"] == "incomplete":
            assert response["incomplete_details"] == {"reason": "content_filter"}
            said.end = "refused"
        else:
            assert response["status"] == "completed"
        for item in response["output"]:
            if item["type"] == "reasoning":
                said.thoughts += "".join(part["text"] for part in item["summary"])
            elif item["type"] == "function_call":
                said.calls.append((item["name"], json.loads(item["arguments"])))
                said.end = "tools"
            else:
                for part in item["content"]:
                    said.text += part.get("text") or part["refusal"]
                    said.end = "refused" if part["type"] == "refusal" else said.end
        return said

    @staticmethod
    def heard(chunks):
        return "".join(one["delta"] for one in chunks if one["type"] == "response.output_text.delta")


class AnthropicMessages:
    gathers, streams = "messages.stream", "messages.create"

    @staticmethod
    def params(model, tools):
        tool = {"name": "get_weather", "description": "Tells it.", "input_schema": SCHEMA}
        return {"model": model, "max_tokens": 100, "messages": USER,
                **({"tools": [tool]} if tools else {})}

    @staticmethod
    def said(message):
        assert (message["type"], message["role"]) == ("message", "assistant")
        by_type = {"text": [], "thinking": [], "tool_use": []}
        for block in message["content"]:
            by_type[block["type"]].append(block)
        usage = message["usage"]
        return Said(
            "".join(block["text"] for block in by_type["text"]),
            [(block["name"], block["input"]) for block in by_type["tool_use"]],
            (usage["input_tokens"], usage["output_tokens"]),
            {"end_turn": "stop", "tool_use": "tools", "refusal": "refused"}[message["stop_reason"]],
            "".join(block["thinking"] for block in by_type["thinking"]),
        )

    @staticmethod
    def heard(chunks):
        return "".join(one["delta"].get("text", "") for one in chunks
                       if one["type"] == "content_block_delta")


class Vercel:
    def __init__(self, api):
        self.gathers = self.streams = api

    @staticmethod
    def params(model, tools):
        tool = {"name": "get_weather", "schema": SCHEMA}
        return {"model": model, "prompt": "Say something.", **({"tools": [tool]} if tools else {})}

    @staticmethod
    def said(whole):
        ends = {"stop": "stop", "tool-calls": "tools", "content-filter": "refused"}
        return Said(whole["text"], [(call["name"], call["input"]) for call in whole["calls"]],
                    (whole["usage"]["input"], whole["usage"]["output"]), ends[whole["finish"]],
                    whole["thoughts"] or "")

    @staticmethod
    def heard(chunks):
        return "".join(chunks)


# Client, API, and how it is spoken.
SPOKEN = {
    "npm-chat": (NpmClient, "chat", OpenAiChat),
    "npm-responses": (NpmClient, "responses", OpenAiResponses),
    "python-chat": (PythonClient, "chat", OpenAiChat),
    "python-responses": (PythonClient, "responses", OpenAiResponses),
    "anthropic": (AnthropicClient, "messages", AnthropicMessages),
    "vercel-chat": (VercelClient, "chat", Vercel("chat")),
    "vercel-responses": (VercelClient, "responses", Vercel("responses")),
    "vercel-messages": (VercelClient, "messages", Vercel("messages")),
}
HAS_RESPONSES = {"azure", "openai", "openrouter", "oracle", "vllm", "xai"}
# Whose chat completions show what the model thinks.
SHOWS_THOUGHTS = REASONING | {"groq", "ollama", "openrouter", "vllm"}


class Running:
    """The gateway, a server for each vendor and each client."""

    def __init__(self):
        self.vendors = {name: Vendor(name) for name in REFUSALS}
        config = config_for("http://127.0.0.1:9/v1", metrics={"enabled": True})
        config["providers"] = {name: one.instance() for name, one in self.vendors.items()}
        self.gateway = Gateway(config)
        self.clients = {}
        self.asked = 0

    def client(self, spoken):
        kind, api, _ = SPOKEN[spoken]
        if kind not in self.clients:
            self.clients[kind] = kind()
        client = self.clients[kind]
        url = f"http://127.0.0.1:{self.gateway.port}"
        # Anthropic's own client puts the /v1 before its paths itself.
        client.target = (url if kind is AnthropicClient else f"{url}/v1", "unused")
        self.asked += 1
        client.headers = {"X-Request-ID": f"clients-{self.asked}"}
        return client

    def record(self):
        """Of the last request, in the access log."""
        return self.gateway.wait_record(f"clients-{self.asked}")

    def close(self):
        for one in [*self.clients.values(), *(vendor.upstream for vendor in self.vendors.values())]:
            one.close()


@pytest.fixture(scope="module")
def running():
    running = Running()
    try:
        with running.gateway:
            yield running
    finally:
        running.close()


def speaks(running, vendor, said):
    """The vendor says this to whoever asks."""
    server = running.vendors[vendor]
    server.reply = lambda peer, seen: peer.send(streamed(server.said(api_of(seen), True, said)))


def gathered(running, spoken, vendor, tools=False):
    """What the client's accumulator made of the stream."""
    how = SPOKEN[spoken][2]
    params = how.params(f"{vendor}/{MODEL}", tools)
    return how.said(running.client(spoken).gather(how.gathers, **params))


def asked_in(vendor, api):
    """The API that the vendor is asked in for it."""
    if vendor == "anthropic":
        return "messages"
    return "responses" if api == "responses" and vendor in HAS_RESPONSES else "chat"


def expected(said, spoken, vendor):
    _, api, _ = SPOKEN[spoken]
    always = "Hm." if vendor in REASONING and asked_in(vendor, api) == "chat" else ""
    thoughts = said.thoughts or always
    if spoken == "npm-chat":  # which keeps the last piece of a member that it does not know
        thoughts = pieces_of(thoughts)[-1]
    elif spoken == "vercel-chat":  # which knows of no thoughts in this API
        thoughts = ""
    return Said(said.text, said.calls, said.usage, said.end, thoughts)


def cases(of_vendor):
    """Every client with the vendors of which it is true."""
    return pytest.mark.parametrize("spoken, vendor", [
        pytest.param(spoken, vendor, id=f"{spoken}-{vendor}")
        for spoken in SPOKEN for vendor in REFUSALS if of_vendor(spoken, vendor)])


def thinks(spoken, vendor):
    upstream_api = asked_in(vendor, SPOKEN[spoken][1])
    return upstream_api != "chat" or vendor in SHOWS_THOUGHTS


def tells_refusals(spoken, vendor):
    """Vercel's SDK passes over a refusal that has a place of its own; OpenAI's for Python has no
    final response if that is incomplete."""
    upstream_api = asked_in(vendor, SPOKEN[spoken][1])
    has_place = vendor in REFUSAL_OF_ITS_OWN or upstream_api == "responses"
    if spoken == "python-responses":
        return has_place
    return not (spoken in ("vercel-chat", "vercel-responses") and has_place)


EVERY_CASE = cases(lambda spoken, vendor: True)


@EVERY_CASE
@pytest.mark.parametrize("said", [TEXT, TEXT_AND_CALLS], ids=["text", "tools"])
def test_what_was_said(running, spoken, vendor, said):
    """A text, and a text with two calls at once."""
    speaks(running, vendor, said)
    told = gathered(running, spoken, vendor, tools=bool(said.calls))
    assert told == expected(said, spoken, vendor)
    assert running.record()["end"] == "completed"


def untidy_calls(said):
    """A chat stream whose calls have no index, and their id and name in every piece."""
    def event(*choices, **rest):
        return sse({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
                    "choices": list(choices), **rest})

    yield event({"delta": {"role": "assistant", "content": said.text}})
    for number, (name, arguments) in enumerate(said.calls):
        text = json.dumps(arguments)
        for piece in (text[:3], text[3:]):
            call = {"id": f"call_{number}", "type": "function",
                    "function": {"name": name, "arguments": piece}}
            yield event({"delta": {"role": "assistant", "tool_calls": [call]}})
    yield event({"delta": {}, "finish_reason": "tool_calls"})
    yield event(usage=chat_usage(said)) + sse("[DONE]")


@pytest.mark.parametrize("spoken", SPOKEN)
def test_untidy_calls(running, spoken):
    """Of servers that claim to speak as OpenAI does."""
    body = b"".join(untidy_calls(TEXT_AND_CALLS))
    running.vendors["groq"].reply = lambda peer, seen: peer.send(streamed(body))
    assert gathered(running, spoken, "groq", tools=True) == TEXT_AND_CALLS


@cases(thinks)
def test_thinking(running, spoken, vendor):
    speaks(running, vendor, THOUGHT)
    assert gathered(running, spoken, vendor) == expected(THOUGHT, spoken, vendor)


@cases(tells_refusals)
def test_refusals(running, spoken, vendor):
    speaks(running, vendor, REFUSED)
    if spoken == "python-chat" and vendor not in REFUSAL_OF_ITS_OWN:
        # Whose accumulator says so in its own way.
        client = running.client(spoken)
        client.begin("gather", OpenAiChat.gathers,
                     params=OpenAiChat.params(f"{vendor}/{MODEL}", False))
        assert client.finish()["error"]["class"] == "ContentFilterFinishReasonError"
        return
    assert gathered(running, spoken, vendor) == expected(REFUSED, spoken, vendor)


@EVERY_CASE
def test_failures_in_a_stream(running, spoken, vendor):
    """What was said before is heard; then the client's own error, or event of one, tells why."""
    server = running.vendors[vendor]
    server.reply = lambda peer, seen: peer.send(streamed(server.broken_stream(api_of(seen))))
    _, api, how = SPOKEN[spoken]
    params = how.params(f"{vendor}/{MODEL}", False)
    seen = running.client(spoken).stream(how.streams, **params)
    assert how.heard(seen["chunks"]) == TEXT.text
    # OpenAI's clients pass the event of the Responses API on and throw nothing.
    is_event = asked_in(vendor, api) == "responses" and not spoken.startswith("vercel")
    failure = seen["chunks"][-1] if is_event else seen["error"]
    assert FAILURE in failure["message"]
    assert running.record()["end"] == "upstream_failed"


@EVERY_CASE
def test_clients_that_hang_up(running, spoken, vendor):
    server = running.vendors[vendor]

    def reply(peer, seen):
        peer.send(STREAM_HEAD + b"".join(map(chunk, server.begun(api_of(seen)))))
        peer.wait_closed()
        server.hung_up.set()

    server.reply = reply
    server.hung_up = threading.Event()
    how = SPOKEN[spoken][2]
    params = how.params(f"{vendor}/{MODEL}", False)
    seen = running.client(spoken).stream(how.streams, abort_after=1, **params)
    assert len(seen["chunks"]) >= 1 and "error" not in seen
    assert server.hung_up.wait(PATIENCE)
    assert running.record()["end"] == "client_gone"
