"""A scripted OpenAI-compatible upstream whose answers depend on nothing but the question."""

from __future__ import annotations

import asyncio
import json
import threading

MODEL = "gpt-test"


def answer(question: str) -> str:
    return f"the answer to {question}"


def _event(payload: dict | str) -> bytes:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return f"data: {text}\n\n".encode()


def _chunk(question: str, delta: dict, finish: str | None = None) -> bytes:
    return _event({"id": f"chatcmpl-{question}", "object": "chat.completion.chunk", "created": 7,
                   "model": MODEL,
                   "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})


class Upstream:
    """Runs on a thread of its own. A stream takes `stream_seconds`; while the gate is closed it
    then waits before its last words."""

    PAUSE = 0.05

    def __init__(self, stream_seconds: float = 0):
        self.stream_seconds = stream_seconds
        self.streams = 0  # begun and not ended
        self._loop = asyncio.new_event_loop()
        self._gate = asyncio.Event()
        self._gate.set()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def close_gate(self) -> None:
        self._loop.call_soon_threadsafe(self._gate.clear)

    def open_gate(self) -> None:
        self._loop.call_soon_threadsafe(self._gate.set)

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    def _run(self, started: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", 0, backlog=1024))
        self.port = server.sockets[0].getsockname()[1]
        started.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.sleep(0))

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next((int(line.split(":")[1]) for line in head.lower().split("\r\n")
                           if line.startswith("content-length:")), 0)
            body = await reader.readexactly(length)
            if head.startswith("GET"):
                self._whole(writer, {"object": "list",
                                     "data": [{"id": MODEL, "object": "model", "created": 7}]})
            else:
                await self._chat(writer, json.loads(body))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _chat(self, writer: asyncio.StreamWriter, request: dict) -> None:
        question = request["messages"][-1]["content"]
        if not request.get("stream"):
            message = {"role": "assistant", "content": answer(question)}
            self._whole(writer, {"id": f"chatcmpl-{question}", "object": "chat.completion",
                                 "created": 7, "model": MODEL,
                                 "choices": [{"index": 0, "message": message,
                                              "finish_reason": "stop"}],
                                 "usage": {"prompt_tokens": 1, "completion_tokens": 2,
                                           "total_tokens": 3}})
            return
        self.streams += 1
        try:
            await self._stream(writer, question)
        finally:
            self.streams -= 1

    async def _stream(self, writer: asyncio.StreamWriter, question: str) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                     b"Connection: close\r\n\r\n")
        writer.write(_chunk(question, {"role": "assistant", "content": ""}))
        for number in range(max(1, round(self.stream_seconds / self.PAUSE))):
            writer.write(_chunk(question, {"content": f"word {number} of {question} "}))
            await writer.drain()
            await asyncio.sleep(self.PAUSE)
        await self._gate.wait()
        writer.write(_chunk(question, {}, "stop") + _event("[DONE]"))

    @staticmethod
    def _whole(writer: asyncio.StreamWriter, payload: dict) -> None:
        body = json.dumps(payload).encode()
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
                     + f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
