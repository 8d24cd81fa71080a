"""Promise: whatever goes wrong, a client raises the exception that its own documentation names, and
the message says what the matter is: the upstream's words, or the gateway's own."""

from __future__ import annotations

import pytest

from gateway import CONFIG, Gateway
from ports import free_port
from samples import CREATE, HELLO
from upstream import ApiError

# What the upstream answers, and what the clients make of what the gateway makes of it.
KINDS = [
    (400, "BadRequestError", "invalid_request_error"),
    (401, "AuthenticationError", "authentication_error"),
    (403, "PermissionDeniedError", "authentication_error"),
    (404, "NotFoundError", "not_found_error"),
    (409, "ConflictError", "invalid_request_error"),
    (422, "UnprocessableEntityError", "invalid_request_error"),
    (429, "RateLimitError", "rate_limit_error"),
    (500, "InternalServerError", "provider_error"),
    (503, "InternalServerError", "provider_error"),
]


@pytest.mark.parametrize("how", ["json", "stream"])
@pytest.mark.parametrize("status, name, type", KINDS)
def test_errors_of_the_upstream_come_through(client, upstream, status, name, type, how):
    upstream.behaviour.error = ApiError(status, "upstream_type", f"Größe {status} is wrong",
                                        code="upstream_code", param="messages[0].role")
    ask = client.call if how == "json" else client.stream
    error = ask(CREATE, model="gpt-4o", messages=HELLO)["error"]
    assert (error["class"], error["status"]) == (name, status)
    assert f"Größe {status} is wrong" in error["message"]
    assert error["type"] == type
    assert error["code"] == "upstream_code"
    assert error["param"] == "messages[0].role"


def test_an_error_says_which_request_it_was(client, upstream, gateway, request_id):
    upstream.behaviour.error = ApiError(400, "invalid_request_error", "no good")
    error = client.error(CREATE, model="gpt-4o", messages=HELLO)
    assert error["request_id"] == request_id
    record = gateway.access(request_id=request_id)
    assert (record["status"], record["error_type"]) == (400, "invalid_request_error")
    assert record["error"] == "no good"
    assert record["prompt_tokens"] == 0


def test_retry_after_comes_through(client, upstream):
    upstream.behaviour.error = ApiError(429, "requests", "Rate limit reached",
                                        code="rate_limit_exceeded", headers={"Retry-After": "7"})
    error = client.error(CREATE, model="gpt-4o", messages=HELLO)
    assert error["class"] == "RateLimitError"
    assert error["headers"]["retry-after"] == "7"


@pytest.mark.parametrize("method, params", [
    (CREATE, {"messages": HELLO}),
    ("responses.create", {"input": "Hello"}),
    ("embeddings.create", {"input": "Hello"})])
def test_an_unknown_model_names_the_nearest(client, upstream, method, params):
    error = client.error(method, model="gpt-4o-mni", **params)
    assert (error["class"], error["code"]) == ("BadRequestError", "model_not_found")
    assert 'did you mean "gpt-4o-mini"' in error["message"]
    assert upstream.exchanges == []


def test_the_master_key_is_needed(client, gateway, upstream):
    for key in ("sk-wrong", "sk-maste", "sk-master2", "SK-MASTER"):
        client.target = (gateway.api[0], key)
        error = client.error(CREATE, model="gpt-4o", messages=HELLO)
        assert error["class"] == "AuthenticationError"
        assert error["type"] == "authentication_error"
    assert client.error("models.list")["class"] == "AuthenticationError"
    assert upstream.exchanges == []


@pytest.mark.parametrize("wrong, words", [
    ({"temperature": "warm"}, "temperature"),
    ({"max_tokens": 1.5}, "max_tokens"),
    ({"messages": "Hello"}, "messages"),
    ({"stream_options": 7}, "stream_options"),
    ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "text")])
def test_a_member_of_the_wrong_type_is_named(client, upstream, wrong, words):
    error = client.error(CREATE, **{"model": "gpt-4o", "messages": HELLO, **wrong})
    assert error["class"] == "BadRequestError"
    assert words in error["message"]
    assert upstream.exchanges == []


def test_an_endpoint_that_does_not_exist_is_not_found(client):
    error = client.error("moderations.create", input="Hello")
    assert (error["class"], error["type"]) == ("NotFoundError", "not_found_error")


ALLOWLIST = CONFIG.replace('"}}', '", models: [gpt-4o]}}')


def test_an_upstream_that_is_not_there_is_a_bad_gateway(client):
    nobody = f"http://127.0.0.1:{free_port()}/v1"
    gateway = Gateway(nobody, config=ALLOWLIST + "models: {{configured_provider_models_mode: "
                      "allowlist}}\n")
    try:
        client.target = gateway.api
        for ask in (client.call, client.stream):
            error = ask(CREATE, model="gpt-4o", messages=HELLO)["error"]
            assert (error["class"], error["status"]) == ("InternalServerError", 502)
            assert "refused" in error["message"]
    finally:
        gateway.stop()


def test_a_key_that_the_upstream_refuses_is_not_taken_for_the_clients(client, upstream):
    config = ALLOWLIST.replace("sk-upstream", "sk-expired")
    gateway = Gateway(upstream.url, config=config + "models: {{configured_provider_models_mode: "
                      "allowlist}}\n")
    try:
        client.target = gateway.api
        error = client.error(CREATE, model="gpt-4o", messages=HELLO)
        assert (error["class"], error["code"]) == ("AuthenticationError", "invalid_api_key")
        assert "sk-expired" not in gateway.log()
    finally:
        gateway.stop()


def test_a_body_past_the_limit_is_refused_whatever_its_size(client, upstream):
    for megabytes in (11, 40):
        messages = [{"role": "user", "content": "x" * (megabytes << 20)}]
        error = client.error(CREATE, model="gpt-4o", messages=messages)
        assert error["status"] == 413
        assert "10485760" in error["message"]
    assert upstream.exchanges == []
