"""A database of an older gateway opens as it is: what it holds is shown by the admin API and counts
for requests, and what this gateway knows nothing about stays."""

from __future__ import annotations

import os
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import pytest

from api import ADMIN, call
from gateway import Gateway, wait_until
from with_postgres import Server, programs

HERE = Path(__file__).parent
MODELS = "    models: [gpt-test, embed-test]\n"
SETTINGS = ("logging: {enabled: true, flush_interval: 1, retention_days: 0}\n"
            "budgets: {user_paths: [{path: /team/a, limits: [{period: daily, amount: 6}]}]}\n")
DAYS = "start_date=2026-02-17&end_date=2026-02-18"
UNTOUCHED = ("guardrail_definitions", "workflow_versions", "batches")


def secret(letter: str) -> str:
    return "sk_gom_" + letter * 43


@dataclass
class Database:
    """Where it is, for the gateway's configuration, and what asks it beside the gateway."""
    kind: str
    options: dict[str, str]
    ask: Callable[[str], list]

    def tables(self) -> dict[str, list]:
        return {table: self.ask(f"SELECT * FROM {table}") for table in UNTOUCHED}


def sqlite(file: Path) -> Database:
    with closing(sqlite3.connect(file)) as connection:
        connection.executescript((HERE / "old/sqlite.sql").read_text())

    def ask(statement: str) -> list:
        with closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as connection:
            return connection.execute(statement).fetchall()
    return Database("sqlite", {}, ask)


def postgresql(server: Server) -> Database:
    def psql(*options: str) -> list[str]:
        done = subprocess.run(
            [programs() / "psql", "-XqAt", "-v", "ON_ERROR_STOP=1", *options, server.url],
            check=True, capture_output=True, text=True, env={"PATH": os.environ["PATH"]})
        return done.stdout.splitlines()
    psql("-f", str(HERE / "old/postgresql.sql"))
    return Database("postgresql", {"database": server.url}, lambda query: psql("-c", query))


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    if request.param == "sqlite":
        return sqlite(tmp_path / "rows.sqlite")
    return postgresql(request.getfixturevalue("server"))


@pytest.fixture
def gateway(start: Callable[..., Gateway], database: Database) -> Gateway:
    started = start(SETTINGS, storage=database.kind, models=MODELS, **database.options)
    wait_until(lambda: call(started, "GET", f"{ADMIN}/usage/log?{DAYS}").json()["total"] > 0,
               "the storage to be open")
    return started


def get(gateway: Gateway, path: str):
    answer = call(gateway, "GET", f"{ADMIN}/{path}")
    assert answer.status == 200, answer.body
    return answer.json()


def chat(gateway: Gateway, key: str, model: str = "gpt-test"):
    return call(gateway, "POST", "/v1/chat/completions", {
        "model": model, "messages": [{"role": "user", "content": "7-json"}]}, key=key)


def moment(text: str) -> str:
    """One way to write a time, of those that say the same."""
    assert text.endswith("Z")
    return text[:-1].rstrip("0").rstrip(".") if "." in text else text[:-1]


def test_usage(gateway: Gateway) -> None:
    log = get(gateway, f"usage/log?{DAYS}&cache_mode=all")["entries"]
    assert [(one["request_id"], moment(one["timestamp"]), one["total_tokens"], one["total_cost"])
            for one in log] == [
        ("r5", "2026-02-18T01:00:00", 3, 1), ("r4", "2026-02-18T00:30:00.123456", 150, 2),
        ("r3", "2026-02-17T10:00:06.2", 15, None), ("r2", "2026-02-17T10:00:05.1", 26, None),
        ("r1", "2026-02-17T10:00:05", 15, 0.75)]
    assert log[0]["output_cost"] is None and log[1]["cache_type"] == "exact"
    assert log[2]["raw_data"] == {"cache_read_input_tokens": 30, "cache_creation_input_tokens": 20}
    assert log[3]["costs_calculation_caveat"] == "unmapped token field: odd_tokens"
    summary = get(gateway, f"usage/summary?{DAYS}")
    assert (summary["total_requests"], summary["total_tokens"]) == (4, 59)
    assert summary["total_cost"] == pytest.approx(1.75)
    assert get(gateway, f"usage/summary?{DAYS}&cache_mode=cached")["total_requests"] == 1
    assert [(day["date"], day["requests"]) for day in get(gateway, f"usage/daily?{DAYS}")] == [
        ("2026-02-17", 3), ("2026-02-18", 1)]
    paths = {one["user_path"]: one["total_tokens"] for one in get(gateway, f"usage/user-paths?{DAYS}")}
    assert paths == {"/team/a": 15, "/": 44}
    models = {(one["model"], one["provider"]) for one in get(gateway, f"usage/models?{DAYS}")}
    assert {model for model, _ in models} == {"gpt-test", "claude"}


def test_the_audit_log(gateway: Gateway) -> None:
    log = {one["request_id"] if "request_id" in one else "": one
           for one in get(gateway, f"audit/log?{DAYS}")["entries"]}
    assert [moment(log[name]["timestamp"]) for name in ("", "r1", "r2", "r4")] == [
        "2026-02-17T10:00:04.5", "2026-02-17T10:00:05", "2026-02-17T10:00:05.1",
        "2026-02-18T00:30:00.123456"]
    first = log["r1"]
    assert (first["requested_model"], first["resolved_model"], first["provider_name"],
            first["alias_used"], first["stream"], first["auth_key_id"], first["duration_ns"]) == (
        "fast", "main/gpt-test", "main", True, True, "k1", 7_000_000)
    assert first["data"]["user_agent"] == "old/1.0" and first["usage"]["total_tokens"] == 15
    assert log["r2"]["provider_name"] == "openai", "as those that had no names were called"
    assert (log[""]["status_code"], log[""]["error_type"]) == (401, "authentication_error")
    assert log["r4"]["cache_type"] == "exact"
    assert get(gateway, f"audit/log?{DAYS}&user_path=/team/a")["total"] == 2
    assert get(gateway, f"audit/log?{DAYS}&search=resp")["total"] >= 1
    thread = get(gateway, f"audit/conversation?log_id={log['r2']['id']}")
    assert [one["request_id"] for one in thread["entries"]] == ["r1", "r2"]


def test_keys_aliases_and_rules(gateway: Gateway) -> None:
    keys = get(gateway, "auth-keys")
    assert [(key["id"], key["active"], key.get("user_path"), key["created_at"]) for key in keys] == [
        ("k1", True, "/team/a", "1970-01-01T00:00:50Z"), ("k2", False, None, "1970-01-01T00:00:40Z"),
        ("k3", False, None, "1970-01-01T00:00:30Z")]
    assert keys[0]["expires_at"] == "2200-01-01T00:00:00Z"
    assert keys[1]["deactivated_at"] == "1970-01-01T00:01:10Z"
    assert [chat(gateway, secret(letter)).status for letter in "abc"] == [200, 401, 401]

    aliases = get(gateway, "aliases")
    assert [(one["name"], one["enabled"], one["valid"]) for one in aliases] == [
        ("fast", True, True), ("nobody", True, False), ("off", False, True)]
    assert (aliases[0]["target_model"], aliases[0]["target_provider"], aliases[0]["description"],
            aliases[0]["created_at"]) == ("gpt-test", "main", "The fast one", "1970-01-01T00:00:10Z")
    assert chat(gateway, secret("a"), "fast").status == 200
    assert chat(gateway, secret("a"), "off").status == 400

    rules = {one["selector"]: one["user_paths"] for one in get(gateway, "model-overrides")}
    assert rules == {"embed-test": ["/team/a", "/team/b"], "main/embed-test": ["/team/b"]}
    refused = call(gateway, "POST", "/v1/embeddings", {"model": "embed-test", "input": "1-embed"},
                   key=secret("a"))
    assert refused.status == 400, "the more telling rule is of another team"


def test_budgets(gateway: Gateway) -> None:
    budgets = {one["user_path"]: one for one in get(gateway, "budgets")["budgets"]}
    assert {path: (one["amount"], one["period_seconds"], one["source"], one["created_at"])
            for path, one in budgets.items()} == {
        "/": (100, 10_000_000_000, "manual", "1970-01-01T00:00:10Z"),
        "/team/a": (6, 86400, "config", "1970-01-01T00:00:10Z"),
        "/team/b": (7.5, 2592000, "", "1970-01-01T00:00:10Z")}
    assert budgets["/"]["spent"] == pytest.approx(1.75), "cached answers cost nothing"
    assert budgets["/team/a"]["last_reset_at"] == "2026-02-17T10:00:05Z"
    assert budgets["/team/a"]["period_start"].endswith("T03:00:00Z")
    settings = get(gateway, "budgets/settings")
    assert (settings["daily_reset_hour"], settings["monthly_reset_day"],
            settings["weekly_reset_weekday"]) == (3, 15, 1)


def test_it_goes_on(gateway: Gateway, database: Database) -> None:
    """New rows stand beside the old ones, changes are kept, and nothing else is touched."""
    before = database.tables()
    assert all(before.values())
    assert chat(gateway, secret("a")).status == 200
    assert call(gateway, "PUT", f"{ADMIN}/aliases/off",
                {"target_model": "gpt-test", "enabled": True}).status == 200
    assert call(gateway, "POST", f"{ADMIN}/auth-keys/k3/deactivate").status == 204
    assert call(gateway, "PUT", f"{ADMIN}/model-overrides/main%2Fembed-test",
                {"user_paths": ["/"]}).status == 200
    assert call(gateway, "PUT", f"{ADMIN}/budgets/%2Fteam%2Fb/monthly", {"amount": 8}).status == 200
    wait_until(lambda: get(gateway, "usage/summary?days=2")["total_requests"] == 1, "the new row")
    wait_until(lambda: get(gateway, "audit/log?days=2")["total"] == 1, "the new entry")
    assert gateway.metric("gomodel_storage_rejected_rows_total") == 0
    gateway.stop()
    gateway.start()
    wait_until(lambda: get(gateway, "usage/summary?days=2")["total_requests"] == 1, "the new row")
    assert get(gateway, f"usage/log?{DAYS}&cache_mode=all")["total"] == 5
    assert {one["name"]: one["enabled"] for one in get(gateway, "aliases")}["off"]
    assert [key["enabled"] for key in get(gateway, "auth-keys")] == [True, False, False]
    assert {one["user_path"]: (one["amount"], one["source"])
            for one in get(gateway, "budgets")["budgets"]}["/team/b"] == (8, "manual")
    assert database.tables() == before
