"""The models the gateway knows: listed, kept on disk, described by the external list."""

import json
import stat
import threading
import time

import pytest

from gateway import PATIENCE, Gateway, config_for, request
from upstream import Upstream, always, response

LISTED = {"object": "list", "data": [
    {"id": "gpt-b", "object": "model", "created": 2, "owned_by": "system"},
    {"id": "gpt-a", "object": "model", "created": 1, "owned_by": "system"},
]}
LIST = {
    "version": 1,
    "providers": {"openai": {}},
    "models": {
        "gpt-a": {"display_name": "A", "modes": ["chat"], "context_window": 1000,
                  "pricing": {"currency": "USD", "input_per_mtok": 2.5}},
        "embed": {"modes": ["embedding"], "aliases": ["openai/gpt-b"]},
        "broken": {"display_name": 7},
    },
    "provider_models": {"openai/gpt-a": {"model_ref": "gpt-a", "max_output_tokens": 50}},
}
METADATA = {"display_name": "A", "modes": ["chat"], "categories": ["text_generation"],
            "context_window": 1000, "max_output_tokens": 50,
            "pricing": {"currency": "USD", "input_per_mtok": 2.5}}


def config(upstream_url, cache_dir, models=(), **provider):
    """One provider that is asked for its models."""
    return config_for(
        upstream_url,
        models={"configured_provider_models_mode": "fallback"},
        cache={"model": {"local": {"cache_dir": str(cache_dir)}}},
        providers={"up": {"type": "openai", "api_key": "sk-upstream-secret",
                          "base_url": upstream_url, "models": list(models), **provider}},
    )


def get(gateway, path):
    with gateway.connect() as client:
        return client.send(request("GET", path)).answer()


def ids(gateway):
    """Of the models that are known by now: none until a provider has listed some."""
    return [model["id"] for model in get(gateway, "/v1/models").json().get("data", [])]


def listed(gateway):
    gateway.wait_log(lambda line: '"models listed"' in line)


def wait_until(what):
    deadline = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < deadline, "never came true"
        time.sleep(0.01)


def refresh(gateway):
    with gateway.connect() as client:
        return client.send(request("POST", "/admin/api/v1/runtime/refresh", {})).answer()


def dead_url():
    """Where nobody listens."""
    with Upstream(always(b"")) as upstream:
        return upstream.url


@pytest.fixture
def cache(tmp_path):
    return tmp_path / "deep" / "cache"


def test_models_of_an_earlier_run_are_there_while_the_upstream_is_away(cache):
    with Upstream(always(response(LISTED))) as upstream:
        with Gateway(config(upstream.url, cache)) as gateway:
            assert refresh(gateway).status == 200
            assert ids(gateway) == ["up/gpt-a", "up/gpt-b"]
        url = upstream.url
    file = cache / "models.json"
    assert stat.S_IMODE(file.stat().st_mode) & 0o777 == 0o644
    kept = json.loads(file.read_text())
    assert kept.pop("updated_at").endswith("Z")
    assert kept == {"providers": {"up": {
        "provider_type": "openai", "owned_by": "system",
        "models": [{"id": "gpt-b", "created": 2}, {"id": "gpt-a", "created": 1}]}}}
    assert [entry.name for entry in cache.iterdir()] == ["models.json"]
    with Gateway(config(url, cache)) as gateway:
        assert get(gateway, "/v1/models").json() == {"object": "list", "data": [
            {"id": "up/gpt-a", "object": "model", "owned_by": "up", "created": 1},
            {"id": "up/gpt-b", "object": "model", "owned_by": "up", "created": 2}]}


@pytest.mark.parametrize("content", [
    "", "nonsense", '{"providers": []}',
    '{"providers": {"gone": {"provider_type": "openai", "models": [{"id": "m"}]}}}',
    '{"providers": {"up": {"provider_type": "groq", "models": [{"id": "m"}]}}}',
])
def test_a_cache_of_no_use_leaves_the_configured_models(cache, content):
    cache.mkdir(parents=True)
    (cache / "models.json").write_text(content)
    with Gateway(config(dead_url(), cache, models=["configured"])) as gateway:
        assert ids(gateway) == ["up/configured"]
        warned = any("the cached models cannot be used" in line for line in gateway.lines)
        assert warned == ("provider_type" not in content)


def test_a_provider_that_fails_keeps_its_models(cache):
    answers = [response(LISTED), response({"error": {"message": "no"}}, "500 No")]

    def script(peer):
        while True:
            peer.read_request()
            peer.send(answers[0])

    with Upstream(script) as upstream, Gateway(config(upstream.url, cache)) as gateway:
        listed(gateway)
        refresh(gateway)
        answers[0] = answers[1]
        assert refresh(gateway).status == 200
        assert ids(gateway) == ["up/gpt-a", "up/gpt-b"]


def test_an_empty_list_gives_way_to_the_configured_models(cache):
    empty = response({"object": "list", "data": []})
    with Upstream(always(empty)) as upstream:
        with Gateway(config(upstream.url, cache, models=["configured"])) as gateway:
            refresh(gateway)
            data = get(gateway, "/v1/models").json()["data"]
            assert [model["id"] for model in data] == ["up/configured"]
            assert data[0]["created"] > 1_700_000_000


def test_the_external_list_describes_models(cache):
    with Upstream(always(response(LISTED))) as upstream, \
            Upstream(always(response(LIST))) as source:
        env = {"MODEL_LIST_URL": source.url + "/models.json"}
        with Gateway(config(upstream.url, cache), env) as gateway:
            asked = source.next_request()
            assert asked.line == "GET /v1/models.json HTTP/1.1"
            assert asked.headers["accept"] == "application/json"
            gateway.wait_log(lambda line: '"model list fetched"' in line and '"skipped":1' in line)
            refresh(gateway)
            model = get(gateway, "/v1/models/up/gpt-a").json()
            assert model["metadata"] == METADATA
            admin = get(gateway, "/admin/api/v1/models?category=embedding").json()
            assert [entry["selector"] for entry in admin] == ["up/gpt-b"]
            assert admin[0]["model"]["owned_by"] == "system"
            counts = get(gateway, "/admin/api/v1/models/categories").json()
            assert {entry["category"]: entry["count"] for entry in counts} == {
                "all": 2, "text_generation": 1, "embedding": 1, "image": 0, "audio": 0,
                "video": 0, "utility": 0}
            refused = get(gateway, "/admin/api/v1/models?category=x")
            assert refused.status == 400
            assert refused.error()["message"] == "invalid category: x"
        url = upstream.url
    with Gateway(config(url, cache), env) as gateway:  # both are away now
        assert get(gateway, "/v1/models/up/gpt-a").json()["metadata"] == METADATA


@pytest.mark.parametrize("answer, why", [
    (response(LIST, "404 Not Found"), "status 404 instead of 200"),
    (response(b"x" * (10 * 1024 * 1024 + 1)), "larger than 10 MiB"),
    (response(b"[]"), "the model list is not a JSON object"),
])
def test_a_list_that_cannot_be_used_is_a_warning(cache, answer, why):
    with Upstream(always(answer)) as source:
        env = {"MODEL_LIST_URL": source.url + "?key=hidden"}
        with Gateway(config(dead_url(), cache, models=["configured"]), env) as gateway:
            gateway.wait_log(lambda line: why in line)
            assert ids(gateway) == ["up/configured"]
            assert not any("hidden" in line for line in gateway.lines)


def test_configured_metadata_comes_on_top(cache):
    with Upstream(always(response(LIST))) as source:
        env = {"MODEL_LIST_URL": source.url}
        models = [{"id": "gpt-a", "metadata": {"display_name": "Mine", "modes": ["embedding"]}},
                  "plain"]
        with Gateway(config(dead_url(), cache, models=models), env) as gateway:
            gateway.wait_log(lambda line: '"model list fetched"' in line)
            refresh(gateway)
            assert get(gateway, "/v1/models/up/gpt-a").json()["metadata"] == {
                **METADATA, "display_name": "Mine", "modes": ["embedding"],
                "categories": ["embedding"]}
            assert "metadata" not in get(gateway, "/v1/models/up/plain").json()


def model_list(*names):
    return response({"object": "list", "data": [
        {"id": name, "object": "model", "created": 1, "owned_by": "system"} for name in names]})


def several(urls, cache, **sections):
    """An instance for each name, all of one type."""
    made = config("", cache)
    up = made["providers"].pop("up")
    made["providers"] = {name: {**up, "base_url": url} for name, url in urls.items()}
    return {**made, **sections}


def test_all_instances_are_asked_at_once(cache):
    """None of them answers before each has been asked, and one never does."""
    everybody = threading.Barrier(3)

    def lists(*names):
        def script(peer):
            peer.read_request()
            everybody.wait(PATIENCE)
            peer.send(model_list(*names))
        return script

    def silent(peer):
        peer.read_request()
        everybody.wait(PATIENCE)
        peer.wait_closed()

    with Upstream(lists("m", "a")) as one, Upstream(lists("m", "b")) as two, \
            Upstream(silent) as three:
        urls = {"two": two.url, "one": one.url, "three": three.url}
        with Gateway(several(urls, cache)) as gateway:
            wait_until(lambda: len(ids(gateway)) == 4)
            assert ids(gateway) == ["one/a", "one/m", "two/b", "two/m"]
            owners = [model["owned_by"] for model in get(gateway, "/v1/models").json()["data"]]
            assert owners == ["one", "one", "two", "two"]


def test_a_model_of_several_instances_is_the_first_ones_unless_it_is_named(cache):
    answer = response({"id": "1", "object": "chat.completion", "choices": []})

    def script(peer):
        while True:
            listing = peer.read_request().line.startswith("GET")
            peer.send(model_list("m") if listing else answer)

    with Upstream(script) as one, Upstream(script) as two:
        with Gateway(several({"two": two.url, "one": one.url}, cache)) as gateway:
            wait_until(lambda: ids(gateway) == ["one/m", "two/m"])
            for upstream in (one, two):
                upstream.next_request()
            for model, upstream in (("m", one), ("two/m", two), ("one/m", one)):
                body = {"model": model, "messages": [{"role": "user", "content": "x"}]}
                with gateway.connect() as client:
                    asked = request("POST", "/v1/chat/completions", body)
                    assert client.send(asked).answer().status == 200
                assert upstream.next_request().json()["model"] == "m"


def test_models_are_asked_for_again_in_the_background(cache):
    answers = [model_list("early"), model_list("late", "early")]

    def script(peer):
        while True:
            peer.read_request()
            peer.send(answers.pop(0) if len(answers) > 1 else answers[0])

    with Upstream(script) as upstream:
        made = config(upstream.url, cache)
        made["cache"]["model"]["refresh_interval"] = 1
        with Gateway(made) as gateway:
            wait_until(lambda: ids(gateway) == ["up/early", "up/late"])
            wait_until(lambda: "late" in (cache / "models.json").read_text())


def test_an_allowlist_is_all_there_is_and_nobody_is_asked(cache):
    with Upstream(always(response(LISTED))) as upstream:
        made = config(upstream.url, cache, models=["gpt-a", " gpt-a ", "gpt-z"])
        made["models"]["configured_provider_models_mode"] = "allowlist"
        with Gateway(made) as gateway:
            assert refresh(gateway).status == 200
            assert ids(gateway) == ["up/gpt-a", "up/gpt-z"]
            assert upstream.connections == 0
