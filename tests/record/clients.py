"""Many clients at once, each on a connection of its own, whose requests are of every kind. They
keep which requests were answered to the last byte. Meanwhile the gateway may be refreshed."""

from __future__ import annotations

import asyncio
import http.client
import json
from dataclasses import dataclass, field
from typing import Any, Callable

from upstream import CHAT, EMBED

KEY = "sk-test"
KINDS = ("json", "stream", "json", "embed", "stream", "fails", "cut", "leaves")
MIXED = (*KINDS, "pass", "relay")  # passthrough too: JSON, and a stream
PATHS = {"embed": "/v1/embeddings", "pass": "/p/main/chat/completions",
         "relay": "/p/main/chat/completions"}


def questions(first: int, count: int, kinds: tuple[str, ...] = KINDS) -> list[str]:
    return [f"{number}-{kinds[number % len(kinds)]}" for number in range(first, first + count)]


@dataclass
class Crowd:
    port: Callable[[], int]  # of the gateway there is now
    waiting: list[str]
    connections: int = 64
    keys: tuple[str, ...] = (KEY,)  # taken in turn
    fails: int = 503  # what the questions of that kind are told
    asked: set[str] = field(default_factory=set)
    answered: set[str] = field(default_factory=set)  # to the last byte
    wrong: list[str] = field(default_factory=list)
    stopped: bool = False

    async def run(self) -> None:
        await asyncio.gather(*(self._client() for _ in range(self.connections)))

    async def _client(self) -> None:
        connection: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
        while self.waiting and not self.stopped:
            question = self.waiting.pop()
            try:
                if connection is None:
                    connection = await asyncio.open_connection("127.0.0.1", self.port())
            except ConnectionError:  # between two gateways
                self.waiting.append(question)
                await asyncio.sleep(0.02)
                continue
            self.asked.add(question)
            try:
                keep = await self._ask(connection, question)
            except (asyncio.IncompleteReadError, ConnectionError):
                keep = False
            if not keep:
                connection[1].close()
                connection = None
        if connection is not None:
            connection[1].close()

    async def _ask(self, connection: tuple, question: str) -> bool:
        """True: the connection can be used again."""
        reader, writer = connection
        kind = question.split("-")[1]
        path = PATHS.get(kind, "/v1/chat/completions")
        key = self.keys[int(question.split("-")[0]) % len(self.keys)]
        body = {"model": EMBED, "input": question} if kind == "embed" else {
            "model": CHAT, "stream": kind in ("stream", "cut", "leaves", "relay"),
            "messages": [{"role": "user", "content": question}]}
        text = json.dumps(body).encode()
        writer.write(f"POST {path} HTTP/1.1\r\nHost: gateway\r\nAuthorization: Bearer {key}\r\n"
                     f"X-Request-ID: {question}\r\nX-GoModel-User-Path: /team/{kind}\r\n"
                     f"Content-Type: application/json\r\nContent-Length: {len(text)}\r\n\r\n"
                     .encode() + text)
        await writer.drain()
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        status = int(head.split(" ", 2)[1])
        if status != (self.fails if kind == "fails" else 200):
            self.wrong.append(f"{question}: {status}")
        if "transfer-encoding: chunked" in head:
            return await self._stream(reader, question, kind)
        length = next(int(line.split(":")[1]) for line in head.split("\r\n")
                      if line.startswith("content-length:"))
        await reader.readexactly(length)
        self.answered.add(question)
        return "connection: close" not in head

    async def _stream(self, reader: asyncio.StreamReader, question: str, kind: str) -> bool:
        text = b""
        while True:
            size = int(await reader.readuntil(b"\r\n"), 16)
            text += (await reader.readexactly(size + 2))[:size]
            if kind == "leaves" and b"word" in text:
                self.answered.add(question)
                return False
            if kind == "cut" and b'"error"' in text:  # all it will ever get
                self.answered.add(question)
                return False
            if size == 0:
                self.answered.add(question)
                return True


async def with_refreshes(crowd: Crowd, gateway: Any, during: Callable[[], Any] | None = None) -> int:
    """A refresh every second until the crowd is done, and `during` with it; how many there were.
    Only a gateway that `during` has stopped may fail to answer one."""
    done = 0

    async def refresh() -> None:
        nonlocal done
        while True:
            try:
                status, body = await asyncio.to_thread(
                    gateway.request, "POST", "/admin/api/v1/runtime/refresh")
                assert status == 200, body
                done += 1
            except (OSError, http.client.HTTPException):
                assert during is not None
            await asyncio.sleep(1)

    refreshing = asyncio.create_task(refresh())
    await asyncio.gather(crowd.run(), *([during()] if during else []))
    if refreshing.done():
        refreshing.result()
    refreshing.cancel()
    return done
