"""Promise: a Redis that is gone costs its answers and nothing else; one that was never there is told
of before anything is served."""

from __future__ import annotations

import json

from gateway import wait_until
from with_redis import PASSWORD


def test_entries_have_the_prefix_and_expire(start, redis):
    gateway = start(f"{{redis: {{url: '{redis.url}', key: 'mine:', ttl: 100}}}}")
    gateway.chat("question")
    gateway.wait_stored(1)
    keys = redis.keys()
    assert len(keys) == 1 and keys[0].startswith("mine:") and len(keys[0]) == len("mine:") + 64
    left = int(redis.ask("PTTL", keys[0])[1:])
    assert 0 < left <= 100_000


def test_gateways_share_and_a_restart_forgets_nothing(start, redis):
    block = f"{{redis: {{url: '{redis.url}'}}}}"
    one, other = start(block), start(block)
    first = one.chat("question")
    one.stop()  # what waits to be kept is kept first
    answer = other.chat("question")
    assert answer.hit and answer.body == first.body


def test_a_redis_that_dies_is_a_miss_until_it_is_back(gateway, redis, upstream):
    gateway.chat("question")
    gateway.wait_stored(1)
    assert gateway.chat("question").hit
    redis.kill()
    for number in range(5):
        answer = gateway.chat("question")
        assert answer.status == 200 and not answer.hit
    assert len(upstream.asked) == 6
    assert gateway.counted("errors", function="get") >= 1
    wait_until(lambda: gateway.warnings("the response cache failed"), "the warning")
    assert gateway.refresh()["outcome"] in ("published", "unchanged"), "nothing has to be made anew"
    assert not gateway.chat("question").hit
    redis.start()
    wait_until(lambda: gateway.chat("question").hit, "answers to be kept again")
    assert len(gateway.warnings("the response cache failed")) == 1
    assert PASSWORD not in gateway.log()
    gateway.stop()


def test_what_redis_holds_is_not_trusted(gateway, redis, upstream):
    gateway.chat("question")
    gateway.wait_stored(1)
    [key] = redis.keys()
    for value in ("", "no entry", '{"gomodel":1,"size":3}\nabc', '{"choices":[]}'):
        assert redis.ask("SET", key, value).startswith(b"+OK")
        answer = gateway.chat("question")
        assert not answer.hit and answer.json["object"] == "chat.completion"
        gateway.wait_stored(len(upstream.asked))
        assert gateway.chat("question").hit


def refusal(gateway) -> str:
    """Why it does not start."""
    log = gateway.folder / "gateway.log"
    try:
        gateway.start()
    except AssertionError:
        assert gateway.process.wait() == 1
        return log.read_text()
    raise AssertionError("it has started")


def test_a_redis_that_is_not_there_at_the_start_is_fatal(start, redis):
    url = redis.url
    redis.kill()
    log = refusal(start(f"{{redis: {{url: '{url}'}}}}", start=False))
    assert "config.yaml:" in log and "cache.response.simple.redis.url" in log
    assert "Connection refused" in log and PASSWORD not in log


def test_wrong_settings_are_told_by_name(start, redis):
    place = f"127.0.0.1:{redis.port}"
    cases = {
        f"{{redis: {{url: 'rediss://:{PASSWORD}@{place}'}}}}": "url: rediss:// (Redis over TLS)",
        f"{{redis: {{url: 'redis://:{PASSWORD}x@{place}'}}}}": "refuses the user or password in url",
        f"{{redis: {{url: 'http://:{PASSWORD}@{place}'}}}}": "url: expected redis://",
        f"{{config: {{connections: 0}}, redis: {{url: '{redis.url}'}}}}":
            "cache.response.simple.config.connections",
        "{type: none}": "there is no plugin cache.none; the types there are plugins for: "
                        "redis, slow",
        "{type: slow, config: {delay_file: 7}}": "cache.response.simple.config.delay_file",
    }
    for block, message in cases.items():
        log = refusal(start(block, start=False))
        assert message in log, (block, log)
        assert "config.yaml:" in log and PASSWORD not in log, (block, log)


def test_a_refresh_takes_a_change_or_leaves_all_as_it_is(start, redis, tmp_path):
    gateway = start("")
    assert not gateway.chat("question").hit
    block = f"{{redis: {{url: '{redis.url}'}}}}"
    gateway.configure(block)
    report = gateway.refresh()
    assert report["outcome"] == "published", report
    gateway.chat("question")
    gateway.wait_stored(1)
    assert gateway.chat("question").hit

    gateway.configure(f"{{redis: {{url: 'redis://:{PASSWORD}@127.0.0.1:1'}}}}")
    report = gateway.refresh()
    assert report["outcome"] not in ("published", "unchanged"), report
    assert any(one["key"] == "cache.response.simple.redis.url" and "config.yaml:" in one["where"]
               for one in report["problems"]), report
    assert PASSWORD not in json.dumps(report)
    assert gateway.chat("question").hit, "the old one is still there"

    gateway.configure(f"{{type: slow, config: {{calls_file: '{tmp_path / 'calls'}'}}}}")
    assert gateway.refresh()["outcome"] == "published"
    assert not gateway.chat("question").hit
    gateway.wait_stored(2)
    assert gateway.chat("question").hit
    # Another setting: the cache in the plugin's memory is still the same.
    gateway.configure(f"{{type: slow, config: {{calls_file: '{tmp_path / 'calls'}'}}}}",
                      settings="workflows: {refresh_interval: 30m}\n")
    assert gateway.refresh()["outcome"] == "published"
    assert gateway.chat("question").hit
    gateway.configure("")
    assert gateway.refresh()["outcome"] == "published"
    assert not gateway.chat("question").hit
