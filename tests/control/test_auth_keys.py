"""Managed API keys, from their making to their end."""

from __future__ import annotations

import datetime
import hashlib
import re
import sqlite3
from contextlib import closing

from gateway import MASTER, wait_until

UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
FAILED = (401, "authentication failed", None)


def soon(seconds: float) -> str:
    then = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return then.isoformat().replace("+00:00", "Z")


def rows(database, statement: str = "SELECT * FROM auth_keys") -> list[dict]:
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as connection:
        connection.row_factory = sqlite3.Row
        return [dict(row) for row in connection.execute(statement)]


def test_a_key_is_shown_once_and_works_at_once(start):
    gateway = start()
    assert gateway.admin("GET", "/auth-keys").json == []
    key = gateway.new_key("build", description="CI", user_path=" team//a/")
    assert re.fullmatch(r"sk_gom_[A-Za-z0-9_-]{43}", key["value"])
    assert re.fullmatch(UUID, key["id"])
    assert key["redacted_value"] == "sk_gom_..." + key["value"][-4:]
    assert (key["name"], key["description"], key["user_path"]) == ("build", "CI", "/team/a")
    assert (key["enabled"], key["active"], key["role"]) == (True, True, "user")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", key["created_at"])
    assert gateway.chat(key=key["value"]).status == 200
    assert gateway.chat(key="", headers={"X-Api-Key": key["value"]}).status == 200

    listed = gateway.admin("GET", "/auth-keys")
    assert key["value"].encode() not in listed.body
    shown = {name: value for name, value in key.items() if name != "value"}
    assert [{**shown, "last_used_at": listed.json[0]["last_used_at"]}] == listed.json
    row, = rows(gateway.database)
    assert row["secret_hash"] == hashlib.sha256(key["value"][7:].encode()).hexdigest()
    assert (row["enabled"], row["user_path"], row["role"]) == (1, "/team/a", "user")
    assert isinstance(row["created_at"], int)
    assert key["value"] not in gateway.log() and key["value"][7:] not in gateway.log()


def test_optional_fields_are_left_out(start):
    gateway = start()
    key = gateway.new_key()
    assert set(key) == {"id", "name", "redacted_value", "enabled", "role", "created_at",
                        "updated_at", "active", "value"}


def test_deactivation_is_immediate_and_forever(start):
    gateway = start()
    key = gateway.new_key()
    done = gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate")
    assert (done.status, done.body) == (204, b"")
    assert gateway.chat(key=key["value"]).error == FAILED
    shown, = gateway.admin("GET", "/auth-keys").json
    assert not shown["active"] and not shown["enabled"] and shown["deactivated_at"]
    assert gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate").status == 204
    assert gateway.admin("GET", "/auth-keys").json[0]["deactivated_at"] == shown["deactivated_at"]
    gateway.stop()
    gateway.start()
    assert gateway.chat(key=key["value"]).error == FAILED
    assert gateway.admin("POST", "/auth-keys/no-such-key/deactivate").error == (
        404, "auth key not found: no-such-key", None)


def test_expiry_counts_at_the_request(start):
    gateway = start()
    key = gateway.new_key(expires_at=soon(3))
    assert gateway.chat(key=key["value"]).status == 200
    wait_until(lambda: gateway.chat(key=key["value"]).status == 401, "the key to expire")
    assert gateway.chat(key=key["value"]).error == FAILED
    wait_until(lambda: gateway.chats(1)[-1]["refused_because"] == "API key expired", "the reason")
    shown, = gateway.admin("GET", "/auth-keys").json
    assert shown["enabled"] and not shown["active"]


def test_roles_on_the_admin_api(start):
    gateway = start()
    user, admin = gateway.new_key("user"), gateway.new_key("admin", role="admin")
    assert gateway.admin("GET", "/auth-keys", key=admin["value"]).status == 200
    assert gateway.new_key("by admin", key=admin["value"])["active"]
    for method, path in (("GET", "/auth-keys"), ("POST", "/auth-keys"), ("GET", "/models"),
                         ("GET", "/usage/summary"), ("GET", "/nothing")):
        refused = gateway.admin(method, path, key=user["value"])
        assert refused.status == 403, path
        assert refused.json["error"]["code"] == "admin_role_required"
    # The admin API takes a bearer token only.
    assert gateway.admin("GET", "/auth-keys", key="", headers={"X-Api-Key": MASTER}).error == (
        401, "missing authorization header", None)
    assert gateway.admin("GET", "/auth-keys", key="wrong").error == FAILED


def test_no_route_is_open_once_there_is_a_key(start):
    gateway = start(master_key="")
    assert gateway.chat(key="").status == 200, "nobody has made a key yet"
    admin = gateway.new_key("first", role="admin")
    gone = gateway.new_key("gone", key=admin["value"])
    for path in ("/v1/models", "/admin/api/v1/auth-keys", "/admin/api/v1/usage/summary"):
        assert gateway.ask("GET", path, key="").error == (401, "missing authorization header", None)
    assert gateway.ask("GET", "/health", key="").status == 200
    for key in (admin, gone):
        deactivated = gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate",
                                    key=admin["value"])
        assert deactivated.status == (204 if key is admin else 401)
    assert gateway.chat(key="").status == 401, "records that are inactive count"
    gateway.stop()
    gateway.start()
    assert gateway.admin("GET", "/auth-keys", key="").status == 401


def test_messages_of_refusals(start):
    gateway = start()
    assert gateway.chat(key="wrong").error == (401, "invalid master key", None)
    gateway.new_key()
    assert gateway.chat(key="wrong").error == FAILED
    assert gateway.chat(key="sk_gom_wrong").error == FAILED
    assert gateway.chat(key="", headers={"Authorization": "bearer x"}).error == (
        401, "invalid authorization header format, expected 'Bearer <token>'", None)
    assert gateway.chat(key="").error == (401, "missing authorization header", None)


def test_the_keys_user_path_beats_the_header(start):
    gateway = start()
    bound, free = gateway.new_key(user_path="/team/a"), gateway.new_key()
    header = {"X-GoModel-User-Path": "/other"}
    assert gateway.chat(key=bound["value"], headers=header).status == 200
    assert gateway.chat(key=free["value"], headers=header).status == 200
    lines = gateway.chats(2)
    paths = {line["auth_key_id"]: line["user_path"] for line in lines}  # of loops, in any order
    assert paths == {bound["id"]: "/team/a", free["id"]: "/other"}
    assert {line["auth"] for line in lines} == {"api_key"}


def test_bad_bodies_are_named(start):
    gateway = start()
    invalid = "invalid request body: "
    for body, message in (
            ({}, "name is required"),
            ({"name": "  "}, "name is required"),
            (None, "name is required"),
            ({"name": 7}, invalid + "name must be a string"),
            ({"name": "a\0b"}, invalid + "name must not contain control characters"),
            ({"name": "x" * 1025}, invalid + "name is longer than 1024 bytes"),
            ({"name": "a", "user_path": "/a/../b"},
             "invalid user_path: user path cannot contain '.' or '..' segments"),
            ({"name": "a", "user_path": "/a:b"}, "invalid user_path: user path cannot contain ':'"),
            ({"name": "a", "expires_at": "2001-01-01T00:00:00Z"},
             "expires_at must be in the future"),
            ({"name": "a", "expires_at": "tomorrow"},
             invalid + "expires_at must be a time such as 2030-01-31T23:59:59Z"),
            ({"name": "a", "role": "root"}, invalid + "role must be user or admin"),
            (b"{", invalid + "it is not JSON"),
            (b"[]", invalid + "it is not a JSON object"),
            (b'{"name":"\xff"}', invalid + "name is not UTF-8")):
        assert gateway.admin("POST", "/auth-keys", body).error == (400, message, None), body
    plain = gateway.admin("POST", "/auth-keys", {"name": "a"},
                          headers={"Content-Type": "text/plain"})
    assert plain.error == (400, invalid + "Content-Type must be application/json", None)
    assert gateway.admin("POST", "/auth-keys", b'{"name":"' + b"x" * 2**20 + b'"}').status == 413
    assert gateway.admin("GET", "/auth-keys").json == []


def test_hostile_names_and_ids_are_only_text(start):
    gateway = start()
    name = "'; DROP TABLE auth_keys; -- \u202e\U0001f600\"\\"
    key = gateway.new_key(name)
    assert gateway.admin("GET", "/auth-keys").json[0]["name"] == name
    for hostile in ("%27%20OR%201%3D1", "..%2F..", "%00", "%FF", "x" * 3000, "%25", "a%2Fb"):
        refused = gateway.admin("POST", f"/auth-keys/{hostile}/deactivate")
        assert refused.status == 404, hostile
    assert gateway.admin("POST", "/auth-keys/%zz/deactivate").status == 400
    assert gateway.chat(key=key["value"]).status == 200


def test_other_processes_see_it_when_they_read_the_table(start):
    one, other = start(), start(reload="100ms")
    key = one.new_key(user_path="/team")
    wait_until(lambda: other.chat(key=key["value"]).status == 200, "the other to know the key")
    one.admin("POST", f"/auth-keys/{key['id']}/deactivate")
    wait_until(lambda: other.chat(key=key["value"]).status == 401, "the other to refuse the key")
    late = other.new_key("late")
    assert one.chat(key=late["value"]).status == 401, "not read yet"
    assert one.admin("POST", f"/auth-keys/{late['id']}/deactivate").status == 204, \
        "but it can be deactivated from there"
    assert one.admin("POST", "/runtime/refresh").status == 200
    wait_until(lambda: len(one.admin("GET", "/auth-keys").json) == 2, "a refresh to read the table")


def test_last_use_is_kept(start):
    gateway = start(reload="100ms")
    key = gateway.new_key()
    assert "last_used_at" not in gateway.admin("GET", "/auth-keys").json[0]
    assert gateway.chat(key=key["value"]).status == 200
    used = gateway.admin("GET", "/auth-keys").json[0]["last_used_at"]
    wait_until(lambda: rows(gateway.database)[0]["last_used_at"], "the use to be written")
    gateway.stop()
    gateway.start()
    assert gateway.admin("GET", "/auth-keys").json[0]["last_used_at"] >= used


def test_a_table_of_an_older_version(start, tmp_path):
    database = tmp_path / "gomodel.db"
    token = "sk_gom_" + "o" * 43
    digest = hashlib.sha256(token[7:].encode()).hexdigest()
    with closing(sqlite3.connect(database)) as connection, connection:
        connection.execute(
            "CREATE TABLE auth_keys (id TEXT PRIMARY KEY, name TEXT NOT NULL, "
            "description TEXT NOT NULL DEFAULT '', user_path TEXT, redacted_value TEXT NOT NULL, "
            "secret_hash TEXT NOT NULL UNIQUE, enabled INTEGER NOT NULL DEFAULT 1, "
            "expires_at INTEGER, deactivated_at INTEGER, created_at INTEGER NOT NULL, "
            "updated_at INTEGER NOT NULL)")
        connection.execute("CREATE INDEX idx_auth_keys_enabled ON auth_keys(enabled)")
        connection.execute("CREATE INDEX idx_auth_keys_created_at ON auth_keys(created_at DESC)")
        for row in (("old", "works", "", "/team/old", "sk_gom_...oooo", digest, 1, None, None, 50,
                     60),
                    ("gone", "gone", "text", None, "sk_gom_...gone", "0" * 64, 0, 99, 70, 40, 70)):
            connection.execute(f"INSERT INTO auth_keys VALUES ({','.join('?' * 11)})", row)
    gateway = start(database=database)
    assert gateway.chat(key=token).status == 200
    assert gateway.chats(1)[0]["user_path"] == "/team/old"
    assert gateway.admin("GET", "/auth-keys", key=token).status == 403, "a user until told otherwise"
    old, gone = gateway.admin("GET", "/auth-keys").json
    assert (old["id"], old["created_at"], old["updated_at"]) == (
        "old", "1970-01-01T00:00:50Z", "1970-01-01T00:01:00Z")
    assert "expires_at" not in old and "description" not in old
    assert (gone["id"], gone["expires_at"], gone["deactivated_at"], gone["active"]) == (
        "gone", "1970-01-01T00:01:39Z", "1970-01-01T00:01:10Z", False)
    assert gateway.admin("POST", "/auth-keys/old/deactivate").status == 204
    stored = {row["id"]: row for row in rows(database)}
    assert stored["old"]["enabled"] == 0 and stored["old"]["deactivated_at"] > 60
    assert stored["gone"]["updated_at"] == 70, "nobody has touched it"


def test_a_write_that_fails_changes_nothing(start):
    gateway = start()
    key = gateway.new_key()
    with closing(sqlite3.connect(gateway.database)) as connection:
        connection.execute("CREATE TRIGGER no_more BEFORE INSERT ON auth_keys "
                           "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        connection.execute("CREATE TRIGGER no_change BEFORE UPDATE ON auth_keys "
                           "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
        connection.commit()
        failed = (500, "an unexpected error occurred", None)
        assert gateway.admin("POST", "/auth-keys", {"name": "more"}).error == failed
        deactivated = gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate")
        assert deactivated.error == failed and deactivated.json["error"]["type"] == "internal_error"
        assert [one["name"] for one in gateway.admin("GET", "/auth-keys").json] == ["app"]
        assert gateway.chat(key=key["value"]).status == 200
        assert "the disk is full" in gateway.log()
        connection.execute("DROP TRIGGER no_change")
        connection.commit()
    assert gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate").status == 204


def test_a_storage_that_cannot_be_read_lets_nobody_in_without_master_key(start, tmp_path):
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 1000)
    keyless = start(database=broken, master_key="")
    refused = keyless.chat(key="")
    assert refused.error == (503, "authentication is unavailable: the stored API keys could not be "
                                  "read yet", "authentication_unavailable")
    assert refused.headers["retry-after"] == "1"
    assert keyless.admin("GET", "/auth-keys", key="").status == 503
    assert keyless.ask("GET", "/health", key="").status == 200
    keyed = start(database=broken)
    assert keyed.chat().status == 200, "the gateway serves on"
    assert keyed.chat(key="sk_gom_x").status == 503
    assert keyed.admin("GET", "/auth-keys").error == (
        503, "auth keys feature is unavailable", "feature_unavailable")
    assert keyed.admin("POST", "/auth-keys", {"name": "a"}).error == (
        503, "auth keys feature is unavailable", "feature_unavailable")
    broken.unlink()
    wait_until(lambda: keyless.chat(key="").status == 200, "the storage to come back")


def test_without_a_storage_nothing_is_managed(start):
    gateway = start(storage="", master_key="")
    assert gateway.chat(key="").status == 200
    assert gateway.admin("GET", "/auth-keys", key="").error == (
        503, "auth keys feature is unavailable", "feature_unavailable")
    assert gateway.admin("POST", "/auth-keys", {"name": "a"}, key="").status == 503


def test_the_log_says_why_but_not_with_what(start):
    gateway = start()
    gateway.new_key()
    gateway.chat(key="sk_gom_unknown")
    line, = gateway.chats(1)
    assert line["refused_because"] == "invalid API key" and "sk_gom_unknown" not in gateway.log()


def test_the_audit_log_knows_whose_key_it_was_and_why_not(start):
    gateway = start(logging=", enabled: true, flush_interval: 1, log_bodies: true")
    key = gateway.new_key(user_path="/team")
    assert gateway.chat(key=key["value"]).status == 200
    assert gateway.chat(key="sk_gom_unknown").status == 401

    def entries() -> list[dict]:
        return gateway.admin("GET", "/audit/log?path=/v1/chat").json["entries"]

    wait_until(lambda: len(entries()) == 2, "the entries to be written")
    # Loops look at the clock once a turn: of two that are busy either may come first.
    served, refused = sorted(entries(), key=lambda entry: entry["status_code"])
    assert (served["auth_method"], served["auth_key_id"], served["user_path"]) == (
        "api_key", key["id"], "/team")
    assert refused["data"]["error_message"] == "invalid API key"
    everything = gateway.admin("GET", "/audit/log?limit=50").body.decode()
    assert key["value"] not in everything and "sk_gom_unknown" not in everything
