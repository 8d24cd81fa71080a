"""Rules on who may use which model, and where they apply."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from urllib.parse import quote

import pytest

from gateway import wait_until

NOT_YOU = (400, "requested model is not available for this API key", "model_access_denied")
NOBODY = (400, "requested model is not available", "model_access_denied")
UNAVAILABLE = (503, "model overrides feature is unavailable", "feature_unavailable")


def put(gateway, selector: str, *paths: str):
    return gateway.admin("PUT", f"/model-overrides/{quote(selector, safe='')}",
                         {"user_paths": paths})


def delete(gateway, selector: str):
    return gateway.admin("DELETE", f"/model-overrides/{quote(selector, safe='')}")


def test_a_rule_from_beginning_to_end(start):
    gateway = start()
    assert gateway.admin("GET", "/model-overrides").json == []
    made = put(gateway, "main/big", " team//a/", "/b", "/team/a")
    assert made.status == 200
    rule = made.json
    times = {name: rule[name] for name in ("created_at", "updated_at")}
    assert rule == {"selector": "main/big", "provider_name": "main", "model": "big",
                    "user_paths": ["/b", "/team/a"], **times}
    for selector in ("/", "main/", "embed"):
        assert put(gateway, selector, "/").status == 200
    listed = gateway.admin("GET", "/model-overrides").json
    assert [(one["selector"], one["scope_kind"]) for one in listed] == [
        ("/", "global"), ("embed", "model"), ("main/", "provider"), ("main/big", "provider_model")]
    assert "provider_name" not in listed[0] and "model" not in listed[0]
    gateway.stop()
    gateway.start()
    assert gateway.admin("GET", "/model-overrides").json == listed
    for one in listed:
        assert delete(gateway, one["selector"]).status == 204
    assert delete(gateway, "main/").error == (404, "model override not found: main/", None)
    assert gateway.admin("GET", "/model-overrides").json == []


def test_who_may_use_a_model(start, upstream):
    gateway = start()
    put(gateway, "main/big", "/team/a")
    inside, outside = gateway.new_key(user_path="/team/a/b"), gateway.new_key(user_path="/team/ab")
    free = gateway.new_key()
    assert gateway.chat(key=inside["value"]).status == 200
    assert gateway.chat(key=outside["value"]).error == NOT_YOU
    assert gateway.chat(key=free["value"]).error == NOT_YOU
    assert gateway.chat().error == NOT_YOU, "the master key has no path"
    for key in (free["value"], None):
        assert gateway.chat(key=key, headers={"X-GoModel-User-Path": "/team/a"}).status == 200
    assert gateway.chat(key=outside["value"],
                        headers={"X-GoModel-User-Path": "/team/a"}).error == NOT_YOU
    assert gateway.chat("main/small", key=outside["value"]).status == 200
    assert upstream.asked == ["big", "big", "big", "small"]


def test_the_most_telling_rule_counts(start):
    gateway = start()
    put(gateway, "/", "/all")
    put(gateway, "main/", "/main")
    put(gateway, "big", "/big")
    put(gateway, "main/big", "/exact")

    def allowed(model: str = "main/big") -> set[str]:
        return {path for path in ("/exact", "/main", "/big", "/all")
                if gateway.chat(model, headers={"X-GoModel-User-Path": path}).status == 200}

    assert allowed() == {"/exact"}
    delete(gateway, "main/big")
    assert allowed() == {"/main"}
    delete(gateway, "main/")
    assert allowed() == {"/big"}
    assert allowed("main/small") == {"/all"}
    delete(gateway, "big")
    assert allowed() == {"/all"}


@pytest.mark.parametrize("path, body", (
    ("/v1/embeddings", {"model": "main/embed", "input": "?"}),
    ("/v1/responses", {"model": "main/embed", "input": "?"}),
    ("/v1/messages", {"model": "main/embed", "max_tokens": 5,
                      "messages": [{"role": "user", "content": "?"}]}),
    ("/v1/messages/count_tokens", {"model": "main/embed",
                                   "messages": [{"role": "user", "content": "?"}]}),
    ("/v1/chat/completions", {"model": "main/embed", "stream": True,
                              "messages": [{"role": "user", "content": "?"}]}),
    ("/p/openai/v1/chat/completions", {"model": "embed", "messages": []}),
    ("/p/main/embeddings", {"model": "embed", "input": "?"}),
))
def test_every_route_is_closed(start, upstream, path, body):
    gateway = start()
    put(gateway, "embed", "/team")
    refused = gateway.ask("POST", path, body)
    assert refused.status == 400
    assert "requested model is not available for this API key" in refused.body.decode()
    assert upstream.asked == []


def test_what_cannot_be_used_is_not_listed(start):
    gateway = start()
    put(gateway, "main/big", "/team")
    gateway.admin("PUT", "/aliases/smart", {"target_model": "big"})
    assert gateway.models() == ["main/embed", "main/small"]
    header = {"X-GoModel-User-Path": "/team/a"}
    assert gateway.models(headers=header) == ["main/big", "main/embed", "main/small", "smart"]
    assert gateway.chat("smart").error == NOT_YOU
    assert gateway.chat("smart", headers=header).status == 200
    for hidden in ("main%2Fbig", "smart", "big"):
        assert gateway.ask("GET", f"/v1/models/{hidden}").status == 404
        assert gateway.ask("GET", f"/v1/models/{hidden}", headers=header).status == 200


def test_models_that_step_in_are_checked(start, upstream):
    gateway = start(settings="fallback: {manual_rules_path: rules.json}\n",
                    files={"rules.json": '{"main/big": ["main/embed", "main/small"]}'})
    put(gateway, "main/embed", "/team")
    upstream.failing.add("big")
    assert gateway.chat("main/big").status == 200
    assert upstream.asked == ["big", "small"]


def test_closed_by_default(start):
    gateway = start(settings="models: {enabled_by_default: false}\n")
    assert gateway.chat().error == NOBODY
    assert gateway.models() == []
    put(gateway, "main/big", "/")
    assert gateway.chat().status == 200
    assert gateway.models() == ["main/big"]
    access = {one["selector"]: one["access"] for one in gateway.admin("GET", "/models").json}
    assert access["main/small"] == {"selector": "main/small", "default_enabled": False,
                                    "effective_enabled": False}
    assert access["main/big"]["effective_enabled"] and access["main/big"]["user_paths"] == ["/"]
    assert access["main/big"]["override"]["selector"] == "main/big"


def test_switched_off(start):
    gateway = start()
    put(gateway, "/", "/nobody")
    off = start(settings="models: {overrides_enabled: false, enabled_by_default: false}\n")
    assert gateway.chat().error == NOT_YOU
    assert off.chat().status == 200
    assert off.admin("GET", "/model-overrides").error == UNAVAILABLE
    assert put(off, "/", "/").error == UNAVAILABLE
    assert delete(off, "/").error == UNAVAILABLE


def test_refusals_say_why(start):
    gateway = start()
    body = "invalid request body: "
    for selector, paths, message in (
            ("%20", ["/"], "selector is required"),
            ("x", [], "user_paths is required"),
            ("x", None, "user_paths is required"),
            ("x", ["", " "], "user_paths is required"),
            ("x", ["/a/.."], "invalid user_paths value"),
            ("x", ["/a:b"], "invalid user_paths value"),
            ("x", "/", body + "user_paths must be a list of strings"),
            ("x", [1], body + "user_paths[0] must be a string"),
            ("x", ["/a", "/\x01"], body + "user_paths[1] must not contain control characters"),
            ("%FF", ["/"], "selector is not UTF-8"),
            ("x", ["/a"] * 1001, body + "user_paths has more than 1000 values")):
        refused = gateway.admin("PUT", f"/model-overrides/{selector}", {"user_paths": paths})
        assert refused.error == (400, message, None), (selector, paths)
    assert gateway.admin("GET", "/model-overrides").json == []


def test_rules_of_an_older_version(start, tmp_path):
    database = tmp_path / "gomodel.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE model_overrides (selector TEXT PRIMARY KEY, "
            "provider_name TEXT NOT NULL DEFAULT '', model TEXT NOT NULL DEFAULT '', "
            "user_paths TEXT NOT NULL DEFAULT '[]', created_at INTEGER NOT NULL, "
            "updated_at INTEGER NOT NULL)")
        for column in ("provider_name", "model"):
            connection.execute(
                f"CREATE INDEX idx_model_overrides_{column} ON model_overrides({column})")
        connection.executemany("INSERT INTO model_overrides VALUES (?,?,?,?,10,20)", [
            ("gone/big", "", "gone/big", '["/team"]'),  # parts as they were stored, not as read now
            ("main/big", "", "", '["/team"]'),
            ("main/small", "main", "small", '["/team","/other"]')])
    gateway = start(database=database)
    listed = gateway.admin("GET", "/model-overrides").json
    assert [(one["selector"], one["scope_kind"], one["user_paths"]) for one in listed] == [
        ("gone/big", "model", ["/team"]), ("main/big", "provider_model", ["/team"]),
        ("main/small", "provider_model", ["/team", "/other"])]
    assert gateway.chat("main/big").error == NOT_YOU
    assert gateway.chat("main/small", headers={"X-GoModel-User-Path": "/other"}).status == 200
    assert put(gateway, "main/small", "/").json["created_at"] == "1970-01-01T00:00:10Z"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        stored, = connection.execute(
            "SELECT user_paths FROM model_overrides WHERE selector = 'main/small'")
    assert stored == ('["/"]',)


def test_others_see_it_and_a_failure_changes_nothing(start):
    one, other = start(), start(reload="100ms")
    put(one, "main/big", "/team")
    wait_until(lambda: other.chat("main/big").status == 400, "the other to know the rule")
    with closing(sqlite3.connect(one.database)) as connection, connection:
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.execute(f"CREATE TRIGGER no_{event} BEFORE {event} ON model_overrides "
                               "BEGIN SELECT RAISE(ABORT, 'no'); END")
    saved, deleted = put(one, "main/big", "/"), delete(one, "main/big")
    assert saved.error == (502, "failed to save model override", None)
    assert deleted.error == (502, "failed to delete model override", None)
    assert saved.json["error"]["type"] == "provider_error"
    assert one.chat("main/big").error == NOT_YOU
