"""The HTTP/1.1 side of the upstream: one asyncio loop in a thread of the test's process."""

from __future__ import annotations

import asyncio
import json
import ssl
import threading
import time
import traceback
from dataclasses import dataclass, field
from typing import Any

from . import api
from .behaviour import ApiError, Behaviour

OVERLOADED = ApiError(503, "server_error", "The model is overloaded", code="overloaded")


@dataclass
class Exchange:
    """One request as it came, and what became of it. Header names are in lower case."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    behaviour: Behaviour
    events_sent: int = 0
    answered: bool = False  # the whole answer was written
    hung_up_at: float | None = None  # time.time() when the gateway hung up before that
    changed: threading.Condition = field(default_factory=threading.Condition)

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    def wait(self, what, seconds: float = 20) -> None:
        """Waits until what(self) is true."""
        with self.changed:
            assert self.changed.wait_for(lambda: what(self), seconds), f"never came true: {self}"

    def note(self, **values: Any) -> None:
        with self.changed:
            for name, value in values.items():
                setattr(self, name, value)
            self.changed.notify_all()


class Connection(asyncio.StreamReaderProtocol):
    """Notices at once that the peer hung up, also while nobody reads."""

    def __init__(self, upstream: Upstream):
        self.reading = asyncio.StreamReader()
        super().__init__(self.reading, upstream._serve)
        self.running: tuple[Exchange, asyncio.Task] | None = None

    def eof_received(self) -> bool | None:
        self.gone()
        return super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        self.gone()
        super().connection_lost(error)

    def gone(self) -> None:
        if self.running is None:
            return
        exchange, task = self.running
        self.running = None
        if not exchange.answered:
            exchange.note(hung_up_at=time.time())
            task.cancel()


class Reply:
    """Writes one answer."""

    def __init__(self, exchange: Exchange, writer: asyncio.StreamWriter):
        self.exchange = exchange
        self.behaviour = exchange.behaviour
        self.writer = writer

    async def send_json(self, status: int, value: Any, headers: dict[str, str] | None = None):
        body = json.dumps(value, ensure_ascii=False).encode()
        await self.send_body(status, "application/json", body, headers)

    async def send_body(self, status: int, content_type: str, body: bytes,
                        headers: dict[str, str] | None = None):
        self._head(status, {"Content-Type": content_type, **(headers or {}),
                            "Content-Length": str(len(body))})
        if self.behaviour.cut_body is not None:
            self.writer.write(body[:self.behaviour.cut_body])
            self.writer.close()
            return
        self.writer.write(body)
        # Before the client can know, so that who has its answer also sees this.
        self.exchange.note(answered=True)
        await self.writer.drain()

    async def send_events(self, events, error_event: str | None = None):
        """events: SSE events as text, each with its blank line; error_event: what one that tells of
        an error looks like, if not as OpenAI's."""
        behaviour = self.behaviour
        while behaviour.opens is not None and not behaviour.opens.is_set():
            await asyncio.sleep(0.005)
        self._head(200, {"Content-Type": "text/event-stream; charset=utf-8",
                         "Cache-Control": "no-cache", "Transfer-Encoding": "chunked"})
        for sent, event in enumerate(events):
            if sent == behaviour.cut_after:
                self.writer.transport.abort()
                return
            if sent == behaviour.hold_after:
                await asyncio.Event().wait()  # until cancelled
            if sent == behaviour.error_after:
                openai = f"data: {json.dumps(OVERLOADED.envelope)}\n\n"
                await self._write((error_event or openai).encode())
                break
            if behaviour.comments:
                await self._write(b": keep-alive\n\n")
            await self._write(event.replace("\n", behaviour.line_end).encode())
            self.exchange.note(events_sent=sent + 1)
        self.exchange.note(answered=True)
        self.writer.write(b"0\r\n\r\n")
        await self.writer.drain()

    async def _write(self, data: bytes) -> None:
        size = self.behaviour.piece or len(data)
        for at in range(0, len(data), size):
            piece = data[at:at + size]
            self.writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
            await self.writer.drain()
            if self.behaviour.piece:
                await asyncio.sleep(0.0005)  # so that pieces travel alone

    def _head(self, status: int, headers: dict[str, str]) -> None:
        lines = [f"HTTP/1.1 {status} .", "x-request-id: req_upstream",
                 "openai-processing-ms: 7", "x-ratelimit-remaining-requests: 4999"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        self.writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())


class Upstream:
    """Serves on 127.0.0.1:port until stop(). `behaviour` is looked at as each request comes."""

    def __init__(self, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.tls = tls
        self.behaviour = Behaviour()
        self.exchanges: list[Exchange] = []
        self._arrived = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._thread.start()
        started = asyncio.run_coroutine_threadsafe(self._start(port), self._loop)
        self._server = started.result()
        self.port: int = self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        scheme = "https" if self.tls else "http"
        return f"{scheme}://127.0.0.1:{self.port}/v1"

    def reset(self) -> None:
        """Behaves well again and forgets what it was asked."""
        self.behaviour = Behaviour()
        self.exchanges.clear()

    def only(self) -> Exchange:
        """The one request that came since reset()."""
        assert len(self.exchanges) == 1, self.exchanges
        return self.exchanges[0]

    def next_exchange(self, seconds: float = 20) -> Exchange:
        """Waits for the first request since reset()."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: self.exchanges, seconds), "nothing was asked"
            return self.exchanges[0]

    def stop(self) -> None:
        asyncio.run_coroutine_threadsafe(self._shut_down(), self._loop).result()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _start(self, port: int):
        return await self._loop.create_server(lambda: Connection(self), "127.0.0.1", port,
                                              backlog=512, ssl=self.tls)

    async def _shut_down(self) -> None:
        self._server.close()
        tasks = [task for task in asyncio.all_tasks() if task is not asyncio.current_task()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = writer.transport.get_protocol()
        try:
            while exchange := await self._read(reader):
                task = asyncio.ensure_future(api.answer(exchange, Reply(exchange, writer)))
                connection.running = (exchange, task)
                await task
                connection.running = None
                if exchange.behaviour.goodbye:
                    break
        except (asyncio.CancelledError, ConnectionError, asyncio.IncompleteReadError):
            pass
        except Exception:  # a mistake in here: the gateway sees the connection close
            traceback.print_exc()
        finally:
            writer.close()

    async def _read(self, reader: asyncio.StreamReader) -> Exchange | None:
        head = await reader.readuntil(b"\r\n\r\n")
        request, *lines = head.decode("latin-1").split("\r\n")
        method, path, _ = request.split(" ")
        headers = {}
        for line in filter(None, lines):
            name, value = line.split(":", 1)
            headers[name.lower()] = value.strip()
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        exchange = Exchange(method, path, headers, body, self.behaviour)
        if not path.startswith("/v1/models"):  # which the gateway asks for by itself, when it likes
            with self._arrived:
                self.exchanges.append(exchange)
                self._arrived.notify_all()
        return exchange

