"""Promise: `on_breach: bypass` leaves a cache out that takes longer than its budget, so that
requests go to their providers as if there were none, and takes it back when it is fast again."""

from __future__ import annotations

from gateway import wait_until

OVER = 'gomodel_plugin_over_budget_total{plugin="cache.slow",build="current"}'
CALLS = 'gomodel_plugin_call_duration_seconds_count{plugin="cache.slow",build="current",function='
BYPASSED = 'gomodel_plugin_bypassed_total{plugin="cache.slow",build="current"}'
LEFT_OUT = "a plugin is left out until it keeps to its budget"
WARNING = "a plugin takes longer than its budget"
SLOW = 250  # milliseconds, below what a lookup is waited for


def test_a_slow_cache_is_left_out_and_taken_back(start, upstream, cache):
    gateway = start(cache.block, plugins=", budgets: {cache.slow: {limit: 100ms, on_breach: bypass}}")
    assert not gateway.chat("known").hit
    gateway.wait_stored(1)
    assert gateway.chat("known").hit
    assert gateway.metrics()[OVER] == 0
    asked = len(upstream.asked)

    cache.delay(SLOW)
    assert gateway.chat("known").hit, "the call over the budget still counts"
    wait_until(lambda: gateway.metrics()[OVER] == 1, "the call to be counted")
    wait_until(lambda: gateway.warnings(WARNING), "the warning")
    warning = gateway.warnings(WARNING)[0]
    assert warning["plugin"] == "cache.slow" and warning["function"] == "get"
    assert warning["worst_ms"] >= SLOW and warning["budget_ms"] == 100
    assert warning["instance"] == "response cache"
    assert gateway.warnings(LEFT_OUT)

    calls = len(cache.calls())
    left_out = 0
    for number in range(20):  # more than the calls that try it
        answer = gateway.chat("known")
        assert answer.status == 200
        left_out += not answer.hit
    # A second at least between calls that try it, and each takes a quarter of it.
    tried = len(cache.calls()) - calls
    assert left_out == 20 - tried and left_out >= 10
    assert len(upstream.asked) == asked + left_out, "what is left out is asked of the provider"
    assert gateway.metrics()[BYPASSED] == left_out
    assert gateway.counted("lookups", result="miss") == 1 + left_out
    assert set(cache.calls()[calls:]) <= {"get"}, "nothing is kept meanwhile"

    before = gateway.stored()
    assert not gateway.chat("new").hit
    cache.delay(0)
    wait_until(lambda: gateway.chat("known").hit, "the cache to be asked again")
    assert gateway.chat("known").hit, "it is back for good"
    assert gateway.stored() == before
    assert not gateway.chat("new").hit
    gateway.wait_stored(int(before) + 1)
    assert gateway.chat("new").hit
    assert len(gateway.warnings(WARNING)) == 1
    wait_until(lambda: gateway.warnings("a plugin keeps to its budget again"), "the news")


def test_without_bypass_it_is_counted_and_still_asked(start, cache):
    gateway = start(cache.block, plugins=", budgets: {cache.slow: 100ms}")
    assert not gateway.chat("known").hit
    gateway.wait_stored(1)
    cache.delay(SLOW)
    for _ in range(3):
        assert gateway.chat("known").hit
    assert gateway.metrics()[OVER] == 3
    assert gateway.metrics()[BYPASSED] == 0
    wait_until(lambda: gateway.warnings(WARNING), "the warning")
    assert not gateway.warnings(LEFT_OUT)


def test_every_call_is_timed(start, cache):
    gateway = start(cache.block)
    assert not gateway.chat("known").hit
    gateway.wait_stored(1)
    assert gateway.chat("known").hit
    metrics = gateway.metrics()
    assert metrics[CALLS + '"get"}'] == 2
    assert metrics[CALLS + '"put"}'] == 1
    assert "cache.slow;dur=" in gateway.chat("known").headers["server-timing"]


def test_a_cache_that_does_not_answer_in_time_is_a_miss(start, upstream, cache):
    gateway = start(cache.block)
    assert not gateway.chat("known").hit
    gateway.wait_stored(1)
    cache.delay(5000)
    answer = gateway.chat("known")
    assert not answer.hit and answer.json["choices"][0]["message"]["content"] == "answer 2"
    assert gateway.counted("errors", function="get") == 1
    wait_until(lambda: gateway.warnings("the response cache failed"), "the warning")
    assert gateway.warnings("the response cache failed")[0]["error"] == "get: no answer in time"
    cache.delay(0)
    wait_until(lambda: gateway.chat("known").hit, "the cache to be asked again")
    gateway.stop()


def test_what_is_too_much_to_be_kept_is_dropped(start, cache):
    from concurrent.futures import ThreadPoolExecutor

    gateway = start(cache.block)
    cache.delay(0, put=60_000)
    with ThreadPoolExecutor(8) as crowd:
        answers = list(crowd.map(lambda number: gateway.chat(f"question {number}"), range(300)))
    assert all(answer.status == 200 and not answer.hit for answer in answers)
    # 256 wait, and two are being written.
    wait_until(lambda: gateway.counted("answers", result="dropped") == 300 - 256 - 2, "the rest")
    wait_until(lambda: gateway.warnings("more come than it takes"), "the warning")
    assert len(gateway.warnings("more come than it takes")) == 1
    assert gateway.chat("still served").status == 200
