"""Gemini's own API: it repeats what the user said. https://ai.google.dev/api/generate-content"""

from __future__ import annotations

import json

API_KEY = "sk-gemini-upstream"
MODEL = "gemini-2.5-flash"
USAGE = {"promptTokenCount": 20, "candidatesTokenCount": 6, "thoughtsTokenCount": 9,
         "cachedContentTokenCount": 8, "totalTokenCount": 35}


def chunk(text: str, **more) -> dict:
    content = {"role": "model", "parts": [{"text": text}]}
    return {"candidates": [{"index": 0, "content": content}], "modelVersion": MODEL, **more}


def refusal(code: int, status: str, message: str) -> dict:
    return {"error": {"code": code, "message": message, "status": status}}


async def answer(exchange, reply) -> None:
    if exchange.headers["x-goog-api-key"] != API_KEY:
        return await reply.send_json(400, refusal(400, "INVALID_ARGUMENT", "API key not valid."))
    path, _, query = exchange.path.partition("?")
    model, _, method = path.removeprefix("/v1beta/models/").partition(":")
    if model != MODEL:
        return await reply.send_json(404, refusal(404, "NOT_FOUND", f"no model {model}"))
    said = exchange.json["contents"][-1]["parts"][0]["text"]
    if method == "generateContent":
        return await reply.send_json(200, chunk(f"You said: {said}", usageMetadata=USAGE))
    assert (method, query) == ("streamGenerateContent", "alt=sse")
    counted = {"promptTokenCount": 20, "totalTokenCount": 20}
    events = [chunk("You said: ", usageMetadata=counted), chunk(said, usageMetadata=USAGE)]
    await reply.send_events(f"data: {json.dumps(one)}\n\n" for one in events)
