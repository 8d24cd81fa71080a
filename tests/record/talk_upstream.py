"""An OpenAI-compatible upstream that streams what the last word of a question names: tools,
reasoning, a Responses answer; and that echoes what it is told to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

CHAT = "gpt-test"
USAGE = {"prompt_tokens": 11, "completion_tokens": 5, "total_tokens": 16,
         "prompt_tokens_details": {"cached_tokens": 4}}


def _chunk(delta: dict, index: int = 0, finish: str | None = None, **more) -> dict:
    return {"id": "answer-1", "object": "chat.completion.chunk", "created": 7, "model": CHAT,
            "choices": [{"index": index, "delta": delta, "finish_reason": finish}], **more}


def _tool(arguments: str, **more) -> dict:
    return {"tool_calls": [{"index": 0, "function": {"arguments": arguments, **more.pop("named", {})},
                            **more}]}


STREAMS = {
    "words": [_chunk({"role": "assistant", "content": "Hel"}), _chunk({"content": "lo"}),
              _chunk({"role": "assistant", "content": "Other"}, index=1),
              _chunk({}, finish="stop"), _chunk({}, index=1, finish="stop")],
    "tools": [_chunk({"role": "assistant", "content": None, "reasoning_content": "Hm"}),
              _chunk({"reasoning_content": "m"}),
              _chunk(_tool("", id="call-1", type="function", named={"name": "add"})),
              _chunk(_tool('{"a":')), _chunk(_tool("1}")), _chunk({}, finish="tool_calls")],
}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        pass

    def _whole(self, payload: dict, status: int = 200) -> None:
        body = json.dumps(payload).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Set-Cookie", "session=sk-of-the-upstream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _stream(self, events: list[tuple[str, dict | str]], hang: bool = False) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        for name, data in events:
            text = data if isinstance(data, str) else json.dumps(data)
            self.wfile.write((f"event: {name}\n" if name else "").encode() +
                             f"data: {text}\n\n".encode())
        self.wfile.flush()
        if hang:
            self.rfile.read(1)  # until the gateway hangs up
        self.close_connection = True

    def do_GET(self) -> None:
        self._whole({"object": "list", "data": [{"id": CHAT, "object": "model", "created": 7}]})

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if "input" in request:
            return self._responses(request)
        content = request["messages"][-1]["content"]
        question = content if isinstance(content, str) else content[0]["text"]
        kind = question.split(" ")[-1]
        if not request.get("stream"):
            message = {"role": "assistant", "content": f"answer to {question}"}
            return self._whole({"id": "answer-" + question.replace(" ", "-"),
                                "object": "chat.completion", "created": 7, "model": CHAT,
                                "usage": USAGE, "choices": [
                                    {"index": 0, "message": message, "finish_reason": "stop"}]})
        events: list = [("", event) for event in STREAMS["words" if kind == "leave" else kind]]
        if kind == "leave":
            return self._stream(events[:2], hang=True)
        usage = {"id": "answer-1", "object": "chat.completion.chunk", "choices": [],
                 "usage": USAGE}
        self._stream(events + [("", usage), ("", "[DONE]")])

    def _responses(self, request: dict) -> None:
        whole = {"id": f"resp-{request['input']}", "object": "response", "created_at": 7,
                 "status": "completed", "model": CHAT,
                 "output": [{"type": "message", "id": "m", "role": "assistant",
                             "status": "completed",
                             "content": [{"type": "output_text", "text": "Hello",
                                          "annotations": []}]}],
                 "usage": {"input_tokens": 11, "output_tokens": 5, "total_tokens": 16}}
        if not request.get("stream"):
            return self._whole(whole)
        begun = {**whole, "status": "in_progress", "output": []}
        events = [
            {"type": "response.created", "response": begun},
            {"type": "response.output_text.delta", "output_index": 0, "content_index": 0,
             "item_id": "m", "delta": "Hello"},
            {"type": "response.completed", "response": whole}]
        self._stream([(event["type"], {**event, "sequence_number": number})
                      for number, event in enumerate(events)])


class TalkUpstream:
    """Runs on threads of its own."""

    def __init__(self) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"
