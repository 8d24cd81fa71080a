"""Which endpoint answers what. https://platform.openai.com/docs/api-reference
Who brings Anthropic's kind of key gets Anthropic's API, messages.py; who brings Google's, Gemini's."""

from __future__ import annotations

import asyncio

from . import chat, embeddings, gemini, messages, responses
from .behaviour import ApiError

API_KEY = "sk-upstream"
MODELS = {"gpt-4o-mini": 1721172741, "gpt-4o": 1715367049, "o3-mini": 1737146383,
          "gpt-5.5": 1770000000, "text-embedding-3-small": 1705948997, "vendor/slashed-model": 1700000000}


def model_object(model: str) -> dict:
    return {"id": model, "object": "model", "created": MODELS[model], "owned_by": "system"}


def check(exchange) -> dict:
    """Refuses what the API refuses. Returns the body."""
    if exchange.headers.get("authorization") != f"Bearer {API_KEY}":
        raise ApiError(401, "invalid_request_error", "Incorrect API key provided.",
                       code="invalid_api_key")
    if exchange.method == "GET":
        return {}
    if exchange.headers.get("content-type") != "application/json":
        raise ApiError(400, "invalid_request_error", "you must send JSON")
    body = exchange.json
    if body.get("model") not in MODELS:
        raise ApiError(404, "invalid_request_error",
                       f"The model `{body.get('model')}` does not exist", code="model_not_found")
    for gateways_own in ("provider", "base_url"):
        if gateways_own in body:
            raise ApiError(400, "invalid_request_error",
                           f"Unrecognized request argument supplied: {gateways_own}")
    return body


async def answer(exchange, reply) -> None:
    behaviour = exchange.behaviour
    if "x-api-key" in exchange.headers:
        return await messages.answer(exchange, reply)
    if "x-goog-api-key" in exchange.headers:
        return await gemini.answer(exchange, reply)
    try:
        body = check(exchange)
        route = (exchange.method, exchange.path)
        if route != ("GET", "/v1/models") and await misbehave(behaviour, reply):
            return
        if route == ("GET", "/v1/models"):
            models = [model_object(model) for model in MODELS]
            await reply.send_json(200, {"object": "list", "data": models})
        elif route == ("POST", "/v1/embeddings"):
            await reply.send_json(200, embeddings.embed(body, behaviour))
        elif route == ("POST", "/v1/chat/completions"):
            await send(reply, chat, body)
        elif route == ("POST", "/v1/responses"):
            await send(reply, responses, body)
        else:
            raise ApiError(404, "invalid_request_error", f"Unknown request URL: {exchange.path}")
    except ApiError as error:
        await reply.send_json(error.status, error.envelope, error.headers)


async def misbehave(behaviour, reply) -> bool:
    """True: this was the answer."""
    if behaviour.error is not None:
        raise behaviour.error
    if behaviour.silent:
        await asyncio.Event().wait()  # until cancelled
    if behaviour.raw is not None:
        await reply.send_body(*behaviour.raw)
    return behaviour.raw is not None


async def send(reply, endpoint, body: dict) -> None:
    if body.get("stream"):
        error_event = getattr(endpoint, "ERROR_EVENT", None)
        await reply.send_events(endpoint.stream(body, reply.behaviour), error_event)
    else:
        await reply.send_json(200, endpoint.complete(body, reply.behaviour))
