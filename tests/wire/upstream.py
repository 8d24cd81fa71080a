"""An upstream that answers exactly the bytes a test tells it to, and remembers what it was sent."""

import json
import queue
import socket
import threading

from gateway import PATIENCE, Client

ANSWER = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-test",
    "choices": [
        {"index": 0, "message": {"role": "assistant", "content": "ok"}, "finish_reason": "stop"}
    ],
    "usage": {"prompt_tokens": 3, "completion_tokens": 1, "total_tokens": 4},
}


class Seen:
    """One request as it arrived."""

    def __init__(self, line, headers, body):
        self.line = line
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)


class Upstream:
    """Each connection the gateway opens is given to `script(peer)` on a thread of its own.

    A script reads requests with peer.read_request() and sends bytes with peer.send(). The
    connection is closed when it returns; what it raises fails the test that closes the upstream,
    unless the connection had been lost, which many tests are about.
    """

    def __init__(self, script, family=socket.AF_INET, wrap=None):
        self.script = script
        self.wrap = wrap
        self.seen = queue.Queue()  # the requests, in order
        self.connections = 0
        self.failures = []
        self.stopping = False
        self._sockets = []
        self._threads = []
        address = ("::1", 0) if family == socket.AF_INET6 else ("127.0.0.1", 0)
        self.listener = socket.create_server(address, family=family, backlog=256)
        self.port = self.listener.getsockname()[1]
        host = "[::1]" if family == socket.AF_INET6 else "127.0.0.1"
        self.url = f"http{'s' if wrap else ''}://{host}:{self.port}/v1"
        self._accepting = threading.Thread(target=self._accept, daemon=True)
        self._accepting.start()

    def _accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            if self.stopping:
                connection.close()
                return
            self.connections += 1
            self._sockets.append(connection)
            thread = threading.Thread(target=self._serve, args=(connection,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, connection):
        try:
            if self.wrap:
                connection.settimeout(PATIENCE)
                connection = self.wrap(connection)
                self._sockets.append(connection)
            with Peer(connection, self) as peer:
                self.script(peer)
        except (ConnectionError, EOFError):
            pass
        except Exception as error:  # told to the test by close()
            if not self.stopping and not isinstance(error, OSError):
                self.failures.append(error)

    def close(self):
        if self.stopping:
            return
        self.stopping = True
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self._accepting.join(PATIENCE)
        for connection in self._sockets:
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
        for thread in self._threads:
            thread.join(PATIENCE)
        assert not self.failures, self.failures

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def next_request(self):
        return self.seen.get(timeout=PATIENCE)


class Peer(Client):
    """The gateway, as its upstream sees it."""

    def __init__(self, connection, upstream):
        super().__init__(connection)
        self.upstream = upstream

    def read_request(self):
        lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")[:-2]
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            assert name.lower() not in headers, lines
            headers[name.lower()] = value
        body = self.read_exactly(int(headers.get("content-length", "0")))
        seen = Seen(lines[0], headers, body)
        self.upstream.seen.put(seen)
        return seen

    def wait_closed(self):
        """Returns once the gateway has closed or reset the connection."""
        try:
            while self.socket.recv(65536):
                pass
        except ConnectionError:
            pass


def response(body, status="200 OK", headers=()):
    """The bytes of an answer. body: bytes, or what is sent as JSON."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    names = [header.split(":")[0].lower() for header in headers]
    head = [f"HTTP/1.1 {status}", *headers]
    if "content-type" not in names:
        head.append("Content-Type: application/json")
    if "content-length" not in names:
        head.append(f"Content-Length: {len(data)}")
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + data


STREAM_HEAD = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
)


def chunk(data):
    return b"%x\r\n%s\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def event(text=None, finish=None):
    """The first event of a chat stream that says something, or one that says nothing."""
    return event_of({"role": "assistant", "content": text} if text is not None else {}, finish)


def more(text, finish=None):
    """An event that follows the first."""
    return event_of({"content": text}, finish)


def event_of(delta, finish):
    data = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-test",
        "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
    }
    return b"data: " + json.dumps(data).encode() + b"\n\n"


def usage_event():
    data = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "gpt-test",
        "choices": [],
        "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
    }
    return b"data: " + json.dumps(data).encode() + b"\n\n"


DONE = b"data: [DONE]\n\n"


def always(data):
    """A script that answers every request with the same bytes and keeps the connection."""

    def script(peer):
        while True:
            peer.read_request()
            peer.send(data)

    return script


def once(data):
    """A script that answers one request with these bytes and closes."""

    def script(peer):
        peer.read_request()
        peer.send(data)

    return script


def events_of(body):
    """The data of the events in the body of a stream, in order."""
    events = []
    for block in body.decode().split("\n\n"):
        data = [line[6:] for line in block.split("\n") if line.startswith("data: ")]
        if data:
            events.append("\n".join(data))
    return events
