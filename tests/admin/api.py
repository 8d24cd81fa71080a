"""Calls of the gateway's API, checked against the document that describes it."""

from __future__ import annotations

import http.client
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from clients import KEY
from gateway import PATIENCE, Gateway

ROOT = Path(__file__).parents[2]
ADMIN = "/admin/api/v1"


@cache
def document() -> dict:
    return yaml.safe_load((ROOT / "docs/openapi.yaml").read_text())


def operations() -> list[tuple[str, str]]:
    """Method and path of each, as the document has them."""
    return [(method.upper(), path) for path, item in document()["paths"].items()
            for method in item if method != "parameters"]


def resolved(node: dict) -> dict:
    while "$ref" in node:
        found = document()
        for part in node["$ref"].removeprefix("#/").split("/"):
            found = found[part]
        node = found
    return node


@dataclass
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    def json(self):
        return json.loads(self.body)


def matches(template: str, path: str) -> bool:
    parts = (".+" if part.startswith("{") else re.escape(part)
             for part in re.split(r"(\{[^}]*\})", template))
    return re.fullmatch("".join(parts), path) is not None


def template_of(method: str, path: str) -> str:
    """The documented path that a path is of: the one with the fewest parameters."""
    found = [template for known, template in operations()
             if known == method and matches(template, path.split("?")[0])]
    assert found, f"{method} {path} is not documented"
    return min(found, key=lambda template: (template.count("{"), -len(template)))


def check(method: str, path: str, answer: Answer) -> None:
    """The answer is one that the document has for this operation."""
    operation = document()["paths"][template_of(method, path)][method.lower()]
    responses, status = operation["responses"], str(answer.status)
    what = f"{method} {path} -> {status} {answer.body[:2000]!r}"
    key = status if status in responses else f"{status[0]}XX"
    assert key in responses, f"not documented: {what}"
    content = resolved(responses[key]).get("content")
    if content is None:
        assert status != "204" or not answer.body, what
        return
    kind = answer.headers["Content-Type"].split(";")[0]
    assert kind in content, f"type {kind} is not documented: {what}"
    if kind != "application/json":
        return
    schema = {**content[kind]["schema"], "components": document()["components"]}
    errors = list(Draft202012Validator(schema, format_checker=FormatChecker())
                  .iter_errors(answer.json()))
    assert not errors, f"{what}: {errors[0].message} at {errors[0].json_path}"


def call(gateway: Gateway, method: str, path: str, body: object = None, *,
         key: str | None = KEY, headers: dict[str, str] | None = None) -> Answer:
    """Sends a request and checks its answer. Bytes are sent as they are, all else as JSON."""
    fields = {"Connection": "close", **(headers or {})}
    if key is not None:
        fields.setdefault("Authorization", f"Bearer {key}")
    if body is not None:
        fields.setdefault("Content-Type", "application/json")
    content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    connection = http.client.HTTPConnection("127.0.0.1", gateway.port, timeout=PATIENCE)
    try:
        connection.request(method, path, body=content, headers=fields)
        response = connection.getresponse()
        answer = Answer(response.status, response.headers, response.read())
    finally:
        connection.close()
    if method != "HEAD":
        check(method, path, answer)
    return answer


def refused(answer: Answer, status: int, message: str = "") -> dict:
    error = answer.json()["error"]
    assert answer.status == status, answer.body
    assert message in error["message"], error
    return error
