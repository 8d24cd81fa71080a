"""Promise: programs written for the Responses API work with providers that only have chat completions:
text, tools called in parallel, reasoning, refusals, what was cut short, errors and aborts."""

from __future__ import annotations

import json

import pytest

from gateway import Gateway
from samples import SCHEMA
from upstream import ApiError
from upstream.responses import usage_of

CREATE = "responses.create"
STREAM = "responses.stream"
HELLO = {"model": "gpt-4o", "input": "Hello, Größe"}
CONFIG = """
server: {{address: 127.0.0.1, port: {port}, master_key: {key}, base_path: {base_path}, workers: 2}}
metrics: {{enabled: true}}
logging: {{only_model_interactions: false}}
providers:
  chatty: {{type: groq, api_key: sk-upstream, base_url: "{upstream}"}}
"""
TOOLS = [{"type": "function", "name": name, "strict": True,
          "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                         "required": ["city"], "additionalProperties": False}}
         for name in ("weather", "time")]


@pytest.fixture(scope="session")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url, config=CONFIG)
    yield gateway
    gateway.stop()


def text_of(response: dict) -> str:
    return "".join(part["text"] for item in response["output"] if item["type"] == "message"
                   for part in item["content"] if part["type"] == "output_text")


def counted(usage: dict, behaviour) -> bool:
    """Whatever the provider counts beside."""
    wanted = usage_of(behaviour)
    details = ("input_tokens_details", "output_tokens_details")
    return all(wanted[name].items() <= usage[name].items() if name in details
               else wanted[name] == usage[name] for name in wanted)


def test_text(client, upstream, gateway, request_id):
    data = client.call(CREATE, **HELLO, instructions="Be brief.", metadata={"team": "e2e"},
                       max_output_tokens=99)["data"]
    assert data["id"].startswith("resp_")
    assert (data["object"], data["status"], data["error"]) == ("response", "completed", None)
    assert data["model"] == "gpt-4o-2024-07-18"
    assert text_of(data) == "You said: Hello, Größe"
    assert data["output"][0]["content"][0]["annotations"] == []
    assert (data["instructions"], data["metadata"]) == ("Be brief.", {"team": "e2e"})
    assert counted(data["usage"], upstream.behaviour)
    asked = upstream.only()
    assert asked.path == "/v1/chat/completions"
    assert asked.json == {"model": "gpt-4o", "max_tokens": 99, "messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello, Größe"}]}
    record = gateway.access(request_id=request_id)
    assert (record["prompt_tokens"], record["reasoning_tokens"]) == (19, 3)


def test_events_arrive_in_order(client, upstream, gateway, request_id):
    events = client.stream(CREATE, **HELLO)["chunks"]
    assert [event["type"] for event in events] == [
        "response.created", "response.in_progress", "response.output_item.added",
        "response.content_part.added", *4 * ["response.output_text.delta"],
        "response.output_text.done", "response.content_part.done", "response.output_item.done",
        "response.completed"]
    assert [event["sequence_number"] for event in events] == list(range(12))
    deltas = [event for event in events if event["type"] == "response.output_text.delta"]
    assert "".join(event["delta"] for event in deltas) == "You said: Hello, Größe"
    item = events[2]["item"]
    assert all((event["item_id"], event["output_index"], event["content_index"]) ==
               (item["id"], 0, 0) for event in deltas)
    whole = events[-1]["response"]
    assert text_of(whole) == "You said: Hello, Größe"
    assert whole["id"] == events[0]["response"]["id"]
    assert counted(whole["usage"], upstream.behaviour)
    assert upstream.only().json["stream_options"] == {"include_usage": True}
    record = gateway.access(request_id=request_id)
    assert (record["prompt_tokens"], record["completion_tokens"]) == (19, 10)
    assert (record["end"], record["estimated"]) == ("completed", False)


def test_events_arrive_wherever_the_bytes_are_cut(client, upstream):
    upstream.behaviour.words = [" 世界", " 👩‍👩‍👧‍👦", " \r\n\r\nevent: x"]
    upstream.behaviour.piece = 3
    events = client.stream(CREATE, **HELLO)["chunks"]
    deltas = [event["delta"] for event in events if event["type"].endswith("text.delta")]
    assert deltas == upstream.behaviour.words


def test_clients_put_the_events_together(client, upstream):
    whole = client.gather(STREAM, **HELLO)
    assert whole["status"] == "completed"
    assert text_of(whole) == "You said: Hello, Größe"
    assert counted(whole["usage"], upstream.behaviour)


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_tools_are_called_in_parallel_and_answered(client, upstream, streamed):
    if streamed:
        whole = client.gather(STREAM, **HELLO, tools=TOOLS)
    else:
        whole = client.call(CREATE, **HELLO, tools=TOOLS)["data"]
    calls = whole["output"]
    assert [(call["type"], call["name"], call["call_id"]) for call in calls] == [
        ("function_call", "weather", "call_0"), ("function_call", "time", "call_1")]
    assert [json.loads(call["arguments"]) for call in calls] == 2 * [{"city": "Größe"}]
    sent_back = [{name: call[name] for name in ("type", "id", "call_id", "name", "arguments")}
                 for call in calls]
    results = [{"type": "function_call_output", "call_id": call["call_id"], "output": "12 °C"}
               for call in calls]
    asked = [{"role": "user", "content": "Weather?"}, *sent_back, *results]
    data = client.call(CREATE, model="gpt-4o", input=asked, tools=TOOLS)["data"]
    assert text_of(data) == "You said: 12 °C"
    messages = upstream.exchanges[-1].json["messages"]
    assert [message["role"] for message in messages] == ["user", "assistant", "tool", "tool"]
    assert [call["id"] for call in messages[1]["tool_calls"]] == ["call_0", "call_1"]


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_reasoning(client, upstream, streamed):
    upstream.behaviour.thoughts = ["Who", " asks?"]
    if streamed:
        whole = client.gather(STREAM, **HELLO)
    else:
        whole = client.call(CREATE, **HELLO, reasoning={"effort": "low"})["data"]
        assert upstream.only().json["reasoning"] == {"effort": "low"}
    thought, message = whole["output"]
    assert (thought["type"], message["type"]) == ("reasoning", "message")
    assert thought["summary"] == [{"type": "summary_text", "text": "Who asks?"}]
    assert text_of(whole) == "You said: Hello, Größe"


def test_reasoning_arrives_in_events(client, upstream):
    upstream.behaviour.thoughts = ["Who", " asks?"]
    events = client.stream(CREATE, **HELLO)["chunks"]
    assert [event["type"] for event in events[2:8]] == [
        "response.output_item.added", "response.reasoning_summary_part.added",
        *2 * ["response.reasoning_summary_text.delta"], "response.reasoning_summary_text.done",
        "response.reasoning_summary_part.done"]
    assert events[6]["text"] == "Who asks?"


@pytest.mark.parametrize("streamed", [False, True], ids=["whole", "streamed"])
def test_a_refusal(client, upstream, streamed):
    upstream.behaviour.refusal = ["I can", "not."]
    if streamed:
        events = client.stream(CREATE, **HELLO)["chunks"]
        deltas = [event["delta"] for event in events if event["type"] == "response.refusal.delta"]
        assert deltas == ["I can", "not."]
        whole = events[-1]["response"]
    else:
        whole = client.call(CREATE, **HELLO)["data"]
    assert whole["output"][0]["content"] == [{"type": "refusal", "refusal": "I cannot."}]


@pytest.mark.parametrize("reason, told", [("length", "max_output_tokens"),
                                          ("content_filter", "content_filter")])
def test_what_was_cut_short_says_so(client, upstream, reason, told):
    upstream.behaviour.finish_reason = reason
    last = client.stream(CREATE, **HELLO)["chunks"][-1]
    assert last["type"] == "response.incomplete"
    for whole in last["response"], client.call(CREATE, **HELLO)["data"]:
        assert whole["status"] == "incomplete"
        assert whole["incomplete_details"] == {"reason": told}
        assert whole["output"][0]["status"] == "incomplete"
        assert text_of(whole) == "You said: Hello, Größe"


def test_values_of_a_schema(client):
    text = {"format": {"type": "json_schema", "name": "event", "schema": SCHEMA, "strict": True}}
    data = client.call(CREATE, **HELLO, text=text)["data"]
    assert json.loads(text_of(data)) == {"name": "Größe", "guests": ["Größe"], "day": 7}


def test_a_stream_that_breaks_ends_in_an_error(client, upstream, gateway, request_id):
    upstream.behaviour.cut_after = 3  # two words of the answer
    seen = client.stream(CREATE, **HELLO)
    kinds = [event["type"] for event in seen["chunks"]]
    assert kinds[-2:] == ["response.output_text.delta", "response.failed"]
    assert seen["chunks"][-1]["response"]["status"] == "failed"
    assert "cut off" in seen["error"]["message"]
    assert gateway.access(request_id=request_id)["end"] == "upstream_failed"


def test_an_error_inside_a_stream(client, upstream, gateway, request_id):
    upstream.behaviour.error_after = 3
    seen = client.stream(CREATE, **HELLO)
    assert seen["chunks"][-1]["type"] == "response.failed"
    assert seen["error"]["message"]
    assert seen["chunks"][-1]["response"]["error"]["message"] in seen["error"]["message"]
    assert gateway.access(request_id=request_id)["end"] == "upstream_failed"


def test_an_abort_reaches_the_upstream(client, upstream, gateway, request_id):
    upstream.behaviour.hold_after = 3
    client.stream(CREATE, **HELLO, abort_after=6)
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)
    record = gateway.access(request_id=request_id)
    assert (record["end"], record["estimated"]) == ("client_gone", True)


def test_errors_come_through(client, upstream):
    upstream.behaviour.error = ApiError(429, "rate_limit_error", "Slow down.", code="too_fast")
    error = client.error(CREATE, **HELLO)
    assert (error["class"], error["code"]) == ("RateLimitError", "too_fast")


@pytest.mark.parametrize("members, param", [
    ({"previous_response_id": "resp_1"}, "previous_response_id"),
    ({"tools": [{"type": "web_search"}]}, "tools[0].type"),
])
def test_what_chat_cannot_do_is_refused(client, upstream, members, param):
    error = client.error(CREATE, **HELLO, **members)
    assert (error["class"], error["param"]) == ("BadRequestError", param)
    assert upstream.exchanges == []


def test_a_long_answer_streams_to_its_end(client, upstream):
    upstream.behaviour.words = ["Größe " * 500] * 200
    seen = client.stream(CREATE, **HELLO)
    assert "error" not in seen, seen["error"]
    assert text_of(seen["chunks"][-1]["response"]) == "Größe " * 100_000
