"""/p/{provider}/...: what a client says reaches the provider as it was said, but for its credentials,
and the provider's answer comes back as it is."""

import threading

import pytest

from gateway import Gateway, config_for, request
from upstream import Upstream, always, chunk, event, once, response, usage_event
from upstream import ANSWER, DONE, LAST_CHUNK, STREAM_HEAD

OK = response({"fine": True})
FILE = b"\x00\xffnot JSON\r\n" * 1000
RETRIES = {"retry": {"max_retries": 2, "initial_backoff": "1ms", "max_backoff": "2ms"}}


def ask(gateway, data, to_head=False):
    with gateway.connect() as client:
        return client.send(data).answer(to_head)


def provider(upstream, type="openai", **more):
    return {"type": type, "api_key": "sk-upstream-secret", "base_url": upstream.url,
            "models": ["m"], **more}


def refused(gateway, path, status=400):
    answer = ask(gateway, request("GET", path))
    assert answer.status == status, answer.body
    return answer.error()["message"]


# --- where it goes ---


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD"])
def test_method_path_and_query_are_the_clients(serve, method):
    gateway, upstream = serve(always(OK))
    answer = ask(gateway, request(method, "/p/up/a%2Fb/c%20d/?x=%2f&y=1?2"), method == "HEAD")
    assert answer.status == 200
    assert upstream.next_request().line == f"{method} /v1/a%2Fb/c%20d/?x=%2f&y=1?2 HTTP/1.1"


def test_a_v1_segment_is_dropped_once(serve):
    gateway, upstream = serve(always(OK))
    for path in ("/p/up/v1/models", "/p/openai/models", "/p/up/v1/v1/models?"):
        assert ask(gateway, request("GET", path)).status == 200
    assert [upstream.next_request().line for _ in range(3)] == [
        "GET /v1/models HTTP/1.1",
        "GET /v1/models HTTP/1.1",
        "GET /v1/v1/models? HTTP/1.1",
    ]


def test_a_name_is_that_instance_and_a_type_the_first_of_it():
    with Upstream(always(OK)) as one, Upstream(always(OK)) as two:
        providers = {"b-one": provider(one), "c-two": provider(two), "a-other": provider(two, "xai")}
        with Gateway(config_for("", providers=providers)) as gateway:
            for name in ("c-two", "c%2Dtwo", "openai"):
                assert ask(gateway, request("GET", f"/p/{name}/models")).status == 200
        assert (one.seen.qsize(), two.seen.qsize()) == (1, 2)


def test_below_a_base_path(serve):
    gateway, upstream = serve(always(OK), server={"base_path": "/gw", "address": "127.0.0.1",
                                                  "port": 0})
    assert ask(gateway, request("GET", "/gw/p/up/a%2Fb")).status == 200
    assert upstream.next_request().line == "GET /v1/a%2Fb HTTP/1.1"


def test_what_is_not_served_is_said(serve):
    providers = {"g": {"type": "groq", "api_key": "k", "models": ["m"]}}
    gateway, _ = serve(always(OK), providers=providers)
    assert refused(gateway, "/p/g/models") == (
        'provider passthrough for "groq" is not enabled; currently enabled providers: anthropic, '
        "openai, openrouter, vllm, zai")
    assert refused(gateway, "/p/nobody/models").startswith('provider passthrough for "nobody" is')
    assert refused(gateway, "/p/zai/models") == 'no provider of type "zai" is configured'
    for path in ("/p/zai", "/p/zai/", "/p/zai/v1", "/p/zai/v1/"):
        assert refused(gateway, path) == "provider passthrough endpoint is required"
    assert "segment" in refused(gateway, "/p/openai/%2e%2e/admin")
    assert refused(gateway, "/p%2Fopenai/models", 404) == "no such endpoint"
    answer = ask(gateway, request("TRACE", "/p/openai/models"))
    assert (answer.status, answer.headers["allow"]) == (
        405, "GET, POST, PUT, PATCH, DELETE, HEAD, OPTIONS")


def test_what_an_operator_switches_off(serve):
    server = {"address": "127.0.0.1", "port": 0}
    gateway, _ = serve(always(OK), server={**server, "enabled_passthrough_providers": [],
                                           "allow_passthrough_v1_alias": False})
    assert refused(gateway, "/p/up/models") == "provider passthrough is not enabled for any providers"
    assert refused(gateway, "/p/up/v1/models") == (
        "provider passthrough v1 alias is disabled; use /p/{provider}/... without the v1 prefix")
    off, _ = serve(always(OK), server={**server, "enable_passthrough_routes": False,
                                       "master_key": "sk-gw"})
    assert refused(off, "/p/up/models", 401)
    answer = ask(off, request("GET", "/p/up/models", headers=["Authorization: Bearer sk-gw"]))
    assert answer.status == 404


# --- headers ---


def test_headers_of_the_request(serve):
    gateway, upstream = serve(always(OK), server={"address": "127.0.0.1", "port": 0,
                                                  "master_key": "sk-gw"})
    headers = [
        "Authorization: Bearer sk-gw", "api-key: c", "x-goog-api-key: c", "X-Api-Key: c",
        "Cookie: c", "X-Real-IP: 1.2.3.4", "X-Forwarded-For: 1.2.3.4", "Forwarded: for=1",
        "Accept-Encoding: gzip", "Connection: x-hop", "X-Hop: 1", "TE: trailers",
        "X-GoModel-User-Path: /team", "X-Request-ID: mine", "OpenAI-Beta: v=1", "Accept: a/b",
        "User-Agent: sdk/1", "X-Own: 1",
    ]
    body = b'{"model": "gpt-test"}'
    assert ask(gateway, request("POST", "/p/up/chat/completions", body, headers)).status == 200
    seen = upstream.next_request()
    assert seen.body == body
    assert seen.headers == {
        "host": f"127.0.0.1:{upstream.port}", "authorization": "Bearer sk-upstream-secret",
        "x-request-id": "mine", "x-client-request-id": "mine", "openai-beta": "v=1", "accept": "a/b", "user-agent": "sdk/1",
        "x-own": "1", "content-type": "application/json", "content-length": str(len(body)),
    }
    record = gateway.wait_record("mine")
    assert (record["provider"], record["model"], record["user_path"]) == ("up", "gpt-test", "/team")


def test_the_clients_headers_win_over_the_providers_own():
    with Upstream(always(OK)) as upstream:
        providers = {"claude": provider(upstream, "anthropic")}
        with Gateway(config_for("", providers=providers)) as gateway:
            headers = ["anthropic-version: 2099-01-01", "x-api-key: mine"]
            ask(gateway, request("POST", "/p/claude/v1/messages", {}, headers))
        seen = upstream.next_request()
        assert seen.line == "POST /v1/messages HTTP/1.1"
        assert seen.headers["anthropic-version"] == "2099-01-01"
        assert seen.headers["x-api-key"] == "sk-upstream-secret"
        assert len(seen.headers["x-request-id"]) == 36


def test_headers_of_the_answer(serve):
    gateway, _ = serve(always(response(FILE, "206 Partial Content", [
        "Content-Type: audio/mpeg", "ETag: e", "Set-Cookie: s", "Connection: x-hop", "X-Hop: 1",
        "X-Request-Id: theirs", "Content-Range: bytes 0-1/9", "X-Forwarded-Host: h"])))
    answer = ask(gateway, request("GET", "/p/up/files/f/content"))
    assert (answer.status, answer.body) == (206, FILE)
    assert answer.headers.pop("date")
    assert answer.headers == {"content-type": "audio/mpeg", "etag": "e", "x-request-id": "theirs",
                              "content-range": "bytes 0-1/9", "content-length": str(len(FILE))}


def test_a_length_that_is_known_is_sent(serve):
    gateway, upstream = serve(always(OK))
    for data, length in ((request("POST", "/p/up/x", headers=["Content-Length: 0"]), "0"),
                         (request("GET", "/p/up/x"), None),
                         (request("POST", "/p/up/x", b"x" * 300_000), "300000")):
        assert ask(gateway, data).status == 200
        seen = upstream.next_request()
        assert seen.headers.get("content-length") == length
        assert "transfer-encoding" not in seen.headers


# --- answers ---


@pytest.mark.parametrize("method, data, status", [
    ("HEAD", b"HTTP/1.1 200 OK\r\nContent-Length: 12345\r\nETag: e\r\n\r\n", 200),
    ("OPTIONS", b"HTTP/1.1 204 No Content\r\nAllow: GET\r\nETag: e\r\n\r\n", 204),
    ("GET", b"HTTP/1.1 304 Not Modified\r\nETag: e\r\n\r\n", 304),
])
def test_answers_without_a_body(serve, method, data, status):
    gateway, upstream = serve(always(data))
    with gateway.connect() as client:
        for _ in range(2):
            answer = client.send(request(method, "/p/up/x")).answer(to_head=True)
            assert (answer.status, answer.headers["etag"]) == (status, "e")
            assert answer.headers.get("content-length") == ("12345" if status == 200 else None)
            assert "transfer-encoding" not in answer.headers
    assert upstream.connections == 1


def test_interim_answers_are_not_the_answer(serve):
    early = b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    gateway, _ = serve(always(early + OK))
    for size in (10, 200_000):
        answer = ask(gateway, request("POST", "/p/up/x", b"x" * size))
        assert (answer.status, answer.body) == (200, b'{"fine": true}')


def test_a_redirect_is_the_clients_business(serve):
    gateway, _ = serve(always(response(b"", "302 Found", ["Location: https://elsewhere/"])))
    answer = ask(gateway, request("GET", "/p/up/files/f/content"))
    assert (answer.status, answer.headers["location"]) == (302, "https://elsewhere/")


def test_compressed_answers_pass(serve):
    gateway, _ = serve(always(response(FILE, headers=["Content-Encoding: br"])))
    answer = ask(gateway, request("POST", "/p/up/x", b"{}"))
    assert (answer.body, answer.headers["content-encoding"]) == (FILE, "br")


def test_an_event_is_sent_on_as_it_comes(serve):
    go_on = threading.Event()

    def script(peer):
        peer.read_request()
        peer.send(STREAM_HEAD)
        go_on.wait(60)
        go_on.clear()
        peer.send(chunk(b"event: a\r\nda"))
        go_on.wait(60)
        peer.send(chunk(b"ta: 1\n\n: end") + LAST_CHUNK)

    gateway, _ = serve(script)
    with gateway.connect() as client:
        client.send(request("POST", "/p/up/x", {"stream": True}))
        assert client.read_head().headers["content-type"] == "text/event-stream"
        go_on.set()
        assert client.read_chunk() == b"event: a\r\nda"
        go_on.set()
        assert client.read_chunk() == b"ta: 1\n\n: end"
        assert client.read_chunk() == b""


ERROR = response({"error": {"type": "t", "message": "too many", "code": "c"}, "type": "error"},
                 "429 Too Many Requests", ["Retry-After: 7", "x-ratelimit-remaining-tokens: 0",
                                           "X-Secret: s"])


def test_an_error_is_told_in_the_gateways_envelope(serve):
    gateway, _ = serve(always(ERROR))
    answer = ask(gateway, request("POST", "/p/up/chat/completions", {"model": "m"}))
    assert answer.status == 429
    assert answer.error() == {"type": "rate_limit_error", "message": "too many", "param": None,
                              "code": "c"}
    assert answer.headers["retry-after"] == "7"
    assert answer.headers["x-ratelimit-remaining-tokens"] == "0"
    assert "x-secret" not in answer.headers


def test_an_error_is_told_verbatim_if_the_operator_wants_it(serve):
    gateway, _ = serve(always(ERROR), server={"address": "127.0.0.1", "port": 0,
                                              "passthrough_errors": "verbatim"})
    answer = ask(gateway, request("POST", "/p/up/chat/completions", {"model": "m"}))
    assert answer.status == 429
    assert answer.body == ERROR.split(b"\r\n\r\n", 1)[1]
    assert (answer.headers["retry-after"], answer.headers["x-secret"]) == ("7", "s")


# --- again ---


def test_only_what_can_be_repeated_is(serve):
    busy = response({"error": "busy"}, "503 Service Unavailable")

    def script(peer):
        while True:
            seen = peer.read_request()
            third = seen.headers.get("x-third") and peer.upstream.seen.qsize() >= 3
            peer.send(OK if third else busy)

    gateway, upstream = serve(script, resilience=RETRIES)
    again = [("GET", None, []), ("PUT", b"{}", []), ("POST", b"{}", ["Idempotency-Key: k"])]
    for method, body, headers in again:
        data = request(method, "/p/up/x", body, [*headers, "X-Third: 1"])
        assert ask(gateway, data).status == 200
        bodies = [upstream.next_request().body for _ in range(3)]
        assert bodies == [body or b""] * 3
    for method, body, headers in (("POST", b"{}", []), ("PATCH", b"{}", []), ("DELETE", None, []),
                                  ("POST", b"{}", ["Idempotency-Key:  "])):
        assert ask(gateway, request(method, "/p/up/x", body, headers)).status == 503
        upstream.next_request()
    # The last answer is the client's; a body that was streamed cannot be sent again.
    assert ask(gateway, request("GET", "/p/up/x")).status == 503
    assert upstream.seen.qsize() == 3
    assert ask(gateway, request("PUT", "/p/up/x", b"x" * 100_000)).status == 503
    assert upstream.seen.qsize() == 4


def test_a_lost_connection_is_tried_again(serve):
    def script(peer):
        peer.read_request()
        if peer.upstream.connections == 2:
            peer.send(OK)

    gateway, upstream = serve(script, resilience=RETRIES)
    assert ask(gateway, request("GET", "/p/up/x")).status == 200
    assert upstream.connections == 2


# --- what is recorded ---

CLAUDE = (
    b'event: message_start\ndata: {"type":"message_start","message":{"usage":{"input_tokens":11,'
    b'"cache_read_input_tokens":7,"output_tokens":1}}}\n\n'
    b'event: message_delta\ndata: {"type":"message_delta","usage":{"output_tokens":13}}\n\n'
)
GEMINI = (b'[{"candidates":[]},\n{"usageMetadata":{"promptTokenCount":20,"candidatesTokenCount":6,'
          b'"thoughtsTokenCount":4}}]')
EVENTS = ["Content-Type: text/event-stream"]


@pytest.mark.parametrize("data, usage", [
    (response(ANSWER), (3, 1, 0)),
    (response(event("a") + usage_event() + DONE, headers=EVENTS), (3, 2, 0)),
    (response(CLAUDE, headers=EVENTS), (18, 13, 7)),
    (response(GEMINI), (20, 10, 0)),
])
def test_usage_is_recorded_whatever_the_dialect(serve, data, usage):
    gateway, _ = serve(always(data))
    headers = ["X-Request-ID: r1"]
    answer = ask(gateway, request("POST", "/p/up/chat/completions", {"model": "gpt-test"}, headers))
    assert answer.body == data.split(b"\r\n\r\n", 1)[1]
    record = gateway.wait_record("r1")
    found = record["prompt_tokens"], record["completion_tokens"], record["cached_tokens"]
    assert found == usage
    assert (record["end"], record["provider"], record["model"]) == ("completed", "up", "gpt-test")
    assert len([one for one in gateway.records() if one["request_id"] == "r1"]) == 1


def test_a_model_that_is_not_listed_is_recorded_as_the_upstream_names_it(serve):
    gateway, _ = serve(always(response({**ANSWER, "model": "gpt-new"})))
    ask(gateway, request("POST", "/p/up/x", {"model": "gpt-latest"}, ["X-Request-ID: r1"]))
    record = gateway.wait_record("r1")
    assert (record["provider"], record["model"], record["prompt_tokens"]) == ("up", "gpt-new", 3)


def test_a_stored_answer_is_not_counted_again(serve):
    gateway, _ = serve(always(response(ANSWER)))
    ask(gateway, request("GET", "/p/up/responses/r", headers=["X-Request-ID: r1"]))
    assert gateway.wait_record("r1")["prompt_tokens"] == 0


def test_an_answer_that_is_cut_off_is_seen_to_be(serve):
    cut = STREAM_HEAD + chunk(event("a") + event("b"))
    short = b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf"
    for number, data in enumerate((cut, short)):
        gateway, _ = serve(once(data))
        headers = [f"X-Request-ID: r{number}"]
        with gateway.connect() as client:
            client.send(request("POST", "/p/up/x", {"model": "m", "stream": True}, headers))
            client.read_head()
            with pytest.raises((EOFError, ConnectionError)):
                while client.read_exactly(1):
                    pass
        record = gateway.wait_record(f"r{number}")
        assert record["end"] == "upstream_failed"
        assert record["estimated"] == (data is cut)
        assert record["completion_tokens"] == (2 if data is cut else 0)


def test_an_upstream_that_says_nothing(serve):
    def script(peer):
        peer.read_request()
        peer.wait_closed()

    gateway, _ = serve(script, http={"response_header_timeout": "200ms"})
    for body in (b"{}", b"x" * 100_000):
        answer = ask(gateway, request("POST", "/p/up/x", body))
        assert answer.status == 504, answer.body


def test_a_client_that_leaves_takes_its_upstream_with_it(serve):
    closed = threading.Semaphore(0)

    def script(peer):
        peer.read_request()
        if peer.upstream.connections == 2:
            peer.send(STREAM_HEAD + chunk(event("a")))
        peer.wait_closed()
        closed.release()

    gateway, upstream = serve(script)
    for number in (1, 2):
        client = gateway.connect()
        headers = [f"X-Request-ID: r{number}"]
        client.send(request("POST", "/p/up/x", {"model": "m"}, headers))
        upstream.next_request()
        if number == 2:
            client.read_until(b"data: ")
        client.close()
        assert closed.acquire(timeout=60)
        record = gateway.wait_record(f"r{number}")
        assert record["end"] == "client_gone"


def test_metrics_name_known_operations_only(serve):
    gateway, _ = serve(always(response(ANSWER)), metrics={"enabled": True})
    for path in ("/p/up/chat/completions", "/p/up/files/file-123"):
        ask(gateway, request("POST", path, {"model": "never-heard-of"}))
    page = ask(gateway, request("GET", "/metrics")).body.decode()
    assert 'route="/p/{provider}/{endpoint}"' in page
    assert 'endpoint="passthrough"' in page and 'endpoint="/chat/completions"' in page
    assert "file-123" not in page and "never-heard-of" not in page
    assert 'model="unknown"' in page


def test_the_body_is_not_looked_into(serve):
    gateway, upstream = serve(always(OK))
    for body in (b"{broken", b'{"model": 5}', b'{"provider": "x", "model": "up/gpt-test"}', b"\xff"):
        assert ask(gateway, request("POST", "/p/up/x", body)).status == 200
        assert upstream.next_request().body == body
