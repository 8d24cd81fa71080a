"""Every request to a model has one entry in the audit log, which says what passed and no secret."""

from __future__ import annotations

import http.client
import json
import socket
import sqlite3
import urllib.parse
from contextlib import closing
from pathlib import Path
from typing import Callable, Iterator

import pytest

from clients import KEY
from gateway import PATIENCE, Gateway, wait_until
from talk_upstream import CHAT, TalkUpstream
from with_postgres import Server

AUDIT = "logging: {enabled: true, flush_interval: 1, buffer_size: 1}\n"
ALWAYS = "recorder: {sync: always}\n"


@pytest.fixture
def upstream() -> Iterator[TalkUpstream]:
    upstream = TalkUpstream()
    yield upstream
    upstream.stop()


def ask(gateway: Gateway, path: str, body: dict | bytes, key: str = KEY,
        **headers: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
    try:
        connection.request("POST", path, body if isinstance(body, bytes) else json.dumps(body), {
            "Authorization": f"Bearer {key}", "Content-Type": "application/json", **headers})
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def chat(question: str, **more) -> dict:
    return {"model": CHAT, "messages": [{"role": "user", "content": question}], **more}


def log(gateway: Gateway, **filters) -> dict:
    status, body = gateway.get("/admin/api/v1/audit/log?" + urllib.parse.urlencode(filters))
    assert status == 200, body
    return json.loads(body)


def entries(gateway: Gateway, count: int, **filters) -> list[dict]:
    """Oldest first, once there are so many."""
    wait_until(lambda: log(gateway, **filters)["total"] >= count, f"{count} entries")
    page = log(gateway, limit=100, **filters)
    assert page["total"] == count
    return page["entries"][::-1]


def entry(gateway: Gateway, **filters) -> dict:
    return entries(gateway, 1, **filters)[0]


@pytest.mark.parametrize("settings", [AUDIT, AUDIT + ALWAYS], ids=["interval", "always"])
def test_what_an_entry_says(start: Callable[..., Gateway], settings: str) -> None:
    gateway = start(settings, storage="sqlite")
    status, answer = ask(gateway, "/v1/chat/completions?api_key=sk-query",
                         chat("one json", temperature=0.5, max_tokens=9),
                         **{"X-Request-ID": "mine", "User-Agent": "test/1",
                            "X-GoModel-User-Path": "/team/a"})
    assert status == 200
    found = entry(gateway)
    assert found["requested_model"] == CHAT and found["resolved_model"] == f"main/{CHAT}"
    assert (found["provider"], found["provider_name"]) == ("openai", "main")
    assert (found["method"], found["path"], found["status_code"]) == (
        "POST", "/v1/chat/completions", 200)
    assert (found["request_id"], found["user_path"], found["auth_method"], found["client_ip"]) == (
        "mine", "/team/a", "master_key", "127.0.0.1")
    assert found["duration_ns"] > 0 and "stream" not in found and "error_type" not in found
    data = found["data"]
    assert data["user_agent"] == "test/1" and len(data["api_key_hash"]) == 16
    assert (data["temperature"], data["max_tokens"], data["end"]) == (0.5, 9, "completed")
    assert data["request_body"] == chat("one json", temperature=0.5, max_tokens=9)
    assert data["response_body"] == json.loads(answer)
    assert data["request_headers"]["Authorization"] == "[REDACTED]"
    assert data["response_headers"]["Content-Type"] == "application/json"
    assert data["query"] == "api_key=[REDACTED]"
    assert found["usage"] == {
        "entries": 1, "input_tokens": 11, "uncached_input_tokens": 7, "cached_input_tokens": 4,
        "cache_write_input_tokens": 0, "output_tokens": 5, "total_tokens": 16,
        "cached_input_ratio": 4 / 11, "estimated_cached_characters": 16}


def test_usage_of_others_with_the_same_request_id_is_not_shown(
        start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    for question in ("one json", "two json"):
        ask(gateway, "/v1/chat/completions", chat(question), **{"X-Request-ID": "same"})
    ask(gateway, "/v1/chat/completions", chat("x"), key="wrong", **{"X-Request-ID": "same"})
    found = entries(gateway, 3)
    assert [e["request_id"] for e in found] == ["same"] * 3
    assert [e.get("usage", {}).get("entries") for e in found] == [1, 1, None]


@pytest.mark.parametrize("settings", [AUDIT, AUDIT + ALWAYS], ids=["interval", "always"])
def test_streams_are_the_answers_they_made(start: Callable[..., Gateway], settings: str) -> None:
    gateway = start(settings, storage="sqlite")
    for kind in ("words", "tools"):
        assert ask(gateway, "/v1/chat/completions", chat(kind, stream=True))[0] == 200
    assert ask(gateway, "/v1/messages",
               {**chat("tools", stream=True), "max_tokens": 5})[0] == 200
    assert ask(gateway, "/v1/responses",
               {"model": CHAT, "input": "a", "stream": True})[0] == 200
    assert ask(gateway, "/p/main/chat/completions", chat("words", stream=True))[0] == 200
    words, tools, messages, responses, passed = entries(gateway, 5)
    assert all(e["stream"] and e["status_code"] == 200 for e in (words, tools, messages, responses))
    assert words["data"]["stream_events"] >= 5 and words["data"]["time_to_first_token_ns"] > 0
    assert [c["message"] for c in words["data"]["response_body"]["choices"]] == [
        {"role": "assistant", "content": "Hello"}, {"role": "assistant", "content": "Other"}]
    assert tools["data"]["response_body"]["choices"] == [{
        "index": 0, "finish_reason": "tool_calls", "message": {
            "role": "assistant", "content": None, "reasoning_content": "Hmm",
            "tool_calls": [{"id": "call-1", "type": "function",
                            "function": {"name": "add", "arguments": '{"a":1}'}}]}}]
    body = messages["data"]["response_body"]
    assert (body["type"], body["stop_reason"]) == ("message", "tool_use")
    assert [(b["name"], b["input"]) for b in body["content"] if b["type"] == "tool_use"] == [
        ("add", {"a": 1})]
    body = responses["data"]["response_body"]
    assert (body["id"], body["status"]) == ("resp-a", "completed")
    assert body["output"][0]["content"][0]["text"] == "Hello"
    assert passed["path"] == "/v1/chat/completions" and passed["provider_name"] == "main"
    body = passed["data"]["response_body"]
    assert body["choices"][0]["message"]["content"] == "Hello" and body["usage"]
    assert all(e["usage"]["entries"] == 1 for e in (words, tools, messages, responses, passed))


def test_failures_have_entries(start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    assert ask(gateway, "/v1/chat/completions", chat("x"), key="wrong")[0] == 401
    status, _ = ask(gateway, "/v1/chat/completions", {**chat("x"), "model": "none"})
    assert ask(gateway, "/v1/responses/nothing", {})[0] == 404
    assert ask(gateway, "/v1/chat/completions", b"{broken")[0] == 400
    assert gateway.get("/v1/embeddings")[0] == 405
    assert gateway.get("/health")[0] == 200 and gateway.get("/v1/models")[0] == 200
    unauthorized, unknown, nowhere, broken, method = entries(gateway, 5)
    assert (unauthorized["status_code"], unauthorized["error_type"]) == (
        401, "authentication_error")
    assert unauthorized["data"]["error_message"] and len(unauthorized["data"]["api_key_hash"]) == 16
    assert (unknown["requested_model"], unknown["status_code"]) == ("none", status)
    assert status >= 400 and "usage" not in unknown
    assert (nowhere["status_code"], nowhere["path"]) == (404, "/v1/responses/nothing")
    assert broken["data"]["request_body"] == "{broken"
    assert broken["data"]["response_body"]["error"]["type"] == "invalid_request_error"
    assert (method["method"], method["status_code"]) == ("GET", 405)


def test_a_client_that_leaves(start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    body = json.dumps(chat("leave", stream=True)).encode()
    with socket.create_connection(("127.0.0.1", gateway.port), PATIENCE) as client:
        client.sendall(b"POST /v1/chat/completions HTTP/1.1\r\nHost: a\r\n"
                       b"Authorization: Bearer " + KEY.encode() + b"\r\n"
                       b"Content-Length: " + str(len(body)).encode() + b"\r\n\r\n" + body)
        received = b""
        while b"lo" not in received.split(b"\r\n\r\n", 1)[-1]:
            received += client.recv(4096)
    found = entry(gateway)
    assert found["error_type"] == "stream_error" and found["data"]["end"] == "client_gone"
    assert found["data"]["response_body"]["choices"][0]["message"]["content"] == "Hello"


def test_hostile_bytes_and_secrets(start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    odd = b'{"model":"' + CHAT.encode() + \
        b'","messages":[{"role":"user","content":"a \\u0000 b \xff json"}]}'
    status, _ = ask(gateway, "/v1/chat/completions?token=sk-secret-1", odd,
                    **{"User-Agent": "caf\xe9", "X-Api-Key": "sk-secret-2",
                       "Api-Key": "sk-secret-3", "Cookie": "a=sk-secret-4",
                       "X-Goog-Api-Key": "sk-secret-5"})
    assert status == 200
    ask(gateway, "/v1/chat/completions", b"\x00\xff\xfe")
    ask(gateway, "/v1/chat/completions", b"[" * 500)
    ask(gateway, "/v1/chat/completions", {**chat("fine json"), "n": 10 ** 400})
    ask(gateway, "/v1/chat/completions", b'{"model":"m","previous_response_id":"' +
        b"x" * 5000 + b'"}')
    ask(gateway, "/v1/chat/completions", chat("last json"))
    found = entries(gateway, 6)
    content = found[0]["data"]["request_body"]["messages"][0]["content"]
    assert content == "a \ufffd b \ufffd json"
    assert found[0]["data"]["user_agent"] == "caf\ufffd"
    assert isinstance(found[1]["data"]["request_body"], str)
    assert found[5]["data"]["request_body"] == chat("last json")
    assert gateway.metric("gomodel_storage_rejected_rows_total") == 0
    gateway.stop()
    for file in gateway.folder.rglob("*"):
        if file.is_file() and file.name not in ("config.yaml", "gateway.log"):
            text = file.read_bytes()
            assert b"sk-secret" not in text and b"sk-upstream" not in text, file
            assert KEY.encode() not in text and b"sk-of-the-upstream" not in text, file


def test_large_bodies_are_marked(start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    ask(gateway, "/v1/chat/completions", chat("x" * (1 << 20) + " json"))
    found = entry(gateway)["data"]
    assert found["request_body_too_big_to_handle"] and "request_body" not in found
    assert found["response_body_too_big_to_handle"] and len(found["response_body"]) == 1 << 20


def test_bodies_and_headers_can_be_left_out(start: Callable[..., Gateway]) -> None:
    gateway = start("logging: {enabled: true, flush_interval: 1, log_bodies: false, "
                    "log_headers: false, only_model_interactions: false}\n", storage="sqlite")
    ask(gateway, "/v1/chat/completions", chat("one json"))
    wait_until(lambda: log(gateway, path="/chat/")["total"] == 1, "the entry")
    found = log(gateway, path="/chat/")["entries"][0]
    assert not {"request_body", "response_body", "request_headers", "response_headers"} & set(
        found["data"])
    wait_until(lambda: log(gateway, path="/admin/api")["total"] > 0, "entries of other paths")


def test_filters(start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    ask(gateway, "/v1/chat/completions", chat("one json"), **{"X-GoModel-User-Path": "/a/b",
                                                              "X-Request-ID": "needle-1"})
    ask(gateway, "/v1/chat/completions", chat("words", stream=True))
    ask(gateway, "/v1/chat/completions", chat("x"), key="wrong")
    everything = entries(gateway, 3)

    def ids(**filters) -> list[int]:
        wanted = {e["id"] for e in log(gateway, **filters)["entries"]}
        return [number for number, e in enumerate(everything) if e["id"] in wanted]

    assert ids(user_path="/a") == [0] and ids(user_path="/") == [0, 1, 2]
    assert ids(stream="true") == [1] and ids(stream="f") == [0, 2]
    assert ids(status_code="401") == [2] and ids(error_type="AUTHENT") == [2]
    assert ids(search="NEEDLE") == [0] and ids(search="invalid") == ids(status_code="401")
    assert ids(model="GPT") == [0, 1] and ids(provider="mai") == [0, 1]
    assert ids(method="post") == [0, 1, 2] and ids(method="get") == []
    assert ids(search="%") == [] and ids(path="completions") == [0, 1, 2]
    assert ids(limit=1) == [2] and ids(limit=1, offset=2) == [0]
    assert ids(start_date="2001-01-01", end_date="2001-01-02") == []
    for query, message in (("status_code=x", "invalid status_code, expected integer"),
                           ("stream=x", "invalid stream value, expected true or false")):
        status, body = gateway.get("/admin/api/v1/audit/log?" + query)
        assert (status, json.loads(body)["error"]["message"]) == (400, message)


def conversation(gateway: Gateway, anchor: str, **more) -> list[str]:
    query = urllib.parse.urlencode({"log_id": anchor, **more})
    status, body = gateway.get("/admin/api/v1/audit/conversation?" + query)
    assert status == 200, body
    found = json.loads(body)
    assert found["anchor_id"] == anchor
    return [e["id"] for e in found["entries"]]


def test_conversations(start: Callable[..., Gateway]) -> None:
    gateway = start(AUDIT, storage="sqlite")
    said = [{"role": "user", "content": "first json"}]
    for question in ("second json", "third json"):
        _, answer = ask(gateway, "/v1/chat/completions", {"model": CHAT, "messages": said})
        said = [*said, json.loads(answer)["choices"][0]["message"],
                {"role": "user", "content": question}]
    ask(gateway, "/v1/chat/completions", {"model": CHAT, "messages": said})
    ask(gateway, "/v1/chat/completions",  # another branch from the first answer
        {"model": CHAT, "messages": said[:2] + [{"role": "user", "content": "other json"}]})
    ask(gateway, "/v1/chat/completions", chat("unrelated json"))
    for question, previous in (("a", None), ("b", "resp-a"), ("c", "resp-b")):
        ask(gateway, "/v1/responses", {"model": CHAT, "input": question,
                                       **({"previous_response_id": previous} if previous else {})})
    ids = [e["id"] for e in entries(gateway, 8)]
    assert conversation(gateway, ids[0]) == ids[:4]
    assert conversation(gateway, ids[2]) == ids[:3]  # where it comes from, without the branch
    assert conversation(gateway, ids[4]) == [ids[4]]
    for anchor in ids[5:]:
        assert conversation(gateway, anchor) == ids[5:]
    assert conversation(gateway, ids[6], limit=1) == [ids[6]]
    assert conversation(gateway, "00000000-0000-4000-8000-000000000000") == []
    assert conversation(gateway, "'; DROP TABLE audit_logs") == []
    for query, message in (("", "log_id is required"),
                           ("log_id=a&limit=x", "invalid limit, expected integer"),
                           ("log_id=a&limit=201",
                            "invalid limit parameter: limit must be between 1 and 200")):
        status, body = gateway.get("/admin/api/v1/audit/conversation?" + query)
        assert (status, json.loads(body)["error"]["message"]) == (400, message)


def test_what_a_client_has_seen_whole_survives_kill(start: Callable[..., Gateway]) -> None:
    gateway = start("logging: {enabled: true, flush_interval: 3600, buffer_size: 100000}\n"
                    + ALWAYS, storage="sqlite")
    answered = []
    for number in range(30):
        body = (chat(f"{number} json"), chat("tools", stream=True), {"model": "none"})[number % 3]
        ask(gateway, "/v1/chat/completions", body, **{"X-Request-ID": f"r{number}"})
        answered.append(f"r{number}")
    gateway.kill()
    gateway.start()
    found = entries(gateway, 30)
    assert [e["request_id"] for e in found] == answered
    tools = found[1]["data"]["response_body"]["choices"][0]["message"]["tool_calls"]
    assert tools[0]["function"]["arguments"] == '{"a":1}'
    assert found[0]["data"]["response_body"]["id"] == "answer-0-json"
    assert found[0]["data"]["response_headers"]


OLD_TABLES = """
CREATE TABLE audit_logs (id TEXT PRIMARY KEY, timestamp DATETIME NOT NULL, duration_ns INTEGER
  DEFAULT 0, model TEXT, provider TEXT, status_code INTEGER DEFAULT 0, request_id TEXT, client_ip
  TEXT, method TEXT, path TEXT, stream INTEGER DEFAULT 0, error_type TEXT, data JSON);
CREATE INDEX idx_audit_model ON audit_logs (model);
CREATE TABLE usage (id TEXT PRIMARY KEY, request_id TEXT NOT NULL, provider_id TEXT NOT NULL,
  timestamp DATETIME NOT NULL, model TEXT NOT NULL, provider TEXT NOT NULL, endpoint TEXT NOT NULL,
  input_tokens INTEGER NOT NULL DEFAULT 0, output_tokens INTEGER NOT NULL DEFAULT 0,
  total_tokens INTEGER NOT NULL DEFAULT 0, raw_data JSON);
INSERT INTO audit_logs VALUES ('old-1', '2026-02-17T10:00:05Z', 7, 'gpt-4o', 'openai', 200, 'r1',
  '1.2.3.4', 'POST', '/v1/responses', 1, '', '{"response_body":{"id":"resp-old"}}');
INSERT INTO audit_logs VALUES ('old-2', '2026-02-17T10:00:05.1Z', 8, 'gpt-4o', 'anthropic', 200,
  'r2', '1.2.3.4', 'POST', '/v1/responses', 0, '',
  '{"request_body":{"previous_response_id":"resp-old"}}');
INSERT INTO audit_logs VALUES ('old-3', '2026-02-17 10:00:04.5+00:00', 8, NULL, NULL, 401, NULL,
  NULL, 'POST', '/v1/files', NULL, 'authentication_error', NULL);
INSERT INTO usage VALUES ('u-2', 'r2', '', '2026-02-17 10:00:06.2+00:00', 'claude', 'anthropic',
  '/v1/responses', 10, 5, 15, '{"cache_read_input_tokens":30,"cache_creation_input_tokens":20}');
"""
OLD_DAYS = {"start_date": "2026-02-17", "end_date": "2026-02-17"}


def old_database(folder: Path) -> None:
    with closing(sqlite3.connect(folder / "rows.sqlite")) as database:
        database.executescript(OLD_TABLES)


def test_entries_of_older_gateways(start: Callable[..., Gateway], tmp_path: Path) -> None:
    old_database(tmp_path)
    gateway = start("logging: {retention_days: 0}\n", storage="sqlite")
    refused, first, second = entries(gateway, 3, **OLD_DAYS)
    assert (first["requested_model"], first["provider_name"], first["duration_ns"]) == (
        "gpt-4o", "openai", 7)
    assert first["stream"] is True and "usage" not in first
    assert (refused["requested_model"], refused["status_code"]) == ("", 401)
    assert second["usage"]["input_tokens"] == 60 and second["usage"]["cached_input_tokens"] == 30
    assert log(gateway, requested_model="4O", **OLD_DAYS)["total"] == 2
    assert log(gateway, user_path="/", **OLD_DAYS)["total"] == 3
    assert conversation(gateway, "old-2") == ["old-1", "old-2"]


def test_old_entries_are_removed(start: Callable[..., Gateway], tmp_path: Path) -> None:
    old_database(tmp_path)
    gateway = start("logging: {retention_days: 1}\n", storage="sqlite")

    def rows_left() -> int:
        return json.loads(gateway.get("/admin/api/v1/usage/log?days=7000")[1])["total"]

    wait_until(lambda: rows_left() == 1, "the storage")  # until then, nothing is there
    wait_until(lambda: log(gateway, **OLD_DAYS)["total"] == 0, "the entries to go")
    assert rows_left() == 1


def test_off_keeps_nothing(start: Callable[..., Gateway]) -> None:
    gateway = start(storage="sqlite")
    ask(gateway, "/v1/chat/completions", chat("one json"))
    wait_until(lambda: len(gateway.rows()) == 1, "the row of usage")
    assert log(gateway)["total"] == 0


def test_postgresql(start: Callable[..., Gateway], server: Server) -> None:
    gateway = start(AUDIT, storage="postgresql", database=server.url)
    odd = b'{"model":"' + CHAT.encode() + \
        b'","messages":[{"role":"user","content":"a \\u0000 \\ud800 \xff json"}]}'
    assert ask(gateway, "/v1/chat/completions", odd)[0] == 200
    ask(gateway, "/v1/chat/completions", b'{"model":"m","previous_response_id":"' +
        b"x" * 5000 + b'"}')
    ask(gateway, "/v1/chat/completions", chat("tools", stream=True))
    for question, previous in (("a", None), ("b", "resp-a")):
        ask(gateway, "/v1/responses", {"model": CHAT, "input": question,
                                       **({"previous_response_id": previous} if previous else {})})
    found = entries(gateway, 5)
    assert found[0]["usage"]["entries"] == 1
    assert found[2]["data"]["response_body"]["choices"][0]["message"]["tool_calls"]
    assert log(gateway, search="resp", status_code=400)["total"] == 0
    assert log(gateway, stream="true")["total"] == 1
    assert conversation(gateway, found[4]["id"]) == [found[3]["id"], found[4]["id"]]
    assert conversation(gateway, "no uuid") == []
    assert gateway.metric("gomodel_storage_rejected_rows_total") == 0
