"""The vendors' servers, played for tests: which API a request is for, whether it says what a client
said, and answers in that API with each vendor's own habits. What the fixtures of a plugin record is
taken from there.
"""

import json
from pathlib import Path
from urllib.parse import urlsplit

from dialects import ARGUMENTS, CALL_ID, IMAGE_URL, PNG, QUESTION, RESULT, SCHEMA, Said
from upstream import LAST_CHUNK, STREAM_HEAD, Upstream, chunk, response

PROVIDERS = Path(__file__).parents[2] / "plugins" / "providers"
# Each plugin, but for the one that has no vendor, and the exchange in which its vendor refuses.
REFUSALS = {
    "anthropic": "chat-error",
    "azure": "wrong-key",
    "deepseek": "no-balance",
    "gemini": "wrong-key",
    "groq": "rate-limited",
    "minimax": "wrong-key",
    "ollama": "unknown-model",
    "openai": "wrong-key",
    "openrouter": "provider-error",
    "oracle": "wrong-key",
    "vllm": "unknown-model",
    "xai": "wrong-key",
    "zai": "too-many",
}
# How their chat streams differ.
ROLE_IN_EVERY_DELTA = {"gemini", "minimax", "ollama", "openrouter", "xai", "zai"}
CALLS_IN_ONE_PIECE = {"gemini", "groq", "ollama", "xai"}
REASONING = {"deepseek", "xai", "zai"}
THOUGHTS_IN_REASONING = {"groq", "ollama", "openrouter"}  # the others: in reasoning_content
REFUSAL_OF_ITS_OWN = {"azure", "openai", "openrouter", "oracle"}  # a member of the message
USAGE_BESIDE_THE_FINISH = {"deepseek", "zai"}
COMMENTS = {"deepseek", "openrouter"}

MODEL = "model-1"
TEXT_AND_CALLS = Said(
    "I look at both.", [("get_weather", {"city": "Größe"}), ("get_weather", {"city": "B"})],
    (20, 7), "tools",
)
TEXT = Said("A pixel.", [], (20, 7), "stop")
REFUSED = Said("I would rather not say.", [], (20, 7), "refused")
FAILURE = "The engine is overloaded."


def read(file):
    return json.loads(file.read_text())


def api_of(seen):
    """The API that a request is for, by its path."""
    path = urlsplit(seen.line.split(" ")[1]).path
    ends = {"/chat/completions": "chat", "/responses": "responses", "/messages": "messages",
            "/embeddings": "embeddings", "/api/embed": "embeddings"}
    return next(api for end, api in ends.items() if path.endswith(end))


def sse(data, name=None):
    head = f"event: {name}\n" if name else ""
    return f"{head}data: {data if isinstance(data, str) else json.dumps(data)}\n\n".encode()


class Vendor:
    """One vendor's server. What it does with the next request is `reply(peer, seen)`."""

    def __init__(self, name):
        self.name = name
        self.fixtures = PROVIDERS / name / "fixtures"
        self.reply = None
        self.upstream = Upstream(self._serve)

    def _serve(self, peer):
        while True:
            seen = peer.read_request()
            self.reply(peer, seen)

    def instance(self):
        """The entry of `providers` that asks this server."""
        schema = read(PROVIDERS / self.name / "schema.json")
        usual = self.fixtures / ("chat-versionless" if self.name == "azure" else "chat")
        options = read(usual / "config.json") if (usual / "config.json").exists() else {}
        url = options.get("base_url", schema["properties"]["base_url"].get("default", ""))
        options["base_url"] = self.upstream.url.removesuffix("/v1") + urlsplit(url).path
        return {"type": self.name, "models": [MODEL, *self._embedding_model()], **options}

    def _embedding_model(self):
        op = self.fixtures / "embeddings" / "op.json"
        return [read(op)["model"]] if op.exists() else []

    def recorded(self, fixture):
        """The answer of a recorded exchange: its status, and its body as bytes."""
        step = read(self.fixtures / fixture / "steps" / "01.json")["response"]
        if "body" in step:
            return step["status"], json.dumps(step["body"]).encode()
        return step["status"], (self.fixtures / fixture / "steps" / "01.sse").read_bytes()

    def said(self, api, stream, said):
        """The body of an answer, or of a stream, that says this."""
        if stream:
            return b"".join(STREAMS[api](said, self.name))
        return json.dumps(ANSWERS[api](said)).encode()

    def begun(self, api):
        """The events of a stream up to the text."""
        events = STREAMS[api](TEXT, self.name)
        text = next(at for at, event in enumerate(events) if TEXT.text.encode() in event)
        return events[: text + 1]

    def broken_stream(self, api):
        """Some text, and the vendor's word that it failed."""
        events = self.begun(api)
        failures = {
            "chat": sse({"error": {"message": FAILURE, "type": "server_error", "code": 500}}),
            "responses": sse({"type": "error", "code": "server_error", "message": FAILURE,
                              "param": None, "sequence_number": len(events)}, "error"),
            "messages": sse({"type": "error", "error": {"type": "overloaded_error",
                                                        "message": FAILURE}}, "error"),
        }
        return b"".join(events) + failures[api]


def pieces_of(text):
    """What is longer than a word or two comes in two pieces."""
    return [text[:5], text[5:]] if len(text) > 10 else [text]


def sent_on(events):
    """What goes to clients of a chat stream's events: only the first delta has the role."""
    spoken = set()
    for event in events:
        for choice in event.get("choices") or []:
            if "role" in choice["delta"] and choice["index"] in spoken:
                del choice["delta"]["role"]
            spoken.add(choice["index"])
    return events


def streamed(body):
    """The bytes of an answer that is an event stream, every event in a chunk of its own."""
    events = [event + b"\n\n" for event in body.split(b"\n\n") if event]
    return STREAM_HEAD + b"".join(map(chunk, events)) + LAST_CHUNK


def answered(body, status=200):
    return response(body, f"{status} Recorded")


# What the request has to say in each API.


def says_tools(api, body):
    """The tool, the call that was made of it and its result."""
    if api == "messages":
        assert body["tools"][0]["name"] == "get_weather"
        assert body["tools"][0]["input_schema"] == SCHEMA
        blocks = [block for message in body["messages"] if isinstance(message["content"], list)
                  for block in message["content"]]
        [call] = [block for block in blocks if block["type"] == "tool_use"]
        [result] = [block for block in blocks if block["type"] == "tool_result"]
        assert (call["id"], call["name"], call["input"]) == (CALL_ID, "get_weather", ARGUMENTS)
        assert result["tool_use_id"] == CALL_ID and RESULT in json.dumps(result["content"])
        return
    if api == "responses":
        assert body["tools"][0]["name"] == "get_weather"
        assert body["tools"][0]["parameters"] == SCHEMA
        _, call, result = body["input"]
        assert call["name"] == "get_weather" and json.loads(call["arguments"]) == ARGUMENTS
        assert call["call_id"] == result["call_id"] == CALL_ID and result["output"] == RESULT
        return
    function = body["tools"][0]["function"]
    assert function["name"] == "get_weather" and function["parameters"] == SCHEMA
    [call] = next(message["tool_calls"] for message in body["messages"] if "tool_calls" in message)
    assert (call["id"], call["function"]["name"]) == (CALL_ID, "get_weather")
    assert json.loads(call["function"]["arguments"]) == ARGUMENTS
    result = next(message for message in body["messages"] if message["role"] == "tool")
    assert result["tool_call_id"] == CALL_ID and RESULT in json.dumps(result["content"])


def says_image(api, body):
    turns = body["input"] if api == "responses" else body["messages"]
    [parts] = [turn["content"] for turn in turns if isinstance(turn["content"], list)]
    text, image = parts
    assert text["text"] == QUESTION
    if api == "messages":
        source = {"type": "base64", "media_type": "image/png", "data": PNG}
        assert (image["type"], image["source"]) == ("image", source)
    elif api == "responses":
        assert (image["type"], image["image_url"]) == ("input_image", IMAGE_URL)
    else:
        assert (image["type"], image["image_url"]["url"]) == ("image_url", IMAGE_URL)


# Answers in each API.


def chat_calls(said):
    for index, (name, arguments) in enumerate(said.calls):
        text = json.dumps(arguments)
        yield {"index": index, "id": f"call_{index}", "type": "function",
               "function": {"name": name, "arguments": text}}


def chat_usage(said):
    prompt, completion = said.usage
    return {"prompt_tokens": prompt, "completion_tokens": completion,
            "total_tokens": prompt + completion}


def chat_finish(said, vendor):
    if said.end == "refused":
        return "stop" if vendor in REFUSAL_OF_ITS_OWN else "content_filter"
    return CHAT_FINISH[said.end]


CHAT_FINISH = {"stop": "stop", "tools": "tool_calls"}


def chat_answer(said):
    message = {"role": "assistant", "content": said.text}
    if said.calls:
        message["tool_calls"] = list(chat_calls(said))
    choice = {"index": 0, "message": message, "finish_reason": CHAT_FINISH[said.end]}
    return {"id": "c", "object": "chat.completion", "created": 1, "model": MODEL,
            "choices": [choice], "usage": chat_usage(said)}


def chat_stream(said, vendor):
    def event(*choices, **rest):
        return sse({"id": "c", "object": "chat.completion.chunk", "created": 1, "model": MODEL,
                    "choices": list(choices), **rest})

    role = {"role": "assistant"}
    often = role if vendor in ROLE_IN_EVERY_DELTA else {}

    def delta(**members):
        return event({"index": 0, "delta": often | members, "finish_reason": None})

    events = [b": keep-alive\n\n"] if vendor in COMMENTS else []
    if vendor == "azure":
        events.append(sse({"choices": [], "created": 0, "id": "", "model": "", "object": "",
                           "prompt_filter_results": [{"prompt_index": 0}]}))
    events.append(delta(**role, content=None if vendor in REASONING else ""))
    thinking = "reasoning" if vendor in THOUGHTS_IN_REASONING else "reasoning_content"
    if thoughts := said.thoughts or ("Hm." if vendor in REASONING else ""):
        events += [delta(**{thinking: piece}) for piece in pieces_of(thoughts)]
    refuses = said.end == "refused" and vendor in REFUSAL_OF_ITS_OWN
    for piece in pieces_of(said.text):
        events.append(delta(refusal=piece) if refuses else delta(content=piece))
    for call in chat_calls(said):
        if vendor in CALLS_IN_ONE_PIECE:
            events.append(delta(tool_calls=[call]))
            continue
        arguments = call["function"].pop("arguments")
        events.append(delta(tool_calls=[call | {"function": call["function"] | {"arguments": ""}}]))
        for part in (arguments[:3], arguments[3:]):
            events.append(delta(tool_calls=[{"index": call["index"],
                                             "function": {"arguments": part}}]))
    usage = {"usage": chat_usage(said)}
    beside = vendor in USAGE_BESIDE_THE_FINISH
    events.append(event({"index": 0, "delta": often, "finish_reason": chat_finish(said, vendor)},
                        **(usage if beside else {})))
    if not beside:
        events.append(event(**usage))
    return [*events, sse("[DONE]")]


def response_items(said):
    part = {"type": "output_text", "text": said.text, "annotations": [], "logprobs": []}
    if said.end == "refused":
        part = {"type": "refusal", "refusal": said.text}
    if said.thoughts:
        yield {"type": "reasoning", "id": "rs_0", "status": "completed",
               "summary": [{"type": "summary_text", "text": said.thoughts}]}
    yield {"type": "message", "id": "msg_0", "status": "completed", "role": "assistant",
           "content": [part]}
    for index, (name, arguments) in enumerate(said.calls):
        yield {"type": "function_call", "id": f"fc_{index}", "call_id": f"call_{index}",
               "name": name, "arguments": json.dumps(arguments), "status": "completed"}


def responses_answer(said, status="completed"):
    prompt, completion = said.usage
    done = status == "completed"
    usage = {"input_tokens": prompt, "input_tokens_details": {"cached_tokens": 0},
             "output_tokens": completion, "output_tokens_details": {"reasoning_tokens": 0},
             "total_tokens": prompt + completion}
    return {"id": "resp_1", "object": "response", "created_at": 1, "status": status, "model": MODEL,
            "output": list(response_items(said)) if done else [], "usage": usage if done else None}


def responses_stream(said, vendor):
    events = []

    def event(type, **members):
        data = {"type": type, "sequence_number": len(events), **members}
        events.append(sse(data, type))

    event("response.created", response=responses_answer(said, "in_progress"))
    event("response.in_progress", response=responses_answer(said, "in_progress"))
    for at, item in enumerate(response_items(said)):
        place = {"output_index": at, "item_id": item["id"]}
        empty = {"function_call": {"arguments": ""}, "message": {"content": []},
                 "reasoning": {"summary": []}}[item["type"]]
        started = item | {"status": "in_progress"} | empty
        event("response.output_item.added", output_index=at, item=started)
        if item["type"] == "function_call":
            event("response.function_call_arguments.delta", **place, delta=item["arguments"][:3])
            event("response.function_call_arguments.delta", **place, delta=item["arguments"][3:])
            event("response.function_call_arguments.done", **place, arguments=item["arguments"])
        elif item["type"] == "reasoning":
            place["summary_index"] = 0
            [part] = item["summary"]
            event("response.reasoning_summary_part.added", **place, part=part | {"text": ""})
            for piece in pieces_of(said.thoughts):
                event("response.reasoning_summary_text.delta", **place, delta=piece)
            event("response.reasoning_summary_text.done", **place, text=said.thoughts)
            event("response.reasoning_summary_part.done", **place, part=part)
        else:
            place["content_index"] = 0
            [part] = item["content"]
            kind = "refusal" if part["type"] == "refusal" else "output_text"
            member = "refusal" if part["type"] == "refusal" else "text"
            event("response.content_part.added", **place, part=part | {member: ""})
            for piece in pieces_of(said.text):
                event(f"response.{kind}.delta", **place, delta=piece)
            event(f"response.{kind}.done", **place, **{member: said.text})
            event("response.content_part.done", **place, part=part)
        event("response.output_item.done", output_index=at, item=item)
    event("response.completed", response=responses_answer(said))
    return events


MESSAGES_STOP = {"stop": "end_turn", "tools": "tool_use", "refused": "refusal"}


def messages_answer(said):
    blocks = [{"type": "text", "text": said.text}]
    if said.thoughts:
        blocks.insert(0, {"type": "thinking", "thinking": said.thoughts, "signature": "EqQBCg"})
    for index, (name, arguments) in enumerate(said.calls):
        blocks.append(
            {"type": "tool_use", "id": f"toolu_{index}", "name": name, "input": arguments})
    return {"id": "msg_1", "type": "message", "role": "assistant", "model": MODEL,
            "content": blocks, "stop_reason": MESSAGES_STOP[said.end], "stop_sequence": None,
            "usage": {"input_tokens": said.usage[0], "output_tokens": said.usage[1]}}


def messages_stream(said, vendor):
    def event(type, **members):
        return sse({"type": type, **members}, type)

    whole = messages_answer(said)
    usage = {"input_tokens": said.usage[0], "output_tokens": 1}
    start = whole | {"content": [], "stop_reason": None, "usage": usage}
    events = [event("message_start", message=start), event("ping")]
    for index, block in enumerate(whole["content"]):
        if block["type"] == "text":
            empty = {"text": ""}
            deltas = [{"type": "text_delta", "text": piece} for piece in pieces_of(block["text"])]
        elif block["type"] == "thinking":
            empty = {"thinking": "", "signature": ""}
            deltas = [{"type": "thinking_delta", "thinking": piece}
                      for piece in pieces_of(block["thinking"])]
            deltas.append({"type": "signature_delta", "signature": block["signature"]})
        else:
            text = json.dumps(block["input"])
            empty = {"input": {}}
            deltas = [{"type": "input_json_delta", "partial_json": part}
                      for part in ("", text[:3], text[3:])]
        events.append(event("content_block_start", index=index, content_block=block | empty))
        events += [event("content_block_delta", index=index, delta=delta) for delta in deltas]
        events.append(event("content_block_stop", index=index))
    events.append(event("message_delta", usage={"output_tokens": said.usage[1]},
                        delta={"stop_reason": whole["stop_reason"], "stop_sequence": None}))
    return [*events, event("message_stop")]


ANSWERS = {"chat": chat_answer, "responses": responses_answer, "messages": messages_answer}
STREAMS = {"chat": chat_stream, "responses": responses_stream, "messages": messages_stream}
