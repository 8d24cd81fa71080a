"""What rows must say of the requests that a crowd made."""

from __future__ import annotations

from collections import Counter

from clients import PATHS, Crowd
from upstream import usage_of

COUNTED = ("json", "stream", "pass", "relay")  # the upstream tells both sides of their tokens


def check_tokens(row: dict, question: str) -> None:
    kind = question.split("-")[1]
    usage = usage_of(question)
    raw = row["raw_data"] or {}
    assert row["provider"] == "openai" and row["provider_name"] == "main"
    assert row["user_path"] == f"/team/{kind}"
    counts = (row["input_tokens"], row["output_tokens"], row["total_tokens"])
    assert row["endpoint"] == PATHS.get(kind, "/v1/chat/completions")
    if kind in COUNTED:
        assert counts == (usage["prompt_tokens"], usage["completion_tokens"],
                          usage["total_tokens"])
        assert row["provider_id"] == f"answer-{question}"
        assert raw.get("prompt_cached_tokens", 0) == int(question.split("-")[0]) % 7
        assert raw.get("completion_reasoning_tokens", 0) == int(question.split("-")[0]) % 5
        assert "estimated" not in raw
    elif kind == "embed":
        assert counts == (usage["prompt_tokens"], 0, usage["prompt_tokens"])
    elif kind == "fails":
        assert counts == (0, 0, 0) and raw["status"] == 503
    else:
        assert raw["estimated"] is True and counts[1] > 0
        assert raw["end"] == ("client_gone" if kind == "leaves" else "upstream_failed")


def check_exact(rows: list[dict], crowd: Crowd) -> None:
    by_request = Counter(row["request_id"] for row in rows)
    assert not [request for request, count in by_request.items() if count != 1]
    assert set(by_request) == crowd.asked
    for row in rows:
        check_tokens(row, row["request_id"])
    counted = [question for question in crowd.asked if question.split("-")[1] in COUNTED]
    assert sum(row["total_tokens"] for row in rows if row["request_id"] in counted) == sum(
        usage_of(question)["total_tokens"] for question in counted)
