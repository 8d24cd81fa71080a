"""Promise: without any credential the first request works: config/quickstart.yaml turns on a provider
that answers by itself, to JSON requests, streams, embeddings and the Responses API."""

from __future__ import annotations

import pytest

from gateway import SOURCES, Gateway
from samples import CREATE, HELLO


@pytest.fixture(scope="module")
def quickstart():
    gateway = Gateway(config_file=SOURCES / "config" / "quickstart.yaml", key="")
    yield gateway
    gateway.stop()


@pytest.fixture
def demo(client, quickstart):
    """(client, model): a client of the quick start, and the model it offers."""
    client.target = quickstart.api
    return client, client.call("models.list")["data"]["data"][0]["id"]


def test_it_answers(demo):
    client, model = demo
    data = client.call(CREATE, model=model, messages=HELLO)["data"]
    assert "Hello, gateway" in data["choices"][0]["message"]["content"]
    usage = data["usage"]
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"] > 0


def test_it_streams_word_by_word(demo, quickstart, request_id):
    client, model = demo
    params = {"model": model, "messages": HELLO}
    chunks = client.stream(CREATE, **params, stream_options={"include_usage": True})["chunks"]
    words = [chunk["choices"][0]["delta"].get("content") for chunk in chunks if chunk["choices"]]
    assert len([word for word in words if word]) > 1
    assert "Hello, gateway" in "".join(word or "" for word in words)
    record = quickstart.access(request_id=request_id, uri="/v1/chat/completions")
    assert record["completion_tokens"] == chunks[-1]["usage"]["completion_tokens"] > 0


def test_it_streams_without_usage_to_who_does_not_ask(demo):
    client, model = demo
    chunks = client.stream(CREATE, model=model, messages=HELLO)["chunks"]
    assert all(chunk["choices"] for chunk in chunks)


def test_it_embeds(demo):
    client, model = demo
    for encoding in ({}, {"encoding_format": "float"}):
        data = client.call("embeddings.create", model=model, input=["a", "b"], **encoding)["data"]
        assert [item["index"] for item in data["data"]] == [0, 1]
        assert len(data["data"][0]["embedding"]) > 1


def test_it_responds(demo):
    client, model = demo
    data = client.call("responses.create", model=model, input="Hello, gateway")["data"]
    assert "Hello, gateway" in data["output"][0]["content"][0]["text"]
    whole = client.gather("responses.stream", model=model, input="Hello, gateway")
    assert "Hello, gateway" in whole["output"][0]["content"][0]["text"]
    assert whole["status"] == "completed"
    assert whole["usage"]["output_tokens"] > 0
