"""Names that operators give to models."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from urllib.parse import quote

from gateway import wait_until


def put(gateway, name: str, target: str = "main/small", **fields):
    return gateway.admin("PUT", f"/aliases/{quote(name, safe='')}",
                         {"target_model": target, **fields})


def delete(gateway, name: str):
    return gateway.admin("DELETE", f"/aliases/{quote(name, safe='')}")


def test_an_alias_from_beginning_to_end(start, upstream):
    gateway = start()
    assert gateway.admin("GET", "/aliases").json == []
    made = put(gateway, "fast", description="for drafts")
    assert made.status == 200
    alias = made.json
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", alias["created_at"])
    times = {name: alias[name] for name in ("created_at", "updated_at")}
    assert alias == {"name": "fast", "target_model": "main/small", "description": "for drafts",
                     "enabled": True, **times}
    assert gateway.admin("GET", "/aliases").json == [
        {**alias, "resolved_model": "main/small", "provider_type": "openai", "valid": True}]

    assert gateway.chat("fast").status == 200
    assert upstream.asked == ["small"]
    line, = gateway.chats(1)
    assert (line["requested_model"], line["model"], line["alias_used"]) == ("fast", "small", True)
    gateway.stop()
    gateway.start()
    assert gateway.chat("fast").status == 200
    assert delete(gateway, "fast").status == 204
    assert gateway.chat("fast").status == 400
    assert delete(gateway, "fast").error == (404, "alias not found: fast", None)


def test_enabled_is_kept_unless_it_is_said(start):
    gateway = start()
    put(gateway, "fast", enabled=False)
    changed = put(gateway, "fast", "small", target_provider="main")
    assert (changed.json["enabled"], changed.json["target_provider"]) == (False, "main")
    assert gateway.chat("fast").status == 400, "it is off"
    listed, = gateway.admin("GET", "/aliases").json
    assert (listed["enabled"], listed["valid"], listed["resolved_model"]) == (
        False, True, "main/small")
    assert put(gateway, "fast", enabled=True).json["enabled"]
    assert gateway.chat("fast").status == 200


def test_an_alias_may_shadow_a_selector(start, upstream):
    gateway = start()
    assert put(gateway, "main/big", "main/small").status == 200
    assert gateway.chat("main/big").status == 200
    assert gateway.chat("main/big", provider="main").status == 200
    assert upstream.asked == ["small", "big"], "who names a provider means no alias"


def test_refusals_say_why(start):
    gateway = start()
    put(gateway, "fast")
    for name, body, message in (
            ("%20", {"target_model": "big"}, "alias name is required"),
            ("x", {}, "target_model is required"),
            ("x", {"target_model": " "}, "target_model is required"),
            ("x", {"target_model": "main/"},
             "invalid target selector: there is no model behind the slash of main/"),
            ("big", {"target_model": "big"}, 'alias "big" cannot target itself'),
            ("main%2Fbig", {"target_model": "big", "target_provider": "main"},
             'alias "main/big" cannot target itself'),
            ("x", {"target_model": "fast"}, 'alias target "fast" refers to another alias'),
            ("x", {"target_model": "nothing"}, "target model not found: nothing"),
            ("x", {"target_model": "big", "target_provider": "nobody"},
             "target model not found: nobody/big"),
            ("x", {"target_model": 1},
             "invalid request body: target_model must be a string"),
            ("x", {"target_model": "big", "enabled": "yes"},
             "invalid request body: enabled must be true or false"),
            ("%00", {"target_model": "big"}, "alias name must not contain control characters"),
            ("%FF", {"target_model": "big"}, "alias name is not UTF-8"),
            ("x" * 1025, {"target_model": "big"}, "alias name is longer than 1024 bytes")):
        assert gateway.admin("PUT", f"/aliases/{name}", body).error == (400, message, None), name
    assert [alias["name"] for alias in gateway.admin("GET", "/aliases").json] == ["fast"]


def test_names_are_decoded_once(start):
    gateway = start()
    for name in ("my/alias", "50%", "a%2Fb", "ü:b?c#d", "'; DROP TABLE aliases; --"):
        assert put(gateway, name).json["name"] == name
        assert gateway.chat(name).status == 200
    assert len(gateway.admin("GET", "/aliases").json) == 5
    assert delete(gateway, "a/b").status == 404
    assert delete(gateway, "a%2Fb").status == 204


def test_the_list_of_models_has_aliases(start):
    gateway = start()
    put(gateway, "zzz")
    put(gateway, "main/big", "main/small")
    put(gateway, "off", enabled=False)
    assert gateway.models() == ["main/big", "main/embed", "main/small", "zzz"]
    listed = {model["id"]: model for model in gateway.ask("GET", "/v1/models").json["data"]}
    assert listed["zzz"] == {**listed["main/small"], "id": "zzz"}
    assert gateway.ask("GET", "/v1/models/zzz").json == listed["zzz"]
    assert gateway.ask("GET", "/v1/models/off").status == 404
    anthropic = {"anthropic-version": "2023-06-01"}
    shown = gateway.ask("GET", "/v1/models", headers=anthropic).json
    assert [model["id"] for model in shown["data"]] == gateway.models()
    assert shown["last_id"] == "zzz"


def test_aliases_alone_if_so_wished(start):
    gateway = start(settings="models: {keep_only_aliases_at_models_endpoint: true}\n")
    assert gateway.models() == []
    put(gateway, "fast")
    assert gateway.models() == ["fast"]
    assert gateway.ask("GET", "/v1/models/main%2Fbig").status == 404
    assert gateway.chat("main/big").status == 200, "hidden, not closed"


def test_an_alias_of_a_model_that_is_gone(start, tmp_path):
    database = tmp_path / "gomodel.db"
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE aliases (name TEXT PRIMARY KEY, target_model TEXT NOT NULL, "
            "target_provider TEXT NOT NULL DEFAULT '', description TEXT NOT NULL DEFAULT '', "
            "enabled INTEGER NOT NULL DEFAULT 1, created_at INTEGER NOT NULL, "
            "updated_at INTEGER NOT NULL)")
        connection.execute("CREATE INDEX idx_aliases_enabled ON aliases(enabled)")
        connection.execute("CREATE INDEX idx_aliases_updated_at ON aliases(updated_at DESC)")
        connection.executemany("INSERT INTO aliases VALUES (?,?,?,?,?,?,?)", [
            ("gone", "old-model", "", "", 1, 10, 20), ("big", "old-model", "other", "", 1, 10, 20),
            ("good", "small", "main", "kept", 1, 10, 20)])
    gateway = start(database=database)
    listed = {alias["name"]: alias for alias in gateway.admin("GET", "/aliases").json}
    assert listed["gone"] == {
        "name": "gone", "target_model": "old-model", "enabled": True,
        "created_at": "1970-01-01T00:00:10Z", "updated_at": "1970-01-01T00:00:20Z",
        "resolved_model": "old-model", "valid": False}
    assert listed["big"]["resolved_model"] == "other/old-model"
    assert listed["good"]["resolved_model"] == "main/small"
    assert gateway.chat("good").status == 200
    assert gateway.chat("big").status == 200, "the model itself"
    assert gateway.chat("gone").status == 400
    assert put(gateway, "good", "main/big").json["created_at"] == "1970-01-01T00:00:10Z"


def test_others_see_it_and_a_failure_changes_nothing(start):
    one, other = start(), start(reload="100ms")
    put(one, "fast")
    wait_until(lambda: other.chat("fast").status == 200, "the other to know the alias")
    with closing(sqlite3.connect(one.database)) as connection, connection:
        for event in ("INSERT", "UPDATE", "DELETE"):
            connection.execute(f"CREATE TRIGGER no_{event} BEFORE {event} ON aliases "
                               "BEGIN SELECT RAISE(ABORT, 'no'); END")
    failed = (500, "an unexpected error occurred", None)
    assert put(one, "fast", "main/big").error == failed
    assert put(one, "more").error == failed
    assert delete(one, "fast").error == failed
    listed, = one.admin("GET", "/aliases").json
    assert (listed["name"], listed["target_model"]) == ("fast", "main/small")
