"""What may be spent: counted in memory, kept in the storage, managed through the admin API."""

import json
import sqlite3
import threading
import time
from contextlib import closing
from datetime import datetime, timezone

import pytest

from asking import Gate, admin, answer_with, ask, at_once, metric, refusals
from gateway import PATIENCE, Gateway, config_for, run
from upstream import Upstream, always

# A request with the usage below costs 0.25.
PRICES = {"currency": "USD", "input_per_mtok": 10_000, "output_per_mtok": 10_000}
ANSWER = answer_with(prompt=15, completion=10)
MODEL = {"id": "gpt-test", "metadata": {"pricing": PRICES}}
TEAM = ["X-GoModel-User-Path: /team/alpha"]


def priced(url, limits=(), **sections):
    config = config_for(url, metrics={"enabled": True}, usage={"flush_interval": 1},
                        server={"address": "127.0.0.1", "port": 0, "workers": 2}, **sections)
    config["providers"]["up"]["models"] = [MODEL]
    config["budgets"] = {"user_paths": list(limits)}
    return config


def budget(path, amount, period="daily"):
    return {"path": path, "limits": [{"period": period, "amount": amount}]}


@pytest.fixture
def upstream():
    with Upstream(always(ANSWER)) as running:
        yield running


@pytest.fixture
def gateway(upstream):
    """One without budgets."""
    with Gateway(priced(upstream.url)) as running:
        yield running


def spend(gateway):
    """One request of the team's, over and recorded: a budget that is new then knows of it."""
    answer = ask(gateway, headers=TEAM, max_tokens=1)
    assert answer.status == 200
    gateway.wait_record(answer.headers["x-request-id"])


def listed(gateway):
    status, document = admin(gateway, "GET", "/budgets")
    assert status == 200, document
    return {(one["user_path"], one["period_label"]): one for one in document["budgets"]}


def ratio(gateway, path):
    return metric(gateway, "gomodel_budget_spent_ratio", period="daily", user_path=path)


def stored(gateway):
    """The rows of usage; of a gateway that has written everything."""
    with closing(sqlite3.connect(gateway.folder / "data" / "gomodel.db")) as database:
        return database.execute("SELECT total_cost FROM usage").fetchall()


def test_requests_are_refused_once_the_budget_is_spent(upstream):
    with Gateway(priced(upstream.url, [budget("/team", 0.9), budget("/", 100, "monthly")])) as gateway:
        assert [ask(gateway, headers=TEAM, max_tokens=1).status for _ in range(4)] == [200] * 4
        refused = ask(gateway, headers=TEAM)
        assert refused.status == 429
        assert refused.error() == {
            "type": "rate_limit_error", "code": "budget_exceeded", "param": None,
            "message": "budget exceeded for /team daily limit: spent 1.000000 of 0.900000"}
        now = datetime.now(timezone.utc)
        left = 86400 - (now.hour * 3600 + now.minute * 60 + now.second)
        assert abs(int(refused.headers["retry-after"]) - left) <= 5
        assert ask(gateway, "/p/up/chat/completions", headers=TEAM).status == 429
        assert ask(gateway, headers=["X-GoModel-User-Path: /teams"], max_tokens=1).status == 200
        assert upstream.seen.qsize() == 5
        assert refusals(gateway, "budget") == 2
        budgets = listed(gateway)
        assert budgets["/team", "daily"]["spent"] == pytest.approx(1)
        assert budgets["/", "monthly"]["spent"] == pytest.approx(1.25)


def test_200_clients_at_once_pass_a_budget_by_no_more_than_one_request(upstream):
    # 0.25 each, estimated at no less: 40 requests make 10.
    limit = {"path": "/", "limits": [{"period_seconds": 100_000_000, "amount": 10}]}
    with Gateway(priced(upstream.url, [limit])) as gateway:
        answers = []
        while not any(answer.status == 429 and int(answer.headers["retry-after"]) > 60
                      for answer in answers):
            answers = at_once(gateway, 200, max_tokens=10)
            assert {answer.status for answer in answers} <= {200, 429}
        spent = listed(gateway)["/", "100000000s"]["spent"]
        assert 10 - 1e-9 <= spent <= 10.25 + 1e-9
        assert upstream.seen.qsize() == 40 or upstream.seen.qsize() == 41
        gateway.terminate()
        assert gateway.wait() == 0
        assert sum(cost for cost, in stored(gateway)) == pytest.approx(spent)


def test_what_is_nearly_spent_is_warned_of_once(upstream, tmp_path):
    store = {"storage": {"type": "sqlite", "sqlite": {"path": str(tmp_path / "gomodel.db")}},
             "workflows": {"refresh_interval": "100ms"}}
    config = priced(upstream.url, [budget("/team", 1), budget("/", 100)], **store)
    config["budgets"]["warn_at"] = 0.75
    with Gateway(config, env={"LOG_FORMAT": "json"}) as gateway:
        def warnings():
            return [(line["user_path"], line["period"], line["spent"], line["msg"])
                    for line in map(json.loads, list(gateway.lines)) if "budget is" in line["msg"]]

        for _ in range(2):
            spend(gateway)
        assert ratio(gateway, "/team") == pytest.approx(0.5)
        spend(gateway)
        gateway.wait_log(lambda line: "a budget is nearly spent" in line)
        assert warnings() == [("/team", "daily", 0.75, "a budget is nearly spent")]
        spend(gateway)
        gateway.wait_log(lambda line: "a budget is spent" in line)
        # More rounds say nothing more; another amount is another budget to be spent.
        assert admin(gateway, "PUT", "/budgets/%2Fteam/daily", {"amount": 4})[0] == 200
        assert ratio(gateway, "/team") == pytest.approx(0.25)
        assert admin(gateway, "PUT", "/budgets/%2F/daily", {"amount": 1.25})[0] == 200
        gateway.wait_log(lambda line: "nearly spent" in line and '"user_path":"/"' in line)
        assert [said[0] for said in warnings()] == ["/team", "/team", "/"]
        assert ratio(gateway, "/") == pytest.approx(0.8)


def test_requests_under_way_count_until_their_cost_is_known():
    gate = Gate(ANSWER)
    with Upstream(gate) as upstream:
        with Gateway(priced(upstream.url, [budget("/", 0.5)])) as gateway:
            answers = []
            first = threading.Thread(target=lambda: answers.append(ask(gateway, max_tokens=60)))
            first.start()
            assert gate.waiting.acquire(timeout=PATIENCE)
            refused = ask(gateway, max_tokens=60)  # the first one may still cost 0.6
            assert refused.status == 429 and refused.headers["retry-after"] == "1"
            assert "requests under way may cost" in refused.error()["message"]
            gate.open()
            first.join()
            assert answers[0].status == 200
            assert ask(gateway, max_tokens=60).status == 200  # it cost 0.25


@pytest.mark.parametrize("how", ("stopped", "killed"))
def test_a_restart_keeps_what_was_spent(upstream, tmp_path, how):
    config = priced(upstream.url, [budget("/team", 0.4)],
                    storage={"type": "sqlite", "sqlite": {"path": str(tmp_path / "gomodel.db")}},
                    recorder={"sync": "always", "journal": {"path": str(tmp_path / "journal")}})
    first = Gateway(config)
    first.__enter__()
    assert [ask(first, headers=TEAM, max_tokens=1).status for _ in range(3)] == [200, 200, 429]
    first.stop() if how == "stopped" else first.kill()
    with Gateway(config) as second:
        assert ask(second, headers=TEAM).status == 429
        assert listed(second)["/team", "daily"]["spent"] == pytest.approx(0.5)
    assert upstream.seen.qsize() == 2


def test_budgets_are_set_changed_and_removed(gateway):
    assert admin(gateway, "GET", "/budgets")[1]["budgets"] == []
    spend(gateway)
    status, document = admin(gateway, "PUT", "/budgets/%2Fteam/daily", {"amount": 0.4})
    assert status == 200, document
    [entry] = document["budgets"]
    assert document["server_time"].endswith("Z")
    for time_member in ("created_at", "updated_at", "period_start", "period_end"):
        assert entry.pop(time_member).endswith("Z")
    assert 0 <= entry.pop("period_ratio") <= 1
    # What was spent before it was there counts.
    assert entry == {
        "user_path": "/team", "period_seconds": 86400, "period_label": "daily", "amount": 0.4,
        "source": "manual", "spent": pytest.approx(0.25), "has_usage": True,
        "remaining": pytest.approx(0.15), "usage_ratio": pytest.approx(0.625)}
    assert ask(gateway, headers=TEAM, max_tokens=1).status == 200
    assert ask(gateway, headers=TEAM).status == 429
    assert admin(gateway, "PUT", "/budgets/team/86400", {"amount": 5})[0] == 200
    assert ask(gateway, headers=TEAM, max_tokens=1).status == 200
    status, document = admin(gateway, "DELETE", "/budgets/%2Fteam/daily")
    assert status == 200 and document["budgets"] == []
    status, document = admin(gateway, "DELETE", "/budgets/%2Fteam/daily")
    assert status == 404 and document["error"]["code"] == "budget_not_found"
    assert document["error"]["message"] == "budget not found"


def test_the_root_has_a_budget_too(gateway):
    assert admin(gateway, "PUT", "/budgets/%2F/weekly", {"amount": 1})[0] == 200
    assert list(listed(gateway)) == [("/", "weekly")]
    assert admin(gateway, "DELETE", "/budgets/%2F/weekly")[0] == 200


def test_resets_begin_a_window_anew(upstream):
    limits = [budget("/team", 0.2), budget("/other", 0.2, "hourly")]
    with Gateway(priced(upstream.url, limits)) as gateway:
        other = ["X-GoModel-User-Path: /other"]
        for headers in (TEAM, other):
            assert ask(gateway, headers=headers, max_tokens=1).status == 200
            assert ask(gateway, headers=headers).status == 429
        status, document = admin(gateway, "POST", "/budgets/reset-one",
                                 {"user_path": "/team", "period": "daily"})
        assert status == 200, document
        entry = listed(gateway)["/team", "daily"]
        assert entry["spent"] == 0 and entry["last_reset_at"] == entry["period_start"]
        assert ask(gateway, headers=TEAM, max_tokens=1).status == 200
        assert ask(gateway, headers=other).status == 429
        assert admin(gateway, "POST", "/budgets/reset", {"confirmation": "yes"})[0] == 400
        status, document = admin(gateway, "POST", "/budgets/reset", {"confirm": " RESET "})
        assert (status, document) == (200, {"status": "ok"})
        assert ask(gateway, headers=other, max_tokens=1).status == 200
        assert admin(gateway, "POST", "/budgets/reset-one",
                     {"user_path": "/nobody", "period_seconds": 60})[0] == 404


def test_settings_move_the_windows(gateway):
    usual = {"daily_reset_hour": 0, "daily_reset_minute": 0, "weekly_reset_weekday": 1,
             "weekly_reset_hour": 0, "weekly_reset_minute": 0, "monthly_reset_day": 1,
             "monthly_reset_hour": 0, "monthly_reset_minute": 0}
    assert admin(gateway, "GET", "/budgets/settings") == (200, usual)
    spend(gateway)
    assert admin(gateway, "PUT", "/budgets/%2Fteam/daily", {"amount": 1})[0] == 200
    hour = (datetime.now(timezone.utc).hour + 12) % 24
    status, document = admin(gateway, "PUT", "/budgets/settings",
                             {"daily_reset_hour": hour, "monthly_reset_day": 31})
    assert status == 200 and document.pop("updated_at").endswith("Z")
    assert document == {**usual, "daily_reset_hour": hour, "monthly_reset_day": 31}
    entry = listed(gateway)["/team", "daily"]
    assert entry["period_start"].endswith(f"T{hour:02}:00:00Z")
    assert entry["spent"] == pytest.approx(0.25)  # twelve hours ago at least


@pytest.mark.parametrize("method, path, content, message", [
    ("PUT", "/budgets/%2Fteam/fortnightly", {"amount": 1},
     "period must be one of hourly, daily, weekly, monthly or period_seconds must be set"),
    ("PUT", "/budgets/%2Fteam/-5", {"amount": 1}, "period_seconds must be greater than 0"),
    ("PUT", "/budgets/%2Fteam/daily", {"amount": 0}, "amount must be a finite number greater than 0"),
    ("PUT", "/budgets/%2Fteam/daily", {}, "amount must be a finite number greater than 0"),
    ("PUT", "/budgets/%2Fteam/daily", {"amount": "1"},
     "invalid request body: amount must be a number"),
    ("PUT", "/budgets/%2F..%2Fteam/daily", {"amount": 1}, "invalid user_path: "),
    ("PUT", "/budgets/%2Ft%00m/daily", {"amount": 1},
     "user_path must not contain control characters"),
    ("PUT", "/budgets/settings", {"weekly_reset_weekday": 7},
     "weekly_reset_weekday must be between 0 and 6"),
    ("PUT", "/budgets/settings", {"monthly_reset_day": 1.5},
     "invalid request body: monthly_reset_day must be a whole number"),
    ("POST", "/budgets/reset-one", {"user_path": "/a", "period_seconds": 0},
     "period_seconds must be greater than 0"),
    ("POST", "/budgets/reset", {}, "confirmation must be reset"),
])
def test_what_is_wrong_is_said(gateway, method, path, content, message):
    status, document = admin(gateway, method, path, content)
    assert status == 400, document
    assert document["error"]["message"].startswith(message)
    assert document["error"]["type"] == "invalid_request_error"


def test_the_configuration_replaces_what_it_put_there_and_nothing_else(upstream, tmp_path):
    store = {"storage": {"type": "sqlite", "sqlite": {"path": str(tmp_path / "gomodel.db")}}}
    with Gateway(priced(upstream.url, [budget("/a", 1), budget("/b", 1)], **store)) as gateway:
        assert {one["source"] for one in listed(gateway).values()} == {"config"}
        assert admin(gateway, "PUT", "/budgets/%2Fb/daily", {"amount": 7})[0] == 200
        assert admin(gateway, "PUT", "/budgets/%2Fc/daily", {"amount": 8})[0] == 200
    with Gateway(priced(upstream.url, [budget("/b", 2), budget("/d", 3)], **store),
                 env={"SET_BUDGET_E": "weekly=4"}) as gateway:
        assert {key: (one["amount"], one["source"]) for key, one in listed(gateway).items()} == {
            ("/b", "daily"): (7, "manual"), ("/c", "daily"): (8, "manual"),
            ("/d", "daily"): (3, "config"), ("/e", "weekly"): (4, "config")}
        # A refresh takes what is in the file by then.
        text = json.dumps(priced(upstream.url, [budget("/d", 5)], **store))
        gateway.config_file.write_text(text)
        assert admin(gateway, "POST", "/runtime/refresh", {})[1]["status"] == "ok"
        gateway.wait_log(lambda line: "refresh" in line)
        for _ in range(10_000):
            if listed(gateway)["/d", "daily"]["amount"] == 5:
                break
        assert listed(gateway)["/d", "daily"]["amount"] == 5


def test_without_usage_there_are_no_budgets_and_a_warning_says_so(upstream):
    config = priced(upstream.url, [budget("/", 0.001)])
    config["usage"] = {"enabled": False}
    with Gateway(config) as gateway:
        gateway.wait_log(lambda line: "budget management disabled because usage tracking is "
                                      "disabled" in line)
        assert [ask(gateway).status for _ in range(2)] == [200, 200]
        status, document = admin(gateway, "GET", "/budgets")
        assert status == 503 and document["error"]["code"] == "feature_unavailable"
        assert document["error"]["message"] == "budgets feature is unavailable"


def test_a_budget_whose_storage_cannot_be_asked_lets_nothing_pass(upstream, tmp_path):
    store = {"storage": {"type": "sqlite", "sqlite": {"path": str(tmp_path)}}}  # a folder
    config = priced(upstream.url, [budget("/team", 1)], **store)
    config["server"]["master_key"] = "sk-master"
    key = ["Authorization: Bearer sk-master"]
    with Gateway(config) as gateway:
        refused = ask(gateway, headers=TEAM + key)
        assert refused.status == 503
        assert refused.error() == {"type": "provider_error", "code": "budget_check_failed",
                                   "param": None, "message": "budget check failed"}
        assert refusals(gateway, "budget_unknown") == 1
        assert ask(gateway, headers=key).status == 200
        status, document = admin(gateway, "PUT", "/budgets/%2Fteam/daily", {"amount": 1},
                                 key="sk-master")
        assert status == 503


def test_faults_in_the_configuration_are_named(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(priced("http://127.0.0.1:1/v1", [budget("/a", -1)])))
    done = run("check-config", file, env={"SET_BUDGET_B": "yearly=1"})
    said = done.stdout + done.stderr
    assert done.returncode != 0
    assert "amount must be a finite number above 0" in said
    assert "SET_BUDGET_B" in said and "expected hourly, daily, weekly or monthly" in said


def test_what_another_gateway_spends_counts_before_long(upstream, tmp_path):
    config = priced(upstream.url, [budget("/team", 0.4)],
                    storage={"type": "sqlite", "sqlite": {"path": str(tmp_path / "gomodel.db")}},
                    workflows={"refresh_interval": "1s"})
    with Gateway(config) as one, Gateway(config) as other:
        assert ask(other, headers=TEAM, max_tokens=1).status == 200
        assert ask(one, headers=TEAM, max_tokens=1).status == 200
        deadline = time.monotonic() + PATIENCE
        while listed(other)["/team", "daily"]["spent"] < 0.49:
            assert time.monotonic() < deadline
        assert listed(other)["/team", "daily"]["spent"] == pytest.approx(0.5)
        assert ask(other, headers=TEAM).status == 429
