"""How much a key, a user path, a provider or a model may ask for, and what clients are told."""

import json
import re

import pytest

from asking import Gate, admin, ask, at_once, body, refusals
from gateway import Gateway, config_for, request, run
from upstream import (ANSWER, DONE, LAST_CHUNK, STREAM_HEAD, Upstream, always, chunk, event,
                      response, usage_event)

GOOD = response(ANSWER)
METRICS = {"enabled": True}


def limits(*entries):
    return {"rate_limits": list(entries), "metrics": METRICS}


def test_200_clients_at_once_get_as_many_answers_as_there_may_be(serve):
    gateway, upstream = serve(always(GOOD), server={"address": "127.0.0.1", "port": 0, "workers": 2},
                              **limits({"scope": "gateway", "requests": 50, "per": "hour"}))
    answers = at_once(gateway, 200)
    statuses = [answer.status for answer in answers]
    assert statuses.count(200) == 50 and statuses.count(429) == 150
    assert upstream.seen.qsize() == 50
    assert refusals(gateway, "requests") == 150


def test_what_a_client_is_told(serve):
    gateway, _ = serve(always(GOOD), **limits(
        {"scope": "key", "requests": 2, "tokens": 100000, "per": "minute"}))
    first = ask(gateway, max_tokens=50)
    assert first.status == 200
    assert first.headers["x-ratelimit-limit-requests"] == "2"
    assert first.headers["x-ratelimit-remaining-requests"] == "1"
    assert re.fullmatch(r"(1m0|59|60)(\.\d+)?s", first.headers["x-ratelimit-reset-requests"])
    assert first.headers["x-ratelimit-limit-tokens"] == "100000"
    assert 99900 < int(first.headers["x-ratelimit-remaining-tokens"]) < 99950
    assert ask(gateway).headers["x-ratelimit-remaining-requests"] == "0"
    refused = ask(gateway)
    assert refused.status == 429
    assert refused.error() == {
        "type": "rate_limit_error", "code": "rate_limit_exceeded", "param": None,
        "message": "rate limit exceeded for requests without a key: "
                   "used 2 of 2 requests per minute"}
    assert 50 <= int(refused.headers["retry-after"]) <= 61
    assert refused.headers["x-ratelimit-remaining-requests"] == "0"
    record = gateway.wait_record(refused.headers["x-request-id"])
    assert record["status"] == 429


def test_a_stream_is_told_and_counted_too(serve):
    stream = STREAM_HEAD + chunk(event("ok") + event(finish="stop") + usage_event() + DONE)
    gateway, _ = serve(always(stream + LAST_CHUNK),
                       **limits({"scope": "model", "tokens": 1000, "per": "hour"}))
    assert ask(gateway, stream=True, max_tokens=900).headers["x-ratelimit-limit-tokens"] == "1000"
    # It took 5 tokens, not the 900 that were reserved.
    second = ask(gateway, stream=True, max_tokens=1)
    assert second.status == 200
    assert int(second.headers["x-ratelimit-remaining-tokens"]) > 900


def test_limits_of_the_upstream_give_way_to_ours(serve):
    answer = response(ANSWER, headers=["x-ratelimit-remaining-requests: 77",
                                       "x-ratelimit-limit-images: 3"])
    gateway, _ = serve(always(answer), **limits({"scope": "gateway", "requests": 9}))
    headers = ask(gateway).headers
    assert headers["x-ratelimit-remaining-requests"] == "8"
    assert "x-ratelimit-limit-images" not in headers


def test_each_user_path_counts_for_itself_and_a_named_one_for_those_below(serve):
    gateway, _ = serve(always(GOOD), **limits(
        {"scope": "user_path", "requests": 2}, {"scope": "user_path", "match": "/team", "requests": 3}))

    def status(path):
        return ask(gateway, headers=[f"X-GoModel-User-Path: {path}"]).status

    assert [status("/team/a"), status("/team/a"), status("/team/a")] == [200, 200, 429]
    assert [status("/team/b"), status("/team/b")] == [200, 429]
    assert [status("/other"), status("/other"), status("/other")] == [200, 200, 429]


def test_each_key_counts_for_itself(serve):
    master = "sk-master"
    gateway, _ = serve(always(GOOD), server={"address": "127.0.0.1", "port": 0, "workers": 1,
                                             "master_key": master},
                       **limits({"scope": "key", "requests": 2}))
    created = [admin(gateway, "POST", "/auth-keys", {"name": name}, key=master)[1]
               for name in ("one", "two")]
    tokens = [key["value"] for key in created] + [master]

    def asks(token):
        return ask(gateway, headers=[f"Authorization: Bearer {token}"])

    for token in tokens:
        assert [asks(token).status for _ in range(3)] == [200, 200, 429]
    messages = [asks(token).error()["message"] for token in tokens]
    assert [message.split(":")[0].split(" for ")[1] for message in messages] == [
        f"key {created[0]['id']}", f"key {created[1]['id']}", "key master_key"]


def test_no_more_run_at_once_than_may_and_slots_come_back(serve):
    gate = Gate(GOOD)
    gateway, _ = serve(gate, server={"address": "127.0.0.1", "port": 0, "workers": 2},
                       **limits({"scope": "provider", "match": "up", "concurrency": 3}))
    running = [gateway.connect().send(request("POST", "/v1/chat/completions", body()))
               for _ in range(3)]
    for _ in running:
        assert gate.waiting.acquire(timeout=60)
    refused = ask(gateway)
    assert refused.status == 429 and refused.headers["retry-after"] == "1"
    assert refused.error()["message"] == (
        "rate limit exceeded for provider up: 3 requests of at most 3 are running")
    running.pop().reset()  # a client that has gone takes its slot with it
    answer = None
    while answer is None or answer.status == 429:
        client = gateway.connect().send(request("POST", "/v1/chat/completions", body()))
        if gate.waiting.acquire(timeout=0.05):
            running.append(client)
            break
        answer = client.answer()
        client.close()
    gate.open()
    for client in running:
        assert client.answer().status == 200
        client.close()
    assert ask(gateway).status == 200


@pytest.mark.parametrize("path, members", [
    ("/v1/chat/completions", {}), ("/v1/chat/completions", {"stream": True}), ("/v1/messages", {}),
    ("/p/up/chat/completions", {})])
def test_a_client_that_waits_for_its_answer_finds_its_slot_free(serve, path, members):
    def script(peer):
        stream = STREAM_HEAD + chunk(event("ok") + event(finish="stop") + usage_event() + DONE)
        while True:
            asked = peer.read_request().json()
            peer.send(stream + LAST_CHUNK if asked.get("stream") else GOOD)

    gateway, _ = serve(script, server={"address": "127.0.0.1", "port": 0, "workers": 2},
                       **limits({"scope": "gateway", "concurrency": 1}))
    assert {ask(gateway, path, max_tokens=5, **members).status for _ in range(200)} == {200}


def test_a_failed_upstream_gives_tokens_back(serve):
    broken = response({"error": {"message": "no"}}, "400 Bad Request")
    gateway, _ = serve(always(broken), **limits({"scope": "gateway", "tokens": 100}))
    for _ in range(5):
        assert ask(gateway, max_tokens=90).status == 400


def test_passthrough_is_limited_by_provider_and_model(serve):
    gateway, upstream = serve(always(GOOD), **limits(
        {"scope": "model", "match": "up/gpt-new", "requests": 1},
        {"scope": "provider", "requests": 3}))
    assert ask(gateway, "/p/up/chat/completions", model="gpt-new").status == 200
    assert ask(gateway, "/p/up/chat/completions", model="gpt-new").status == 429
    answer = ask(gateway, "/p/up/chat/completions")
    assert answer.status == 200 and answer.headers["x-ratelimit-remaining-requests"] == "1"
    assert ask(gateway).status == 200
    assert ask(gateway).status == 429
    assert upstream.seen.qsize() == 3


def test_anthropic_clients_are_told_in_their_own_way(serve):
    gateway, _ = serve(always(GOOD), **limits({"scope": "gateway", "requests": 1}))
    assert ask(gateway).status == 200
    refused = ask(gateway, "/v1/messages", max_tokens=5)
    assert refused.status == 429 and int(refused.headers["retry-after"]) > 0
    assert refused.json()["type"] == "error"
    assert refused.json()["error"]["type"] == "rate_limit_error"


def test_failing_over_takes_one_request_of_a_key_and_the_limits_of_both_models(tmp_path):
    broken = response({"error": {"message": "no"}}, "500 Internal Server Error")
    with Upstream(always(broken)) as first, Upstream(always(GOOD)) as second:
        config = config_for(first.url, **limits(
            {"scope": "key", "requests": 3}, {"scope": "model", "match": "gpt-spare", "requests": 2}))
        config["providers"]["spare"] = {**config["providers"]["up"], "base_url": second.url,
                                        "models": ["gpt-spare"]}
        config["fallback"] = {"manual_rules_path": "rules.json"}
        rules = {"gpt-test": ["spare/gpt-spare"]}
        with Gateway(config, files={"rules.json": json.dumps(rules)}) as gateway:
            answers = [ask(gateway) for _ in range(4)]
            # The spare model may serve two; the third request is told what went wrong at first.
            assert [answer.status for answer in answers] == [200, 200, 500, 429]
            assert "used 3 of 3 requests" in answers[3].error()["message"]
            assert first.seen.qsize() == 3 and second.seen.qsize() == 2


def test_counters_outlive_a_refresh_and_a_new_limit_goes_on_with_them(serve):
    gateway, _ = serve(always(GOOD), **limits({"scope": "gateway", "requests": 2, "per": "day"}))
    assert [ask(gateway).status for _ in range(3)] == [200, 200, 429]
    text = gateway.config_file.read_text()
    gateway.config_file.write_text(text.replace('"requests": 2', '"requests": 3'))
    status, report = admin(gateway, "POST", "/runtime/refresh", {})
    assert status == 200 and report["status"] == "ok", report
    assert [ask(gateway).status for _ in range(2)] == [200, 429]


@pytest.mark.parametrize("entry, problem", [
    ({"scope": "team", "requests": 1}, "scope: expected gateway, key, user_path, provider or model"),
    ({"scope": "key"}, "limits nothing: set requests, tokens or concurrency"),
    ({"scope": "key", "requests": 0}, "requests: expected a whole number from 1 to"),
])
def test_faults_in_the_configuration_are_named(tmp_path, entry, problem):
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(config_for("http://127.0.0.1:1/v1", rate_limits=[entry])))
    done = run("check-config", file)
    assert done.returncode != 0
    assert "config.yaml:1: rate_limits[0]" in done.stdout + done.stderr
    assert problem in done.stdout + done.stderr
