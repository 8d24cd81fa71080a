"""Promise: whatever an upstream does to the gateway, a client gets either the whole answer or an
error it can act on, never a broken answer that looks whole; and the next request works."""

from __future__ import annotations

import pytest

from gateway import CONFIG, Gateway
from samples import CREATE, HELLO, TOOLS

WHOLE = "You said: Hello, gateway"
PARAMS = {"model": "gpt-4o", "messages": HELLO}


def text(seen: dict) -> str:
    assert "error" not in seen, seen["error"]
    return "".join(chunk["choices"][0]["delta"].get("content") or "" for chunk in seen["chunks"])


def works(client, upstream) -> None:
    """What went wrong before does no harm to what comes after."""
    upstream.reset()
    for _ in range(3):
        data = client.call(CREATE, **PARAMS)["data"]
        assert data["choices"][0]["message"]["content"] == WHOLE
        assert text(client.stream(CREATE, **PARAMS)) == WHOLE


def test_connections_that_close_without_a_word_are_replaced(client, upstream):
    upstream.behaviour.goodbye = True
    for _ in range(20):
        assert client.call(CREATE, **PARAMS)["data"]["choices"][0]["finish_reason"] == "stop"
        assert text(client.stream(CREATE, **PARAMS)) == WHOLE


@pytest.mark.parametrize("size, cut", [(1, 0), (1, 40), (100_000, 90_000)])
def test_half_an_answer_is_an_error(client, upstream, size, cut):
    upstream.behaviour.words = ["x" * size]
    upstream.behaviour.cut_body = cut
    error = client.error(CREATE, **PARAMS)
    assert (error["class"], error["status"]) == ("InternalServerError", 502)
    assert error["type"] == "provider_error"
    works(client, upstream)


def test_half_of_a_long_answer_is_not_taken_for_a_whole_one(client, upstream, gateway, request_id):
    # Too late for an error in the envelope: the connection breaks.
    upstream.behaviour.words = ["x" * 3_000_000]
    upstream.behaviour.cut_body = 2_000_000
    assert client.error(CREATE, **PARAMS)["class"] in ("APIConnectionError", "APIError", "TypeError")
    assert gateway.access(request_id=request_id)["end"] == "upstream_failed"
    works(client, upstream)


@pytest.mark.parametrize("body", [b"", b"<html>It works!</html>", b'{"id":', b"[]", b'"text"'])
def test_an_answer_that_is_not_json_is_an_error(client, upstream, body):
    upstream.behaviour.raw = (200, "application/json", body)
    error = client.error(CREATE, **PARAMS)
    assert (error["class"], error["status"]) == ("InternalServerError", 502)
    works(client, upstream)


@pytest.mark.parametrize("body", [b"", b"<html>Bad Gateway</html>", b'{"oops":', b"\xff\xfe"])
def test_an_error_that_is_not_in_the_envelope_is_put_into_it(client, upstream, body):
    upstream.behaviour.raw = (502, "text/html", body)
    for ask in (client.call, client.stream):
        error = ask(CREATE, **PARAMS)["error"]
        assert (error["class"], error["status"]) == ("InternalServerError", 502)
        assert error["type"] == "provider_error"
    works(client, upstream)


@pytest.mark.parametrize("status", [301, 304, 204])
def test_a_status_that_makes_no_sense_is_a_bad_gateway(client, upstream, status):
    upstream.behaviour.raw = (status, "text/plain", b"")
    error = client.error(CREATE, **PARAMS)
    assert (error["class"], error["status"]) == ("InternalServerError", 502)
    works(client, upstream)


@pytest.mark.parametrize("line_end", ["\n", "\r\n"], ids=["lf", "crlf"])
@pytest.mark.parametrize("piece", [0, 3])
def test_every_way_to_write_events_is_understood(client, upstream, gateway, request_id, line_end,
                                                 piece):
    upstream.behaviour.line_end = line_end
    upstream.behaviour.comments = True
    upstream.behaviour.piece = piece
    seen = client.stream(CREATE, **PARAMS)
    assert text(seen) == WHOLE
    assert all(chunk["choices"] for chunk in seen["chunks"])
    assert gateway.access(request_id=request_id)["completion_tokens"] == 10


def test_an_error_inside_a_stream_comes_through(client, upstream, gateway, request_id):
    upstream.behaviour.error_after = 3
    seen = client.stream(CREATE, **PARAMS)
    assert len(seen["chunks"]) == 3
    assert "The model is overloaded" in seen["error"]["message"]
    record = gateway.access(request_id=request_id)
    assert (record["end"], record["estimated"]) == ("upstream_failed", True)
    works(client, upstream)


@pytest.mark.parametrize("how", ["call", "stream"])
def test_a_client_that_gives_up_frees_the_upstream(client, upstream, gateway, request_id, how):
    upstream.behaviour.silent = True
    client.timeout = 0.3
    error = getattr(client, how)(CREATE, **PARAMS)["error"]
    assert error["class"] in ("APIConnectionTimeoutError", "APITimeoutError")
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)
    assert gateway.access(request_id=request_id)["end"] == "client_gone"
    client.timeout = 60
    works(client, upstream)


def test_clients_that_try_again_succeed(client, upstream):
    upstream.behaviour.goodbye = True
    upstream.behaviour.cut_body = 10
    client.retries = 2
    client.begin("call", CREATE, params=PARAMS)
    upstream.next_exchange()
    upstream.behaviour = type(upstream.behaviour)()
    assert client.finish()["data"]["choices"][0]["message"]["content"] == WHOLE


def test_aborted_and_whole_streams_do_not_disturb_each_other(client, upstream):
    for round in range(20):
        upstream.behaviour.hold_after = 4 if round % 2 == 0 else None
        if round % 2 == 0:
            assert len(client.stream(CREATE, abort_after=4, **PARAMS)["chunks"]) == 4
        else:
            question = [{"role": "user", "content": f"round {round}"}]
            seen = client.stream(CREATE, model="gpt-4o", messages=question)
            assert text(seen) == f"You said: round {round}"


IMPATIENT = CONFIG + """
http: {{timeout: 1s, response_header_timeout: 500ms, stream_idle_timeout: 500ms}}
"""


def test_an_upstream_that_says_nothing_is_a_timeout(client, upstream, request_id):
    gateway = Gateway(upstream.url, config=IMPATIENT)
    client.target = gateway.api
    upstream.behaviour.silent = True
    for ask in (client.call, client.stream):
        error = ask(CREATE, **PARAMS)["error"]
        assert (error["class"], error["status"]) == ("InternalServerError", 504)
    upstream.reset()
    upstream.behaviour.hold_after = 3
    client.headers["X-Request-ID"] = "stalls"
    seen = client.stream(CREATE, **PARAMS)
    assert len(seen["chunks"]) == 3
    assert "in time" in seen["error"]["message"]
    upstream.only().wait(lambda exchange: exchange.hung_up_at is not None)
    assert gateway.access(request_id="stalls")["end"] == "upstream_stalled"
    gateway.stop()


def test_tool_calls_survive_whatever_the_bytes(client, upstream):
    upstream.behaviour.piece = 5
    upstream.behaviour.line_end = "\r\n"
    whole = client.gather("chat.completions.stream", **PARAMS, tools=TOOLS)
    calls = whole["choices"][0]["message"]["tool_calls"]
    assert [call["function"]["arguments"] for call in calls] == [
        '{"city": "Größe"}', '{"zone": "UTC"}']
