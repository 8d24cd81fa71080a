"""POST /v1/responses, as JSON and as a stream of typed events."""

from __future__ import annotations

import json
from typing import Any, Iterator

from .chat import instance

# What tells of an error inside a stream.
ERROR_EVENT = "event: error\ndata: " + json.dumps({
    "type": "error", "code": "overloaded", "message": "The model is overloaded", "param": None,
    "sequence_number": 99}) + "\n\n"


def usage_of(behaviour) -> dict:
    """The same counts as in chat, under the names of this API."""
    counts = behaviour.usage
    return {
        "input_tokens": counts["prompt_tokens"],
        "input_tokens_details": {
            "cached_tokens": counts["prompt_tokens_details"]["cached_tokens"]},
        "output_tokens": counts["completion_tokens"],
        "output_tokens_details": {
            "reasoning_tokens": counts["completion_tokens_details"]["reasoning_tokens"]},
        "total_tokens": counts["total_tokens"],
    }


def is_result(item: dict) -> bool:
    return item.get("type") == "function_call_output"


def question(given: Any) -> str:
    if isinstance(given, str):
        return given
    if is_result(given[-1]):
        return given[-1]["output"]
    content = given[-1]["content"]
    if isinstance(content, str):
        return content
    return " ".join(part.get("text") or f"[{part['type']}]" for part in content)


def answer_words(body: dict, behaviour) -> list[str]:
    if behaviour.words is not None:
        return behaviour.words
    words = f"You said: {question(body['input'])}".split(" ")
    return [words[0], *(f" {word}" for word in words[1:])]


def text_part(text: str) -> dict:
    return {"type": "output_text", "text": text, "annotations": [], "logprobs": []}


def items(body: dict, behaviour) -> list[dict]:
    """What the model puts out, each item complete."""
    answered = isinstance(body["input"], list) and is_result(body["input"][-1])
    if body.get("tools") and not answered:
        called = behaviour.calls
        if called is None:
            called = [(tool["name"], instance(tool["parameters"])) for tool in body["tools"]]
        return [{"type": "function_call", "id": f"fc_{index}", "call_id": f"call_{index}",
                 "name": name, "status": "completed",
                 "arguments": json.dumps(arguments, ensure_ascii=False)}
                for index, (name, arguments) in enumerate(called)]
    return [{"type": "message", "id": "msg_0", "status": "completed", "role": "assistant",
             "content": [text_part("".join(answer_words(body, behaviour)))]}]


def response(body: dict, behaviour, status: str, output: list, usage: dict | None) -> dict:
    return {
        "id": "resp_e2e", "object": "response", "created_at": 1700000000, "status": status,
        "background": False, "error": None, "incomplete_details": None,
        "instructions": body.get("instructions"), "max_output_tokens": None,
        "metadata": body.get("metadata", {}), "model": f"{body['model']}-2024-07-18",
        "output": output, "parallel_tool_calls": True, "previous_response_id": None,
        "reasoning": {"effort": None, "summary": None}, "service_tier": "default",
        "store": body.get("store", True), "temperature": 1.0,
        "text": body.get("text", {"format": {"type": "text"}}), "tool_choice": "auto",
        "tools": body.get("tools", []), "top_p": 1.0, "truncation": "disabled", "usage": usage,
        "user": None, **behaviour.extra,
    }


def complete(body: dict, behaviour) -> dict:
    return response(body, behaviour, "completed", items(body, behaviour), usage_of(behaviour))


def message_events(item: dict, at: dict, words: list[str]) -> Iterator[dict]:
    part = {**at, "item_id": item["id"], "content_index": 0}
    yield {"type": "response.output_item.added", **at,
           "item": {**item, "status": "in_progress", "content": []}}
    yield {"type": "response.content_part.added", **part, "part": text_part("")}
    for word in words:
        yield {"type": "response.output_text.delta", **part, "delta": word, "logprobs": []}
    text = item["content"][0]["text"]
    yield {"type": "response.output_text.done", **part, "text": text, "logprobs": []}
    yield {"type": "response.content_part.done", **part, "part": item["content"][0]}
    yield {"type": "response.output_item.done", **at, "item": item}


def call_events(item: dict, at: dict) -> Iterator[dict]:
    part = {**at, "item_id": item["id"]}
    arguments = item["arguments"]
    yield {"type": "response.output_item.added", **at,
           "item": {**item, "status": "in_progress", "arguments": ""}}
    for start in range(0, len(arguments), 4):
        yield {"type": "response.function_call_arguments.delta", **part,
               "delta": arguments[start:start + 4]}
    yield {"type": "response.function_call_arguments.done", **part, "name": item["name"],
           "arguments": arguments}
    yield {"type": "response.output_item.done", **at, "item": item}


def events(body: dict, behaviour) -> Iterator[dict]:
    begun = response(body, behaviour, "in_progress", [], None)
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(items(body, behaviour)):
        at = {"output_index": index}
        if item["type"] == "message":
            yield from message_events(item, at, answer_words(body, behaviour))
        else:
            yield from call_events(item, at)
    yield {"type": "response.completed", "response": complete(body, behaviour)}


def stream(body: dict, behaviour) -> Iterator[str]:
    """The events of a stream. This API sends no [DONE]."""
    for number, event in enumerate(events(body, behaviour)):
        event["sequence_number"] = number
        data = json.dumps(event, ensure_ascii=False)
        yield f"event: {event['type']}\ndata: {data}\n\n"
