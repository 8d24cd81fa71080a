"""Promise: a program written for the OpenAI API gets its chat completions through the gateway by a
change of the base URL and the key, and nothing of what either side says is lost on the way."""

from __future__ import annotations

import pytest

from samples import CREATE, HELLO, SCHEMA, TOOLS


def test_an_answer_arrives_as_the_upstream_gave_it(client, upstream):
    data = client.call(CREATE, model="gpt-4o-mini", messages=HELLO)["data"]
    assert data["choices"] == [{
        "index": 0, "logprobs": None, "finish_reason": "stop",
        "message": {"role": "assistant", "content": "You said: Hello, gateway", "refusal": None,
                    "annotations": []}}]
    assert data["id"] == "chatcmpl-e2e"
    assert data["object"] == "chat.completion"
    assert data["model"] == "gpt-4o-mini-2024-07-18"
    assert data["usage"] == upstream.behaviour.usage
    assert data["service_tier"] == "default"


@pytest.mark.parametrize("selector, model", [
    ("gpt-4o", "gpt-4o"),
    ("main/gpt-4o", "gpt-4o"),
    ("openai/gpt-4o", "gpt-4o"),
    ("vendor/slashed-model", "vendor/slashed-model"),
    ("main/vendor/slashed-model", "vendor/slashed-model")])
def test_a_model_goes_by_its_name_or_its_provider_and_name(client, upstream, selector, model):
    data = client.call(CREATE, model=selector, messages=HELLO)["data"]
    assert data["model"].startswith(model)
    assert upstream.only().json["model"] == model


def test_the_provider_member_chooses_and_is_the_gateways_own(client, upstream):
    client.call(CREATE, model="gpt-4o", messages=HELLO, extra_body={"provider": "main"})["data"]
    assert "provider" not in upstream.only().json


def test_a_request_arrives_as_the_client_made_it(client, upstream):
    parameters = {
        "messages": [{"role": "developer", "content": "Be brief."},
                     {"role": "user", "content": "Grüße, 世界 👋🏽 \u0000 \\ \" \u2028", "name": "Ann"}],
        "temperature": 0, "top_p": 0.25, "n": 1, "max_completion_tokens": 50, "seed": 7,
        "stop": ["\n", "END"], "logit_bias": {"50256": -100}, "user": "u-1",
        "metadata": {"team": "e2e"}, "store": False, "logprobs": True, "top_logprobs": 2}
    client.call(CREATE, model="main/gpt-4o", **parameters)["data"]
    assert upstream.only().json == {"model": "gpt-4o", **parameters}


def test_members_that_nobody_knows_pass_both_ways(client, upstream):
    unknown = {"x_number": 1e-7, "x_deep": {"list": [1, None, {"ü": "😀"}], "": True}}
    upstream.behaviour.extra = {"x_upstream": {"score": 0.125, "list": [None, [], {}]}}
    data = client.call(CREATE, model="gpt-4o", messages=HELLO, extra_body=unknown)["data"]
    asked = upstream.only().json
    assert {name: asked[name] for name in unknown} == unknown
    assert data["x_upstream"] == upstream.behaviour.extra["x_upstream"]


def test_tools_are_called_in_parallel(client):
    answer = client.call(CREATE, model="gpt-4o", tools=TOOLS, messages=HELLO, tool_choice="auto",
                         parallel_tool_calls=True)["data"]["choices"][0]
    assert answer["finish_reason"] == "tool_calls"
    assert answer["message"]["content"] is None
    assert answer["message"]["tool_calls"] == [
        {"id": "call_0", "type": "function",
         "function": {"name": "weather", "arguments": '{"city": "Größe"}'}},
        {"id": "call_1", "type": "function",
         "function": {"name": "time", "arguments": '{"zone": "UTC"}'}}]


def test_the_results_of_tools_go_back(client, upstream):
    calls = client.call(CREATE, model="gpt-4o", tools=TOOLS, messages=HELLO)["data"]
    messages = [*HELLO, calls["choices"][0]["message"],
                {"role": "tool", "tool_call_id": "call_0", "content": "rain"},
                {"role": "tool", "tool_call_id": "call_1", "content": "noon"}]
    answer = client.call(CREATE, model="gpt-4o", tools=TOOLS, messages=messages)["data"]
    assert upstream.exchanges[1].json["messages"] == messages
    assert answer["choices"][0]["message"]["content"] == "You said: noon"


def test_images_and_sounds_reach_the_upstream(client, upstream):
    parts = [{"type": "text", "text": "What is this?"},
             {"type": "image_url", "image_url": {"url": "https://example.com/a.png",
                                                 "detail": "low"}},
             {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
             {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
             {"type": "file", "file": {"file_id": "file-1"}}]
    messages = [{"role": "user", "content": parts}]
    data = client.call(CREATE, model="gpt-4o", messages=messages)["data"]
    assert upstream.only().json["messages"] == messages
    assert "https://example.com/a.png" in data["choices"][0]["message"]["content"]


def test_structured_output_keeps_its_schema(client, upstream):
    wanted = {"type": "json_schema",
              "json_schema": {"name": "event", "strict": True, "schema": SCHEMA}}
    answer = client.call(CREATE, model="gpt-4o", messages=HELLO, response_format=wanted)["data"]
    assert upstream.only().json["response_format"] == wanted
    content = answer["choices"][0]["message"]["content"]
    assert content == '{"name": "Größe", "guests": ["Größe"], "day": 7}'


def test_clients_parse_structured_output(client):
    parsed = client.parse("chat.completions.parse", model="gpt-4o", messages=HELLO, schema=SCHEMA)
    assert parsed == {"name": "Größe", "guests": ["Größe"], "day": 7}


def test_a_long_prompt_arrives_whole(client, upstream):
    prompt = "Zeile für Zeile. " * 25_000  # 450 KB as UTF-8
    upstream.behaviour.words = ["read"]
    data = client.call(CREATE, model="main/gpt-4o-mini",
                       messages=[{"role": "user", "content": prompt}])["data"]
    assert upstream.only().json["messages"][0]["content"] == prompt
    assert data["choices"][0]["message"]["content"] == "read"


def test_a_long_answer_arrives_whole(client, upstream):
    text = "Wörter über Wörter. " * 50_000  # 1.1 MB as UTF-8
    upstream.behaviour.words = [text]
    data = client.call(CREATE, model="gpt-4o", messages=HELLO)["data"]
    assert data["choices"][0]["message"]["content"] == text
    assert data["usage"] == upstream.behaviour.usage


def test_reasoning_models_get_the_parameters_they_take(client, upstream):
    client.call(CREATE, model="o3-mini", messages=HELLO, max_tokens=7, temperature=0.5)["data"]
    assert upstream.only().json == {"model": "o3-mini", "messages": HELLO,
                                    "max_completion_tokens": 7}
