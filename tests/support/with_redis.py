#!/usr/bin/env python3
"""Runs a command with a Redis server of its own, which is gone afterwards.

    with_redis.py COMMAND [ARGUMENT...]     "{config}" becomes a file with a plugin's configuration
"""
import contextlib
import json
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time

from ports import free_port

PASSWORD = "s3cret-canary"
PATIENCE = 60


class Server:
    """Keeps nothing on disk: started again, it is empty."""

    def __init__(self, folder):
        if not shutil.which("redis-server"):
            sys.exit("with_redis.py: no Redis server is installed (scripts/setup.sh test)")
        self.folder = pathlib.Path(folder)
        self.port = free_port()
        (self.folder / "redis.conf").write_text(
            f'bind 127.0.0.1\nport {self.port}\nrequirepass {PASSWORD}\n'
            f'save ""\nappendonly no\ndir "{self.folder}"\n')
        self.process = None

    @property
    def url(self):
        return f"redis://:{PASSWORD}@127.0.0.1:{self.port}/3"

    def start(self):
        with open(self.folder / "redis.log", "ab") as log:
            self.process = subprocess.Popen(["redis-server", self.folder / "redis.conf"],
                                            stdout=log, stderr=log)
        deadline = time.monotonic() + PATIENCE
        while not self.answers():
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError((self.folder / "redis.log").read_text())
            time.sleep(0.01)

    def answers(self):
        with contextlib.suppress(OSError):
            return self.ask("PING").startswith(b"+PONG")
        return False

    def ask(self, *words):
        """What the server answers to one command, as far as it comes at once."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE) as connection:
            reader = connection.makefile("rb")
            for command in (("AUTH", PASSWORD), ("SELECT", "3"), words):
                connection.sendall(b"*%d\r\n" % len(command) + b"".join(
                    b"$%d\r\n%s\r\n" % (len(word), word)
                    for word in (part.encode() for part in command)))
                line = reader.readline()
            if not line.startswith(b"*"):
                return line
            return [reader.read(int(reader.readline()[1:]) + 2)[:-2]
                    for _ in range(int(line[1:]))]

    def keys(self):
        return [key.decode() for key in self.ask("KEYS", "*")]

    def kill(self):
        if self.process is not None:
            self.process.kill()
            self.process.wait()
            self.process = None


@contextlib.contextmanager
def running():
    """A server of the caller's own."""
    with tempfile.TemporaryDirectory(prefix="gomodel-redis-") as folder:
        server = Server(folder)
        try:
            server.start()
            yield server
        finally:
            server.kill()


def main():
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    with running() as server:
        config = server.folder / "config.json"
        config.write_text(json.dumps({"url": server.url}))
        command = [part.replace("{config}", str(config)) for part in sys.argv[1:]]
        return subprocess.run(command).returncode


if __name__ == "__main__":
    sys.exit(main())
