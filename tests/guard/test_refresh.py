"""Changed rules are for new requests; what is under way keeps those it began with."""

from __future__ import annotations

import http.client
import json

from gateway import KEY, rule
from gateway_process import wait_until


class Stream:
    """A streamed chat whose first words are there."""

    def __init__(self, gateway):
        self.connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=60)
        self.connection.request(
            "POST", "/v1/chat/completions",
            json.dumps({"model": "big", "stream": True,
                        "messages": [{"role": "user", "content": "hello"}]}),
            {"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"})
        self.response = self.connection.getresponse()
        assert self.response.status == 200
        assert b"first" in self.response.readline()

    def rest(self) -> bytes:
        try:
            return self.response.read()
        finally:
            self.connection.close()


def contents(upstream) -> list[str]:
    return [body["messages"][-1]["content"] for body in upstream.bodies]


def created(gateway, count: int) -> list[str]:
    """The marks of the guardrails that were made, once there are so many."""
    def marks() -> list[str]:
        text = gateway.log()
        lines = [json.loads(line) for line in text[:text.rfind("\n") + 1].splitlines()]
        return [line["msg"].rpartition(" ")[2] for line in lines
                if line["msg"].startswith("scripted was created: ")]

    wait_until(lambda: len(marks()) >= count, f"{count} guardrails to be made")
    return marks()


def test_a_changed_rule_is_for_new_requests_and_a_stream_goes_on(start, upstream):
    gateway = start(rule("tag", mark="old"))
    upstream.gate.clear()
    stream = Stream(gateway)
    gateway.configure([rule("tag", mark="new")])
    report = gateway.refresh()
    assert report["outcome"] == "published", report
    assert any("guardrail" in change for change in report["changes"])
    assert gateway.chat("hello").status == 200
    live = gateway.generations()["generations"]
    assert len(live) == 2, "the stream keeps its generation, guardrails and all"
    upstream.gate.set()
    assert b"[DONE]" in stream.rest()
    assert contents(upstream) == ["hello [old]", "hello [new]"]


def test_what_did_not_change_is_not_made_again(start, upstream):
    gateway = start(rule("a", mark="a"), rule("b", mark="b"))
    assert created(gateway, 2) == ["a", "b"]
    gateway.configure([rule("a", mark="a", order=7), rule("b", mark="B")])
    assert gateway.refresh()["outcome"] == "published"
    assert created(gateway, 3) == ["a", "b", "B"]
    assert gateway.chat("hello").status == 200
    assert contents(upstream) == ["hello [B] [a]"], "the new order counts"
    assert gateway.refresh()["outcome"] == "unchanged"


def test_rules_can_be_switched_off_and_on(start, upstream):
    gateway = start(rule("tag"))
    for enabled in (False, True):
        gateway.configure([rule("tag")], settings={"enabled": enabled})
        assert gateway.refresh()["outcome"] == "published"
        assert gateway.chat("hello").status == 200
    assert contents(upstream) == ["hello", "hello [seen]"]


def test_a_faulty_rule_leaves_everything_as_it_was(start, upstream):
    gateway = start(rule("tag", mark="old"))
    gateway.configure([rule("tag", mark="new"), rule("more", "no_such_type")])
    report = gateway.refresh()
    assert report["outcome"] == "failed", report
    problem = next(each for each in report["problems"] if each["severity"] == "error")
    assert problem["key"] == "guardrails.rules[1].type"
    assert problem["where"] == f"config.yaml:{gateway.line_of('no_such_type')}"
    assert gateway.chat("hello").status == 200
    assert contents(upstream) == ["hello [old]"]


def test_the_generation_shows_its_guardrails(start):
    gateway = start(rule("b", order=2), rule("a", "blocking", order=-1))
    shown = gateway.generations()["generations"][0]["guardrails"]
    assert shown == [{"name": "a", "type": "blocking", "order": -1, "left_out": False},
                     {"name": "b", "type": "scripted", "order": 2, "left_out": False}]
