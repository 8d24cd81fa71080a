"""An upstream for chat, responses and messages. It keeps the bodies it was sent."""

from __future__ import annotations

import json
import threading

from upstream_server import UpstreamHandler, UpstreamServer


class _Handler(UpstreamHandler):
    def do_GET(self) -> None:
        self.list_models(("big", "small", "embed", "claude"))

    def do_POST(self) -> None:
        raw = self.body()
        body = json.loads(raw)
        upstream: Upstream = self.server.upstream
        upstream.bodies.append(body)
        upstream.raw.append(raw)
        upstream.paths.append(self.path)
        model = body.get("model")
        if model in upstream.failing:
            return self.answer(500, {"error": {"message": "this model fails"}})
        if body.get("stream"):
            return self._stream(model, upstream.gate)
        if self.path.endswith("/messages"):
            return self.answer(200, {
                "id": "m", "type": "message", "role": "assistant", "model": model,
                "content": [{"type": "text", "text": "yes"}], "stop_reason": "end_turn",
                "stop_sequence": None, "usage": {"input_tokens": 3, "output_tokens": 1}})
        if self.path.endswith("/responses"):
            return self.answer(200, {
                "id": "r", "object": "response", "status": "completed", "model": model,
                "output": [], "usage": {"input_tokens": 3, "output_tokens": 1,
                                        "total_tokens": 4}})
        if self.path.endswith("/embeddings"):
            return self.answer(200, {
                "object": "list", "model": model,
                "data": [{"object": "embedding", "index": 0, "embedding": [1.0]}],
                "usage": {"prompt_tokens": 1, "total_tokens": 1}})
        self.answer(200, {
            "id": "a", "object": "chat.completion", "created": 7, "model": model,
            "choices": [{"index": 0, "finish_reason": "stop",
                         "message": {"role": "assistant", "content": "yes"}}],
            "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4}})

    def _stream(self, model: str, gate: threading.Event) -> None:
        def chunk(delta: dict, finish: str | None = None) -> bytes:
            data = {"id": "a", "object": "chat.completion.chunk", "created": 7, "model": model,
                    "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
            return b"data: " + json.dumps(data).encode() + b"\n\n"
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(chunk({"role": "assistant", "content": "first"}))
        self.wfile.flush()
        gate.wait(60)
        self.wfile.write(chunk({"content": " last"}) + chunk({}, "stop") + b"data: [DONE]\n\n")
        self.close_connection = True


class Upstream(UpstreamServer):
    def __init__(self) -> None:
        self.bodies: list[dict] = []
        self.raw: list[bytes] = []
        self.paths: list[str] = []
        self.failing: set[str] = set()
        self.gate = threading.Event()  # streams wait for it before their last words
        self.gate.set()
        super().__init__(_Handler)

    @property
    def last(self) -> dict:
        return self.bodies[-1]

    def stop(self) -> None:
        self.gate.set()
        super().stop()
