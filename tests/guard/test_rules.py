"""Guardrails of the configuration change and stop the requests they are for, and no others."""

from __future__ import annotations

import json

import pytest

from gateway import rule

HELLO = [{"role": "user", "content": "hello"}]


def prompt(mode: str, content: str = "Be brief.", name: str = "style", **more) -> dict:
    return rule(name, "system_prompt", mode=mode, content=content, **more)


@pytest.mark.parametrize("mode, asked, sent", [
    ("inject", HELLO, [{"role": "system", "content": "Be brief."}, *HELLO]),
    ("inject", [{"role": "system", "content": "Mine."}, *HELLO],
     [{"role": "system", "content": "Mine."}, *HELLO]),
    ("inject", [{"role": "developer", "content": "Mine."}, *HELLO],
     [{"role": "developer", "content": "Mine."}, *HELLO]),
    ("override", [{"role": "system", "content": "Mine."}, *HELLO,
                  {"role": "developer", "content": "More."}],
     [{"role": "system", "content": "Be brief."}, *HELLO]),
    ("override", HELLO, [{"role": "system", "content": "Be brief."}, *HELLO]),
    ("decorator", [{"role": "system", "content": "Mine."}, *HELLO,
                   {"role": "system", "content": "More."}],
     [{"role": "system", "content": "Be brief.\nMine."}, *HELLO,
      {"role": "system", "content": "More."}]),
    ("decorator", [{"role": "developer", "content": "Mine.", "name": "ann"}, *HELLO],
     [{"role": "developer", "content": "Be brief.\nMine.", "name": "ann"}, *HELLO]),
    ("decorator", HELLO, [{"role": "system", "content": "Be brief."}, *HELLO]),
])
def test_a_system_prompt_of_each_mode(start, upstream, mode, asked, sent):
    gateway = start(prompt(mode, "  Be brief.\n"))
    assert gateway.ask("/v1/chat/completions", {"model": "big", "messages": asked}).status == 200
    assert upstream.last["messages"] == sent


def test_every_dialect_is_guarded(start, upstream):
    gateway = start(prompt("decorator"), rule("tag", order=5))
    answer = gateway.ask("/v1/responses", {"model": "main/big", "instructions": "Mine.",
                                           "input": "hello", "metadata": {"a": "b"}})
    assert answer.status == 200, answer
    assert upstream.paths[-1].endswith("/responses")
    assert upstream.last == {"model": "big", "instructions": "Be brief.\nMine.",
                             "input": "hello [seen]", "metadata": {"a": "b"}}
    turn = {"max_tokens": 9, "messages": [{"role": "user", "content": "hello"}]}
    answer = gateway.ask("/v1/messages", {"model": "native/claude", **turn})
    assert answer.status == 200, answer
    assert upstream.last == {"model": "claude", "system": "Be brief.", "max_tokens": 9,
                             "messages": [{"role": "user", "content": "hello [seen]"}]}
    # Adapted to chat.
    assert gateway.ask("/v1/messages", {"model": "main/big", **turn}).status == 200
    assert upstream.last["messages"] == [{"role": "system", "content": "Be brief."},
                                         {"role": "user", "content": "hello [seen]"}]


def test_what_no_guardrail_changes_is_sent_byte_for_byte(start, upstream):
    gateway = start(prompt("inject"), rule("watch", does="pass"))
    body = (b'{ "model" : "big", "messages" : [ {"role":"system","content":"h\\u0069"},\n'
            b'{"content":[{"type":"text","text":"a"},{"type":"text","text":"b"}],"role":"user"} ]}')
    assert gateway.ask("/v1/chat/completions", body).status == 200
    assert upstream.raw[-1] == body


def test_guardrails_run_in_order_and_those_of_one_order_after_each_other(start, upstream):
    gateway = start(rule("c", mark="c", order=1), rule("late", "blocking", mark="late", order=2),
                    rule("b", "blocking", mark="b", order=1), prompt("override", order=1, name="a"),
                    rule("first", mark="first", order=-1))
    assert gateway.chat("hello").status == 200
    assert upstream.last["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "hello [first] [b] [c] [late]"}]


def test_other_endpoints_are_not_guarded(start, upstream):
    gateway = start(rule("stop", does="block"))
    assert gateway.chat().status == 400
    answer = gateway.ask("/v1/embeddings", {"model": "main/embed", "input": "hello"})
    assert answer.status == 200 and upstream.last["input"] == "hello"
    body = {"model": "big", "messages": HELLO}
    assert gateway.ask("/p/main/chat/completions", body).status == 200
    assert upstream.last == body
    answer = gateway.ask("/v1/messages/count_tokens", {"model": "main/big", "messages": HELLO})
    assert answer.status == 200, answer


def test_a_stand_in_gets_what_the_guardrails_made(start, upstream):
    upstream.failing.add("big")
    gateway = start(rule("tag"), settings={"fallback": {
        "default_mode": "manual", "manual_rules_path": "fallback.json"}}, fails=True)
    (gateway.folder / "fallback.json").write_text(json.dumps({"main/big": ["main/small"]}))
    gateway.start()
    assert gateway.chat("hello").status == 200
    assert [body["model"] for body in upstream.bodies] == ["big", "small"]
    assert [body["messages"][0]["content"] for body in upstream.bodies] == ["hello [seen]"] * 2


def test_a_guardrail_may_stop_a_request(start, upstream):
    gateway = start(rule("stop", does="block"), rule("after", does="fail", order=1))
    assert gateway.chat().error == (400, "no such talk here", "guardrail_blocked")
    answer = gateway.ask("/v1/messages", {"model": "native/claude", "max_tokens": 9,
                                          "messages": HELLO})
    assert answer.status == 400
    assert answer.json["error"] == {"type": "invalid_request_error",
                                    "message": "no such talk here"}
    assert upstream.bodies == []


@pytest.mark.parametrize("type", ["scripted", "blocking"])
@pytest.mark.parametrize("does, why", [
    ("fail", "the oracle is out"), ("throw", "std::runtime_error"), ("refuse", "not open today"),
    ("garbage", "is no JSON array"), ("odd_verdict", "verdict 3"), ("bad_utf8", "Invalid encoding"),
])
def test_a_guardrail_that_fails_fails_the_request(start, upstream, type, does, why):
    gateway = start(rule("broken", type, does=does))
    status, message, _ = gateway.chat().error
    assert status == 500
    assert why not in message, "that is the operator's business"
    assert upstream.bodies == [], "nobody else was asked"
    line = gateway.wait_for("a request failed for a plugin")
    assert line["instance"] == "broken" and line["plugin"] == f"guardrail.{type}"
    assert why in line["error"]
    assert gateway.generations()["current"] == 1, "it goes on"


@pytest.mark.parametrize("does, message", [
    ("drop", "guardrails cannot add or remove non-system chat messages"),
    ("retag", "guardrails cannot reorder non-system chat messages"),
])
def test_a_guardrail_cannot_take_the_conversation_apart(start, upstream, does, message):
    gateway = start(rule("broken", does=does))
    assert gateway.chat().error[:2] == (400, message)
    assert upstream.bodies == []


def test_a_guardrail_may_have_no_interest_in_a_request(start, upstream):
    gateway = start(rule("idle", does="skip"))
    assert gateway.chat("hello").status == 200
    assert upstream.last["messages"] == HELLO


def test_nothing_is_guarded_unless_guardrails_are_enabled(start, upstream):
    gateway = start(rule("stop", does="block"), rule("odd", "no_such_type"),
                    settings={"enabled": False})
    assert gateway.chat("hello").status == 200
    assert upstream.last["messages"] == HELLO


def test_faults_of_rules_keep_the_gateway_from_starting_and_say_where_they_are(start):
    gateway = start(
        rule("one", "llm_based_altering", model="m"), prompt("sideways", name="two"),
        rule("three", "system-prompt", content="x", colour="red"),
        rule("four", "system_prompt", content="   "),
        rule("five", "sees_answers"), rule("six", needs="/no/such/file"), fails=True)
    said = gateway.fail_to_start()
    place = {name: f"config.yaml:{gateway.line_of(chr(34) + name + chr(34))}"
             for name in ("one", "two", "three", "four", "five", "six")}
    for name, text in {
        "one": "guardrails.rules[0].type: no plugin provides guardrails of type "
               "\"llm_based_altering\"; known types are: blocking, scripted, sees_answers, "
               "system_prompt",
        "two": "guardrails.rules[1].system_prompt.mode",
        "three": "guardrails.rules[2].system-prompt.colour",
        "four": "guardrails.rules[3].system_prompt.content",
        "five": "guardrails.rules[4].type: the plugin guardrail.sees_answers watches answers",
        "six": "guardrails.rules[5]: ",
    }.items():
        line = next((line for line in said.splitlines() if place[name] in line), "")
        assert text in line.replace('\\"', '"'), f"{name}: {said}"
    assert "the file it needs is not there" in said


def test_calls_are_timed_and_shown(start):
    gateway = start(rule("here"), rule("there", "blocking"), prompt("inject"))
    header = gateway.chat().headers["server-timing"]
    for plugin in ("guardrail.scripted", "guardrail.blocking", "guardrail.system_prompt",
                   "provider.openai"):
        assert f"{plugin};dur=" in header
        for function in ("open", "close") + (("request",) if "guardrail" in plugin else ()):
            assert gateway.metric("gomodel_plugin_call_duration_seconds_count", plugin=plugin,
                                  function=function) >= 1, (plugin, function)
