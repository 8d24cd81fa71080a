"""Anthropic's Messages API: it calls the tools it is given, thinks when told to, and repeats what the
user said. https://docs.anthropic.com/en/api/messages"""

from __future__ import annotations

import json
from typing import Any, Iterator

from .behaviour import ApiError, Behaviour

API_KEY = "sk-ant-upstream"
VERSIONS = ("2023-06-01", "2026-10-21")  # the gateway's, and the official client's
MODELS = {"claude-sonnet-4-5": "2025-09-29T00:00:00Z", "claude-opus-4-6": "2026-02-04T00:00:00Z"}
USAGE = {"input_tokens": 11, "cache_creation_input_tokens": 5, "cache_read_input_tokens": 7,
         "output_tokens": 13}
COUNT_TOKENS = "/v1/messages/count_tokens"
COUNTED = 14  # tokens, of whatever
SIGNATURE = "EqQBCgIYAhIM1gbcDa9GJwZA2b3hGgxBdjrkzLoky3dl1pk="
INPUTS = {"weather": {"city": "Größe"}, "time": {}}


def error_body(type: str, message: str) -> dict:
    return {"type": "error", "error": {"type": type, "message": message}, "request_id": "req_011"}


OVERLOADED = error_body("overloaded_error", "Overloaded")


def invalid(message: str) -> ApiError:
    return ApiError(400, "invalid_request_error", message)


def check(exchange) -> dict:
    """Refuses what the API refuses. Returns the body."""
    if exchange.headers.get("x-api-key") != API_KEY:
        raise ApiError(401, "authentication_error", "invalid x-api-key")
    if exchange.headers.get("anthropic-version") not in VERSIONS:
        raise invalid("anthropic-version: header is required")
    if exchange.method == "GET":
        return {}
    body = exchange.json
    if body["model"] not in MODELS:
        raise ApiError(404, "not_found_error", f"model: {body['model']}")
    known = {"model", "max_tokens", "messages", "system", "stream", "tools", "tool_choice",
             "thinking", "temperature", "stop_sequences", "output_config", "metadata"}
    for name in body.keys() - known:
        raise invalid(f"{name}: Extra inputs are not permitted")
    if exchange.path == COUNT_TOKENS:
        return body
    if body["max_tokens"] <= body.get("thinking", {}).get("budget_tokens", 0):
        raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`")
    check_turns(body["messages"])
    return body


def check_turns(messages: list[dict]) -> None:
    """Each call has its result in the turn behind it, and each result its call in the one before."""
    called: list[str] = []
    for message in messages:
        if message["role"] not in ("user", "assistant"):
            raise invalid("messages: Unexpected role")
        found = message["content"] if isinstance(message["content"], list) else []
        results = [block["tool_use_id"] for block in found if block["type"] == "tool_result"]
        if sorted(results) != sorted(called):
            raise invalid(f"messages: tool_use ids {called}, tool_result ids {results}")
        called = [block["id"] for block in found if block["type"] == "tool_use"]


def blocks(body: dict, behaviour: Behaviour) -> list[dict]:
    """The content of the answer."""
    if behaviour.blocks is not None:
        return behaviour.blocks
    if behaviour.refusal is not None:
        return [{"type": "text", "text": "".join(behaviour.refusal)}]
    content: list[dict[str, Any]] = []
    if body.get("thinking", {}).get("type") in ("enabled", "adaptive"):
        content += [{"type": "thinking", "thinking": "What was said? \"It\".", "signature": SIGNATURE},
                    {"type": "redacted_thinking", "data": "EmwKAhgBEgy3va3pzix"}]
    last = body["messages"][-1]["content"]
    if isinstance(last, list) and last[0]["type"] == "tool_result":
        text = " and ".join(str(block["content"]) for block in last)
        return [*content, {"type": "text", "text": f"It is {text}"}]
    if body.get("tools") and body.get("tool_choice", {}).get("type") != "none":
        called = behaviour.calls
        if called is None:
            called = [(tool["name"], INPUTS[tool["name"]]) for tool in body["tools"]]
        return [*content, {"type": "text", "text": "Let me see."},
                *({"type": "tool_use", "id": f"toolu_{at}", "name": name, "input": given}
                  for at, (name, given) in enumerate(called))]
    text = last if isinstance(last, str) else last[-1].get("text", "")
    return [*content, {"type": "text", "text": f"You said: {text}"}]


def stop_reason(content: list[dict], behaviour: Behaviour) -> str:
    if behaviour.refusal is not None:
        return "refusal"
    return "tool_use" if any(block["type"] == "tool_use" for block in content) else "end_turn"


def complete(body: dict, behaviour: Behaviour) -> dict:
    content = blocks(body, behaviour)
    return {"id": "msg_e2e", "type": "message", "role": "assistant", "model": body["model"],
            "content": content, "stop_reason": stop_reason(content, behaviour), "stop_sequence": None,
            "usage": USAGE}


def pieces(text: str) -> list[str]:
    return [text[at:at + 5] for at in range(0, len(text), 5)] if len(text) < 1000 else [text]


def block_events(index: int, block: dict) -> Iterator[dict]:
    def delta(**what) -> dict:
        return {"type": "content_block_delta", "index": index, "delta": what}

    empty = {"text": {"text": ""}, "thinking": {"thinking": "", "signature": ""},
             "tool_use": {"input": {}}}.get(block["type"], {})
    yield {"type": "content_block_start", "index": index, "content_block": {**block, **empty}}
    if block["type"] == "text":
        yield from (delta(type="text_delta", text=piece) for piece in pieces(block["text"]))
    elif block["type"] == "thinking":
        yield from (delta(type="thinking_delta", thinking=piece)
                    for piece in pieces(block["thinking"]))
        yield delta(type="signature_delta", signature=block["signature"])
    elif block["type"] == "tool_use" and block["input"]:
        text = json.dumps(block["input"], ensure_ascii=False)
        yield delta(type="input_json_delta", partial_json="")
        yield from (delta(type="input_json_delta", partial_json=piece) for piece in pieces(text))
    yield {"type": "content_block_stop", "index": index}


def events(body: dict, behaviour: Behaviour) -> Iterator[dict]:
    content = blocks(body, behaviour)
    begin = {**complete(body, behaviour), "content": [], "stop_reason": None,
             "usage": {**USAGE, "output_tokens": 1}}
    yield {"type": "message_start", "message": begin}
    for index, block in enumerate(content):
        yield from block_events(index, block)
        yield {"type": "ping"}
    yield {"type": "message_delta", "usage": {"output_tokens": USAGE["output_tokens"]},
           "delta": {"stop_reason": stop_reason(content, behaviour), "stop_sequence": None}}
    yield {"type": "message_stop"}


def stream(body: dict, behaviour: Behaviour) -> Iterator[str]:
    for event in events(body, behaviour):
        yield f"event: {event['type']}\ndata: {json.dumps(event, ensure_ascii=False)}\n\n"


async def answer(exchange, reply) -> None:
    behaviour = exchange.behaviour
    try:
        body = check(exchange)
        if exchange.method == "GET":
            models = [{"type": "model", "id": name, "display_name": name, "created_at": date}
                      for name, date in MODELS.items()]
            await reply.send_json(200, {"data": models, "has_more": False})
        elif behaviour.error is not None:
            raise behaviour.error
        elif exchange.path == COUNT_TOKENS:
            await reply.send_json(200, {"input_tokens": COUNTED})
        elif body.get("stream"):
            await reply.send_events(stream(body, behaviour), f"event: error\ndata: "
                                    f"{json.dumps(OVERLOADED)}\n\n")
        else:
            await reply.send_json(200, complete(body, behaviour))
    except ApiError as error:
        told = error.envelope["error"]
        await reply.send_json(error.status, error_body(told["type"], told["message"]),
                              error.headers)
