"""Requests that several tests make."""

from __future__ import annotations

HELLO = [{"role": "user", "content": "Hello, gateway"}]
CREATE = "chat.completions.create"


def tool(name: str, **properties: dict) -> dict:
    return {"type": "function", "function": {
        "name": name, "description": f"{name}, you know",
        "parameters": {"type": "object", "properties": properties,
                       "required": list(properties)}}}


TOOLS = [tool("weather", city={"type": "string"}), tool("time", zone={"enum": ["UTC"]})]
SCHEMA = {"type": "object", "additionalProperties": False,
          "properties": {"name": {"type": "string"},
                         "guests": {"type": "array", "items": {"type": "string"}},
                         "day": {"type": "integer"}},
          "required": ["name", "guests", "day"]}
