"""A passthrough is a row like any other, of the path that the client asked for."""

from __future__ import annotations

import http.client
import json
from typing import Callable

import pytest

from clients import KEY
from gateway import PATIENCE, Gateway, wait_until
from upstream import CHAT, usage_of


def ask(gateway: Gateway, path: str, question: str, model: str = CHAT) -> bytes:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
    body = {"model": model, "messages": [{"role": "user", "content": question}]}
    connection.request("POST", path, json.dumps(body), {
        "Authorization": f"Bearer {KEY}", "Content-Type": "application/json",
        "X-Request-ID": question, "X-GoModel-User-Path": "/team"})
    answer = connection.getresponse().read()
    connection.close()
    return answer


@pytest.mark.parametrize("sync", ["interval", "always"])
def test_rows_of_a_passthrough(start: Callable[..., Gateway], sync: str) -> None:
    gateway = start(f"recorder: {{sync: {sync}}}\n")
    assert b'"answer-7-json"' in ask(gateway, "/p/main/v1/chat/completions?a=b", "7-json")
    assert ask(gateway, "/p/openai/chat/completions", "8-stream").endswith(b"[DONE]\n\n")
    assert b"out of order" in ask(gateway, "/p/main/chat/completions", "9-fails")
    ask(gateway, "/p/main/chat/completions", "10-json", "not-listed")
    assert gateway.get("/p/main/models")[0] == 200
    wait_until(lambda: len(gateway.rows()) >= 4, "the rows")
    gateway.stop()
    rows = {row["request_id"]: row for row in gateway.rows()}
    assert sorted(rows) == ["10-json", "7-json", "8-stream", "9-fails"]
    for question, path in (("7-json", "/p/main/v1/chat/completions"),
                           ("8-stream", "/p/openai/chat/completions"),
                           ("10-json", "/p/main/chat/completions")):
        row, usage = rows[question], usage_of(question)
        assert (row["endpoint"], row["provider"], row["provider_name"], row["model"]) == (
            path, "openai", "main", CHAT)
        assert (row["input_tokens"], row["output_tokens"], row["total_tokens"]) == (
            usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"])
        assert (row["provider_id"], row["user_path"]) == (f"answer-{question}", "/team")
    assert rows["9-fails"]["raw_data"] == {"status": 503}
