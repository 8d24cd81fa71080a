"""Streams that break a rule of their dialect are mended or ended, counted and warned about; the rest
goes through as it is. docs/stream-grammar.md"""

import json

import pytest

from gateway import Gateway, chat, config_for, request
from stream_grammar import broken_rules
from upstream import (
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    Upstream,
    always,
    chunk,
    event,
    events_of,
    more,
    usage_event,
)

METRICS = {"enabled": True}


def raw(text):
    return b"data: " + text + b"\n\n"


ROLELESS = raw(b'{"id":"c","choices":[{"index":0,"delta":{"content":"a"},"finish_reason":null}]}')
WITH_ROLE = ROLELESS.replace(b'"delta":{', b'"delta":{"role":"assistant",')


def ask(gateway, data):
    """The bytes of the answer's stream and whether it ended as a whole one does."""
    with gateway.connect() as client:
        assert client.send(data).read_head().status == 200
        body = b""
        try:
            while part := client.read_chunk():
                body += part
        except (EOFError, ValueError):
            return body, False
        return body, True


def counted(gateway, type="openai"):
    """What /metrics tells: {(dialect, rule, action): streams}."""
    with gateway.connect() as client:
        page = client.send(request("GET", "/metrics")).answer().body.decode()
    found = {}
    for line in page.splitlines():
        if line.startswith("gomodel_stream_violations_total{"):
            labels, value = line[line.index("{") + 1 :].rsplit("} ", 1)
            pairs = dict(part.split("=", 1) for part in labels.replace('"', "").split(","))
            assert (pairs["provider"], pairs["provider_name"]) == (type, "up")
            found[pairs["dialect"], pairs["rule"], pairs["action"]] = float(value)
    return found


def test_a_mended_stream_is_counted_and_warned_of_once(serve):
    sent = ROLELESS + event(None, "stop") + usage_event() + DONE
    gateway, _ = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK), metrics=METRICS)
    for _ in range(3):
        body, whole = ask(gateway, chat(stream=True))
        assert (body, whole) == (WITH_ROLE + event(None, "stop") + DONE, True)
        assert broken_rules("chat", body, upstream=True) == []
    assert counted(gateway) == {("chat", "missing-role", "mended"): 3}
    gateway.stop()
    warnings = [json.loads(line) for line in gateway.lines if '"rule":' in line]
    assert [(w["level"].lower()[:4], w["provider"], w["dialect"], w["rule"], w["action"])
            for w in warnings] == [("warn", "up", "chat", "missing-role", "mended")]


def test_a_stream_that_nobody_can_read_ends_with_an_error(serve):
    sent = event("a") + raw(b'{"choices":[{"index":0,') + event(None, "stop") + DONE
    gateway, _ = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK), metrics=METRICS)
    body, whole = ask(gateway, chat(stream=True, headers=["X-Request-ID: bad"]))
    assert not whole and body.startswith(event("a"))
    last = json.loads(events_of(body)[-1])
    assert last["error"]["message"] == "an event of the upstream's stream is not a JSON object"
    assert gateway.wait_record("bad")["end"] == "upstream_failed"
    assert counted(gateway) == {("chat", "not-json", "ended"): 1}


@pytest.mark.parametrize("late", [event("b"), DONE, raw(b"oops")], ids=["a chunk", "done", "noise"])
def test_nothing_follows_the_end(serve, late):
    sent = event("a") + event(None, "stop") + usage_event()
    late = DONE + late
    gateway, _ = serve(always(STREAM_HEAD + chunk(sent + late) + LAST_CHUNK), metrics=METRICS)
    assert ask(gateway, chat(stream=True)) == (event("a") + event(None, "stop") + DONE, True)
    assert counted(gateway) == {("chat", "event-after-end", "mended"): 1}


def test_untidy_ends_are_told_apart(serve):
    streams = iter([event("a") + event(None, "stop") + usage_event(), event("a"),
                    event("a") + usage_event() + DONE])

    def script(peer):
        while True:
            peer.read_request()
            peer.send(STREAM_HEAD + chunk(next(streams)) + LAST_CHUNK)

    gateway, _ = serve(script, metrics=METRICS)
    body, whole = ask(gateway, chat(stream=True))
    assert (body, whole) == (event("a") + event(None, "stop") + DONE, True)
    assert not ask(gateway, chat(stream=True))[1]
    body, whole = ask(gateway, chat(stream=True))
    assert whole and broken_rules("chat", body, upstream=True) == []
    assert json.loads(events_of(body)[-2])["choices"][0]["finish_reason"] == "stop"
    assert counted(gateway) == {
        ("chat", "missing-end", "mended"): 1,
        ("chat", "missing-end", "ended"): 1,
        ("chat", "missing-finish", "mended"): 1,
    }


def test_a_stream_that_keeps_the_rules_is_not_counted(serve):
    sent = b": hello\n\n" + event("a") + more("b") + event(None, "stop") + usage_event() + DONE
    gateway, _ = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK), metrics=METRICS)
    messages = [{"role": "user", "content": "hi"}]
    asked = request("POST", "/v1/chat/completions", {
        "model": "gpt-test", "messages": messages, "stream": True,
        "stream_options": {"include_usage": True}})
    assert ask(gateway, asked) == (sent, True)
    assert counted(gateway) == {}


@pytest.mark.parametrize("path, dialect, body", [
    ("/v1/responses", "responses", {"input": "x"}),
    ("/v1/messages", "messages", {"messages": [{"role": "user", "content": "x"}], "max_tokens": 9}),
])
def test_what_is_translated_keeps_every_rule(path, dialect, body):
    """The upstream's chat stream is untidy; the client's stream is not."""
    sent = ROLELESS + raw(b'{"id":"c","choices":[{"delta":{"content":"b"}}]}') + event(None, "stop")
    with Upstream(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK)) as upstream:
        config = config_for(upstream.url, metrics=METRICS)
        config["providers"]["up"]["type"] = "groq"  # which has neither API itself
        with Gateway(config) as gateway:
            asked = request("POST", path, {"model": "gpt-test", "stream": True, **body})
            stream, whole = ask(gateway, asked)
            assert whole and broken_rules(dialect, stream) == []
            assert counted(gateway, "groq") == {
                ("chat", "missing-role", "mended"): 1,
                ("chat", "missing-index", "mended"): 1,
                ("chat", "missing-end", "mended"): 1,
                ("chat", "missing-usage", "counted"): 1,
            }


def test_clients_may_put_deltas_together(serve):
    """Of the vendors that say in every delta whose it is, and what the call is called."""
    def call(members):
        return raw(b'{"id":"c","choices":[{"index":0,"delta":{"role":"assistant","tool_calls":'
                   b'[{"index":0,%s}]},"finish_reason":null}]}' % members)

    untidy = event("a") + event("b")
    untidy += call(b'"id":"1","type":"function","function":{"name":"f","arguments":""}')
    untidy += call(b'"id":"1","type":"function","function":{"name":"f","arguments":"{}"}')
    tidy = event("a") + more("b") + raw(
        b'{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"1",'
        b'"type":"function","function":{"name":"f","arguments":""}}]},"finish_reason":null}]}') + raw(
        b'{"id":"c","choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"type":"function",'
        b'"function":{"arguments":"{}"}}]},"finish_reason":null}]}')
    end = event(None, "tool_calls")
    sent = chunk(untidy + end + usage_event() + DONE)
    gateway, _ = serve(always(STREAM_HEAD + sent + LAST_CHUNK), metrics=METRICS)
    assert ask(gateway, chat(stream=True)) == (tidy + end + DONE, True)
    assert counted(gateway) == {("chat", "repeated-role", "mended"): 1,
                                ("chat", "repeated-call-id", "mended"): 1}


@pytest.mark.parametrize("enforced", [True, False], ids=["enforced", "left to clients"])
def test_usage_that_was_asked_for_is_missed(serve, enforced):
    """By the client, or by the gateway for it; not if nobody asked."""
    sent = event("a") + event(None, "stop") + DONE
    gateway, _ = serve(always(STREAM_HEAD + chunk(sent) + LAST_CHUNK), metrics=METRICS,
                       usage={"enforce_returning_usage_data": enforced})
    assert ask(gateway, chat(stream=True)) == (sent, True)
    missed = {("chat", "missing-usage", "counted"): 1}
    assert counted(gateway) == (missed if enforced else {})
    body = {"model": "gpt-test", "messages": [{"role": "user", "content": "hi"}], "stream": True,
            "stream_options": {"include_usage": True}}
    assert ask(gateway, request("POST", "/v1/chat/completions", body)) == (sent, True)
    assert counted(gateway) == {("chat", "missing-usage", "counted"): 2 if enforced else 1}
