"""Promise: streams, whole answers, clients that leave, errors and refreshes together, for as long as
you like: every answer is the one to its own question, and memory stays what it was after the start.

Each question has a checksum that the upstream puts into its answer. The short form is for every run
of the tests; the long one: GOMODEL_SOAK_SECONDS=1800.
"""

import hashlib
import json
import os
import random
import signal
import threading
import time

from gateway import PATIENCE, chat, request
from upstream import DONE, LAST_CHUNK, STREAM_HEAD, chunk, event, events_of, more, response

SECONDS = float(os.environ.get("GOMODEL_SOAK_SECONDS", "15"))
CLIENTS = int(os.environ.get("GOMODEL_SOAK_CLIENTS", "8"))
REFRESH_EVERY = 1.0  # seconds
SANITIZED = bool(os.environ.get("GOMODEL_SANITIZE"))
GROWTH = float(os.environ.get("GOMODEL_SOAK_MAX_GROWTH_MIB", "8")) * 1024 * 1024
WORDS = 8


def checksum(question):
    return hashlib.sha256(question.encode()).hexdigest()


def words(question):
    """The answer to a question in pieces."""
    text = checksum(question)
    size = len(text) // WORDS
    return [text[at : at + size] for at in range(0, len(text), size)]


def upstream(peer):
    while True:
        asked = peer.read_request().json()
        peer.upstream.seen.get()  # it remembers every request otherwise
        question = asked["messages"][-1]["content"]
        if question.startswith("fail"):
            error = {"error": {"message": checksum(question), "type": "x"}}
            peer.send(response(error, "400 Bad Request"))
        elif question.startswith("die"):
            peer.reset()
            return
        elif asked.get("stream"):
            peer.send(STREAM_HEAD + chunk(event("")))
            for word in words(question):
                peer.send(chunk(more(word)))
                if question.startswith("slow"):
                    time.sleep(0.01)
            peer.send(chunk(event(None, "stop") + DONE) + LAST_CHUNK)
        else:
            message = {"role": "assistant", "content": checksum(question)}
            peer.send(response({"id": "c", "object": "chat.completion", "created": 1,
                                "model": "gpt-test", "choices": [
                                    {"index": 0, "message": message, "finish_reason": "stop"}]}))


class Caller:
    """One client that does one thing after another, all kinds in turn and by chance."""

    def __init__(self, gateway, number, until):
        self.gateway = gateway
        self.random = random.Random(number)
        self.until = until
        self.done = {}  # kind: how many
        self.wrong = []
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def _run(self):
        kinds = [self.whole, self.stream, self.slow_stream, self.leave, self.fail, self.die,
                 self.malformed]
        client = self.gateway.connect()
        try:
            while time.monotonic() < self.until:
                kind = self.random.choice(kinds)
                padding = "x" * self.random.choice([0, 10, 1000, 30_000])
                question = f"{self.random.getrandbits(64):x}{padding}"
                if not kind(client, question):
                    client.close()
                    client = self.gateway.connect()
                self.done[kind.__name__] = self.done.get(kind.__name__, 0) + 1
        except Exception as error:
            self.wrong.append(repr(error))
        client.close()

    def check(self, right, what):
        if not right:
            self.wrong.append(what)

    # Each returns whether the connection can go on.

    def whole(self, client, question):
        answer = client.send(chat(content=question)).answer()
        self.check(answer.status == 200, answer.body)
        content = answer.json()["choices"][0]["message"]["content"]
        self.check(content == checksum(question), (question, content))
        return True

    def stream(self, client, question):
        answer = client.send(chat(stream=True, content=question)).answer()
        self.check(answer.status == 200, answer.body)
        events = events_of(answer.body)
        self.check(events[-1] == "[DONE]", events)
        deltas = [json.loads(data)["choices"][0]["delta"] for data in events[:-1]]
        content = "".join(delta.get("content", "") for delta in deltas)
        self.check(content == checksum(question), (question, content))
        return True

    def slow_stream(self, client, question):
        return self.stream(client, "slow" + question)

    def leave(self, client, question):
        client.send(chat(stream=True, content="slow" + question)).read_head()
        client.read_chunk()
        if self.random.random() < 0.5:
            client.reset()
        return False

    def fail(self, client, question):
        answer = client.send(chat(content="fail" + question)).answer()
        self.check(answer.status == 400, answer.body)
        self.check(answer.error()["message"] == checksum("fail" + question), answer.body)
        return True

    def die(self, client, question):
        answer = client.send(chat(stream=True, content="die" + question)).answer()
        self.check(answer.status == 502, answer.body)
        return True

    def malformed(self, client, question):
        answer = client.send(request("POST", "/v1/chat/completions", "{" + question)).answer()
        self.check(answer.status == 400, answer.body)
        return True


def middle(values):
    return sorted(values)[len(values) // 2]


def generations_at_rest(gateway):
    """Those that live when the requests of clients that left at the very end are given up."""
    deadline = time.monotonic() + 10
    with gateway.connect() as client:
        while True:
            path = "/admin/api/v1/runtime/generations"
            live = client.send(request("GET", path)).answer().json()["generations"]
            if sum(each["requests"] for each in live) == 1 or time.monotonic() > deadline:
                return live
            time.sleep(0.02)


def test_everything_at_once(serve):
    # Of one provider, so that failing on purpose does not end its use.
    gateway, _ = serve(
        upstream,
        server={"address": "127.0.0.1", "port": 0, "workers": 2},
        resilience={"retry": {"max_retries": 0}, "circuit_breaker": {"failure_threshold": 1000000}},
    )
    config = json.loads(gateway.config_file.read_text())
    began = time.monotonic()
    callers = [Caller(gateway, number, began + SECONDS) for number in range(CLIENTS)]
    resident = []
    published = 0
    while time.monotonic() < began + SECONDS:
        published += 1
        config["http"] = {"idle_connections_per_host": 10 + published % 10}
        config["providers"]["up"]["api_key"] = f"sk-{published}"
        following = gateway.config_file.with_suffix(".next")
        following.write_text(json.dumps(config))
        following.rename(gateway.config_file)
        gateway.process.send_signal(signal.SIGHUP)
        time.sleep(REFRESH_EVERY)
        resident.append(gateway.resident())
        assert gateway.process.poll() is None, gateway.lines[-20:]
        # The log of half an hour is not needed.
        del gateway.lines[: max(0, len(gateway.lines) - 1000)]
    for caller in callers:
        caller.thread.join(PATIENCE)
        assert not caller.thread.is_alive()
    wrong = [text for caller in callers for text in caller.wrong]
    assert not wrong, (len(wrong), wrong[:3])

    done = {}
    for caller in callers:
        for kind, count in caller.done.items():
            done[kind] = done.get(kind, 0) + count
    quarter = max(1, len(resident) // 4)
    early, late = middle(resident[quarter : 2 * quarter]), middle(resident[-quarter:])
    print(f"{done}, {published} refreshes; {early >> 20} MiB after warm-up, {late >> 20} at the end")
    assert len(done) == 7 and min(done.values()) > 0
    live = generations_at_rest(gateway)
    assert [generation["requests"] for generation in live] == [1]  # the one that asks
    assert live[0]["number"] > published // 2
    if not SANITIZED:
        assert late - early < GROWTH
