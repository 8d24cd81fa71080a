"""Promise: all of it works the same with TLS on both sides, and an upstream that cannot prove who it
is gets neither a prompt nor a key."""

from __future__ import annotations

import ssl
import subprocess

import pytest

from clients import NpmClient, PythonClient
from gateway import CONFIG, Gateway
from samples import CREATE, HELLO
from upstream import Upstream


def make_certificate(folder) -> tuple[str, str]:
    """PEM files of a new certificate for 127.0.0.1, and of its key."""
    paths = str(folder / "certificate.pem"), str(folder / "key.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                    "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=e2e",
                    "-addext", "subjectAltName=IP:127.0.0.1", "-out", paths[0],
                    "-keyout", paths[1]], check=True, capture_output=True)
    return paths


def tls_upstream(certificate: tuple[str, str]) -> Upstream:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(*certificate)
    return Upstream(tls=context)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    return make_certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture(scope="module")
def shared_upstream(certificate):
    upstream = tls_upstream(certificate)
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def shared_gateway(shared_upstream, certificate):
    gateway = Gateway(shared_upstream.url, certificate=certificate)
    yield gateway
    gateway.stop()


@pytest.fixture(scope="module", params=[NpmClient, PythonClient], ids=["npm", "python"])
def sdk(request, certificate):
    client = request.param(certificate[0])
    yield client
    client.close()


def texts(seen: dict) -> list[str]:
    assert "error" not in seen, seen["error"]
    deltas = (chunk["choices"][0]["delta"] for chunk in seen["chunks"])
    return [delta["content"] for delta in deltas if delta.get("content")]


def test_an_answer_arrives(client, gateway):
    assert gateway.url.startswith("https://")
    data = client.call(CREATE, model="gpt-4o", messages=HELLO)["data"]
    assert data["choices"][0]["message"]["content"] == "You said: Hello, gateway"


def test_long_prompts_and_answers_arrive_whole(client, upstream):
    text = "Wörter über Wörter. " * 100_000
    messages = [{"role": "user", "content": text}]
    data = client.call(CREATE, model="gpt-4o", messages=messages)["data"]
    assert data["choices"][0]["message"]["content"] == f"You said: {text}"
    assert upstream.only().json["messages"] == messages


@pytest.mark.parametrize("piece", [0, 3])
def test_streams_arrive_however_they_are_cut(client, upstream, piece):
    words = ["Größe", " 世界", " 👩‍👩‍👧‍👦"] if piece else [f" {number}" for number in range(1000)]
    upstream.behaviour.words = words
    upstream.behaviour.piece = piece
    assert texts(client.stream(CREATE, model="gpt-4o", messages=HELLO)) == words


def test_a_large_event_arrives(client, upstream):
    upstream.behaviour.words = ["x" * 600_000, "end"]
    seen = client.stream(CREATE, model="gpt-4o", messages=HELLO)
    assert texts(seen) == upstream.behaviour.words


def test_fifty_streams_at_once_do_not_mix(client):
    each = [{"model": "gpt-4o", "messages": [{"role": "user", "content": f"number {n} " * 20}]}
            for n in range(50)]
    answers = client.together(CREATE, each)
    assert answers == [f"You said: {params['messages'][0]['content']}" for params in each]


def test_an_abort_reaches_the_upstream(client, upstream, gateway, request_id):
    delays = []
    for attempt in range(3):  # the best of three: the machine may be busy with something else
        upstream.reset()
        upstream.behaviour.hold_after = 5
        client.headers["X-Request-ID"] = f"{request_id}-{attempt}"
        seen = client.stream(CREATE, model="gpt-4o", messages=HELLO, abort_after=5)
        exchange = upstream.only()
        exchange.wait(lambda exchange: exchange.hung_up_at is not None)
        delays.append(exchange.hung_up_at - seen["aborted_at"])
        assert gateway.access(request_id=f"{request_id}-{attempt}")["end"] == "client_gone"
    assert min(delays) < 0.1, delays


def test_a_stream_that_breaks_ends_in_an_error(client, upstream):
    upstream.behaviour.cut_after = 3
    seen = client.stream(CREATE, model="gpt-4o", messages=HELLO)
    assert len(seen["chunks"]) == 3
    assert "cut off" in seen["error"]["message"]


def test_connections_that_close_without_a_word_are_replaced(client, upstream):
    upstream.behaviour.goodbye = True
    for _ in range(10):
        assert client.call(CREATE, model="gpt-4o", messages=HELLO)["data"]["object"]
        assert texts(client.stream(CREATE, model="gpt-4o", messages=HELLO))


def test_an_upstream_of_unknown_identity_is_told_nothing(client, certificate, tmp_path):
    impostor = tls_upstream(make_certificate(tmp_path))
    models = "models: {{configured_provider_models_mode: allowlist}}\n"
    config = CONFIG.replace('"}}', '", models: [gpt-4o]}}') + models
    gateway = Gateway(impostor.url, config=config, certificate=certificate)
    client.target = gateway.api
    error = client.error(CREATE, model="gpt-4o", messages=HELLO)
    assert (error["class"], error["status"]) == ("InternalServerError", 502)
    assert "certificate" in error["message"]
    assert impostor.exchanges == []
    gateway.stop()
    impostor.stop()
