"""Whatever the admin API is sent, it answers as documented, and nothing of it gets further."""

from __future__ import annotations

import asyncio
import json
import re
import socket
from typing import Callable
from urllib.parse import quote

import pytest

from api import ADMIN, Answer, call, check, operations, refused
from clients import KEY, Crowd, questions
from gateway import PATIENCE, Gateway, wait_until

HOSTILE = {
    "sql": "'; DROP TABLE usage; --",
    "sql in a string": "x\" OR \"1\"=\"1",
    "like": "%_\\%",
    "traversal": "../../../../etc/passwd",
    "absolute": "/etc/passwd",
    "json": "\"],[\"id\",\"!=\",\"",
    "nul": "a\x00b",
    "control": "a\r\nX-Evil: 1\x07\x1b[31m",
    "template": "${MASTER_KEY}{{7*7}}",
    "unicode": "\u202e\ufeff\U0001f4a9e\u0301",
    "long": "x" * 9000,
    "nothing": " ",
    "dot": ".",
    "number": "-1e999",
}
RAW = {"bad utf-8": "%ff%fe%c0%af", "half an escape": "%2", "no escape": "%zz",
       "escaped twice": "%252e%252e%252f", "surrogate": "%ed%a0%80"}
QUERIES = ("start_date", "end_date", "days", "interval", "user_path", "cache_mode", "limit",
           "offset", "model", "provider", "search", "category", "status_code", "stream", "log_id",
           "requested_model", "error_type", "path", "method", "unknown")
BODIES = (b"", b"{", b"null", b"[]", b"7", b'"text"', b"{}", b'{"a":}', b"\x00", b"\xff\xfe",
          b'{"input_per_mtok":', b'{"input_per_mtok":"1"}', b'{"input_per_mtok":-1}',
          b'{"input_per_mtok":1e999}', b'{"input_per_mtok":[1]}', b'{"tiers":{"a":1}}',
          b'{"tiers":[[]]}', b'{"tiers":[{"up_to_mtok":"x"}]}', b'{"input_per_mtoken":1}',
          b'{"input_per_mtok":true}', b'{"currency":7}', b'{"currency":"' + b"x" * 500 + b'"}',
          b'{"start_date":7}', b'{"start_date":"2026-13-01"}', b'{"start_date":"\\u0000"}',
          b'{"model":["a"]}', b'{"model":"\\ud800"}', b'{"model":"a\\u0007b"}',
          b'{"dry_run":"yes"}', b'{"user_path":"/a/../b"}', b'{"model":"' + b"y" * 5000 + b'"}',
          b"[" * 100_000, b'{"a":' * 5_000 + b"1" + b"}" * 5_000)


@pytest.fixture
def gateway(start: Callable[..., Gateway]) -> Gateway:
    gateway = start()
    asyncio.run(Crowd(lambda: gateway.port, questions(0, 16)).run())
    wait_until(lambda: len(gateway.rows()) == 16, "the rows")
    return gateway


def unharmed(gateway: Gateway, rows: list[dict]) -> None:
    assert gateway.process.poll() is None, gateway.log()
    assert gateway.rows() == rows
    refused(call(gateway, "GET", f"{ADMIN}/pricing/none"), 404)
    assert call(gateway, "GET", f"{ADMIN}/pricing").json() == []
    assert call(gateway, "GET", f"{ADMIN}/usage/summary").json()["total_requests"] == 16
    assert "internal error" not in gateway.log()


def takes_body(path: str) -> bool:
    return not path.endswith(("refresh", "deactivate"))


def admin_operations(*methods: str) -> list[tuple[str, str]]:
    return [(method, path) for method, path in operations()
            if path.startswith(ADMIN) and method in methods]


def encoded(values: dict[str, str]) -> list[str]:
    return [quote(value, safe="") for value in values.values()] + list(RAW.values())


def test_queries(gateway: Gateway) -> None:
    rows = gateway.rows()
    for _, path in admin_operations("GET"):
        if "{" in path or path.endswith(("timezones", "generations")):
            continue
        parameters = QUERIES if re.search("/usage/|/audit/|/models$", path) else QUERIES[:1]
        for value in encoded(HOSTILE):
            for name in parameters:
                answer = call(gateway, "GET", f"{path}?{name}={value}")
                assert answer.status in (200, 400, 503), (path, name, value, answer.body)
                assert b"root:" not in answer.body and b"X-Evil" not in str(answer.headers).encode()
        for query in ("&&&", "=", "a=1&a=2", "limit=1;DROP", "%00=%00", "?" * 50, "search&limit"):
            assert call(gateway, "GET", f"{path}?{query}").status in (200, 400, 503)
    unharmed(gateway, rows)


def test_searches_mean_what_they_say(gateway: Gateway) -> None:
    for value in ("%", "_", "\\", "'", "-json%", "*"):
        log = call(gateway, "GET", f"{ADMIN}/usage/log?search={quote(value)}").json()
        assert log["total"] == 0, value
    assert call(gateway, "GET", f"{ADMIN}/usage/log?search=-JSON").json()["total"] > 0


def test_paths(gateway: Gateway) -> None:
    rows = gateway.rows()
    for method, path in admin_operations("GET", "PUT", "POST", "DELETE"):
        if "{" not in path:
            continue
        body = {} if method in ("PUT", "POST") else None
        for value in encoded(HOSTILE):
            if len(value) > 8000:
                continue  # below, the line is too long
            answer = call(gateway, method, re.sub(r"\{[^}]*\}", value, path), body)
            assert answer.status in (400, 404), (method, path, value, answer.body)
    unharmed(gateway, rows)


def test_headers(gateway: Gateway) -> None:
    rows = gateway.rows()
    for value in HOSTILE.values():
        if re.search(r"[\x00-\x1f]|[^\x00-\xff]", value) or len(value) > 8000:
            continue
        zone = call(gateway, "GET", f"{ADMIN}/usage/summary",
                    headers={"X-GoModel-Timezone": value})
        assert zone.status == (200 if value == " " else 400), value
        path = call(gateway, "GET", f"{ADMIN}/usage/summary",
                    headers={"X-GoModel-User-Path": value})
        assert path.status in (200, 400), value
    for zone in ("Local", "localtime", "posixrules", "posix/Europe/Berlin", "../UTC", "tzdata.zi",
                 "Europe", "europe/berlin"):
        refused(call(gateway, "GET", f"{ADMIN}/usage/summary",
                     headers={"X-GoModel-Timezone": zone}), 400, "X-GoModel-Timezone")
    unharmed(gateway, rows)


def test_bodies(gateway: Gateway) -> None:
    rows = gateway.rows()
    for method, path in admin_operations("PUT", "POST"):
        path = re.sub(r"\{[^}]*\}", "x", path)
        for body in BODIES:
            answer = call(gateway, method, path, body)
            recalculates = path.endswith("recalculate") and answer.status in (202, 409)
            refreshes = path.endswith("refresh") and answer.status == 200
            assert answer.status in (400, 404) or recalculates or refreshes, (
                method, path, body[:100], answer.body)
            wait_until(lambda: call(gateway, "GET", f"{ADMIN}/usage/recalculate")
                       .json()["status"] != "running", "the recalculation")
        if not takes_body(path):
            continue
        for kind in ("text/plain", "application/x-www-form-urlencoded", "", "application/jsonx"):
            refused(call(gateway, method, path, {"input_per_mtok": 1},
                         headers={"Content-Type": kind}), 400, "Content-Type")
    unharmed(gateway, rows)


def test_bodies_that_are_too_large(gateway: Gateway) -> None:
    rows = gateway.rows()
    for method, path in admin_operations("PUT", "POST"):
        if not takes_body(path):
            continue
        with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as client:
            path = re.sub(r"\{[^}]*\}", "x", path)
            client.sendall(f"{method} {path} HTTP/1.1\r\nHost: g\r\nAuthorization: Bearer {KEY}\r\n"
                           "Content-Type: application/json\r\n"
                           f"Content-Length: {10**15}\r\n\r\n{{".encode())
            assert client.recv(65536).startswith(b"HTTP/1.1 413 "), path
    unharmed(gateway, rows)


def raw(gateway: Gateway, request: bytes) -> bytes:
    with socket.create_connection(("127.0.0.1", gateway.port), timeout=PATIENCE) as client:
        client.sendall(request)
        received = b""
        while piece := client.recv(65536):
            received += piece
        return received


@pytest.mark.parametrize("target", [
    b"/admin/api/v1/pricing/a\x01b", b"/admin/api/v1/pricing/a b", b"/admin/api/v1/pricing/\xff",
    b"/admin/api/v1/../v1/pricing", b"/admin/api/v1//pricing", b"//admin/api/v1/pricing",
    b"/ADMIN/api/v1/pricing", b"/admin/api/v1/pricing/", b"/admin/api/v1/",
    b"/admin/api/v1/usage/log/", b"/admin/api/v1/usage%2Fnothing",
    b"/admin/api/v1/" + b"x" * 40_000,
])
def test_targets(gateway: Gateway, target: bytes) -> None:
    answer = raw(gateway, b"GET " + target + b" HTTP/1.1\r\nHost: g\r\nConnection: close\r\n"
                 b"Authorization: Bearer " + KEY.encode() + b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 (400|404|414|431) ", answer), answer[:300]
    error = json.loads(answer.split(b"\r\n\r\n", 1)[1])["error"]
    assert set(error) == {"type", "message", "param", "code"}
    assert gateway.process.poll() is None


def test_nothing_is_open_and_no_other_header_opens_it(gateway: Gateway) -> None:
    for method, path in admin_operations("GET", "PUT", "POST", "DELETE"):
        path = re.sub(r"\{[^}]*\}", "x", path)
        for headers in ({"x-api-key": KEY}, {"Authorization": KEY}, {"Authorization": "Bearer"},
                        {"Authorization": f"bearer {KEY}"}, {"Authorization": f"Bearer  {KEY}"},
                        {"Authorization": f"Basic {KEY}"}, {"Cookie": f"key={KEY}"}):
            error = refused(call(gateway, method, path, key=None, headers=headers), 401)
            assert error["type"] == "authentication_error" and KEY not in error["message"]
        refused(call(gateway, method, f"{path}?key={KEY}&api_key={KEY}", key=None), 401)


def test_wrong_methods_are_told_the_right_ones(gateway: Gateway) -> None:
    allowed: dict[str, set[str]] = {}
    for method, path in admin_operations("GET", "PUT", "POST", "DELETE", "PATCH"):
        allowed.setdefault(path, set()).add(method)
    for path, methods in allowed.items():
        if "{" in path:
            continue
        for method in {"GET", "PUT", "POST", "DELETE", "PATCH"} - methods:
            answer = raw(gateway, f"{method} {path} HTTP/1.1\r\nHost: g\r\nConnection: close\r\n"
                         f"Authorization: Bearer {KEY}\r\nContent-Length: 0\r\n\r\n".encode())
            # Those of {model} or {user_path}/{period}.
            if answer.startswith((b"HTTP/1.1 404 ", b"HTTP/1.1 400 ")):
                continue
            assert answer.startswith(b"HTTP/1.1 405 "), (method, path, answer[:200])
            assert methods <= set(re.search(rb"Allow: ([A-Z, ]+)", answer)[1].decode().split(", "))


def test_failures_are_logged_without_keys(gateway: Gateway) -> None:
    refused(call(gateway, "GET", f"{ADMIN}/usage/log?end_date=x", headers={"X-Request-ID": "f1"}),
            400)
    refused(call(gateway, "GET", f"{ADMIN}/cache/overview", headers={"X-Request-ID": "f2"}), 503)

    def failures() -> dict[str, dict]:
        lines = gateway.log().rpartition("\n")[0].splitlines()
        return {line["request_id"]: line for line in map(json.loads, lines)
                if line.get("msg") == "admin request failed"}
    wait_until(lambda: {"f1", "f2"} <= set(failures()), "the lines")
    lines = failures()
    assert (lines["f1"]["level"].lower(), lines["f1"]["status"]) == ("warn", 400)
    assert lines["f1"]["message"] == "invalid end_date format, expected YYYY-MM-DD"
    assert (lines["f2"]["level"].lower(), lines["f2"]["code"]) == ("error", "feature_unavailable")
    assert lines["f2"]["path"] == f"{ADMIN}/cache/overview" and lines["f2"]["method"] == "GET"
    assert KEY not in gateway.log()


def test_the_check_sees_answers(gateway: Gateway) -> None:
    """The checks above would notice an answer in another shape."""
    with pytest.raises(AssertionError):
        check("GET", f"{ADMIN}/pricing", Answer(200, {"Content-Type": "application/json"}, b"{}"))
