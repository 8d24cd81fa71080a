"""A request that another provider answers in the end is one request: one row, of who answered."""

from __future__ import annotations

import asyncio
from typing import Callable, Iterator

import pytest

from checks import check_exact
from clients import Crowd, questions
from gateway import Gateway
from upstream import CHAT, Upstream, usage_of

AUTO = "fallback: {default_mode: auto}\nrecorder: {sync: always}\n"


class Steady(Upstream):
    """Answers what the other one fails at."""

    async def _chat(self, reader, writer, question: str) -> bool:
        return self.answer_whole(writer, question)


@pytest.fixture
def steady() -> Iterator[Steady]:
    running = Steady()
    yield running
    running.stop()


def test_the_one_that_answered_is_recorded(start: Callable[..., Gateway], upstream: Upstream,
                                           steady: Steady) -> None:
    second = ("  second:\n"
              "    api_key: sk-upstream\n"
              "    type: openai\n"
              f"    base_url: {steady.url}\n")
    gateway = start(AUTO, storage="sqlite", models=second)
    crowd = Crowd(lambda: gateway.port, questions(0, 60, ("json", "fails", "stream")), fails=200)
    asyncio.run(crowd.run())
    gateway.stop()
    assert not crowd.wrong and crowd.answered == upstream.asked
    assert steady.asked == {question for question in crowd.asked if question.endswith("fails")}
    rows = gateway.rows()
    check_exact([row for row in rows if row["provider_name"] == "main"],
                Crowd(lambda: 0, [], asked=crowd.asked - steady.asked))
    stepped_in = [row for row in rows if row["provider_name"] != "main"]
    assert {row["request_id"] for row in stepped_in} == steady.asked
    assert len(stepped_in) == len(steady.asked) == 20
    for row in stepped_in:
        usage = usage_of(row["request_id"])
        assert (row["provider_name"], row["model"], row["total_tokens"]) == (
            "second", CHAT, usage["total_tokens"])
        assert "status" not in (row["raw_data"] or {})
