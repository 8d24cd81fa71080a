"""Promise: a request that was answered before gets the same answer without its provider being asked,
byte for byte; whatever must not be shared is not."""

from __future__ import annotations

import json

import pytest

from upstream import CHAT_USAGE

TEAM = {"X-GoModel-User-Path": "/team/alpha"}


def twice(gateway, ask):
    """The same request before and after its answer is kept."""
    stored = gateway.stored()
    first = ask()
    assert not first.hit
    gateway.wait_stored(int(stored) + 1)
    second = ask()
    assert second.hit
    return first, second


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("api", ["chat", "responses", "messages"])
def test_the_second_time_is_a_hit(gateway, upstream, api, stream):
    ask = getattr(gateway, api)
    first, second = twice(gateway, lambda: ask("question", stream=stream))
    assert second.body == first.body and len(upstream.asked) == 1
    kind = "text/event-stream" if stream else "application/json"
    assert second.headers["content-type"] == first.headers["content-type"] == kind
    assert second.headers["x-request-id"] != first.headers["x-request-id"]
    if stream:
        assert second.headers["cache-control"] == "no-cache"
    assert not ask("another question", stream=stream).hit


def test_stream_and_json_are_kept_apart(gateway):
    twice(gateway, lambda: gateway.chat("question"))
    _, stream = twice(gateway, lambda: gateway.chat("question", stream=True))
    assert stream.body.endswith(b"data: [DONE]\n\n")
    assert gateway.chat("question").json["object"] == "chat.completion"


def test_usage_in_a_stream_comes_to_those_who_want_it(gateway):
    twice(gateway, lambda: gateway.chat("question", stream=True))
    wanted = {"stream": True, "stream_options": {"include_usage": True}}
    _, told = twice(gateway, lambda: gateway.chat("question", **wanted))
    assert b'"usage"' in told.body
    unwanted = gateway.chat("question", stream=True, stream_options={"include_usage": False})
    assert unwanted.hit and b'"usage"' not in unwanted.body


def test_aliases_and_ways_to_write_share(gateway, upstream):
    assert gateway.admin("PUT", "/aliases/smart", {"target_model": "main/big"}).status == 200
    twice(gateway, lambda: gateway.chat("question", temperature=0.5))
    same = (b'{ "temperature":0.5, "stream": false, "provider":"main", "messages":'
            b'[{"content":"que\\u0073tion","role":"user"}], "model":"big" }')
    assert gateway.ask("POST", "/v1/chat/completions", same).hit
    assert gateway.chat("question", "smart", temperature=0.5).hit
    assert gateway.chat("question", temperature=0.5, headers=TEAM).hit
    assert len(upstream.asked) == 1
    assert not gateway.chat("question", temperature=0.4).hit
    assert not gateway.chat("question", "main/small", temperature=0.5).hit
    assert not gateway.chat("question", temperature=0.5, unknown={"member": 1}).hit


@pytest.mark.parametrize("headers", [
    {"Cache-Control": "no-cache"}, {"Cache-Control": "max-age=0, No-Store"},
    {"X-Cache-Control": "no-store"}, {"X-Cache-Type": "semantic"}])
def test_clients_can_do_without(gateway, headers):
    twice(gateway, lambda: gateway.chat("known"))
    assert not gateway.chat("known", headers=headers).hit
    assert not gateway.chat("new", headers=headers).hit
    assert not gateway.chat("new").hit, "it was not kept either"
    for kind in ("exact", "both", "whatever"):
        assert gateway.chat("known", headers={"X-Cache-Type": kind}).hit


def test_what_is_not_whole_is_not_kept(gateway, upstream):
    for _ in range(2):
        answer = gateway.chat("question", "main/cut", stream=True)
        assert not answer.hit and not answer.body.endswith(b"data: [DONE]\n\n")
        assert not gateway.responses("question", "main/cut", stream=True).hit
    assert len(upstream.asked) == 4
    twice(gateway, lambda: gateway.chat("question"))
    assert gateway.stored() == 1 and gateway.counted("answers", result="dropped") == 0


def test_stand_ins_and_errors_are_not_kept(gateway, upstream):
    for _ in range(2):
        answer = gateway.chat("question", "main/failing")
        assert not answer.hit and answer.json["model"] == "big-2026"
    assert gateway.chat("question", "main/none").status == 400
    assert [one["model"] for one in upstream.asked] == ["failing", "big"] * 2
    twice(gateway, lambda: gateway.chat("question"))
    assert gateway.stored() == 1


def test_stateful_responses_are_not_kept(gateway):
    for state in ({"background": True}, {"conversation": "conv_1"}):
        for _ in range(2):
            assert not gateway.responses("question", **state).hit
    twice(gateway, lambda: gateway.responses("question"))
    assert gateway.stored() == 1


def test_large_answers_are_not_kept(start, redis):
    gateway = start(f"{{max_entry_size: 1K, redis: {{url: '{redis.url}'}}}}")
    twice(gateway, lambda: gateway.chat("question"))
    for stream in (False, False, True, True):
        answer = gateway.chat("a long answer, please", stream=stream)
        assert not answer.hit and len(answer.body) > 1024
    assert gateway.stored() == 1


def test_a_hit_is_served_on_an_exhausted_budget(start, redis):
    gateway = start(f"{{redis: {{url: '{redis.url}'}}}}", settings=(
        "budgets: {user_paths: [{path: /team, limits: [{period: daily, amount: 0.01}]}]}\n"))
    twice(gateway, lambda: gateway.chat("question", headers=TEAM))
    refused = gateway.chat("another question", headers=TEAM)
    assert refused.status == 429 and refused.json["error"]["code"] == "budget_exceeded"
    assert gateway.chat("question", headers=TEAM).hit


def test_access_rules_come_before_the_cache(gateway):
    twice(gateway, lambda: gateway.chat("question"))
    rule = gateway.admin("PUT", "/model-overrides/main%2Fbig", {"user_paths": ["/other"]})
    assert rule.status == 200, rule.body
    assert gateway.chat("question", headers=TEAM).status in (400, 403)
    assert gateway.chat("question", headers={"X-GoModel-User-Path": "/other"}).hit


@pytest.mark.parametrize("stream", [False, True])
def test_hits_are_recorded(gateway, stream):
    first, second = twice(gateway, lambda: gateway.chat("question", headers=TEAM, stream=stream))
    usage = gateway.rows("/usage/log?cache_mode=all", "entries", 2)
    by_request = {row["request_id"]: row for row in usage}
    paid = by_request[first.headers["x-request-id"]]
    free = by_request[second.headers["x-request-id"]]
    assert not paid.get("cache_type") and free["cache_type"] == "exact"
    for member in ("provider", "provider_name", "model", "endpoint", "user_path", "input_tokens",
                   "output_tokens", "total_tokens", "provider_id"):
        assert free[member] == paid[member], member
    assert free["input_tokens"] == CHAT_USAGE["prompt_tokens"]
    assert paid["total_cost"] > 0 and free["user_path"] == "/team/alpha"

    entries = gateway.rows("/audit/log", "entries", 2)
    entry = next(one for one in entries if one["request_id"] == second.headers["x-request-id"])
    assert entry["cache_type"] == "exact" and entry.get("stream", False) is stream
    assert entry["status_code"] == 200
    assert json.dumps(entry).count("answer 1") >= 1, "with the answer's body"

    overview = gateway.admin("GET", "/cache/overview").json["summary"]
    assert overview["total_hits"] == overview["exact_hits"] == 1
    assert overview["total_tokens"] == CHAT_USAGE["total_tokens"]
    assert gateway.counted("lookups", result="hit") == 1
    assert gateway.counted("lookups", result="miss") == 1
    assert gateway.admin("GET", "/dashboard/config").json["CACHE_ENABLED"] == "on"


def test_without_a_cache_nothing_is_looked_up(start):
    gateway = start("")
    for _ in range(2):
        assert not gateway.chat("question").hit
    assert gateway.counted("lookups", result="miss") == 0
    assert gateway.admin("GET", "/cache/overview").status == 503


def test_what_guardrails_make_of_a_request_counts(start, redis):
    def house(content: str) -> str:
        return ("guardrails: {enabled: true, rules: [{name: house, type: system_prompt, "
                f"system_prompt: {{content: {content}}}}}]}}\n")

    block = f"{{redis: {{url: '{redis.url}'}}}}"
    gateway = start(block, settings=house("brief"))
    twice(gateway, lambda: gateway.chat("question"))
    gateway.configure(block, settings=house("verbose"))
    assert gateway.refresh()["outcome"] == "published"
    twice(gateway, lambda: gateway.chat("question"))
    gateway.configure(block, settings=house("brief"))
    assert gateway.refresh()["outcome"] == "published"
    assert gateway.chat("question").hit


def test_long_prompts_are_found_too(gateway, upstream):
    prompt = "a word " * 30_000
    first, second = twice(gateway, lambda: gateway.chat(prompt))
    assert second.body == first.body
    assert not gateway.chat(prompt + "more").hit
    assert len(upstream.asked) == 2


def test_many_at_once(gateway, upstream):
    """Misses and hits of the same and of different questions, from many clients."""
    from concurrent.futures import ThreadPoolExecutor

    def ask(number: int) -> tuple[str, bytes]:
        question = f"question {number % 20}"
        return question, gateway.chat(question, stream=number % 2 == 1).body

    with ThreadPoolExecutor(16) as crowd:
        answers = list(crowd.map(ask, range(400)))
    given = {json.dumps(one["messages"][0]["content"]) for one in upstream.asked}
    assert len(given) == 20 and len(answers) == 400
    assert all(body.startswith((b"{", b"data: ")) for _, body in answers)
    hits = gateway.counted("lookups", result="hit")
    assert hits + gateway.counted("lookups", result="miss") == 400
    assert hits == 400 - len(upstream.asked) and hits > 0
    assert gateway.counted("errors", function="get") == 0
