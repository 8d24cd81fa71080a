"""Promise: a refresh can be asked for by signal, by the admin API and by changing a file, as editors
and Kubernetes do it; callers at the same time share one run; the admin API is for the key's holder."""

from __future__ import annotations

import shutil
import signal
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from gateway import ADMIN, MOODY, wait_until


def current(gateway) -> dict:
    return gateway.generations()["generations"][0]


def wait_for_generation(gateway, number: int) -> dict:
    wait_until(lambda: current(gateway)["number"] == number, f"generation {number}")
    return current(gateway)


def test_a_signal_refreshes(gateway):
    gateway.write_config("metrics: {enabled: true}\n")
    gateway.process.send_signal(signal.SIGHUP)
    generation = wait_for_generation(gateway, 2)
    assert generation["trigger"] == "signal"
    assert generation["changes"] == ["setting metrics.enabled"]
    wait_until(lambda: 'gomodel_refreshes_total{outcome="published"} 1'
               in gateway.get("/metrics").body.decode(), "the refresh to be counted")
    metrics = gateway.get("/metrics").body.decode()
    assert "gomodel_generation 2\n" in metrics
    assert "gomodel_config_reload_success 1\n" in metrics


def test_the_report_has_the_shape_clients_know(gateway):
    report = gateway.refresh()
    assert list(report)[:7] == ["status", "started_at", "finished_at", "duration_ms",
                                "model_count", "provider_count", "steps"]
    assert (report["status"], report["model_count"], report["provider_count"]) == ("ok", 1, 1)
    names = [step["name"] for step in report["steps"]]
    assert names[-8:] == ["model_list", "providers", "model_registry_cache", "auth_keys",
                          "aliases", "model_overrides", "guardrails", "workflows"]
    for step in report["steps"]:
        assert step["status"] in ("ok", "partial", "failed", "skipped")
        assert isinstance(step["duration_ms"], int)


def test_settings_that_need_a_restart_are_named(gateway):
    gateway.write_text(gateway.config_text("").replace("workers: 2", "workers: 1"))
    report = gateway.refresh()
    assert report["outcome"] == "unchanged"
    assert report["restart_required"] == [{"key": "server.workers", "where": "config.yaml:1"}]


def test_a_provider_added_by_a_refresh_can_be_used_at_once(gateway):
    gateway.write_config(providers=f"  second: {{type: openai, api_key: k,"
                                   f" base_url: '{gateway.upstream_url}'}}\n")
    report = gateway.refresh()
    assert (report["provider_count"], report["model_count"]) == (2, 2)
    models = [model["id"] for model in gateway.get("/v1/models").json()["data"]]
    assert models == ["openai/gpt-test", "second/gpt-test"]


def test_calls_at_the_same_time_get_one_report(gateway):
    shutil.copy(MOODY, gateway.plugins / "moody.so")
    release = gateway.folder / "release"
    text = gateway.config_text("", providers=f"  moody: {{type: moody, on_create: hang,"
                                             f" until: {release}}}\n")
    gateway.write_text(text.replace("create_timeout: 300ms", "create_timeout: 60s"))
    with ThreadPoolExecutor(8) as pool:
        calls = [pool.submit(gateway.refresh) for _ in range(8)]
        # Each call is a request on the current generation, as the question itself is.
        wait_until(lambda: current(gateway)["requests"] == 9, "all calls to wait")
        release.touch()
        reports = [call.result() for call in calls]
    assert reports[0]["outcome"] == "published"
    assert all(report == reports[0] for report in reports)


def test_a_caller_that_goes_away_does_not_stop_the_refresh(gateway):
    shutil.copy(MOODY, gateway.plugins / "moody.so")
    release = gateway.folder / "release"
    text = gateway.config_text("", providers=f"  moody: {{type: moody, on_create: hang,"
                                             f" until: {release}}}\n")
    gateway.write_text(text.replace("create_timeout: 300ms", "create_timeout: 60s"))
    with socket.create_connection(("127.0.0.1", gateway.port)) as client:
        client.sendall(f"POST {ADMIN}/refresh HTTP/1.1\r\nHost: x\r\n"
                       f"Authorization: Bearer sk-test\r\n\r\n".encode())
        wait_until(lambda: current(gateway)["requests"] == 2, "the call to arrive")
    wait_until(lambda: current(gateway)["requests"] == 1, "the call to be given up")
    release.touch()
    wait_for_generation(gateway, 2)


def test_the_admin_api_takes_the_master_key_and_can_be_turned_off(gateway):
    for path, method in (("refresh", "POST"), ("generations", "GET")):
        for headers in ({"Authorization": "Bearer wrong"},
                        {"Authorization": "", "X-Api-Key": "sk-test"}):
            answer = gateway.request(method, f"{ADMIN}/{path}", headers=headers)
            assert answer.status == 401, (path, headers)
            assert answer.json()["error"]["type"] == "authentication_error"
    assert gateway.request("GET", f"{ADMIN}/refresh").status == 405
    gateway.write_config("admin: {endpoints_enabled: false, ui_enabled: false}\n")
    assert gateway.refresh()["outcome"] == "published", "the last one it takes"
    assert gateway.request("POST", f"{ADMIN}/refresh").status == 404
    gateway.write_config()
    gateway.process.send_signal(signal.SIGHUP)
    wait_until(lambda: gateway.get(f"{ADMIN}/generations").status == 200, "the way back")
