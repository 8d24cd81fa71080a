"""Asking the gateway, by one client or by many at once."""

import json
import re
import threading

from gateway import request
from upstream import ANSWER, response


def body(model="gpt-test", content="hi", **members):
    return {"model": model, "messages": [{"role": "user", "content": content}], **members}


def ask(gateway, path="/v1/chat/completions", headers=(), **members):
    """One answer, over a connection of its own."""
    with gateway.connect() as client:
        return client.send(request("POST", path, body(**members), headers)).answer()


def admin(gateway, method, path, content=None, key=None):
    """Status and document of an admin request."""
    headers = [f"Authorization: Bearer {key}"] if key else []
    with gateway.connect() as client:
        answer = client.send(request(method, "/admin/api/v1" + path, content, headers)).answer()
    return answer.status, json.loads(answer.body) if answer.body else None


def at_once(gateway, clients, headers=(), **members):
    """The answers of so many clients that ask at the same moment."""
    data = request("POST", "/v1/chat/completions", body(**members), headers)
    answers = []
    ready = threading.Barrier(clients)

    def run():
        with gateway.connect() as client:
            ready.wait()
            answers.append(client.send(data).answer())

    threads = [threading.Thread(target=run) for _ in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == clients
    return answers


def usage_of(prompt, completion):
    return {"prompt_tokens": prompt, "completion_tokens": completion,
            "total_tokens": prompt + completion}


def answer_with(prompt, completion):
    return response({**ANSWER, "usage": usage_of(prompt, completion)})


class Gate:
    """A script whose answers wait until open() is called."""

    def __init__(self, answer):
        self.answer = answer
        self._open = threading.Event()
        self.waiting = threading.Semaphore(0)

    def open(self):
        self._open.set()

    def __call__(self, peer):
        while True:
            peer.read_request()
            self.waiting.release()
            assert self._open.wait(60)
            peer.send(self.answer)


def metric(gateway, name, **labels):
    with gateway.connect() as client:
        text = client.send(request("GET", "/metrics")).answer().body.decode()
    wanted = {f'{label}="{value}"' for label, value in labels.items()}
    for line in text.splitlines():
        found = re.fullmatch(r"(\w+)\{(.*)\} (\S+)", line)
        if found and found[1] == name and set(found[2].split(",")) == wanted:
            return float(found[3])
    raise AssertionError(f"no {name} with {wanted} in:\n{text}")


def refusals(gateway, kind):
    return metric(gateway, "gomodel_limit_rejections_total", kind=kind)
