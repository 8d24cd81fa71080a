"""Promise: programs written for the Responses API work through the gateway, the typed events of a
stream in order and complete."""

from __future__ import annotations

from samples import SCHEMA
from upstream import ApiError
from upstream.responses import usage_of

CREATE = "responses.create"
STREAM = "responses.stream"
HELLO = {"model": "gpt-4o", "input": "Hello, Größe"}
TOOLS = [{"type": "function", "name": name, "strict": True,
          "parameters": {"type": "object", "properties": {"city": {"type": "string"}},
                         "required": ["city"], "additionalProperties": False}}
         for name in ("weather", "time")]


def test_an_answer_arrives_as_the_upstream_gave_it(client, upstream):
    data = client.call(CREATE, **HELLO)["data"]
    assert data["id"] == "resp_e2e"
    assert data["status"] == "completed"
    assert data["output"][0]["content"][0]["text"] == "You said: Hello, Größe"
    assert data["usage"] == usage_of(upstream.behaviour)
    assert data["reasoning"] == {"effort": None, "summary": None}


def test_a_request_arrives_as_the_client_made_it(client, upstream):
    parameters = {
        "input": [{"role": "user", "content": [
            {"type": "input_text", "text": "What is this?"},
            {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"}]}],
        "instructions": "Be brief.", "metadata": {"team": "e2e"}, "store": False,
        "previous_response_id": "resp_1", "include": ["reasoning.encrypted_content"],
        "reasoning": {"effort": "low", "summary": "auto"},
        "text": {"format": {"type": "json_schema", "name": "event", "schema": SCHEMA,
                            "strict": True}}}
    client.call(CREATE, model="main/gpt-4o", **parameters)["data"]
    assert upstream.only().json == {"model": "gpt-4o", **parameters}


def test_members_that_nobody_knows_pass_both_ways(client, upstream):
    upstream.behaviour.extra = {"x_upstream": [None, {"ü": 0.5}]}
    unknown = {"x_unknown": {"list": [1, None]}}
    data = client.call(CREATE, **HELLO, extra_body=unknown)["data"]
    assert upstream.only().json["x_unknown"] == unknown["x_unknown"]
    assert data["x_upstream"] == [None, {"ü": 0.5}]


def test_events_arrive_in_order(client, upstream):
    events = client.stream(CREATE, **HELLO)["chunks"]
    assert [event["type"] for event in events] == [
        "response.created", "response.in_progress", "response.output_item.added",
        "response.content_part.added", *4 * ["response.output_text.delta"],
        "response.output_text.done", "response.content_part.done", "response.output_item.done",
        "response.completed"]
    assert [event["sequence_number"] for event in events] == list(range(12))
    assert "".join(event.get("delta", "") for event in events) == "You said: Hello, Größe"
    assert events[-1]["response"]["usage"] == usage_of(upstream.behaviour)
    assert "stream_options" not in upstream.only().json


def test_events_arrive_wherever_the_bytes_are_cut(client, upstream, gateway, request_id):
    upstream.behaviour.words = [" 世界", " 👩‍👩‍👧‍👦", " \r\n\r\nevent: x"]
    upstream.behaviour.piece = 3
    events = client.stream(CREATE, **HELLO)["chunks"]
    deltas = [event["delta"] for event in events if event["type"].endswith("text.delta")]
    assert deltas == upstream.behaviour.words
    record = gateway.access(request_id=request_id)
    assert (record["prompt_tokens"], record["reasoning_tokens"]) == (19, 3)


def test_tools_are_called_in_a_stream(client):
    events = client.stream(CREATE, **HELLO, tools=TOOLS)["chunks"]
    done = [event for event in events if event["type"] == "response.function_call_arguments.done"]
    assert [event["arguments"] for event in done] == 2 * ['{"city": "Größe"}']


def test_clients_put_the_events_together(client):
    whole = client.gather(STREAM, **HELLO)
    assert whole["output"][0]["content"][0]["text"] == "You said: Hello, Größe"
    whole = client.gather(STREAM, **HELLO, tools=TOOLS)
    assert [item["name"] for item in whole["output"]] == ["weather", "time"]


def test_a_stream_that_breaks_ends_in_an_error(client, upstream, gateway, request_id):
    upstream.behaviour.cut_after = 6
    seen = client.stream(CREATE, **HELLO)
    assert len(seen["chunks"]) == 6
    assert "cut off" in seen["error"]["message"]
    assert gateway.access(request_id=request_id)["end"] == "upstream_failed"


def test_an_abort_reaches_the_upstream(client, upstream, gateway, request_id):
    upstream.behaviour.hold_after = 6
    client.stream(CREATE, **HELLO, abort_after=6)
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)
    record = gateway.access(request_id=request_id)
    assert (record["end"], record["estimated"]) == ("client_gone", True)


def test_errors_come_through(client, upstream):
    upstream.behaviour.error = ApiError(404, "invalid_request_error",
                                        "Previous response with id 'resp_1' not found.",
                                        code="previous_response_not_found",
                                        param="previous_response_id")
    error = client.error(CREATE, **HELLO, previous_response_id="resp_1")
    assert error["class"] == "NotFoundError"
    assert error["code"] == "previous_response_not_found"
    assert error["param"] == "previous_response_id"


def test_a_long_answer_streams_to_its_end(client, upstream, gateway, request_id):
    # The last events repeat the whole text; each is far larger than what is read at once.
    upstream.behaviour.words = ["Größe " * 500] * 200
    seen = client.stream(CREATE, **HELLO)
    assert "error" not in seen, seen["error"]
    last = seen["chunks"][-1]
    assert last["type"] == "response.completed"
    assert last["response"]["output"][0]["content"][0]["text"] == "Größe " * 100_000
    record = gateway.access(request_id=request_id)
    assert (record["prompt_tokens"], record["completion_tokens"]) == (19, 10)
    assert (record["end"], record["estimated"]) == ("completed", False)
