"""What the gateway answered to one request."""

from __future__ import annotations

import json
from dataclasses import dataclass


@dataclass
class Answer:
    status: int
    body: bytes
    headers: dict[str, str]  # names in lower case

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def error(self) -> tuple[int, str, str | None]:
        """Status, message and code."""
        error = self.json["error"]
        return self.status, error["message"], error.get("code")
