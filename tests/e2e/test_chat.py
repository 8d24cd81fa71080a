"""Promise: a program written for the OpenAI API gets its chat completions through the gateway by a
change of the base URL and the key, and nothing of what either side says is lost on the way."""

from __future__ import annotations

HELLO = [{"role": "user", "content": "Hello, gateway"}]


def test_an_answer_arrives_as_the_upstream_gave_it(client, upstream):
    answer = client.call("chat.completions.create", model="gpt-4o-mini", messages=HELLO)
    data = answer["data"]
    assert data["choices"][0]["message"]["content"] == "You said: Hello, gateway"
    assert data["choices"][0]["finish_reason"] == "stop"
    assert data["id"] == "chatcmpl-e2e"
    assert data["usage"] == upstream.behaviour.usage
    assert data["service_tier"] == "default"
