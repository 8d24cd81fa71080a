"""A crowd of connections in a process of its own: crowd.py <port> <idle> <slow>

Port 0: the slow ones are made to the process itself, which reads nothing of them. That is what making a
crowd costs the machine.

`idle` connections do nothing; each of `slow` sends one byte of a request head a second, not all at
the same moment, until it is closed. Writes "ready" when all are open, then, when no slow one is left,
a line of JSON: after how many seconds each was closed. Ends when its standard input does, after it
has had some of the idle ones ask for something: "ok", or what went wrong.
"""

import json
import resource
import select
import socket
import sys
import time


class Nowhere:
    """Takes connections to it, and no more."""

    def __init__(self):
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.taken = []

    def connect(self):
        connection = connect(self.port)
        self.taken.append(self.listener.accept()[0])
        return connection


def connect(port):
    return socket.create_connection(("127.0.0.1", port), 60)


def trickle(slow):
    """The seconds until each was closed by the other side."""
    head = b"GET /health HTTP/1.1\r\nX-A: " + b"a" * 3600
    poll = select.poll()
    by_number = {connection.fileno(): connection for connection, _ in slow}
    opened = {connection.fileno(): when for connection, when in slow}
    for number in by_number:
        poll.register(number, select.POLLIN)
    closed_after = []
    for byte in head:
        second = time.monotonic()
        numbers = list(by_number)
        for place, number in enumerate(numbers):
            due = second + place / len(numbers)
            while True:
                wait = max(0.0, due - time.monotonic())
                for ready, _ in poll.poll(wait * 1000):
                    try:
                        over = by_number[ready].recv(4096) == b""  # behind the answer, a 408
                    except OSError:
                        over = True
                    if over:
                        poll.unregister(ready)
                        by_number.pop(ready).close()
                        closed_after.append(time.monotonic() - opened[ready])
                if time.monotonic() >= due:
                    break
            if number in by_number:
                try:
                    by_number[number].send(bytes([byte]))
                except OSError:
                    pass  # seen above
        if not by_number:
            break
        time.sleep(max(0.0, second + 1 - time.monotonic()))
    return closed_after


def main():
    port, idle_count, slow_count = map(int, sys.argv[1:])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    reach = (lambda: connect(port)) if port else Nowhere().connect
    idle = [reach() for _ in range(idle_count if port else 0)]
    slow = [(reach(), time.monotonic()) for _ in range(slow_count)]
    print("ready", flush=True)
    print(json.dumps(trickle(slow)), flush=True)
    sys.stdin.read()
    for connection in idle[:: max(1, idle_count // 100)]:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: gw\r\n\r\n")
        answer = connection.recv(4096)
        if not answer.startswith(b"HTTP/1.1 200 "):
            print(f"an idle connection got {answer!r}", flush=True)
            return
    print("ok", flush=True)


main()
