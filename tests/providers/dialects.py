"""The three dialects that a model is spoken to in, as a client uses them: requests with text, tools
or an image, and what an answer or a whole event stream says, told in one form for all of them.
"""

import json
from dataclasses import dataclass, field

from upstream import events_of

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PNG = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)
IMAGE_URL = f"data:image/png;base64,{PNG}"
# A turn that has been: the model asked for the weather in Paris and was told.
CALL_ID, ARGUMENTS, RESULT = "call_1", {"city": "Paris"}, "Sunny."
QUESTION = "How is the weather?"


@dataclass
class Said:
    """What a model said. end: "stop", "tools": it waits for the results of its calls, or "refused"."""

    text: str = ""
    calls: list = field(default_factory=list)  # (name, arguments)
    usage: tuple | None = None  # tokens of the prompt, all of them, and of the answer
    end: str = "stop"
    thoughts: str = ""


def data_of(stream):
    """The JSON of a stream's events, in order."""
    return [json.loads(data) for data in events_of(stream) if data != "[DONE]"]


class Chat:
    name, path, check = "chat", "/v1/chat/completions", "chat"

    @staticmethod
    def request(case, stream):
        content = QUESTION
        if case == "image":
            content = [
                {"type": "text", "text": QUESTION},
                {"type": "image_url", "image_url": {"url": IMAGE_URL}},
            ]
        messages = [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": content},
        ]
        body = {"messages": messages}
        if case == "tools":
            function = {"name": "get_weather", "arguments": json.dumps(ARGUMENTS)}
            call = {"id": CALL_ID, "type": "function", "function": function}
            messages.append({"role": "assistant", "content": None, "tool_calls": [call]})
            messages.append({"role": "tool", "tool_call_id": CALL_ID, "content": RESULT})
            tool = {"name": "get_weather", "description": "Tells it.", "parameters": SCHEMA}
            body["tools"] = [{"type": "function", "function": tool}]
        if stream:
            body |= {"stream": True, "stream_options": {"include_usage": True}}
        return body

    @staticmethod
    def usage(document):
        usage = document.get("usage")
        return (usage["prompt_tokens"], usage["completion_tokens"]) if usage else None

    @classmethod
    def said(cls, answer):
        choice = answer["choices"][0]
        calls = choice["message"].get("tool_calls") or []
        return Said(
            choice["message"].get("content") or "",
            [(one["function"]["name"], json.loads(one["function"]["arguments"])) for one in calls],
            cls.usage(answer),
            {"stop": "stop", "tool_calls": "tools"}[choice["finish_reason"]],
        )

    @classmethod
    def said_in(cls, stream):
        said, calls = Said(), {}
        for chunk in data_of(stream):
            said.usage = cls.usage(chunk) or said.usage
            for choice in chunk["choices"]:
                said.text += choice["delta"].get("content") or ""
                for part in choice["delta"].get("tool_calls") or []:
                    call = calls.setdefault(part["index"], ["", ""])
                    call[0] += part["function"].get("name") or ""
                    call[1] += part["function"].get("arguments") or ""
                if reason := choice.get("finish_reason"):
                    said.end = {"stop": "stop", "tool_calls": "tools"}[reason]
        said.calls = [(name, json.loads(arguments)) for name, arguments in calls.values()]
        return said

    @staticmethod
    def error(document):
        """The message of an error's envelope, after checking that it is one."""
        assert list(document) == ["error"], document
        assert list(document["error"]) == ["type", "message", "param", "code"], document
        return document["error"]["message"]

    @staticmethod
    def broken_off(stream):
        """What a stream said before it failed, and how the failure was told."""
        *chunks, last = data_of(stream)
        text = "".join(choice["delta"].get("content") or ""
                       for chunk in chunks for choice in chunk["choices"])
        return text, last["error"]["message"]


class Responses:
    name, path, check = "responses", "/v1/responses", "responses"

    @staticmethod
    def request(case, stream):
        content = [{"type": "input_text", "text": QUESTION}]
        if case == "image":
            content.append({"type": "input_image", "image_url": IMAGE_URL, "detail": "auto"})
        body = {"instructions": "Be brief.", "input": [{"role": "user", "content": content}]}
        if case == "tools":
            body["input"] += [
                {"type": "function_call", "call_id": CALL_ID, "name": "get_weather",
                 "arguments": json.dumps(ARGUMENTS)},
                {"type": "function_call_output", "call_id": CALL_ID, "output": RESULT},
            ]
            body["tools"] = [{"type": "function", "name": "get_weather", "parameters": SCHEMA,
                              "description": "Tells it.", "strict": False}]
        return body | ({"stream": True} if stream else {})

    @staticmethod
    def said(answer):
        assert answer["status"] == "completed", answer
        said = Said()
        for item in answer["output"]:
            if item["type"] == "message":
                said.text += "".join(part["text"] for part in item["content"])
            elif item["type"] == "function_call":
                said.calls.append((item["name"], json.loads(item["arguments"])))
        usage = answer["usage"]
        said.usage = (usage["input_tokens"], usage["output_tokens"]) if usage else None
        said.end = "tools" if said.calls else "stop"
        return said

    @classmethod
    def said_in(cls, stream):
        """What the deltas say has to be what the last event repeats."""
        text, names, arguments = "", {}, {}
        events = data_of(stream)
        for event in events:
            if event["type"] == "response.output_item.added":
                names[event["output_index"]] = event["item"].get("name")
            elif event["type"] == "response.output_text.delta":
                text += event["delta"]
            elif event["type"] == "response.function_call_arguments.delta":
                index = event["output_index"]
                arguments[index] = arguments.get(index, "") + event["delta"]
        said = cls.said(events[-1]["response"])
        calls = [(names[at], json.loads(json_text)) for at, json_text in sorted(arguments.items())]
        assert (text, calls) == (said.text, said.calls)
        return said

    error = Chat.error

    @staticmethod
    def broken_off(stream):
        events = data_of(stream)
        text = "".join(event["delta"] for event in events
                       if event["type"] == "response.output_text.delta")
        [last] = [event for event in events if event["type"] == "error"]
        return text, last["message"]


class Messages:
    name, path, check = "messages", "/v1/messages", "messages"

    @staticmethod
    def request(case, stream):
        content = [{"type": "text", "text": QUESTION}]
        if case == "image":
            source = {"type": "base64", "media_type": "image/png", "data": PNG}
            content.append({"type": "image", "source": source})
        body = {"max_tokens": 100, "system": "Be brief.",
                "messages": [{"role": "user", "content": content}]}
        if case == "tools":
            body["messages"] += [
                {"role": "assistant", "content": [{"type": "tool_use", "id": CALL_ID,
                                                   "name": "get_weather", "input": ARGUMENTS}]},
                {"role": "user", "content": [{"type": "tool_result", "tool_use_id": CALL_ID,
                                              "content": RESULT}]},
            ]
            body["tools"] = [
                {"name": "get_weather", "description": "Tells it.", "input_schema": SCHEMA}
            ]
        return body | ({"stream": True} if stream else {})

    @staticmethod
    def usage(usage):
        """Anthropic does not count what was read from a cache or written to it as input."""
        parts = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
        return sum(usage.get(part) or 0 for part in parts), usage["output_tokens"]

    @classmethod
    def said(cls, answer):
        blocks = answer["content"]
        return Said(
            "".join(block["text"] for block in blocks if block["type"] == "text"),
            [(block["name"], block["input"]) for block in blocks if block["type"] == "tool_use"],
            cls.usage(answer["usage"]),
            {"end_turn": "stop", "tool_use": "tools"}[answer["stop_reason"]],
        )

    @classmethod
    def said_in(cls, stream):
        message, inputs = None, {}
        for event in data_of(stream):
            kind, index = event["type"], event.get("index")
            if kind == "message_start":
                message = event["message"]
            elif kind == "content_block_start":
                message["content"].append(event["content_block"])
            elif kind == "content_block_delta":
                delta = event["delta"]
                if delta["type"] == "text_delta":
                    message["content"][index]["text"] += delta["text"]
                elif delta["type"] == "input_json_delta":
                    inputs[index] = inputs.get(index, "") + delta["partial_json"]
            elif kind == "message_delta":
                message["stop_reason"] = event["delta"]["stop_reason"]
                message["usage"] |= event["usage"]
        for index, text in inputs.items():
            message["content"][index]["input"] = json.loads(text or "{}")
        return cls.said(message)

    @staticmethod
    def error(document):
        assert document["type"] == "error", document
        assert list(document["error"]) == ["type", "message"], document
        return document["error"]["message"]

    @classmethod
    def broken_off(cls, stream):
        events = data_of(stream)
        text = "".join(event["delta"].get("text", "") for event in events
                       if event["type"] == "content_block_delta")
        return text, cls.error(events[-1])


DIALECTS = {dialect.name: dialect for dialect in (Chat, Responses, Messages)}
