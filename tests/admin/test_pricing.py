"""Prices that operators set hold for requests from then on; costs of the past are worked out anew
when that is asked for, and what nobody knows stays unknown."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from typing import Callable
from urllib.parse import quote

import pytest

from api import ADMIN, call, refused
from clients import Crowd, questions
from gateway import Gateway, wait_until
from upstream import usage_of

PRICING, RECALCULATE = f"{ADMIN}/pricing", f"{ADMIN}/usage/recalculate"
CONFIGURED = ("    models:\n"
              "      - id: gpt-test\n"
              "        metadata: {pricing: {input_per_mtok: 1000, output_per_mtok: 2000}}\n"
              "      - embed-test\n")


def ask(gateway: Gateway, first: int, count: int, kinds: tuple[str, ...] = ("json",)) -> None:
    asyncio.run(Crowd(lambda: gateway.port, questions(first, count, kinds)).run())
    wait_until(lambda: len(gateway.rows()) == first + count, "the rows")


def costs(gateway: Gateway, first: int = 0) -> dict[str, float | None]:
    return {row["request_id"]: row["total_cost"] for row in gateway.rows()
            if int(row["request_id"].split("-")[0]) >= first}


def input_cost(question: str, price: float) -> float:
    return usage_of(question)["prompt_tokens"] * price / 1e6


def recalculate(gateway: Gateway, **filters: object) -> dict:
    begun = call(gateway, "POST", RECALCULATE, filters)
    assert begun.status == 202, begun.body
    wait_until(lambda: call(gateway, "GET", RECALCULATE).json()["status"] != "running", "its end")
    done = call(gateway, "GET", RECALCULATE).json()
    assert done["status"] == "done" and done["rows_done"] == done["rows_total"], done
    return done


def test_a_price_holds_at_once_and_until_it_is_taken_back(start: Callable[..., Gateway]) -> None:
    gateway = start(models=CONFIGURED)
    ask(gateway, 0, 4)
    price = call(gateway, "GET", f"{PRICING}/main/gpt-test").json()
    assert (price["source"], price["versions"]) == ("metadata", [])

    put = call(gateway, "PUT", f"{PRICING}/gpt-test", {"input_per_mtok": 10, "currency": "USD"})
    assert put.status == 200 and put.json()["version"] == 1
    ask(gateway, 4, 4)
    for question, cost in costs(gateway, 4).items():
        assert cost == pytest.approx(input_cost(question, 10))

    # The price of a provider's own model comes before that of the id.
    path = f"{PRICING}/{quote('main/gpt-test', safe='')}"
    assert call(gateway, "PUT", path, {"input_per_mtok": 20}).json()["model"] == "main/gpt-test"
    assert call(gateway, "PUT", path, {"input_per_mtok": 30}).json()["version"] == 2
    ask(gateway, 8, 4)
    for question, cost in costs(gateway, 8).items():
        assert cost == pytest.approx(input_cost(question, 30))
    price = call(gateway, "GET", path).json()
    assert (price["source"], price["version"], price["set_for"]) == ("managed", 2, "main/gpt-test")
    assert [version["version"] for version in price["versions"]] == [2, 1]
    assert [price["model"] for price in call(gateway, "GET", PRICING).json()] == [
        "gpt-test", "main/gpt-test"]

    assert call(gateway, "DELETE", path).status == 204
    refused(call(gateway, "DELETE", path), 404, "price not found: main/gpt-test")
    assert call(gateway, "DELETE", f"{PRICING}/gpt-test").status == 204
    price = call(gateway, "GET", path).json()
    assert price["source"] == "metadata" and price["versions"][0]["pricing"] is None
    ask(gateway, 12, 4)
    for question, cost in costs(gateway, 12).items():
        spent = input_cost(question, 1000) + usage_of(question)["completion_tokens"] * 2000 / 1e6
        assert cost == pytest.approx(spent)


def test_prices_are_there_after_a_restart(start: Callable[..., Gateway]) -> None:
    gateway = start()
    tiers = [{"up_to_mtok": 0.2, "input_per_mtok": 1}, {"input_per_mtok": 2}]
    call(gateway, "PUT", f"{PRICING}/gpt-test", {"tiers": tiers, "per_request": 0.5})
    call(gateway, "PUT", f"{PRICING}/gone", {"per_request": 1})
    call(gateway, "DELETE", f"{PRICING}/gone")
    before = call(gateway, "GET", PRICING).json()
    assert before[0]["pricing"] == {"per_request": 0.5, "tiers": tiers}
    gateway.stop()
    gateway.start()
    wait_until(lambda: call(gateway, "GET", PRICING).status == 200, "the prices")
    assert call(gateway, "GET", PRICING).json() == before
    ask(gateway, 0, 2)
    for question, cost in costs(gateway).items():
        assert cost == pytest.approx(input_cost(question, 1) + 0.5)


@pytest.mark.parametrize("body,message", [
    ({}, "at least one price is required"), ({"currency": "USD"}, "at least one price"),
    ({"input_per_mtoken": 1}, "unknown price: input_per_mtoken"),
    ({"input_per_mtok": "1"}, "input_per_mtok must be a number"),
    ({"input_per_mtok": -1}, "input_per_mtok must be a number from 0"),
    ({"input_per_mtok": 1, "tiers": [{"up_to": 1}]}, "unknown price: tiers.up_to"),
    ({"tiers": 7}, "tiers must be a list"), ([], "not a JSON object"),
])
def test_prices_that_are_none_are_refused(start: Callable[..., Gateway], body: object,
                                          message: str) -> None:
    gateway = start()
    refused(call(gateway, "PUT", f"{PRICING}/gpt-test", body), 400, message)
    assert call(gateway, "GET", PRICING).json() == []


def test_costs_of_the_past_are_worked_out_anew(start: Callable[..., Gateway]) -> None:
    gateway = start()
    assert call(gateway, "GET", RECALCULATE).json() == {"status": "none"}
    ask(gateway, 0, 1200, ("json", "stream", "embed", "fails"))
    assert set(costs(gateway).values()) == {None}

    done = recalculate(gateway)
    assert (done["rows_total"], done["rows_changed"]) == (1200, 0)
    assert done["rows_unpriced"] == 1200
    assert set(costs(gateway).values()) == {None}

    pricing = {"input_per_mtok": 1000, "output_per_mtok": 2000, "cached_input_per_mtok": 100,
               "reasoning_output_per_mtok": 3000}
    call(gateway, "PUT", f"{PRICING}/main/gpt-test", pricing)
    tried = recalculate(gateway, dry_run=True)
    assert (tried["rows_changed"], tried["rows_unpriced"], tried["dry_run"]) == (600, 300, True)
    assert set(costs(gateway).values()) == {None}

    before = {row["id"]: row for row in gateway.rows()}
    done = recalculate(gateway)
    assert (done["rows_changed"], done["rows_unpriced"]) == (600, 300)
    names = {"input_cost", "output_cost", "total_cost"}
    for row in gateway.rows():
        question, old = row["request_id"], before[row["id"]]
        assert {k: v for k, v in row.items() if k not in names} == \
               {k: v for k, v in old.items() if k not in names}
        usage, number = usage_of(question), int(question.split("-")[0])
        if question.split("-")[1] in ("embed", "fails"):
            assert row["total_cost"] is None
            continue
        paid = (usage["prompt_tokens"] * 1000 - number % 7 * 900) / 1e6
        earned = (usage["completion_tokens"] * 2000 + number % 5 * 1000) / 1e6
        assert row["total_cost"] == pytest.approx(paid + earned)
    assert recalculate(gateway)["rows_changed"] == 0  # they are as they should be

    # A model whose price nobody knows any more keeps what it cost.
    known = costs(gateway)
    call(gateway, "DELETE", f"{PRICING}/main/gpt-test")
    assert recalculate(gateway)["rows_unpriced"] == 1200
    assert costs(gateway) == known


def test_only_what_the_filters_say_is_worked_out(start: Callable[..., Gateway]) -> None:
    gateway = start()
    ask(gateway, 0, 8, ("json", "embed"))
    with closing(sqlite3.connect(gateway.rows_file, timeout=60)) as database, database:
        database.execute("UPDATE usage SET timestamp = '2026-01-01 10:00:00.5+00:00' "
                         "WHERE request_id IN ('0-json', '1-embed')")
        database.execute("UPDATE usage SET cache_type = 'exact' WHERE request_id = '2-json'")
        database.execute("UPDATE usage SET user_path = '/other/a' WHERE request_id = '4-json'")
    for model in ("gpt-test", "embed-test"):
        call(gateway, "PUT", f"{PRICING}/{model}", {"input_per_mtok": 5})

    def changed(**filters: object) -> int:
        done = recalculate(gateway, dry_run=True, **filters)
        assert done["filters"] == filters
        return done["rows_changed"]
    assert changed() == 8
    assert changed(model="gpt-test") == 4
    assert changed(model="none") == 0
    assert changed(end_date="2026-01-01") == 2
    assert changed(start_date="2026-01-02") == 6
    assert changed(start_date="2026-01-01", end_date="2026-01-01", model="embed-test") == 1
    assert changed(provider="main") == changed(provider="openai") == 8
    assert changed(user_path="/other") == 1
    assert recalculate(gateway, start_date="2026-01-01", end_date="2026-01-01")["rows_changed"] == 2
    priced = {question for question, cost in costs(gateway).items() if cost is not None}
    assert priced == {"0-json", "1-embed"}


def test_traffic_goes_on_and_one_runs_at_a_time(start: Callable[..., Gateway]) -> None:
    gateway = start()
    ask(gateway, 0, 4)
    with closing(sqlite3.connect(gateway.rows_file, timeout=60)) as database, database:
        database.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) "
            "INSERT INTO usage (id, request_id, provider_id, timestamp, model, provider, "
            "provider_name, endpoint, user_path, input_tokens, output_tokens, total_tokens, "
            "costs_calculation_caveat) SELECT 'many-' || i, '9-many', '', "
            "'2026-01-01T00:00:00.000000000Z', 'gpt-test', 'openai', 'main', "
            "'/v1/chat/completions', '/', i, 1, i + 1, '' FROM n")
    call(gateway, "PUT", f"{PRICING}/gpt-test", {"input_per_mtok": 1})
    assert call(gateway, "POST", RECALCULATE, {}).status == 202
    refused(call(gateway, "POST", RECALCULATE, {}), 409, "a recalculation is running already")
    asyncio.run(Crowd(lambda: gateway.port, questions(10, 50, ("json",))).run())
    wait_until(lambda: call(gateway, "GET", RECALCULATE).json()["status"] == "done", "its end")
    done = call(gateway, "GET", RECALCULATE).json()
    assert done["rows_changed"] >= 40_004 and done["rows_unpriced"] == 0
    summary = call(gateway, "GET", f"{ADMIN}/usage/summary?start_date=2026-01-01"
                                   "&end_date=2026-01-01").json()
    assert summary["total_input_cost"] == pytest.approx(sum(range(1, 40_001)) / 1e6)


def test_a_gateway_that_is_stopped_meanwhile_ends(start: Callable[..., Gateway]) -> None:
    gateway = start()
    ask(gateway, 0, 4)
    with closing(sqlite3.connect(gateway.rows_file, timeout=60)) as database, database:
        for number in range(4):
            database.execute(
                "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 30000) "
                "INSERT INTO usage (id, request_id, provider_id, timestamp, model, provider, "
                "endpoint, input_tokens, output_tokens, total_tokens, costs_calculation_caveat) "
                f"SELECT '{number}-' || i, '9-many', '', '2026-01-01T00:00:00.000000000Z', "
                "'gpt-test', 'openai', '/v1/chat/completions', i, 1, i + 1, '' FROM n")
    call(gateway, "PUT", f"{PRICING}/gpt-test", {"input_per_mtok": 1})
    assert call(gateway, "POST", RECALCULATE, {}).status == 202
    gateway.stop()
    priced = sum(cost is not None for cost in costs(gateway).values())
    assert priced < 120_000
    gateway.start()
    assert call(gateway, "GET", RECALCULATE).json() == {"status": "none"}
