"""The same tables in PostgreSQL, and two processes that share it."""

from __future__ import annotations

from gateway import wait_until
from with_postgres import Server


def test_what_one_process_manages_another_knows(start, server: Server):
    one = start(storage="postgresql", database=server.url)
    other = start(storage="postgresql", database=server.url, reload="100ms")
    key = one.new_key("build", description="CI", user_path="/team/a", role="admin",
                      expires_at="2200-01-31T23:59:59Z")
    alias = one.admin("PUT", "/aliases/my%2Falias", {"target_model": "main/small"}).json
    rule = one.admin("PUT", "/model-overrides/main%2Fbig", {"user_paths": ["/team", "/b"]}).json
    wait_until(lambda: other.chat("my/alias", key=key["value"]).status == 200, "the other to know")
    wait_until(lambda: other.chat("main/big").status == 400, "the other to know the rule")
    assert other.chat("main/big", key=key["value"]).status == 200
    shown, = other.admin("GET", "/auth-keys", key=key["value"]).json
    assert shown.pop("last_used_at")
    assert shown == {name: value for name, value in key.items() if name != "value"}
    assert alias.items() <= other.admin("GET", "/aliases").json[0].items()
    assert rule.items() <= other.admin("GET", "/model-overrides").json[0].items()

    assert other.admin("PUT", "/aliases/my%2Falias", {"target_model": "big"}).json["enabled"]
    assert other.admin("DELETE", "/model-overrides/main%2Fbig").status == 204
    assert other.admin("POST", f"/auth-keys/{key['id']}/deactivate").status == 204
    one.stop()
    one.start()
    assert one.chat("main/big").status == 200
    assert one.chat(key=key["value"]).status == 401
    assert one.admin("GET", "/aliases").json[0]["target_model"] == "big"

    def used() -> bool:
        assert one.admin("POST", "/runtime/refresh").status == 200
        return "last_used_at" in one.admin("GET", "/auth-keys").json[0]

    wait_until(used, "what the other has written")


def test_a_server_that_is_away_changes_nothing(start, server: Server):
    gateway = start(storage="postgresql", database=server.url)
    key = gateway.new_key()
    server.stop()
    refused = gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate")
    assert refused.error == (500, "an unexpected error occurred", None)
    assert gateway.admin("POST", "/auth-keys", {"name": "more"}).status == 500
    assert gateway.chat(key=key["value"]).status == 200
    server.start()
    wait_until(lambda: gateway.admin("POST", f"/auth-keys/{key['id']}/deactivate").status == 204,
               "the server to be back")
    assert gateway.chat(key=key["value"]).status == 401
