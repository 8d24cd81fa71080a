"""POST /v1/chat/completions, as JSON and as a stream."""

from __future__ import annotations

import json
from typing import Any, Iterator

CREATED = 1700000000


def text_of(content: Any) -> str:
    """A message's content, its parts named one by one."""
    if content is None or isinstance(content, str):
        return content or ""
    said = []
    for part in content:
        kind = part["type"]
        said.append(part["text"] if kind == "text" else f"[{kind}: {json.dumps(part[kind])}]")
    return " ".join(said)


def instance(schema: dict) -> Any:
    """The plainest value that a JSON schema allows."""
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type")
    if kind == "object":
        return {name: instance(inner) for name, inner in schema["properties"].items()}
    if kind == "array":
        return [instance(schema["items"])]
    return {"string": "Größe", "integer": 7, "number": 2.5, "boolean": True}.get(kind)


def answer_words(body: dict, behaviour) -> list[str]:
    if behaviour.words is not None:
        return behaviour.words
    wanted = body.get("response_format") or {}
    if wanted.get("type") == "json_schema":
        text = json.dumps(instance(wanted["json_schema"]["schema"]), ensure_ascii=False)
        return [text[at:at + 5] for at in range(0, len(text), 5)]
    last = body["messages"][-1]
    words = f"You said: {text_of(last.get('content'))}".split(" ")
    return [words[0], *(f" {word}" for word in words[1:])]


def tool_calls(body: dict, behaviour) -> list[dict]:
    """Unless the results are there already."""
    if not body.get("tools") or body["messages"][-1]["role"] == "tool":
        return []
    called = behaviour.calls
    if called is None:
        functions = [tool["function"] for tool in body["tools"]]
        called = [(function["name"], instance(function["parameters"])) for function in functions]
    return [{"id": f"call_{index}", "type": "function",
             "function": {"name": name, "arguments": json.dumps(arguments, ensure_ascii=False)}}
            for index, (name, arguments) in enumerate(called)]


def finish_reason(body: dict, behaviour) -> str:
    return behaviour.finish_reason or ("tool_calls" if tool_calls(body, behaviour) else "stop")


def complete(body: dict, behaviour) -> dict:
    calls = tool_calls(body, behaviour)
    message = {"role": "assistant", "content": None, "refusal": None, "annotations": []}
    if calls:
        message["tool_calls"] = calls
    elif behaviour.refusal is not None:
        message["refusal"] = "".join(behaviour.refusal)
    else:
        message["content"] = "".join(answer_words(body, behaviour))
    if behaviour.thoughts:
        message["reasoning_content"] = "".join(behaviour.thoughts)
    return {
        "id": "chatcmpl-e2e", "object": "chat.completion", "created": CREATED,
        "model": f"{body['model']}-2024-07-18",
        "choices": [{"index": 0, "message": message, "logprobs": None,
                     "finish_reason": finish_reason(body, behaviour)}],
        "usage": behaviour.usage, "service_tier": "default", "system_fingerprint": "fp_e2e",
        **behaviour.extra,
    }


def deltas(body: dict, behaviour) -> Iterator[dict]:
    calls = tool_calls(body, behaviour)
    yield {"role": "assistant", "content": None if calls else "", "refusal": None}
    for word in behaviour.thoughts:
        yield {"reasoning_content": word}
    for index, call in enumerate(calls):
        arguments = call["function"]["arguments"]
        begun = {**call, "index": index, "function": {**call["function"], "arguments": ""}}
        yield {"tool_calls": [begun]}
        for at in range(0, len(arguments), 4):
            yield {"tool_calls": [{"index": index,
                                   "function": {"arguments": arguments[at:at + 4]}}]}
    if behaviour.refusal is not None:
        for word in behaviour.refusal:
            yield {"refusal": word}
    elif not calls:
        for word in answer_words(body, behaviour):
            yield {"content": word}


def stream(body: dict, behaviour) -> Iterator[str]:
    """The events of a stream, [DONE] included."""
    counted = bool((body.get("stream_options") or {}).get("include_usage"))

    def chunk(choices: list, usage: Any = None) -> str:
        value = {"id": "chatcmpl-e2e", "object": "chat.completion.chunk", "created": CREATED,
                 "model": f"{body['model']}-2024-07-18", "service_tier": "default",
                 "system_fingerprint": "fp_e2e", "choices": choices, **behaviour.extra}
        if counted:
            value["usage"] = usage
        return f"data: {json.dumps(value, ensure_ascii=False)}\n\n"

    def choice(delta: dict, reason: str | None = None) -> list[dict]:
        return [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}]

    for delta in deltas(body, behaviour):
        yield chunk(choice(delta))
    yield chunk(choice({}, finish_reason(body, behaviour)))
    if counted:
        yield chunk([], behaviour.usage)
    yield "data: [DONE]\n\n"
