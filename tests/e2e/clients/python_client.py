"""Does with the official Python client what tests ask for: one JSON request a line on stdin, one
JSON answer a line on stdout. What a request holds: client.py."""

from __future__ import annotations

import asyncio
import json
import operator
import sys
import time

import openai
from pydantic import BaseModel


class Event(BaseModel):
    """The schema that tests ask for, the same in npm_client.cjs's jobs."""

    name: str
    guests: list[str]
    day: int


def plain(value) -> dict:
    """As the server sent it, members that the client does not know included."""
    return value.model_dump(mode="json", exclude_unset=True)


def describe(error: openai.OpenAIError) -> dict:
    response = getattr(error, "response", None)
    return {
        "class": type(error).__name__, "message": getattr(error, "message", str(error)),
        "status": getattr(error, "status_code", None), "code": getattr(error, "code", None),
        "type": getattr(error, "type", None), "param": getattr(error, "param", None),
        "request_id": getattr(error, "request_id", None),
        "headers": dict(response.headers) if response is not None else {},
    }


def method(client, path: str):
    return operator.attrgetter(path)(client)


def call(client: openai.OpenAI, job: dict) -> dict:
    owner, name = job["method"].rsplit(".", 1)
    raw = getattr(method(client, owner).with_raw_response, name)(*job["args"], **job["params"])
    data = raw.parse()
    return {"data": plain(data), "request_id": getattr(data, "_request_id", None),
            "headers": dict(raw.headers)}


def stream(client: openai.OpenAI, job: dict) -> dict:
    seen: dict = {"chunks": []}
    try:
        events = method(client, job["method"])(**job["params"], stream=True)
        for chunk in events:
            seen["chunks"].append(plain(chunk))
            if len(seen["chunks"]) == job["abort_after"]:
                seen["aborted_at"] = time.time()
                events.close()
                break
    except openai.OpenAIError as error:
        seen["error"] = describe(error)
    return seen


def gather(client: openai.OpenAI, job: dict) -> dict:
    with method(client, job["method"])(**job["params"]) as events:
        events.until_done()
        final = (events.get_final_response if job["method"].startswith("responses")
                 else events.get_final_completion)
        return {"data": plain(final())}


def parse(client: openai.OpenAI, job: dict) -> dict:
    params = {name: value for name, value in job["params"].items() if name != "schema"}
    completion = method(client, job["method"])(**params, response_format=Event)
    return {"parsed": completion.choices[0].message.parsed.model_dump()}


def together(client: openai.OpenAI, job: dict) -> dict:
    async def one(client: openai.AsyncOpenAI, params: dict) -> str:
        text = ""
        async for chunk in await method(client, job["method"])(**params, stream=True):
            text += (chunk.choices[0].delta.content or "") if chunk.choices else ""
        return text

    async def every() -> list[str]:
        async with openai.AsyncOpenAI(**options(job)) as client:
            return await asyncio.gather(*(one(client, params) for params in job["each"]))

    return {"texts": asyncio.run(every())}


JOBS = {"call": call, "stream": stream, "gather": gather, "parse": parse, "together": together}


def options(job: dict) -> dict:
    names = {"baseURL": "base_url", "apiKey": "api_key", "maxRetries": "max_retries",
             "defaultHeaders": "default_headers", "timeout": "timeout"}
    return {names[name]: value for name, value in job["client"].items()}


def answer(line: str) -> dict:
    job = json.loads(line)
    try:
        with openai.OpenAI(**options(job)) as client:
            return JOBS[job["job"]](client, job)
    except openai.OpenAIError as error:
        return {"error": describe(error)}


if __name__ == "__main__":
    for request in sys.stdin:
        print(json.dumps(answer(request)), flush=True)
