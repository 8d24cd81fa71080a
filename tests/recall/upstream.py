"""An OpenAI-compatible upstream, no two answers of which are alike. It keeps what it was asked."""

from __future__ import annotations

import json
import threading

from upstream_server import UpstreamHandler, UpstreamServer

# `cut` breaks its streams off, `failing` fails.
MODELS = ("big", "small", "cut", "failing")
CHAT_USAGE = {"prompt_tokens": 30, "completion_tokens": 10, "total_tokens": 40}
RESPONSES_USAGE = {"input_tokens": 30, "output_tokens": 10, "total_tokens": 40}


class _Handler(UpstreamHandler):
    def do_GET(self) -> None:
        self.list_models(MODELS)

    def do_POST(self) -> None:
        body = json.loads(self.body())
        upstream: Upstream = self.server.upstream
        with upstream.lock:
            upstream.asked.append(body)
            number = len(upstream.asked)
        if body["model"] == "failing":
            self.answer(500, {"error": {"message": "this model fails"}})
        elif self.path.endswith("/responses"):
            self._responses(body, number)
        else:
            self._chat(body, number)

    def _chat(self, body: dict, number: int) -> None:
        head = {"id": f"chat-{number}", "created": 7, "model": body["model"] + "-2026"}
        text = f"answer {number}" + " and more" * (200 if "long" in str(body["messages"]) else 0)
        if not body.get("stream"):
            self.answer(200, {**head, "object": "chat.completion", "usage": CHAT_USAGE, "choices": [
                {"index": 0, "finish_reason": "stop",
                 "message": {"role": "assistant", "content": text}}]})
            return
        head["object"] = "chat.completion.chunk"
        events = [{**head, "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
                  for delta, finish in (({"role": "assistant", "content": ""}, None),
                                        ({"content": text}, None), ({}, "stop"))]
        if (body.get("stream_options") or {}).get("include_usage"):
            events.append({**head, "choices": [], "usage": CHAT_USAGE})
        if body["model"] == "cut":
            self._events([("", json.dumps(event)) for event in events[:2]])
        else:
            self._events([*(("", json.dumps(event)) for event in events), ("", "[DONE]")])

    def _responses(self, body: dict, number: int) -> None:
        response = {"id": f"resp-{number}", "object": "response", "created_at": 7,
                    "model": body["model"] + "-2026", "status": "completed", "error": None,
                    "output": [], "usage": RESPONSES_USAGE}
        if not body.get("stream"):
            self.answer(200, response)
            return
        started = {**response, "status": "in_progress", "usage": None}
        events = [{"type": "response.created", "sequence_number": 0, "response": started},
                  {"type": "response.completed", "sequence_number": 1, "response": response}]
        self._events([(event["type"], json.dumps(event))
                      for event in (events[:1] if body["model"] == "cut" else events)])

    def _events(self, events: list[tuple[str, str]]) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for name, data in events:
            event = (f"event: {name}\n" if name else "") + f"data: {data}\n\n"
            self.wfile.write(b"%x\r\n%s\r\n" % (len(event), event.encode()))
        self.wfile.write(b"0\r\n\r\n")


class Upstream(UpstreamServer):
    def __init__(self) -> None:
        self.asked: list[dict] = []
        self.lock = threading.Lock()
        super().__init__(_Handler)
