"""What a failing provider costs a client: tries that are made again, calls that are not made at all,
and other models that step in. The client gets one answer, the log one line, whatever it took."""

import json
import re
import time

import pytest

from gateway import PATIENCE, Gateway, chat, config_for, request
from upstream import (ANSWER, DONE, LAST_CHUNK, STREAM_HEAD, Upstream, always, chunk, event,
                      events_of, response)

GOOD = response(ANSWER)
BUSY = response({"error": {"message": "too much to do"}}, "503 Service Unavailable")
LIMITED = response({"error": {"message": "slower"}}, "429 Too Many Requests")
WRONG = response({"error": {"message": "messages is wrong"}}, "400 Bad Request")
BROKEN = response({"error": {"message": "it broke"}}, "500 Internal Server Error")
STREAM = STREAM_HEAD + chunk(event("ok") + event(finish="stop") + DONE) + LAST_CHUNK
EMBEDDINGS = response({
    "object": "list", "model": "gpt-test",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5]}],
    "usage": {"prompt_tokens": 1, "total_tokens": 1},
})
RESET = object()  # the connection is closed without an answer

SHOW = {"address": "127.0.0.1", "port": 0, "workers": 1, "diagnostics_headers": True}
METRICS = {"enabled": True}
BREAKER_OFF = {"failure_threshold": 0}


def resilience(retries=3, backoff="1ms", longest="30s", breaker=BREAKER_OFF):
    retry = {"max_retries": retries, "initial_backoff": backoff, "max_backoff": longest,
             "jitter_factor": 0}
    return {"retry": retry, "circuit_breaker": breaker}


def scripted(*answers):
    """A script that gives these answers in turn, over all connections; further ones are the last."""
    left = list(answers)

    def script(peer):
        while True:
            peer.read_request()
            answer = left.pop(0) if len(left) > 1 else left[0]
            if answer is RESET:
                return
            peer.send(answer)

    return script


def ask(gateway, data=None):
    with gateway.connect() as client:
        return client.send(data or chat()).answer()


def broken_off(client):
    """Returns once the gateway has ended the connection."""
    try:
        client.read_all()
    except ConnectionError:
        pass


def requests_logged(gateway):
    """The access log's lines of all that was asked, once the last has been written."""
    with gateway.connect() as client:
        assert client.send(request("GET", "/health")).answer().status == 200
    gateway.wait_log(lambda line: "/health" in line)
    return [record for record in gateway.records() if record["uri"].startswith("/v1/")]


def metric(gateway, pattern):
    body = ask(gateway, request("GET", "/metrics")).body.decode()
    return [float(value) for value in re.findall(rf"^{pattern} (\S+)$", body, re.MULTILINE)]


@pytest.mark.parametrize("stream", (False, True))
@pytest.mark.parametrize("bad", (BUSY, LIMITED, RESET))
def test_a_failure_that_passes_is_retried(serve, bad, stream):
    good = STREAM if stream else GOOD
    gateway, upstream = serve(scripted(bad, bad, good), resilience=resilience(), server=SHOW)
    answer = ask(gateway, chat(stream))
    assert answer.status == 200, answer.body
    if stream:
        assert events_of(answer.body)[-1] == "[DONE]"
    else:
        assert answer.json() == ANSWER
    assert answer.headers["x-gomodel-attempts"] == "3"
    assert answer.headers["x-gomodel-fallback"] == "false"
    bodies = [upstream.next_request().body for _ in range(3)]
    assert bodies[0] == bodies[1] == bodies[2] and bodies[0]
    assert upstream.seen.empty()
    assert len(requests_logged(gateway)) == 1


def test_an_answer_that_is_cut_off_before_the_client_saw_any_is_retried(serve):
    cut = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"

    def script(peer):
        peer.read_request()
        if upstream.connections == 1:
            peer.send(cut)
            return
        peer.send(GOOD)

    gateway, upstream = serve(script, resilience=resilience())
    assert ask(gateway).json() == ANSWER
    assert upstream.next_request().body == upstream.next_request().body


def test_a_stream_that_has_begun_is_never_retried(serve):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("begun")))

    gateway, upstream = serve(script, resilience=resilience())
    with gateway.connect() as client:
        client.send(chat(stream=True))
        client.read_until(b"begun")
    gateway.wait_log(lambda line: "REQUEST" in line and "/v1/" in line)
    upstream.next_request()
    assert upstream.seen.empty()


@pytest.mark.parametrize("bad,status", ((WRONG, 400), (BROKEN, 500)))
def test_other_errors_are_not_retried(serve, bad, status):
    gateway, upstream = serve(scripted(bad, GOOD), resilience=resilience())
    assert ask(gateway).status == status
    upstream.next_request()
    assert upstream.seen.empty()


def test_a_timeout_is_not_retried(serve):
    def script(peer):
        peer.read_request()
        peer.wait_closed()

    gateway, upstream = serve(script, resilience=resilience(),
                              http={"response_header_timeout": "100ms"})
    assert ask(gateway).status == 504
    upstream.next_request()
    assert upstream.seen.empty()


def test_the_last_error_is_told_after_the_last_retry(serve):
    gateway, upstream = serve(scripted(BUSY), resilience=resilience(retries=2), metrics=METRICS)
    answer = ask(gateway)
    assert (answer.status, answer.error()["message"]) == (503, "too much to do")
    for _ in range(3):
        upstream.next_request()
    assert upstream.seen.empty()
    assert metric(gateway, r'gomodel_requests_total\{[^}]*status_code="503"[^}]*\}') == [1]


def test_retry_after_is_waited_for(serve):
    times = []

    def script(peer):
        while True:
            peer.read_request()
            times.append(time.monotonic())
            peer.send(GOOD if len(times) > 1 else response(
                {"error": {"message": "later"}}, "429 Too Many Requests", ["Retry-After: 1"]))

    gateway, _ = serve(script, resilience=resilience())
    assert ask(gateway).status == 200
    assert times[1] - times[0] >= 0.99


def test_a_retry_after_beyond_the_longest_backoff_is_passed_on(serve):
    later = response({"error": {"message": "later"}}, "429 Too Many Requests", ["Retry-After: 3600"])
    gateway, upstream = serve(scripted(later, GOOD), resilience=resilience())
    answer = ask(gateway)
    assert (answer.status, answer.headers["retry-after"]) == (429, "3600")
    upstream.next_request()
    assert upstream.seen.empty()


def test_the_upstream_may_forbid_a_retry(serve):
    never = response({"error": {"message": "no"}}, "503 Service Unavailable",
                     ["X-Should-Retry: false"])
    gateway, upstream = serve(scripted(never, GOOD), resilience=resilience())
    assert ask(gateway).status == 503
    upstream.next_request()
    assert upstream.seen.empty()


def test_a_client_that_leaves_ends_the_wait(serve):
    gateway, upstream = serve(scripted(BUSY, GOOD), resilience=resilience(backoff="1h", longest="1h"))
    with gateway.connect() as client:
        client.send(chat())
        upstream.next_request()
    gateway.wait_log(lambda line: "REQUEST" in line and "client_gone" in line)
    assert upstream.seen.empty()
    assert len(requests_logged(gateway)) == 1


def test_the_breaker_opens_and_probes(serve):
    breaker = {"failure_threshold": 2, "success_threshold": 1, "timeout": "300ms"}
    gateway, upstream = serve(scripted(BUSY, BUSY, GOOD),
                              resilience=resilience(retries=0, breaker=breaker), metrics=METRICS)
    assert [ask(gateway).status for _ in range(2)] == [503, 503]
    opened = time.monotonic()
    refused = 0
    while True:
        answer = ask(gateway)
        if answer.status == 200:
            break
        refused += 1
        error = answer.error()
        assert error["message"] == "circuit breaker is open - provider temporarily unavailable"
        assert (answer.status, error["type"]) == (503, "provider_error")
        assert answer.headers["retry-after"] == "1"
        assert time.monotonic() - opened < PATIENCE
    for _ in range(3):
        upstream.next_request()
    assert upstream.seen.empty()  # the refused ones never got there
    assert metric(gateway, r'gomodel_circuit_breaker_rejections_total\{provider="up"\}') == [refused]
    assert metric(gateway, r'gomodel_circuit_breaker_state\{provider="up",state="closed"\}') == [1]
    assert ask(gateway).status == 200


def test_streams_that_break_off_open_the_breaker(serve):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("begun")))

    breaker = {"failure_threshold": 1, "success_threshold": 1, "timeout": "1h"}
    gateway, upstream = serve(script, resilience=resilience(breaker=breaker))
    with gateway.connect() as client:
        client.send(chat(stream=True))
        client.read_until(b"begun")
        broken_off(client)
    assert ask(gateway).error()["code"] == "circuit_breaker_open"
    upstream.next_request()
    assert upstream.seen.empty()


def test_clients_that_leave_do_not_open_the_breaker(serve):
    def script(peer):
        while True:
            peer.read_request()
            if len(left) < 3:
                left.append(1)
                peer.wait_closed()
                return
            peer.send(GOOD)

    left = []
    breaker = {"failure_threshold": 1, "success_threshold": 1, "timeout": "1h"}
    gateway, upstream = serve(script, resilience=resilience(breaker=breaker))
    for _ in range(3):
        with gateway.connect() as client:
            client.send(chat())
            upstream.next_request()
    assert ask(gateway).status == 200


@pytest.fixture
def pair():
    """pair(first, second, **sections): a gateway whose model `gpt-test` of `up` may be served by
    `spare/gpt-spare`."""
    running = []

    def start(first, second, **sections):
        upstreams = [Upstream(first), Upstream(second)]
        running.extend(upstreams)
        config = config_for(upstreams[0].url, server=SHOW, **sections)
        config["providers"]["spare"] = {**config["providers"]["up"], "base_url": upstreams[1].url,
                                        "models": ["gpt-spare"]}
        config["fallback"] = {"manual_rules_path": "rules.json"}
        rules = {"gpt-test": ["nowhere/else", "spare/gpt-spare"]}
        gateway = Gateway(config, files={"rules.json": json.dumps(rules)})
        running.append(gateway)
        gateway.__enter__()
        return gateway, *upstreams

    yield start
    for started in reversed(running):
        started.__exit__(None, None, None)


def embeddings():
    return request("POST", "/v1/embeddings", {"model": "gpt-test", "input": "hi"})


@pytest.mark.parametrize("bad", (BROKEN, BUSY, LIMITED, RESET))
@pytest.mark.parametrize("data,good", (
    (chat(), GOOD), (chat(stream=True), STREAM), (embeddings(), EMBEDDINGS)),
    ids=("whole", "stream", "embeddings"))
def test_another_model_steps_in(pair, data, good, bad):
    gateway, first, second = pair(scripted(bad), scripted(good))
    answer = ask(gateway, data)
    assert answer.status == 200, answer.body
    assert answer.headers["x-gomodel-provider"] == "spare"
    assert answer.headers["x-gomodel-model"] == "gpt-spare"
    assert answer.headers["x-gomodel-attempts"] == "2"
    assert answer.headers["x-gomodel-fallback"] == "true"
    asked, stepped_in = first.next_request().json(), second.next_request().json()
    assert (asked.pop("model"), stepped_in.pop("model")) == ("gpt-test", "gpt-spare")
    assert asked == stepped_in
    lines = requests_logged(gateway)
    assert len(lines) == 1, lines
    wanted = {"requested_model": "gpt-test", "provider": "spare", "model": "gpt-spare",
              "attempts": 2, "fallback": True}
    assert {name: lines[0][name] for name in wanted} == wanted


def ranked(name, elo):
    """A configured model that writes text."""
    return {"id": name, "metadata": {"modes": ["chat"],
                                     "rankings": {"chatbot_arena": {"elo": elo}}}}


def test_the_nearest_in_a_ranking_steps_in_automatically():
    with Upstream(scripted(BUSY)) as first, Upstream(scripted(GOOD)) as second:
        config = config_for(first.url, server=SHOW, fallback={"default_mode": "auto"})
        up = config["providers"]["up"]
        config["providers"] = {
            "up": {**up, "models": [ranked("gpt-test", 1200)]},
            "far": {**up, "base_url": second.url, "models": [ranked("gpt-far", 1100)]},
            "near": {**up, "base_url": second.url, "models": [ranked("gpt-near", 1250)]},
            "unknown": {**up, "base_url": second.url, "models": ["gpt-unknown"]}}
        with Gateway(config) as gateway:
            answer = ask(gateway)
            assert answer.status == 200, answer.body
            assert answer.headers["x-gomodel-model"] == "gpt-near"
            assert second.next_request().json()["model"] == "gpt-near"


def test_a_wrong_request_is_nobody_elses(pair):
    gateway, _, second = pair(scripted(WRONG), scripted(GOOD))
    assert ask(gateway).status == 400
    assert second.seen.empty()


def test_a_stream_that_has_begun_stays_where_it_is(pair):
    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("begun")))

    gateway, _, second = pair(script, scripted(STREAM))
    with gateway.connect() as client:
        client.send(chat(stream=True))
        client.read_until(b"begun")
        broken_off(client)
    assert second.seen.empty()


def test_the_last_error_is_told(pair):
    gateway, *_ = pair(scripted(BUSY), scripted(WRONG))
    answer = ask(gateway)
    assert (answer.status, answer.error()["message"]) == (400, "messages is wrong")


def test_an_open_breaker_sends_requests_on_at_once(pair):
    breaker = {"failure_threshold": 1, "success_threshold": 1, "timeout": "1h"}
    gateway, first, second = pair(scripted(BUSY), scripted(GOOD),
                                  resilience=resilience(retries=0, breaker=breaker))
    assert [ask(gateway).status for _ in range(3)] == [200, 200, 200]
    first.next_request()
    assert first.seen.empty()
    for _ in range(3):
        second.next_request()
