"""An OpenAI-compatible upstream. It keeps what it was asked for."""

from __future__ import annotations

import json

from upstream_server import UpstreamHandler, UpstreamServer

MODELS = ("big", "small", "embed")


class _Handler(UpstreamHandler):
    def do_GET(self) -> None:
        self.list_models(MODELS)

    def do_POST(self) -> None:
        body = json.loads(self.body())
        upstream: Upstream = self.server.upstream
        upstream.asked.append(body["model"])
        if body["model"] in upstream.failing:
            self.answer(500, {"error": {"message": "this model fails"}})
            return
        self.answer(200, {
            "id": "a", "object": "chat.completion", "created": 7, "model": body["model"],
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": "yes"}}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}})


class Upstream(UpstreamServer):
    def __init__(self) -> None:
        self.asked: list[str] = []
        self.failing: set[str] = set()
        super().__init__(_Handler)
