"""POST /v1/embeddings"""

from __future__ import annotations

import base64
import hashlib
import struct


def vector(text: str, dimensions: int) -> list[float]:
    """Numbers that a float32 holds exactly, the same for the same text."""
    digest = hashlib.sha256(text.encode()).digest()
    return [(digest[i % len(digest)] - 128) / 128 for i in range(dimensions)]


def embed(body: dict, behaviour) -> dict:
    given = body["input"]
    tokens = isinstance(given, list) and given and isinstance(given[0], int)
    inputs = [given] if isinstance(given, str) or tokens else given
    data = []
    for index, item in enumerate(inputs):
        value: list[float] | str = vector(str(item), body.get("dimensions", 8))
        if body.get("encoding_format") == "base64":
            value = base64.b64encode(struct.pack(f"<{len(value)}f", *value)).decode()
        data.append({"object": "embedding", "index": index, "embedding": value})
    count = 5 * len(inputs)
    return {"object": "list", "data": data, "model": body["model"],
            "usage": {"prompt_tokens": count, "total_tokens": count}, **behaviour.extra}
