"""Promise: embeddings come out as the numbers that the upstream computed, in either encoding."""

from __future__ import annotations

import base64
import struct

import pytest

from upstream.embeddings import vector

EMBED = "embeddings.create"
MODEL = "text-embedding-3-small"


def test_numbers_without_naming_an_encoding(client, upstream):
    # Both clients then ask for base64 and decode it.
    data = client.call(EMBED, model=MODEL, input="Größe")["data"]
    assert list(data["data"][0]["embedding"]) == vector("Größe", 8)
    assert upstream.only().json["encoding_format"] == "base64"


def test_numbers(client):
    data = client.call(EMBED, model=MODEL, input="Größe", encoding_format="float")["data"]
    assert data["data"] == [{"object": "embedding", "index": 0, "embedding": vector("Größe", 8)}]
    assert data["usage"] == {"prompt_tokens": 5, "total_tokens": 5}


def test_base64(client):
    data = client.call(EMBED, model=f"main/{MODEL}", input="x", encoding_format="base64")["data"]
    packed = base64.b64decode(data["data"][0]["embedding"])
    assert list(struct.unpack("<8f", packed)) == vector("x", 8)


def test_many_inputs_keep_their_order(client):
    texts = [f"text {number}" for number in range(100)]
    data = client.call(EMBED, model=MODEL, input=texts, dimensions=256,
                       encoding_format="float")["data"]["data"]
    assert [item["index"] for item in data] == list(range(100))
    assert [item["embedding"] for item in data] == [vector(text, 256) for text in texts]


@pytest.mark.parametrize("tokens", [[1, 2, 3], [[1, 2], [3]]])
def test_tokens_instead_of_texts(client, upstream, tokens):
    client.call(EMBED, model=MODEL, input=tokens, encoding_format="float")["data"]
    assert upstream.only().json == {"model": MODEL, "input": tokens, "encoding_format": "float"}


def test_usage_is_recorded(client, gateway, request_id):
    client.call(EMBED, model=MODEL, input=["a", "b"])["data"]
    record = gateway.access(request_id=request_id)
    assert (record["prompt_tokens"], record["completion_tokens"]) == (10, 0)
    assert record["model"] == MODEL
