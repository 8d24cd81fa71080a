"""Every provider in every dialect, as JSON and as a stream: text, tools, images, errors and clients
that hang up. What comes of it is the table in docs/providers.md, which has to be this one.

Streams are held to the grammar (docs/stream-grammar.md): what is relayed as strictly as upstreams
are, what is translated as strictly as we are.
"""

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from dialects import DIALECTS, data_of
from gateway import Gateway, config_for, request
from stream_grammar import broken_rules
from vendors import (FAILURE, MODEL, PROVIDERS, REFUSALS, ROLE_IN_EVERY_DELTA, TEXT, TEXT_AND_CALLS,
                     Vendor, answered, api_of, read, says_image, says_tools, sent_on, streamed)

DOCS = Path(__file__).parents[2] / "docs" / "providers.md"
HEADING = "## What comes of a request"
CASES_HEADING = "### What was played"
COLUMNS = [(name, stream) for name in DIALECTS for stream in (False, True)]
# How a dialect is served, by the API that the vendor is asked in.
SERVED = {
    ("chat", "chat"): "as it is",
    ("chat", "messages"): "translated",
    ("responses", "responses"): "as it is",
    ("responses", "chat"): "over chat",
    ("responses", "messages"): "over chat, translated",
    ("messages", "messages"): "as it is",
    ("messages", "chat"): "over chat",
}


class Running:
    """The gateway, and a server for each vendor."""

    def __init__(self):
        self.vendors = {name: Vendor(name) for name in REFUSALS}
        config = config_for("http://127.0.0.1:9/v1", metrics={"enabled": True})
        config["providers"] = {name: one.instance() for name, one in self.vendors.items()}
        self.gateway = Gateway(config)
        self.asked = 0
        self.passed = Counter()  # (vendor, case): dialects and forms

    def request_id(self):
        """Of the last request, as the access log has it."""
        return f"matrix-{self.asked}"

    def close(self):
        for vendor in self.vendors.values():
            vendor.upstream.close()

    def send(self, client, vendor, path, body):
        self.asked += 1
        body = {"model": f"{vendor}/{MODEL}"} | body
        client.send(request("POST", path, body, [f"X-Request-ID: {self.request_id()}"]))

    def ask(self, vendor, dialect, body, reply):
        """Asks in this dialect; the answer, and what the vendor was sent for it."""
        server = self.vendors[vendor]
        server.reply = lambda peer, seen: peer.send(reply(api_of(seen)))
        with self.gateway.connect() as client:
            self.send(client, vendor, dialect.path, body)
            answer = client.read_head()
            try:
                answer.body = (client.read_exactly(int(answer.headers["content-length"]))
                               if "content-length" in answer.headers else read_chunks(client))
            except EOFError as cut_off:
                answer.body = cut_off.args[0]
        return answer, server.upstream.next_request()


def read_chunks(client):
    """A body of chunks. One that breaks off is what came of it, in an EOFError."""
    body = b""
    try:
        while part := client.read_chunk():
            body += part
    except EOFError:
        raise EOFError(body) from None
    return body


@pytest.fixture(scope="module")
def running():
    running = Running()
    try:
        with running.gateway:
            yield running
    finally:
        running.close()


def cell(vendor, name, stream):
    form = "stream" if stream else "json"
    return pytest.param(vendor, DIALECTS[name], stream, id=f"{vendor}-{name}-{form}")


EVERY_CELL = pytest.mark.parametrize(
    "vendor, dialect, stream",
    [cell(vendor, name, stream) for vendor in REFUSALS for name, stream in COLUMNS],
)


def check_stream(dialect, body, own):
    assert broken_rules(dialect.check, body, upstream=not own) == [], body.decode()


def whole(stream, body):
    return streamed(body) if stream else answered(body)


def said_in(dialect, stream, body):
    return dialect.said_in(body) if stream else dialect.said(json.loads(body))


def check_answer(answer, dialect, stream, served, expected, vendors):
    """What the client got says what was expected, and is the vendor's own if it is said to be."""
    assert answer.status == 200, answer.body
    if served == "as it is":
        if stream:
            assert data_of(answer.body) == sent_on(data_of(vendors))
        else:
            assert json.loads(answer.body) == json.loads(vendors)
    if stream:
        check_stream(dialect, answer.body, own=served != "as it is")
    said = said_in(dialect, stream, answer.body)
    assert (said.text, said.calls, said.end) == (expected.text, expected.calls, expected.end)
    if expected.usage is None:  # Anthropic's dialect has no answer without it
        assert said.usage in (None, (0, 0))
    else:
        assert said.usage == expected.usage


# The fixture of a plugin that has the vendor's answer, by the API and whether it is a stream.
RECORDED = {
    ("chat", False): "chat",
    ("chat", True): "chat-stream",
    ("responses", False): "responses",
    ("messages", False): "chat",
    ("messages", True): "stream",
}


@cache
def text(running, vendor, dialect, stream):
    """Asks for text; how the request was served. The vendor's answer is a recorded one, if there is
    one."""
    server = running.vendors[vendor]

    def body(api):
        fixture = RECORDED.get((api, stream))
        if fixture and (server.fixtures / fixture).exists():
            return server.recorded(fixture)[1]
        return server.said(api, stream, TEXT)

    answer, seen = running.ask(vendor, dialect, dialect.request("text", stream),
                               lambda api: whole(stream, body(api)))
    api = api_of(seen)
    served = SERVED[dialect.name, api]
    expected = said_in(DIALECTS[api], stream, body(api))
    check_answer(answer, dialect, stream, served, expected, body(api))
    return served


@EVERY_CELL
def test_text(running, vendor, dialect, stream):
    text(running, vendor, dialect, stream)
    running.passed[vendor, "text"] += 1


@EVERY_CELL
@pytest.mark.parametrize("case, said, says", [("tools", TEXT_AND_CALLS, says_tools),
                                              ("image", TEXT, says_image)], ids=["tools", "image"])
def test_parts(running, vendor, dialect, stream, case, said, says):
    """A tool with its result, and two calls at once; an image."""
    server = running.vendors[vendor]
    answer, seen = running.ask(vendor, dialect, dialect.request(case, stream),
                               lambda api: whole(stream, server.said(api, stream, said)))
    api = api_of(seen)
    says(api, seen.json())
    served = SERVED[dialect.name, api]
    check_answer(answer, dialect, stream, served, said, server.said(api, stream, said))
    running.passed[vendor, case] += 1


def tells_nothing_secret(body, server):
    for secret in (f":{server.upstream.port}", "127.0.0.1", server.instance().get("api_key")):
        assert secret is None or secret.encode() not in body, body


@EVERY_CELL
def test_refusals(running, vendor, dialect, stream):
    """The vendor's recorded refusal, in the envelope of the client's dialect."""
    server = running.vendors[vendor]
    status, body = server.recorded(REFUSALS[vendor])
    answer, _ = running.ask(vendor, dialect, dialect.request("text", stream),
                            lambda api: answered(body, status))
    assert answer.status == status
    message = dialect.error(json.loads(answer.body))
    assert message and message[0] not in "{["
    tells_nothing_secret(answer.body, server)
    running.passed[vendor, "error"] += 1


@pytest.mark.parametrize("vendor", REFUSALS)
@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_streams_that_fail(running, vendor, dialect):
    """What was said before comes; then the failure, as clients of the dialect look for it."""
    server = running.vendors[vendor]
    answer, seen = running.ask(vendor, dialect, dialect.request("text", True),
                               lambda api: streamed(server.broken_stream(api)))
    assert answer.status == 200
    served = SERVED[dialect.name, api_of(seen)]
    check_stream(dialect, answer.body, own=served != "as it is")
    said, message = dialect.broken_off(answer.body)
    assert said == TEXT.text and FAILURE in message
    assert running.gateway.wait_record(running.request_id())["end"] == "upstream_failed"
    tells_nothing_secret(answer.body, server)
    running.passed[vendor, "error midway"] += 1


@EVERY_CELL
def test_clients_that_hang_up(running, vendor, dialect, stream):
    """The vendor's server is hung up on, too: nothing more is paid for."""
    server = running.vendors[vendor]

    def reply(peer, seen):
        if stream:
            sent = streamed(server.said(api_of(seen), True, TEXT))
            peer.send(sent[: sent.index(TEXT.text.encode()) + 200])
        peer.wait_closed()
        peer.upstream.seen.put("closed")

    server.reply = reply
    with running.gateway.connect() as client:
        running.send(client, vendor, dialect.path, dialect.request("text", stream))
        server.upstream.next_request()
        if stream:
            client.read_until(TEXT.text.encode())
    assert server.upstream.next_request() == "closed"
    assert running.gateway.wait_record(running.request_id())["end"] == "client_gone"
    running.passed[vendor, "abort"] += 1


@cache
def embeddings(running, vendor):
    """How a request for embeddings is served, as recorded."""
    server = running.vendors[vendor]
    recorded = server.fixtures / "embeddings"
    body = {"model": f"{vendor}/{MODEL}", "input": "a"}
    if not recorded.exists():
        with running.gateway.connect() as client:
            answer = client.send(request("POST", "/v1/embeddings", body)).answer()
        assert answer.status == 400
        assert answer.error()["message"] == f"{vendor} does not support embeddings"
        assert server.upstream.seen.empty()
        return "400"
    op = read(recorded / "op.json")
    status, sent = server.recorded("embeddings")
    server.reply = lambda peer, seen: peer.send(answered(sent, status))
    body = op["body"] | {"model": f"{vendor}/{op['model']}"}
    with running.gateway.connect() as client:
        answer = client.send(request("POST", "/v1/embeddings", body)).answer()
    seen = server.upstream.next_request()
    assert api_of(seen) == "embeddings"
    assert answer.status == 200
    assert answer.json() == read(recorded / "expected.json")
    return "as it is" if answer.json() == json.loads(sent) else "translated"


@pytest.mark.parametrize("vendor", REFUSALS)
def test_embeddings(running, vendor):
    embeddings(running, vendor)


def documented(heading):
    """The table below this heading of docs/providers.md."""
    section = DOCS.read_text().split(heading + "\n", 1)[1].split("\n#")[0]
    return [line for line in section.splitlines() if line.startswith("|")]


def test_the_table_of_cases_is_in_the_documentation(running, capsys):
    """docs/providers.md has how many of the tests above succeeded, which is all of them."""
    cases = {"text": 6, "tools": 6, "image": 6, "error": 6, "error midway": 3, "abort": 6}
    lines = [" | ".join(["| type", *cases]) + " |", "|---" * (len(cases) + 1) + "|"]
    for vendor in REFUSALS:
        row = [f"{running.passed[vendor, case]} of {all}" for case, all in cases.items()]
        lines.append(" | ".join([f"| `{vendor}`", *row]) + " |")
    with capsys.disabled():
        print("", *lines, sep="\n")
    assert documented(CASES_HEADING) == lines


def test_the_table_is_in_the_documentation(running):
    """docs/providers.md has what was just seen."""
    head = [name + (" stream" if stream else "") for name, stream in COLUMNS] + ["embeddings"]
    lines = [" | ".join(["| type", *head]) + " |", "|---" * (len(head) + 1) + "|"]
    for vendor in REFUSALS:
        row = [text(running, vendor, DIALECTS[name], stream) for name, stream in COLUMNS]
        lines.append(" | ".join([f"| `{vendor}`", *row, embeddings(running, vendor)]) + " |")
    assert documented(HEADING) == lines, "the table is:\n" + "\n".join(lines)


def test_vendors_break_no_other_rule(running):
    """What the gateway itself counts of the vendors' streams, and of its own."""
    for vendor in REFUSALS:
        for dialect in DIALECTS.values():
            text(running, vendor, dialect, True)
    with running.gateway.connect() as client:
        page = client.send(request("GET", "/metrics")).answer().body.decode()
    lines = [line for line in page.splitlines() if "gomodel_stream_violations_total{" in line]
    found = [dict(re.findall(r'(\w+)="([^"]*)"', line)) for line in lines]
    expected = {(vendor, "repeated-role", "mended") for vendor in ROLE_IN_EVERY_DELTA}
    # Its stream is recorded as it is for those who do not ask for usage.
    expected.add(("openai", "missing-usage", "counted"))
    assert {(one["provider"], one["rule"], one["action"]) for one in found} == expected


def test_no_vendor_is_forgotten():
    plugins = {folder.name for folder in PROVIDERS.iterdir() if (folder / "fixtures").exists()}
    assert plugins - {"echo"} == set(REFUSALS), "echo has no vendor"
