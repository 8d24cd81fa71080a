"""The admin API's reports of usage say what the rows say."""

from __future__ import annotations

import asyncio
import json
import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import datetime, timedelta, timezone
from typing import Callable, Iterator
from urllib.parse import quote

import pytest

from clients import Crowd, questions
from gateway import Gateway, wait_until
from upstream import usage_of

USAGE = "/admin/api/v1/usage"


def report(gateway: Gateway, name: str, query: str = "", zone: str = "") -> dict | list:
    headers = {"X-GoModel-Timezone": zone} if zone else {}
    status, body = gateway.get(f"{USAGE}/{name}?{query}", headers)
    assert status == 200, body
    return json.loads(body)


@pytest.fixture
def served(start: Callable[..., Gateway]) -> Gateway:
    """80 requests of every kind, all in the storage."""
    gateway = start(storage="sqlite")
    asyncio.run(Crowd(lambda: gateway.port, questions(0, 80)).run())
    wait_until(lambda: len(gateway.rows()) == 80, "the rows")
    return gateway


def execute(gateway: Gateway, *statements: str) -> None:
    with closing(sqlite3.connect(gateway.rows_file, timeout=60)) as database, database:
        for statement in statements:
            database.execute(statement)


def total(rows: list[dict], column: str) -> int:
    return sum(row[column] for row in rows)


def test_summary_and_groups_add_up(served: Gateway) -> None:
    rows = served.rows()
    assert report(served, "summary") == {
        "total_requests": 80, "total_input_tokens": total(rows, "input_tokens"),
        "total_output_tokens": total(rows, "output_tokens"),
        "total_tokens": total(rows, "total_tokens"), "total_input_cost": None,
        "total_output_cost": None, "total_cost": None}

    paths = report(served, "user-paths")
    expected: dict[str, int] = defaultdict(int)
    for row in rows:
        expected[row["user_path"]] += row["total_tokens"]
    assert {path["user_path"]: path["total_tokens"] for path in paths} == expected
    assert [path["total_tokens"] for path in paths] == sorted(expected.values(), reverse=True)
    assert set(paths[0]) == {"user_path", "requests", "input_tokens", "output_tokens",
                             "total_tokens", "input_cost", "output_cost", "total_cost"}

    models = report(served, "models")
    assert {model["model"] for model in models} == {"gpt-test", "embed-test"}
    assert {model["provider_name"] for model in models} == {"main"}
    assert total(models, "input_tokens") == total(rows, "input_tokens")
    assert total(models, "requests") == 80

    days = report(served, "daily")
    assert total(days, "requests") == 80
    assert set(days[0]) == {"date", "requests", "input_tokens", "output_tokens", "total_tokens",
                            "input_cost", "output_cost", "total_cost"}


def test_log_pages_visit_each_row_once_newest_first(served: Gateway) -> None:
    seen = []
    for offset in range(0, 90, 30):
        page = report(served, "log", f"limit=30&offset={offset}")
        assert (page["total"], page["limit"], page["offset"]) == (80, 30, offset)
        seen += page["entries"]
    assert len(seen) == 80 == len({entry["id"] for entry in seen})
    stamps = [entry["timestamp"] for entry in seen]
    assert stamps == sorted(stamps, reverse=True)
    entry = next(entry for entry in seen if entry["request_id"] == "8-json")
    assert entry["input_cost"] is entry["output_cost"] is entry["total_cost"] is None
    assert entry["provider_id"] == "answer-8-json" and entry["user_path"] == "/team/json"
    assert entry["raw_data"] == {"prompt_cached_tokens": 1, "completion_reasoning_tokens": 3}
    assert "cache_type" not in entry and "costs_calculation_caveat" not in entry


@pytest.mark.parametrize("mode", ["uncached", "cached", "all"])
def test_log_pages_of_one_time_visit_each_row_once(served: Gateway, mode: str) -> None:
    execute(served, "UPDATE usage SET timestamp = (SELECT max(timestamp) FROM usage)",
            "UPDATE usage SET cache_type = 'exact' WHERE model = 'embed-test'")
    whole = report(served, "log", f"limit=200&cache_mode={mode}")
    ids = [entry["id"] for entry in whole["entries"]]
    assert ids == sorted(set(ids), reverse=True) and len(ids) == whole["total"] > 0
    for size in (1, 7, 30):
        seen = []
        for offset in range(0, 82, size):
            page = report(served, "log", f"limit={size}&offset={offset}&cache_mode={mode}")
            assert page["total"] == len(ids)
            seen += page["entries"]
        assert seen == whole["entries"], size


def test_log_limits(served: Gateway) -> None:
    for query, limit, offset in (("", 50, 0), ("limit=9999", 200, 0), ("limit=0", 50, 0),
                                 ("limit=-3&offset=-1", 50, 0), ("limit=x&offset=y", 50, 0),
                                 ("limit=7&offset=79", 7, 79)):
        page = report(served, "log", query)
        assert (page["limit"], page["offset"]) == (limit, offset), query
        assert len(page["entries"]) == min(limit, 80 - offset), query


def test_filters(served: Gateway) -> None:
    def found(query: str) -> int:
        return report(served, "log", query)["total"]
    assert found("model=embed-test") == 10
    assert found("model=embed") == 0
    assert found("provider=openai") == found("provider=main") == 80
    assert found("search=-JSON") == 20
    assert found("search=%25") == found("search=_") == 0  # no wildcards
    assert found("user_path=/team/json") == 20
    assert found("user_path=/team") == found("user_path=/") == 80
    assert found("user_path=/te") == 0
    assert report(served, "summary", "user_path=team/stream")["total_requests"] == 20
    for hostile in ("'; DROP TABLE usage;--", "\\", '"', "\x00", "x" * 5000, "%ff%fe"):
        assert found("search=" + quote(hostile)) == 0
    assert found("") == 80


def test_cache_modes(served: Gateway) -> None:
    execute(served, "UPDATE usage SET cache_type = 'exact' WHERE model = 'embed-test'")
    counts = {mode: report(served, "summary", f"cache_mode={mode}")["total_requests"]
              for mode in ("uncached", "cached", "all", "strange", "")}
    assert counts == {"uncached": 70, "cached": 10, "all": 80, "strange": 70, "": 70}


def test_costs_that_are_known_are_added_and_the_others_stay_unknown(served: Gateway) -> None:
    execute(served, "UPDATE usage SET input_cost = 0.5, total_cost = 0.5 "
                    "WHERE model = 'embed-test'")
    summary = report(served, "summary")
    assert (summary["total_input_cost"], summary["total_output_cost"]) == (5, None)
    costs = {model["model"]: model["total_cost"] for model in report(served, "models")}
    assert costs == {"embed-test": 5, "gpt-test": None}


def test_prices_of_the_configuration_become_costs(start: Callable[..., Gateway]) -> None:
    gateway = start(storage="sqlite", models=(
        "    models:\n"
        "      - id: gpt-test\n"
        "        metadata: {pricing: {currency: USD, input_per_mtok: 1000, output_per_mtok: 2000,\n"
        "                   cached_input_per_mtok: 100, reasoning_output_per_mtok: 3000}}\n"
        "      - embed-test\n"))
    crowd = Crowd(lambda: gateway.port, questions(0, 40, ("json", "stream", "embed", "fails")))
    asyncio.run(crowd.run())
    wait_until(lambda: len(gateway.rows()) == 40, "the rows")
    for row in gateway.rows():
        question = row["request_id"]
        usage, number = usage_of(question), int(question.split("-")[0])
        if question.split("-")[1] in ("embed", "fails"):
            assert row["input_cost"] is row["output_cost"] is row["total_cost"] is None
            continue
        paid = (usage["prompt_tokens"] * 1000 - number % 7 * 900) / 1e6
        earned = (usage["completion_tokens"] * 2000 + number % 5 * 1000) / 1e6
        assert row["input_cost"] == pytest.approx(paid)
        assert row["output_cost"] == pytest.approx(earned)
        assert row["total_cost"] == pytest.approx(paid + earned)
        assert row["costs_calculation_caveat"] == ""
    total_cost = sum(row["total_cost"] or 0 for row in gateway.rows())
    assert report(gateway, "summary")["total_cost"] == pytest.approx(total_cost)


@pytest.fixture
def aged(start: Callable[..., Gateway]) -> Iterator[Gateway]:
    """Five rows about the turn of a year; 2025-12-29 is the Monday of 2026's first week."""
    gateway = start(storage="sqlite")
    asyncio.run(Crowd(lambda: gateway.port, questions(0, 5, ("json",))).run())
    wait_until(lambda: len(gateway.rows()) == 5, "the rows")
    for number, moment in enumerate(("2025-12-28T23:30:00.000000000Z",
                                     "2025-12-31T23:30:00.000000000Z",
                                     "2026-01-01T00:00:00.000000000Z", "2026-01-01T22:59:59.5Z",
                                     "2026-01-02 04:59:59.123+00:00")):
        execute(gateway, f"UPDATE usage SET timestamp = '{moment}' "
                         f"WHERE request_id = '{number}-json'")
    yield gateway


def test_ranges_are_days_of_the_zone(aged: Gateway) -> None:
    def requests(query: str, zone: str) -> int:
        return report(aged, "summary", query, zone)["total_requests"]
    new_year = "start_date=2026-01-01&end_date=2026-01-01"
    assert requests(new_year, "UTC") == 2
    assert requests(new_year, "Europe/Berlin") == 3
    assert requests(new_year, "America/New_York") == 2
    assert requests("start_date=2026-01-02&end_date=2026-01-01", "") == 0
    assert requests("end_date=2026-01-01", "") == 4
    assert requests("start_date=2025-12-31&days=1", "") == 4  # dates win


def test_periods_are_those_of_the_zone(aged: Gateway) -> None:
    def labels(interval: str, zone: str) -> dict[str, int]:
        periods = report(aged, "daily",
                         f"start_date=2025-01-01&end_date=2026-12-31&interval={interval}", zone)
        assert [each["date"] for each in periods] == sorted(each["date"] for each in periods)
        return {each["date"]: each["requests"] for each in periods}
    assert labels("daily", "UTC") == {"2025-12-28": 1, "2025-12-31": 1, "2026-01-01": 2,
                                      "2026-01-02": 1}
    assert labels("daily", "Europe/Berlin") == {"2025-12-29": 1, "2026-01-01": 3, "2026-01-02": 1}
    assert labels("weekly", "UTC") == {"2025-W52": 1, "2026-W01": 4}
    assert labels("weekly", "Europe/Berlin") == {"2026-W01": 5}
    assert labels("monthly", "UTC") == {"2025-12": 2, "2026-01": 3}
    assert labels("yearly", "Asia/Tokyo") == {"2025": 1, "2026": 4}
    assert labels("strange", "UTC") == labels("daily", "UTC")


def test_days_count_back_from_today(aged: Gateway) -> None:
    now = datetime.now(timezone.utc)
    for number, age in enumerate((0, 6, 7, 29, 30)):
        moment = (now - timedelta(days=age)).strftime("%Y-%m-%dT%H:%M:%SZ")
        execute(aged, f"UPDATE usage SET timestamp = '{moment}' "
                      f"WHERE request_id = '{number}-json'")
    counts = [report(aged, "summary", f"days={days}")["total_requests"]
              for days in ("1", "7", "8", "", "0", "-1", "x", "99999999999")]
    assert counts == [1, 2, 3, 4, 4, 4, 4, 5]


@pytest.mark.parametrize("query,zone,message", [
    ("start_date=2026-1-1", "", "invalid start_date format, expected YYYY-MM-DD"),
    ("end_date=2026-02-30", "", "invalid end_date format, expected YYYY-MM-DD"),
    ("user_path=/a/../b", "", "invalid user_path: user path cannot contain '.' or '..' segments"),
    ("", "Local", "invalid X-GoModel-Timezone header: expected the name of a time zone, "
                  "such as Europe/Berlin"),
    ("", "../../etc/passwd", "invalid X-GoModel-Timezone header: expected the name of a time "
                             "zone, such as Europe/Berlin"),
])
def test_bad_parameters_are_named(start: Callable[..., Gateway], query: str, zone: str,
                                  message: str) -> None:
    gateway = start(storage="sqlite")
    for name in ("summary", "daily", "models", "user-paths", "log"):
        status, body = gateway.get(f"{USAGE}/{name}?{query}",
                                   {"X-GoModel-Timezone": zone} if zone else {})
        error = json.loads(body)["error"]
        assert (status, error["type"], error["message"]) == (400, "invalid_request_error", message)


def test_without_a_storage_nothing_has_been_used(start: Callable[..., Gateway], tmp_path) -> None:
    (tmp_path / "rows.file.down").touch()
    gateway = start()
    assert report(gateway, "summary") == {
        "total_requests": 0, "total_input_tokens": 0, "total_output_tokens": 0,
        "total_tokens": 0, "total_input_cost": None, "total_output_cost": None,
        "total_cost": None}
    for name in ("daily", "models", "user-paths"):
        assert report(gateway, name) == []
    assert report(gateway, "log") == {"entries": [], "total": 0, "limit": 0, "offset": 0}


def test_a_storage_that_fails_is_an_error_without_its_words(start: Callable[..., Gateway]) -> None:
    gateway = start()
    wait_until(lambda: gateway.metric("gomodel_storage_up") == 1, "the storage to be ready")
    gateway.storage("down", True)
    status, body = gateway.get(f"{USAGE}/summary")
    assert status == 500
    assert json.loads(body)["error"]["type"] == "internal_error"
    assert "the file is down" not in body.decode()
    wait_until(lambda: "the file is down" in gateway.log(), "the line of the log")
