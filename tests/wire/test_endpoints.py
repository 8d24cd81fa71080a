"""Whatever a client gets wrong in a well-formed request, it is told what, in the error envelope,
with the request's id, and the connection stays usable."""

import json

import pytest

from gateway import Gateway, chat, config_for, request
from upstream import ANSWER, Upstream, always, response


def ask(gateway, data):
    """The answer, after checking that its connection can be used again."""
    with gateway.connect() as client:
        answer = client.send(data).answer()
        assert answer.headers["x-request-id"]
        if answer.headers.get("connection") != "close":
            assert client.send(request("GET", "/health")).answer().status in (200, 404)
        return answer


def refused(gateway, data, status):
    answer = ask(gateway, data)
    assert answer.status == status, (answer.status, answer.body)
    return answer.error()


def post(body, path="/v1/chat/completions"):
    return request("POST", path, body)


@pytest.mark.parametrize(
    "path", ["/", "/v1", "/v1/", "/v1/chat/completions/", "/health/", "//health"]
)
def test_paths_that_do_not_exist(plain, path):
    error = refused(plain, request("GET", path), 404)
    assert error["type"] == "not_found_error"


@pytest.mark.parametrize(
    "method, path, allow",
    [
        ("GET", "/v1/chat/completions", "POST"),
        ("HEAD", "/v1/chat/completions", "POST"),
        ("DELETE", "/v1/models", "GET, HEAD"),
        ("POST", "/health", "GET, HEAD"),
        ("PATCH", "/v1/embeddings", "POST"),
        ("BREW", "/health", "GET, HEAD"),
    ],
)
def test_methods_that_a_path_does_not_have(plain, method, path, allow):
    with plain.connect() as client:
        answer = client.send(request(method, path)).answer(to_head=method == "HEAD")
        assert answer.status == 405
        assert answer.headers["allow"] == allow
        if method != "HEAD":
            assert answer.error()["type"] == "invalid_request_error"


@pytest.mark.parametrize("target", ["/%", "/%4", "/%zz", "/health%"])
def test_paths_that_are_badly_encoded(plain, target):
    assert "path" in refused(plain, request("GET", target), 400)["message"]


@pytest.mark.parametrize(
    "body, offset",
    [
        ('{"model": "gpt-test", "messages": [}', 35),
        ('{"model": "gpt-test" "messages": []}', 21),
        ('{"model": "gpt-test", "messages": [],}', 37),
        ("{'model': 1}", 1),
        ('{"model": "gpt-test", "messages": [', 35),
        ('{"model": "gpt-test", "messages": []} x', 38),
        ("hello", 0),
    ],
)
def test_invalid_json_is_located(plain, body, offset):
    error = refused(plain, post(body), 400)
    assert error["type"] == "invalid_request_error"
    assert error["message"].startswith("invalid request body: "), error
    assert f"(at byte {offset})" in error["message"], error


@pytest.mark.parametrize(
    "body, field",
    [
        ({"model": 5, "messages": []}, "model"),
        ({"model": ["gpt-test"], "messages": []}, "model"),
        ({"model": "gpt-test", "messages": "hi"}, "messages"),
        ({"model": "gpt-test", "messages": [], "stream": "yes"}, "stream"),
        ({"model": "gpt-test", "messages": [], "provider": 7}, "provider"),
        ({"model": "gpt-test", "messages": [], "stream_options": []}, "stream_options"),
        ({"messages": []}, "model"),
        ({"model": "", "messages": []}, "model"),
        ([], "object"),
        ("null", "object"),
        ("", "empty"),
    ],
)
def test_wrong_types_name_their_field(plain, body, field):
    error = refused(plain, post(body), 400)
    assert error["type"] == "invalid_request_error"
    assert field in error["message"], error


@pytest.mark.parametrize("path", ["/v1/responses", "/v1/embeddings"])
def test_the_other_endpoints_check_their_bodies_too(plain, path):
    assert refused(plain, post("{", path), 400)["message"].startswith("invalid request body: ")
    assert refused(plain, post({"input": "x"}, path), 400)["param"] == "model"
    assert refused(plain, post({"model": "gpt-tset", "input": "x"}, path), 400)


def test_unknown_models_name_the_nearest(plain):
    error = refused(plain, chat(model="gpt-tset"), 400)
    assert error["message"] == 'unsupported model: gpt-tset; did you mean "gpt-test"?'
    assert (error["param"], error["code"]) == ("model", "model_not_found")
    error = refused(plain, chat(model="up/gpt-tset"), 400)
    assert 'did you mean "up/gpt-test"?' in error["message"]
    error = refused(plain, chat(model="nothing like it at all"), 400)
    assert error["message"] == "unsupported model: nothing like it at all"
    error = refused(plain, request("GET", "/v1/models/gpt-tset"), 404)
    assert "gpt-test" in error["message"]
    for selector in ("gpt-test", "up/gpt-test", "up%2Fgpt-test", "openai/gpt-test"):
        answer = ask(plain, request("GET", "/v1/models/" + selector))
        assert answer.json()["id"] == "up/gpt-test"


def test_keys_that_are_missing_or_wrong(serve):
    server = {"address": "127.0.0.1", "port": 0, "master_key": "master-secret"}
    gateway, upstream = serve(always(response(ANSWER)), server=server)
    for header, hint in (
        ([], "missing"),
        (["Authorization: Bearer wrong"], "invalid"),
        (["Authorization: Bearer "], "invalid"),
        (["Authorization: master-secret"], "Bearer"),
        (["Authorization: Basic bWFzdGVyLXNlY3JldA=="], "Bearer"),
        (["Authorization: Bearer master-secretx"], "invalid"),
        (["X-Api-Key: wrong"], "invalid"),
    ):
        for data in (chat(headers=header), request("GET", "/v1/models", headers=header)):
            error = refused(gateway, data, 401)
            assert error["type"] == "authentication_error"
            assert hint in error["message"], error
        # What exists is nobody's business without a key, but for what is public.
        assert refused(gateway, request("GET", "/nowhere", headers=header), 401)
        assert ask(gateway, request("GET", "/health", headers=header)).status == 200
    assert upstream.connections == 0
    key = ["Authorization: Bearer master-secret"]
    assert ask(gateway, chat(headers=key)).json() == ANSWER
    assert upstream.next_request().headers["authorization"] == "Bearer sk-upstream-secret"
    assert refused(gateway, request("GET", "/nowhere", headers=key), 404)


def test_a_bad_user_path(plain):
    error = refused(plain, chat(headers=["X-GoModel-User-Path: /a/../b"]), 400)
    assert error["message"].startswith("invalid X-GoModel-User-Path header")


@pytest.mark.parametrize("written", ["/gw/v2", "gw/v2", "/gw/v2/", "//gw//v2//"])
def test_base_path(written):
    """However it is written, everything lies below it and nothing beside it."""
    config = {
        "server": {"address": "127.0.0.1", "port": 0, "base_path": written},
        "metrics": {"enabled": True},
    }
    with Upstream(always(response(ANSWER))) as upstream:
        with Gateway(config_for(upstream.url, **config)) as gateway:
            assert ask(gateway, request("GET", "/gw/v2/health")).json() == {"status": "ok"}
            assert b"gomodel_" in ask(gateway, request("GET", "/gw/v2/metrics?x=1")).body
            model = ask(gateway, request("GET", "/gw/v2/v1/models/up%2Fgpt-test"))
            assert model.json()["id"] == "up/gpt-test"
            whole = chat().replace(b" /v1/", b" /gw/v2/v1/", 1)
            assert ask(gateway, whole).json() == ANSWER
            absolute = request("GET", "http://gw/gw/v2/health")
            assert ask(gateway, absolute).status == 200
            for path in (
                "/health",
                "/metrics",
                "/v1/models",
                "/gw",
                "/gw/v2",
                "/gw/v2/",
                "/gw/v2x/health",
                "/gw/v2health",
                "/gw/health",
                "/GW/v2/health",
                "/gw/v2//health",
                "/",
            ):
                answer = ask(gateway, request("GET", path))
                assert answer.status == 404, path
                assert answer.error()["type"] == "not_found_error"
            # Encoded in a way that the prefix cannot be taken off.
            for path in ("/gw%2Fv2/health", "/gw/v2%2Fhealth", "/gw%2fv2%2fhealth"):
                error = refused(gateway, request("GET", path), 400)
                assert error["message"] == "invalid encoded request path"
            # The same letters, encoded where they need not be.
            assert ask(gateway, request("GET", "/g%77/v2/health")).status == 200
            head = gateway.connect()
            assert head.send(request("HEAD", "/gw/v2/health")).answer(to_head=True).status == 200
            head.close()


def test_base_path_from_the_environment():
    with Upstream(always(response(ANSWER))) as upstream:
        with Gateway(config_for(upstream.url), {"BASE_PATH": "/below"}) as gateway:
            assert ask(gateway, request("GET", "/below/health")).status == 200
            assert ask(gateway, request("GET", "/health")).status == 404


def test_metrics_are_off_unless_enabled(plain):
    assert refused(plain, request("GET", "/metrics"), 404)


def test_metrics_page(serve):
    gateway, _ = serve(
        always(response(ANSWER)),
        metrics={"enabled": True, "endpoint": "/internal/numbers"},
        server={"address": "127.0.0.1", "port": 0, "master_key": "master-secret"},
    )
    key = ["Authorization: Bearer master-secret"]
    assert ask(gateway, chat(headers=key)).status == 200
    assert ask(gateway, chat(headers=key, model="nope")).status == 400
    page = ask(gateway, request("GET", "/internal/numbers"))
    assert page.status == 200
    assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
    samples = {}
    for line in page.body.decode().splitlines():
        if not line.startswith("#"):
            name, value = line.rsplit(" ", 1)
            samples[name] = float(value)
    labels = {name.split("{")[0]: name for name in samples}
    total = labels["gomodel_requests_total"]
    assert samples[total] == 1
    for label in (
        'provider="openai"',
        'provider_name="up"',
        'model="gpt-test"',
        'endpoint="/chat/completions"',
        'status_code="200"',
        'status_type="success"',
        'stream="false"',
    ):
        assert label in total
    buckets = [n for n in samples if n.startswith("gomodel_request_duration_seconds_bucket")]
    bounds = [n.split('le="')[1].split('"')[0] for n in buckets]
    assert bounds == ["0.1", "0.25", "0.5", "1", "2", "5", "10", "30", "60", "+Inf"]
    in_flight = labels["gomodel_requests_in_flight"]
    assert samples[in_flight] == 0
    assert 'provider="openai"' in in_flight and 'endpoint="/chat/completions"' in in_flight
    assert any(name.startswith("process_") for name in samples)
    # Not where it would be by default, and only to be read.
    assert refused(gateway, request("GET", "/metrics", headers=key), 404)
    assert refused(gateway, request("POST", "/internal/numbers", headers=key), 405)


def test_every_request_is_in_the_access_log_exactly_once(serve):
    gateway, _ = serve(always(response(ANSWER)))
    wanted = []
    with gateway.connect() as client:
        for number, (data, status) in enumerate(
            [
                (chat(), 200),
                (chat(model="nope"), 400),
                (post("{"), 400),
                (request("GET", "/health"), 200),
                (request("GET", "/nowhere"), 404),
                (request("GET", "/v1/chat/completions"), 405),
                (request("GET", "/%zz"), 400),
            ]
        ):
            head = f"X-Request-ID: number-{number}\r\nHost:".encode()
            answer = client.send(data.replace(b"Host:", head, 1)).answer()
            assert answer.status == status
            wanted.append((f"number-{number}", status))
    gateway.wait_record(wanted[-1][0])
    records = [record for record in gateway.records()]
    assert [(record["request_id"], record["status"]) for record in records] == wanted
    first = records[0]
    assert (first["method"], first["uri"]) == ("POST", "/v1/chat/completions")
    assert (first["provider"], first["model"]) == ("up", "gpt-test")
    assert (first["prompt_tokens"], first["completion_tokens"]) == (3, 1)
    assert first["bytes_in"] == len(chat().split(b"\r\n\r\n", 1)[1])
    assert first["end"] == "completed"
    assert "nope" in records[1]["error"]


def test_by_default_only_model_requests_are_in_the_access_log():
    with Upstream(always(response(ANSWER))) as upstream:
        config = config_for(upstream.url)
        del config["logging"]
        config["server"]["base_path"] = "/gw"
        with Gateway(config) as gateway:
            ask(gateway, request("GET", "/gw/health"))
            ask(gateway, request("GET", "/nowhere"))
            ask(gateway, request("GET", "/%zz"))
            ask(gateway, request("GET", "/gw/nowhere"))
            with gateway.connect() as client:
                client.send(b"nonsense\r\n\r\n").answer()
            data = chat(headers=["X-Request-ID: model"]).replace(b" /v1/", b" /gw/v1/", 1)
            assert ask(gateway, data).status == 200
            gateway.wait_record("model")
            assert [record["request_id"] for record in gateway.records()] == ["model"]


def test_json_is_taken_whatever_its_content_type_says(serve):
    gateway, upstream = serve(always(response(ANSWER)))
    data = chat().replace(b"Content-Type: application/json", b"Content-Type: text/plain")
    assert ask(gateway, data).status == 200
    assert upstream.next_request().headers["content-type"] == "application/json"


def test_unknown_members_reach_the_upstream_untouched(serve):
    gateway, upstream = serve(always(response(ANSWER)))
    body = '{"x_new":{"b":1,"a":[1.50,1e3]}, "model":"up/gpt-test","messages":[],"n":1.0}'
    assert ask(gateway, post(body)).json() == ANSWER
    assert upstream.next_request().body.decode() == body.replace("up/gpt-test", "gpt-test")
    assert json.loads(body)
