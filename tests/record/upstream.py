"""A scripted OpenAI-compatible upstream. What it does with a question is in the question: "17-cut".
It keeps what it told of tokens, by question."""

from __future__ import annotations

import asyncio
import json
import threading

CHAT = "gpt-test"
EMBED = "embed-test"


def usage_of(question: str) -> dict:
    number = int(question.split("-")[0])
    prompt, completion = number % 97 + 10, number % 53 + 1
    return {"prompt_tokens": prompt, "completion_tokens": completion,
            "total_tokens": prompt + completion,
            "prompt_tokens_details": {"cached_tokens": number % 7},
            "completion_tokens_details": {"reasoning_tokens": number % 5}}


def _event(payload: dict | str) -> bytes:
    text = payload if isinstance(payload, str) else json.dumps(payload)
    return f"data: {text}\n\n".encode()


def _chunk(question: str, choices: list, **more) -> bytes:
    return _event({"id": f"answer-{question}", "object": "chat.completion.chunk", "created": 7,
                   "model": CHAT, "choices": choices, **more})


def _word(question: str, text: str, finish: str | None = None) -> bytes:
    return _chunk(question, [{"index": 0, "delta": {"content": text}, "finish_reason": finish}])


class Upstream:
    """Runs on a thread of its own."""

    def __init__(self) -> None:
        self.asked: set[str] = set()
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(started,), daemon=True)
        self._thread.start()
        started.wait()

    def stop(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

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
            while await self._answer(reader, writer):
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            pass
        finally:
            writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """False: the connection is over."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        length = next((int(line.split(":")[1]) for line in head.lower().split("\r\n")
                       if line.startswith("content-length:")), 0)
        body = await reader.readexactly(length)
        if head.startswith("GET"):
            models = [{"id": name, "object": "model", "created": 7} for name in (CHAT, EMBED)]
            _whole(writer, {"object": "list", "data": models})
            return True
        request = json.loads(body)
        if "input" in request:
            question = request["input"]
            self.asked.add(question)
            usage = usage_of(question)
            _whole(writer, {"object": "list", "model": EMBED, "data": [],
                            "usage": {"prompt_tokens": usage["prompt_tokens"],
                                      "total_tokens": usage["prompt_tokens"]}})
            return True
        question = request["messages"][-1]["content"]
        self.asked.add(question)
        return await self._chat(reader, writer, question)

    def answer_whole(self, writer: asyncio.StreamWriter, question: str) -> bool:
        message = {"role": "assistant", "content": f"the answer to {question}"}
        _whole(writer, {"id": f"answer-{question}", "object": "chat.completion", "created": 7,
                        "model": CHAT, "usage": usage_of(question),
                        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]})
        return True

    async def _chat(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter,
                    question: str) -> bool:
        kind = question.split("-")[1]
        if kind in ("json", "pass"):
            return self.answer_whole(writer, question)
        if kind == "fails":
            _whole(writer, {"error": {"message": "out of order", "type": "server_error"}},
                   "503 Service Unavailable")
            return True
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
                     b"Connection: close\r\n\r\n")
        for number in range(3):
            writer.write(_word(question, f"word {number} "))
        if kind == "leaves":  # the client does, once it has the first words
            await writer.drain()
            await reader.read()
        elif kind in ("stream", "relay"):
            writer.write(_word(question, "", "stop"))
            writer.write(_chunk(question, [], usage=usage_of(question)) + _event("[DONE]"))
        await writer.drain()
        return False


def _whole(writer: asyncio.StreamWriter, payload: dict, status: str = "200 OK") -> None:
    body = json.dumps(payload).encode()
    writer.write(f"HTTP/1.1 {status}\r\nContent-Type: application/json\r\n"
                 f"Content-Length: {len(body)}\r\n\r\n".encode() + body)
