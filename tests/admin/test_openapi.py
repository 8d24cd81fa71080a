"""The document of the API says what the code has and what the gateway answers."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
from pathlib import Path
from typing import Callable
from urllib.parse import quote

import pytest
import with_redis
from openapi_spec_validator import OpenAPIV31SpecValidator

from api import ADMIN, ROOT, Answer, call, check, document, operations, refused
from clients import Crowd, questions
from gateway import Gateway, wait_until

ROUTE = re.compile(r'Route\{\s*"([A-Z, ]+)",\s*"([^"]+)"')
PRICED = ("    models:\n"
          "      - id: gpt-test\n"
          "        metadata: {display_name: Test, modes: [chat], pricing: {input_per_mtok: 1}}\n"
          "      - embed-test\n")


def without_names(path: str) -> str:
    return re.sub(r"\{[^}]*\}", "{}", path)


def test_the_document_is_openapi() -> None:
    OpenAPIV31SpecValidator(document()).validate()
    ids = [document()["paths"][path][method.lower()]["operationId"]
           for method, path in operations()]
    assert len(ids) == len(set(ids))


def test_it_has_every_route_and_no_other() -> None:
    in_code = {(method, without_names(path))
               for file in (ROOT / "core/api").glob("*.cpp")
               for methods, path in ROUTE.findall(file.read_text())
               for method in methods.split(", ")}
    assert len(in_code) > 20
    documented = {(method, without_names(path)) for method, path in operations()}
    # The metrics page has a path that the operator chooses.
    assert documented - in_code == {("GET", "/metrics")}
    assert in_code - documented == set()


def test_the_check_finds_what_is_wrong() -> None:
    headers = {"Content-Type": "application/json"}
    path = f"{ADMIN}/dashboard/config"
    for answer in (Answer(418, headers, b"{}"), Answer(200, headers, b"{}"),
                   Answer(200, {"Content-Type": "text/plain"}, b"{}"),
                   Answer(401, headers, b'{"error":{"message":"no"}}')):
        with pytest.raises(AssertionError):
            check("GET", path, answer)
    with pytest.raises(AssertionError):
        check("GET", f"{ADMIN}/nothing", Answer(200, headers, b"{}"))


@pytest.fixture
def served(start: Callable[..., Gateway]) -> Gateway:
    gateway = start(models=PRICED)
    asyncio.run(Crowd(lambda: gateway.port, questions(0, 40)).run())
    wait_until(lambda: len(gateway.rows()) == 40, "the rows")
    return gateway


def test_reports_are_as_documented(served: Gateway) -> None:
    for name in ("summary", "daily", "models", "user-paths", "log"):
        answer = call(served, "GET", f"{ADMIN}/usage/{name}?days=2")
        assert answer.status == 200 and len(answer.json()) > 0
        refused(call(served, "GET", f"{ADMIN}/usage/{name}?start_date=soon"), 400, "start_date")
    assert len(call(served, "GET", f"{ADMIN}/usage/log?limit=7").json()["entries"]) == 7
    refused(call(served, "GET", f"{ADMIN}/cache/overview"), 503, "cache analytics is unavailable")


def test_views_are_as_documented(served: Gateway) -> None:
    config = call(served, "GET", f"{ADMIN}/dashboard/config").json()
    assert (config["USAGE_ENABLED"], config["CACHE_ENABLED"]) == ("on", "off")
    zones = [zone["name"] for zone in call(served, "GET", f"{ADMIN}/timezones").json()]
    assert "Europe/Berlin" in zones and zones == sorted(zones)
    for zone in zones[::40]:
        headers = {"X-GoModel-Timezone": zone}
        assert call(served, "GET", f"{ADMIN}/usage/summary", headers=headers).status == 200
    status = call(served, "GET", f"{ADMIN}/providers/status").json()
    assert [provider["name"] for provider in status["providers"]] == ["main"]
    main = status["providers"][0]
    assert main["circuit_breaker"]["state"] == "closed"
    assert main["runtime"]["discovered_model_count"] == 2
    # Of 40 requests 5 fail at the provider and 5 break off.
    assert main["recent_calls"]["errors"] == 10 and main["recent_calls"]["calls"] <= 40
    assert call(served, "GET", f"{ADMIN}/models?category=text_generation").json()
    refused(call(served, "GET", f"{ADMIN}/models?category=none"), 400, "invalid category: none")
    assert len(call(served, "GET", f"{ADMIN}/models/categories").json()) == 7
    assert call(served, "POST", f"{ADMIN}/runtime/refresh").json()["status"] == "ok"
    assert call(served, "GET", f"{ADMIN}/runtime/generations").status == 200


def test_the_audit_log_is_as_documented(start: Callable[..., Gateway]) -> None:
    gateway = start("logging: {enabled: true, flush_interval: 1}\n", models=PRICED)
    asyncio.run(Crowd(lambda: gateway.port, questions(0, 24)).run())
    wait_until(lambda: call(gateway, "GET", f"{ADMIN}/audit/log").json()["total"] >= 24, "entries")
    entries = call(gateway, "GET", f"{ADMIN}/audit/log?limit=100").json()["entries"]
    assert any("usage" in entry for entry in entries)
    path = f"{ADMIN}/audit/conversation"
    thread = call(gateway, "GET", f"{path}?log_id={entries[0]['id']}").json()
    assert thread["entries"][0]["id"] == thread["anchor_id"] == entries[0]["id"]
    assert call(gateway, "GET", f"{path}?log_id=none").json()["entries"] == []
    for query, message in (("", "log_id is required"), ("log_id=a&limit=x", "expected integer"),
                           ("log_id=a&limit=201", "between 1 and 200")):
        refused(call(gateway, "GET", f"{path}?{query}"), 400, message)
    for query in ("status_code=x", "stream=x", "start_date=x", "user_path=.."):
        refused(call(gateway, "GET", f"{ADMIN}/audit/log?{query}"), 400)


def test_keys_are_as_documented(start: Callable[..., Gateway]) -> None:
    gateway = start()
    keys = f"{ADMIN}/auth-keys"
    made = call(gateway, "POST", keys, {"name": "one", "user_path": "/team"})
    assert made.status == 201
    assert [key["id"] for key in call(gateway, "GET", keys).json()] == [made.json()["id"]]
    refused(call(gateway, "POST", keys, {"name": ""}), 400, "name is required")
    # A user's key opens no admin route.
    for method, path in operations():
        if path.startswith(ADMIN):
            path = re.sub(r"\{[^}]*\}", "x", path)
            refused(call(gateway, method, path, key=made.json()["value"]), 403)
    assert call(gateway, "POST", f"{keys}/{made.json()['id']}/deactivate").status == 204
    refused(call(gateway, "GET", "/v1/models", key=made.json()["value"]), 401)
    refused(call(gateway, "POST", f"{keys}/none/deactivate"), 404)


def test_aliases_and_rules_are_as_documented(served: Gateway) -> None:
    alias = f"{ADMIN}/aliases/{quote('my/alias', safe='')}"
    assert call(served, "PUT", alias, {"target_model": "main/gpt-test"}).status == 200
    refused(call(served, "PUT", alias, {"target_model": "none"}), 400, "target model not found")
    assert call(served, "GET", f"{ADMIN}/aliases").json()[0]["resolved_model"] == "main/gpt-test"
    assert call(served, "DELETE", alias).status == 204
    refused(call(served, "DELETE", alias), 404, "alias not found: my/alias")
    for selector in ("/", "main/", "main/gpt-test", "embed-test"):
        path = f"{ADMIN}/model-overrides/{quote(selector, safe='')}"
        assert call(served, "PUT", path, {"user_paths": ["/team"]}).json()["selector"] == selector
        refused(call(served, "PUT", path, {"user_paths": "x"}), 400)
    assert len(call(served, "GET", f"{ADMIN}/model-overrides").json()) == 4
    models = call(served, "GET", f"{ADMIN}/models").json()
    assert any("override" in model["access"] for model in models)
    denied = call(served, "POST", "/v1/chat/completions", {
        "model": "gpt-test", "messages": [{"role": "user", "content": "7-json"}]},
        headers={"X-GoModel-User-Path": "/other"})
    assert refused(denied, 400)["code"] == "model_access_denied"
    for selector in ("/", "main/", "main/gpt-test", "embed-test"):
        path = f"{ADMIN}/model-overrides/{quote(selector, safe='')}"
        assert call(served, "DELETE", path).status == 204
        refused(call(served, "DELETE", path), 404, "model override not found")


def test_budgets_are_as_documented(served: Gateway) -> None:
    budgets, team = f"{ADMIN}/budgets", quote("/team", safe="")
    made = call(served, "PUT", f"{budgets}/{team}/daily", {"amount": 2.5}).json()["budgets"]
    assert [(made[0]["user_path"], made[0]["period_seconds"])] == [("/team", 86400)]
    assert call(served, "PUT", f"{budgets}/{team}/7200", {"amount": 1e6}).status == 200
    refused(call(served, "PUT", f"{budgets}/{team}/daily", {"amount": -1}), 400, "amount")
    refused(call(served, "PUT", f"{budgets}/{team}/yearly", {"amount": 1}), 400, "period")
    one = {"user_path": "/team", "period": "daily"}
    reset = call(served, "POST", f"{budgets}/reset-one", one).json()["budgets"]
    assert sum("last_reset_at" in budget for budget in reset) == 1
    refused(call(served, "POST", f"{budgets}/reset-one", {**one, "period": "hourly"}), 404)
    refused(call(served, "POST", f"{budgets}/reset", {}), 400, "confirmation")
    assert call(served, "POST", f"{budgets}/reset", {"confirmation": "reset"}).status == 200
    settings = f"{budgets}/settings"
    assert call(served, "GET", settings).json()["daily_reset_hour"] == 0
    changed = call(served, "PUT", settings, {"daily_reset_hour": 6}).json()
    assert (changed["daily_reset_hour"], changed["weekly_reset_weekday"]) == (6, 1)
    refused(call(served, "PUT", settings, {"daily_reset_hour": 24}), 400, "daily_reset_hour")
    assert call(served, "DELETE", f"{budgets}/{team}/7200").status == 200
    refused(call(served, "DELETE", f"{budgets}/{team}/7200"), 404)
    assert len(call(served, "GET", budgets).json()["budgets"]) == 1


def test_cached_answers_are_counted(start: Callable[..., Gateway], tmp_path: Path) -> None:
    plugins = tmp_path / "plugins"
    plugins.mkdir()
    shutil.copy(os.environ["GOMODEL_REDIS"], plugins)
    with with_redis.running() as redis:
        gateway = start("cache: {model: {local: {}, model_list: {url: 'off'}}, response: {simple: "
                        f"{{enabled: true, redis: {{url: '{redis.url}'}}}}}}}}\n")
        wait_until(lambda: gateway.metric("gomodel_storage_up") == 1, "the storage to be ready")
        overview = f"{ADMIN}/cache/overview?interval=monthly"
        assert call(gateway, "GET", overview).json()["summary"]["total_hits"] == 0
        chat = {"model": "gpt-test", "messages": [{"role": "user", "content": "900-json"}]}

        def counted() -> bool:
            assert call(gateway, "POST", "/v1/chat/completions", chat).status == 200
            return call(gateway, "GET", overview).json()["summary"]["exact_hits"] > 0

        wait_until(counted, "a repeat to be counted")
        assert len(call(gateway, "GET", overview).json()["daily"]) == 1
        assert call(gateway, "GET", f"{ADMIN}/dashboard/config").json()["CACHE_ENABLED"] == "on"


def test_model_routes_are_as_documented(served: Gateway) -> None:
    chat = {"model": "gpt-test", "messages": [{"role": "user", "content": "900-json"}]}
    assert call(served, "POST", "/v1/chat/completions", chat).status == 200
    streamed = {**chat, "messages": [{"role": "user", "content": "901-stream"}], "stream": True}
    assert call(served, "POST", "/v1/chat/completions", streamed).status == 200
    embed = {"model": "embed-test", "input": "902-embed"}
    assert call(served, "POST", "/v1/embeddings", embed).status == 200
    assert call(served, "POST", "/v1/messages", {**chat, "max_tokens": 9}).status == 200
    anthropic = {"anthropic-version": "2023-06-01"}
    for headers in ({}, anthropic):
        assert call(served, "GET", "/v1/models", headers=headers).status == 200
        model = f"/v1/models/{quote('main/gpt-test', safe='')}"
        assert call(served, "GET", model, headers=headers).status == 200
        assert call(served, "GET", "/v1/models/none", headers=headers).status == 404
    for path in ("/health", "/livez", "/readyz", "/metrics"):
        assert call(served, "GET", path, key=None).status == 200
    for path in ("chat/completions", "responses", "embeddings", "messages",
                 "messages/count_tokens"):
        for body in (b"{", [], {}, {"model": 7}, {"model": "none", "messages": [], "input": "x"}):
            assert call(served, "POST", f"/v1/{path}", body).status in (400, 404), (path, body)
    assert call(served, "GET", "/p/none/models").status in (400, 404)


def test_keys_of_users_manage_nothing(start: Callable[..., Gateway]) -> None:
    gateway = start()
    key = call(gateway, "POST", f"{ADMIN}/auth-keys", {"name": "app"}).json()["value"]
    assert call(gateway, "GET", "/v1/models", key=key).status == 200
    tried = 0
    for method, path in operations():
        if path.startswith(ADMIN) and method != "HEAD":
            answer = call(gateway, method, re.sub(r"\{[^}]*\}", "x", path), key=key)
            assert refused(answer, 403)["code"] == "admin_role_required", (method, path)
            tried += 1
    assert tried > 25


def test_whoever_is_not_let_in_is_told_as_documented(start: Callable[..., Gateway]) -> None:
    gateway = start()
    for method, path in operations():
        if document()["paths"][path][method.lower()].get("security") == [] or method == "HEAD":
            continue
        path = re.sub(r"\{[^}]*\}", "x", path)
        for key in (None, "wrong", "sk-test2", ""):
            answer = call(gateway, method, path, key=key)
            assert answer.status == 401, (method, path, answer.body)
