"""What a test can change about the upstream. The defaults are a healthy API."""

from __future__ import annotations

import copy
import threading
from dataclasses import dataclass, field
from typing import Any

USAGE = {
    "prompt_tokens": 19,
    "completion_tokens": 10,
    "total_tokens": 29,
    "prompt_tokens_details": {"cached_tokens": 4, "audio_tokens": 0},
    "completion_tokens_details": {
        "reasoning_tokens": 3,
        "audio_tokens": 0,
        "accepted_prediction_tokens": 0,
        "rejected_prediction_tokens": 0,
    },
}


class ApiError(Exception):
    """An answer in the API's error envelope."""

    def __init__(self, status: int, type: str, message: str, code: str | None = None,
                 param: str | None = None, headers: dict[str, str] | None = None):
        super().__init__(message)
        self.status = status
        self.headers = headers or {}
        self.envelope = {"error": {"message": message, "type": type, "param": param, "code": code}}


@dataclass
class Behaviour:
    error: ApiError | None = None  # answer this instead
    words: list[str] | None = None  # the deltas of an answer; None: the question, repeated
    thoughts: list[str] = field(default_factory=list)  # deltas before an answer in chat
    refusal: list[str] | None = None  # deltas of a refusal in place of an answer
    # Names and arguments of the tools that are called until there is a result; None: each once.
    calls: list[tuple[str, dict]] | None = None
    finish_reason: str | None = None  # in chat; None: the one that fits
    blocks: list[dict] | None = None  # of an Anthropic message; None: what the request calls for
    usage: dict[str, Any] = field(default_factory=lambda: copy.deepcopy(USAGE))
    extra: dict[str, Any] = field(default_factory=dict)  # members that no client knows
    piece: int = 0  # bytes a write, a pause after each; 0: an event a write
    silent: bool = False  # takes requests and does not answer
    goodbye: bool = False  # closes the connection after each answer, without having said so
    raw: tuple[int, str, bytes] | None = None  # status, content type and body instead of JSON
    cut_body: int | None = None  # bytes of a JSON answer, after which the connection breaks
    line_end: str = "\n"  # of events
    comments: bool = False  # between events, to keep the connection alive
    error_after: int | None = None  # events, after which an error event ends the stream
    opens: threading.Event | None = None  # a stream begins when this is set
    hold_after: int | None = None  # events, after which the stream says nothing until cancelled
    cut_after: int | None = None  # events, after which the connection breaks
