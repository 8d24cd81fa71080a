"""Promise: scripts/upgrade.sh puts another process in the place of a running gateway, on the same
port, and no client notices: streams end as they should, no connection is refused or reset."""

import os
import re
import signal
import socket
import subprocess
import threading
import time
from pathlib import Path

from gateway import PATIENCE, Client, Gateway, chat, config_for, request
from ports import free_port
from upstream import ANSWER, DONE, LAST_CHUNK, STREAM_HEAD, Upstream, chunk, event, more, response

UPGRADE = os.environ["GOMODEL_UPGRADE"]
CLIENTS = 4


class Upgraded:
    """What upgrade.sh started: no child of ours, so it is asked after by its id."""

    def __init__(self, old, *arguments):
        self.script = subprocess.Popen(
            [UPGRADE, str(old.process.pid), *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.lines = []
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def _read(self):
        for line in self.script.stderr:
            self.lines.append(line)

    def pid(self):
        """Waits for the end of the script."""
        text = self.script.stdout.readline()
        assert self.script.wait(PATIENCE) == 0, self.lines
        return int(text)

    def stop(self, pid):
        os.kill(pid, signal.SIGTERM)
        self.reader.join(PATIENCE)  # its log ends with it
        assert "application shutdown complete" in self.lines[-1], self.lines


class Callers:
    """Clients that connect anew for every request, and some that keep their connections."""

    def __init__(self, port):
        self.port = port
        self.stop = threading.Event()
        self.asked = 0
        self.failures = []
        self.threads = [threading.Thread(target=self._run, args=(keep,), daemon=True)
                        for keep in [False] * CLIENTS + [True]]
        for thread in self.threads:
            thread.start()

    def _connect(self):
        return Client(socket.create_connection(("127.0.0.1", self.port), PATIENCE))

    def _run(self, keep):
        try:
            client, fresh = self._connect(), True
            while not self.stop.is_set():
                try:
                    answer = client.send(chat()).answer()
                except (EOFError, ConnectionError):
                    # An idle connection may be closed while a request is on its way: HTTP has the
                    # client send it again. A new one may not.
                    if fresh:
                        raise
                    client.close()
                    client, fresh = self._connect(), True
                    continue
                fresh = False
                assert (answer.status, answer.json()) == (200, ANSWER)
                self.asked += 1
                if not keep or answer.headers.get("connection") == "close":
                    client.close()
                    client, fresh = self._connect(), True
                elif keep and idle_closed(client):
                    client.close()
                    client, fresh = self._connect(), True
                time.sleep(0.002)
            client.close()
        except Exception as error:
            self.failures.append(repr(error))

    def end(self):
        self.stop.set()
        for thread in self.threads:
            thread.join(PATIENCE)
        assert not self.failures, self.failures


def idle_closed(client):
    """A kept connection that the other side has closed in between, as HTTP lets it."""
    client.socket.settimeout(0.02)
    try:
        return client.socket.recv(1, socket.MSG_PEEK) == b""
    except TimeoutError:
        return False
    finally:
        client.socket.settimeout(PATIENCE)


class Script:
    def __init__(self):
        self.go = threading.Event()

    def __call__(self, peer):
        while True:
            if not peer.read_request().json().get("stream"):
                peer.send(response(ANSWER))
                continue
            peer.send(STREAM_HEAD + chunk(event("a")))
            assert self.go.wait(PATIENCE)
            peer.send(chunk(more("b") + event(None, "stop") + DONE) + LAST_CHUNK)


def test_an_upgrade_under_load(tmp_path):
    script = Script()
    port = free_port()
    server = {"address": "127.0.0.1", "port": port, "workers": 2}
    with Upstream(script) as upstream, Gateway(config_for(upstream.url, server=server)) as old:
        streams = [old.connect() for _ in range(10)]
        for stream in streams:
            stream.send(chat(stream=True)).read_head()
            assert stream.read_chunk() == event("a")
        callers = Callers(port)
        while callers.asked < 50:
            assert not callers.failures, callers.failures
            time.sleep(0.01)

        upgraded = Upgraded(old)
        old.wait_log(lambda line: "shutting down" in line)
        asked = callers.asked
        deadline = time.monotonic() + PATIENCE
        while callers.asked < asked + 300 and time.monotonic() < deadline:
            assert not callers.failures, callers.failures
            time.sleep(0.01)
        assert callers.asked >= asked + 300  # the new one serves while the old one drains
        assert old.process.poll() is None

        script.go.set()
        for stream in streams:
            rest = b""
            while data := stream.read_chunk():
                rest += data
            assert rest == more("b") + event(None, "stop") + DONE
            stream.close()
        assert old.wait() == 0
        assert not any("cut off" in line for line in old.lines), old.lines[-5:]
        pid = upgraded.pid()
        assert pid != old.process.pid
        callers.end()
        upgraded.stop(pid)


def test_the_new_one_takes_connections_on_all_its_loops_and_can_be_replaced_in_turn():
    """Also when it has more of them than the old one."""
    server = {"address": "127.0.0.1", "port": free_port(), "workers": 1}
    script = Script()
    with Upstream(script) as upstream, Gateway(config_for(upstream.url, server=server)) as old:
        text = old.config_file.read_text()
        old.config_file.write_text(text.replace('"workers": 1', '"workers": 3'))
        upgraded = Upgraded(old)
        assert old.wait() == 0
        first = upgraded.pid()

        again = subprocess.run([UPGRADE, str(first)], stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, timeout=PATIENCE, check=True)
        second = int(again.stdout)
        try:
            assert second != first
            command = open(f"/proc/{second}/cmdline").read().split("\0")
            assert command.count("--take-over") == 1  # not the one before as well
            with old.connect() as client:
                assert client.send(chat()).answer().json() == ANSWER
            deadline = time.monotonic() + PATIENCE
            while loops_with_connections(old, second) < 3:
                assert time.monotonic() < deadline, "some loops get no connections"
        finally:
            end(second)


def end(pid):
    """Of a process that is not a child of ours: its folder is free then."""
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while is_running(pid):
        assert time.monotonic() < deadline, f"process {pid} does not end"
        time.sleep(0.01)


def is_running(pid):
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return "State:\tZ" not in status


def loops_with_connections(gateway, pid):
    """How many threads of the process did something when a burst of connections came."""
    def worked():
        found = {}
        for task in os.listdir(f"/proc/{pid}/task"):
            status = open(f"/proc/{pid}/task/{task}/status").read()
            found[task] = int(re.search(r"\nvoluntary_ctxt_switches:\s+(\d+)", status).group(1))
        return found

    before = worked()
    for _ in range(60):
        with gateway.connect() as client:
            assert client.send(request("GET", "/health")).answer().status == 200
    after = worked()
    return sum(after[task] - count >= 5 for task, count in before.items() if task in after)


def test_a_new_one_that_cannot_start_changes_nothing(tmp_path):
    server = {"address": "127.0.0.1", "port": free_port(), "workers": 1}
    script = Script()
    with Upstream(script) as upstream, Gateway(config_for(upstream.url, server=server)) as old:
        old.config_file.write_text("server: {port: much}\n")
        done = subprocess.run([UPGRADE, str(old.process.pid)], capture_output=True, text=True,
                              timeout=PATIENCE)
        assert done.returncode == 1
        assert "server.port" in done.stderr
        assert f"process {old.process.pid} serves on" in done.stderr
        with old.connect() as client:
            assert client.send(chat()).answer().json() == ANSWER
