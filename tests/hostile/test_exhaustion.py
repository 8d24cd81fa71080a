"""Promise: when descriptors, memory or disk run out, the gateway refuses with 503 what it cannot do,
goes on with what it can, and is its old self once there is enough again, without a restart."""

import contextlib
import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from gateway import PATIENCE, Client, chat, config_for, request
from ports import free_port
from upstream import ANSWER, DONE, LAST_CHUNK, STREAM_HEAD, Upstream, always, chunk, event, response

GOOD = response(ANSWER)
HEALTH = request("GET", "/health")
MEBIBYTE = 1024 * 1024


def overloaded(answer):
    assert answer.status == 503, (answer.status, answer.body)
    assert answer.error()["code"] == "overloaded"
    assert answer.headers["retry-after"] == "1"
    return True


def open_descriptors(gateway):
    return len(os.listdir(f"/proc/{gateway.process.pid}/fd"))


def descriptors_kept(gateway):
    """Those it has for longer than a moment, as while it notes how far its journal was read."""
    counts = []
    for _ in range(10):
        counts.append(open_descriptors(gateway))
        time.sleep(0.02)
    return min(counts)


def limit(gateway, which, value):
    resource.prlimit(gateway.process.pid, which, (value, resource.RLIM_INFINITY)
                     if which != resource.RLIMIT_NOFILE else (value, value))


def works(gateway):
    with gateway.connect() as client:
        answer = client.send(chat()).answer()
    return answer.status == 200 and answer.json() == ANSWER


def wait_until(condition, what):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, f"waited for {what}"
        time.sleep(0.02)


# --- Descriptors ---
# UBSan itself needs some to look at an object's type, and takes it for a broken one without.

ROOM = 20  # descriptors
# What the gateway had open for a moment when its descriptors were counted makes room for as many more.
MORE = 5


@pytest.mark.unsanitized
def test_clients_beyond_the_descriptors_are_refused(serve):
    gateway, _ = serve(always(GOOD))
    limit(gateway, resource.RLIMIT_NOFILE, open_descriptors(gateway) + ROOM)
    clients = [gateway.connect() for _ in range(3 * ROOM)]
    try:
        for client in clients[ROOM + MORE:]:
            assert overloaded(client.answer())  # says so before it is asked
            assert client.at_end()
        # Those inside are served, but for what would need another descriptor.
        assert clients[0].send(HEALTH).answer().status == 200
        assert overloaded(clients[1].send(chat()).answer())
        assert clients[1].send(HEALTH).answer().status == 200
    finally:
        for client in clients:
            client.close()
    wait_until(lambda: open_descriptors(gateway) < ROOM, "the connections to be closed")
    assert works(gateway)


@pytest.mark.unsanitized
def test_streams_go_on_while_clients_are_refused(serve):
    go = threading.Event()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("a")))
        assert go.wait(PATIENCE)
        peer.send(chunk(event(None, "stop") + DONE) + LAST_CHUNK)

    gateway, _ = serve(script)
    with gateway.connect() as stream:
        stream.send(chat(stream=True)).read_head()
        assert stream.read_chunk() == event("a")
        limit(gateway, resource.RLIMIT_NOFILE, descriptors_kept(gateway))
        for _ in range(50):
            with gateway.connect() as client:
                assert overloaded(client.answer())
        go.set()
        rest = b""
        while data := stream.read_chunk():
            rest += data
        assert rest == event(None, "stop") + DONE


@pytest.mark.unsanitized
def test_pooled_connections_give_way(serve):
    """A descriptor that only waits for a next request to one provider serves another one."""
    with Upstream(always(GOOD)) as other:
        gateway, upstream = serve(
            always(GOOD),
            providers={
                "other": {"type": "openai", "api_key": "k", "base_url": other.url,
                          "models": ["gpt-other"]},
            },
        )
        with gateway.connect() as client:
            assert client.send(chat()).answer().status == 200
            limit(gateway, resource.RLIMIT_NOFILE, descriptors_kept(gateway))
            assert client.send(chat(model="gpt-other")).answer().status == 200
            assert client.send(chat()).answer().status == 200
        assert (upstream.connections, other.connections) == (2, 1)


# --- Memory ---


def rows(gateway, table):
    """How many a gateway has stored that is not running any more."""
    with contextlib.closing(sqlite3.connect(gateway.folder / "data/gomodel.db")) as database:
        return database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]


@pytest.mark.unsanitized
@pytest.mark.parametrize("audited", [False, True])
def test_requests_beyond_the_memory_are_refused(serve, audited):
    """Every one of them is answered, with 200 or 503, and the process lives on. What was served is
    in the books, whatever there was no memory for."""
    go = threading.Event()

    def script(peer):
        while True:
            peer.read_request()
            assert go.wait(PATIENCE)
            peer.send(GOOD)

    gateway, upstream = serve(script, logging={"enabled": audited, "log_bodies": True,
                                               "only_model_interactions": True})
    status = Path(f"/proc/{gateway.process.pid}/status").read_text()
    address_space = int(status.split("VmSize:")[1].split()[0]) * 1024
    limit(gateway, resource.RLIMIT_AS, address_space + 64 * MEBIBYTE)
    data = chat(content="x" * (4 * MEBIBYTE))

    def ask(_):
        with gateway.connect() as client:
            try:
                client.send(data)
            except ConnectionError:
                pass  # an answer may be there all the same
            return client.answer().status

    with ThreadPoolExecutor(61) as pool:
        first = pool.submit(ask, 0)
        upstream.next_request()
        answers = [pool.submit(ask, number) for number in range(1, 61)]
        wait_until(lambda: any(answer.done() for answer in answers), "the first refusal")
        assert gateway.process.poll() is None
        with gateway.connect() as client:  # alive, as a load balancer sees it
            assert client.send(HEALTH).answer().status == 200
        go.set()
        assert first.result(PATIENCE) == 200  # what had begun is finished
        statuses = [answer.result(PATIENCE) for answer in answers]
    print(f"{statuses.count(200)} served, {statuses.count(503)} refused")
    assert 503 in statuses and set(statuses) <= {200, 503}, statuses
    wait_until(lambda: works(gateway), "memory to be back")
    gateway.terminate()
    assert gateway.wait() == 0
    assert rows(gateway, "usage") == statuses.count(200) + 2  # the first and the last


# --- Disk ---


class LoggingTo:
    """A gateway whose log goes to a file."""

    def __init__(self, config, folder, file):
        self.port = free_port()
        config["server"]["port"] = self.port
        path = folder / "config.yaml"
        path.write_text(json.dumps(config))
        with open(file, "ab") as log:
            self.process = subprocess.Popen(
                [os.environ["GOMODEL_BINARY"], "--config", str(path)], cwd=folder, stderr=log,
                env={"PATH": "/usr/bin:/bin", "MODEL_LIST_URL": "off",
                     **{name: value for name, value in os.environ.items()
                                                 if name.endswith("SAN_OPTIONS")}})
        wait_until(self.answers, "the gateway to serve")

    def answers(self):
        assert self.process.poll() is None
        try:
            with self.connect() as client:
                return client.send(HEALTH).answer().status == 200
        except ConnectionError:
            return False

    def connect(self):
        return Client(socket.create_connection(("127.0.0.1", self.port), PATIENCE))

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0


def is_json(line):
    try:
        return bool(json.loads(line))
    except ValueError:
        return False


def test_a_full_disk_stops_the_log_and_nothing_else(tmp_path):
    log = tmp_path / "gateway.log"
    with Upstream(always(GOOD)) as upstream:
        gateway = LoggingTo(config_for(upstream.url), tmp_path, log)
        wait_until(lambda: "server started" in log.read_text(), "the log to be written")
        full = log.stat().st_size + 100  # in the middle of a line
        limit(gateway, resource.RLIMIT_FSIZE, full)
        for _ in range(50):
            assert works(gateway)
        wait_until(lambda: log.stat().st_size == full, "the disk to be full")
        assert works(gateway)
        limit(gateway, resource.RLIMIT_FSIZE, resource.RLIM_INFINITY)

        def logged_again():
            with gateway.connect() as client:
                client.send(chat(headers=["X-Request-ID: after"])).answer()
            return '"after"' in log.read_text()

        wait_until(logged_again, "the log to go on")
        gateway.stop()
        lines = log.read_bytes().decode().splitlines()
        assert json.loads(lines[-1])["msg"] == "application shutdown complete"
        assert [is_json(line) for line in lines].count(False) == 1  # the one that was cut off


def test_a_log_that_takes_nothing_from_the_start(tmp_path):
    with Upstream(always(GOOD)) as upstream:
        gateway = LoggingTo(config_for(upstream.url), tmp_path, "/dev/full")
        assert works(gateway)
        gateway.stop()
