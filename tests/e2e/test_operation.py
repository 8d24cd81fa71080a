"""Promise: who runs the gateway sees each request once, with what it used and whose it was, and may
put the gateway below a path of its own."""

from __future__ import annotations

import uuid

import pytest

from gateway import Gateway
from samples import CREATE, HELLO

CALLS = {
    "chat": ("call", CREATE, {"messages": HELLO}),
    "chat stream": ("stream", CREATE, {"messages": HELLO}),
    "responses": ("call", "responses.create", {"input": "Hello"}),
    "responses stream": ("stream", "responses.create", {"input": "Hello"}),
}


@pytest.mark.parametrize("kind", CALLS)
def test_recorded_usage_is_what_the_upstream_reported(client, upstream, gateway, request_id, kind):
    def tokens(which: str) -> float:
        return gateway.metric("gomodel_tokens_total", provider_name="main", model="gpt-4o",
                              kind=which)

    kinds = {"prompt": 19, "completion": 10, "cached": 4, "reasoning": 3}
    before = {which: tokens(which) for which in kinds}
    job, method, params = CALLS[kind]
    getattr(client, job)(method, model="main/gpt-4o", **params)
    record = gateway.access(request_id=request_id)
    assert {which: record[f"{which}_tokens"] for which in kinds} == kinds
    assert {which: tokens(which) - before[which] for which in kinds} == kinds
    assert record["estimated"] is False
    assert (record["provider"], record["model"]) == ("main", "gpt-4o")
    assert (record["status"], record["end"]) == (200, "completed")
    assert record["stream"] is (job == "stream")
    assert record["bytes_in"] >= len(upstream.only().body) - len('"stream_options":{}') - 32


def test_requests_are_counted(client, gateway, request_id):
    labels = {"provider": "openai", "provider_name": "main", "model": "gpt-4o-mini",
              "endpoint": "/chat/completions", "stream": "true", "status_code": "200"}
    before = gateway.metric("gomodel_requests_total", **labels)
    client.stream(CREATE, model="gpt-4o-mini", messages=HELLO)
    gateway.access(request_id=request_id)
    assert gateway.metric("gomodel_requests_total", **labels) == before + 1
    assert gateway.metric("gomodel_requests_in_flight") == 0


def test_the_request_id_goes_round(client, upstream, gateway, request_id):
    answer = client.call(CREATE, model="gpt-4o", messages=HELLO)
    assert answer["request_id"] == request_id
    assert answer["headers"]["x-request-id"] == request_id
    assert upstream.only().headers["x-client-request-id"] == request_id
    gateway.access(request_id=request_id)


def test_a_request_without_an_id_is_given_one(client, upstream, gateway):
    client.headers = {}
    given = client.call(CREATE, model="gpt-4o", messages=HELLO)["request_id"]
    assert str(uuid.UUID(given)) == given
    assert upstream.only().headers["x-client-request-id"] == given
    gateway.access(request_id=given)


def test_the_user_path_is_recorded_and_stays_here(client, upstream, gateway, request_id):
    client.headers["X-GoModel-User-Path"] = "team//alpha/"
    client.call(CREATE, model="gpt-4o", messages=HELLO)["data"]
    assert gateway.access(request_id=request_id)["user_path"] == "/team/alpha"
    assert "x-gomodel-user-path" not in upstream.only().headers


def test_a_bad_user_path_is_refused(client, upstream):
    client.headers["X-GoModel-User-Path"] = "/team/../root"
    error = client.error(CREATE, model="gpt-4o", messages=HELLO)
    assert error["class"] == "BadRequestError"
    assert "X-GoModel-User-Path" in error["message"]
    assert upstream.exchanges == []


def test_neither_side_sees_the_others_credentials(client, upstream, gateway):
    answer = client.call(CREATE, model="gpt-4o", messages=HELLO)
    assert upstream.only().headers["authorization"] == "Bearer sk-upstream"
    assert "sk-upstream" not in str(answer)
    for secret in ("sk-upstream", "sk-master"):
        assert secret not in gateway.log()


def test_rate_limits_of_the_upstream_are_shown(client):
    answer = client.call(CREATE, model="gpt-4o", messages=HELLO)
    assert answer["headers"]["x-ratelimit-remaining-requests"] == "4999"


def test_everything_moves_below_a_base_path(client, upstream):
    gateway = Gateway(upstream.url, base_path="/llm/gw")
    try:
        client.target = gateway.api
        data = client.call(CREATE, model="gpt-4o", messages=HELLO)["data"]
        assert data["choices"][0]["message"]["content"] == "You said: Hello, gateway"
        assert len(client.stream(CREATE, model="gpt-4o", messages=HELLO)["chunks"]) == 6
        assert client.call("models.retrieve", "main/gpt-4o")["data"]["id"] == "main/gpt-4o"
        assert gateway.get("/health")[0] == 200
        assert gateway.get("/metrics")[0] == 200
        client.target = (f"http://127.0.0.1:{gateway.port}/v1", gateway.key)
        error = client.error(CREATE, model="gpt-4o", messages=HELLO)
        assert error["class"] == "NotFoundError"
    finally:
        gateway.stop()


def test_parallel_streams_are_each_recorded_once(client, upstream, gateway, request_id):
    before = gateway.metric("gomodel_tokens_total", model="gpt-4o", kind="completion")
    client.together(CREATE, [{"model": "gpt-4o", "messages": HELLO}] * 20)
    wanted = before + 20 * upstream.behaviour.usage["completion_tokens"]
    gateway.wait_for(lambda: gateway.metric("gomodel_tokens_total", model="gpt-4o",
                                            kind="completion") >= wanted)
    assert gateway.metric("gomodel_tokens_total", model="gpt-4o", kind="completion") == wanted
    gateway.wait_for(lambda: gateway.log().count(request_id) >= 20)  # lines go out in batches
    assert gateway.log().count(request_id) == 20
