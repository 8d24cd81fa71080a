"""What the gateway says of itself to whoever decides whether it gets requests."""

import resource
import signal
import time

import pytest

from gateway import PATIENCE, Gateway, chat, config_for, request
from test_process import stop_accepted
from upstream import ANSWER, Upstream, always, response

GOOD = response(ANSWER)
PATHS = ["/health", "/livez", "/readyz"]
AWAY = {"type": "sqlite", "sqlite": {"path": "/dev/null/usage.db"}}


def get(gateway, path):
    with gateway.connect() as client:
        return client.send(request("GET", path)).answer()


def checks(gateway, status):
    answer = get(gateway, "/readyz")
    assert answer.status == status, answer.body
    assert answer.json()["status"] == ("ok" if status == 200 else "unavailable")
    return answer.json()["checks"]


def wait_for(condition):
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.parametrize("path", PATHS)
def test_nobody_needs_a_key(serve, path):
    gateway, _ = serve(
        always(GOOD), server={"address": "127.0.0.1", "port": 0, "master_key": "master-secret"}
    )
    answer = get(gateway, path)
    assert (answer.status, answer.json()["status"]) == (200, "ok")
    with gateway.connect() as client:
        head = client.send(request("HEAD", path)).answer(to_head=True)
        assert (head.status, head.headers["content-length"]) == (200, str(len(answer.body)))


def test_it_is_not_ready_before_a_provider_has_listed_its_models(tmp_path):
    answers = [response({"error": {"message": "not yet"}}, "503 No")]

    def script(peer):
        while True:
            peer.read_request()
            peer.send(answers[0])

    with Upstream(script) as upstream:
        config = config_for(
            upstream.url,
            models={"configured_provider_models_mode": "fallback"},
            cache={"model": {"local": {"cache_dir": str(tmp_path)}}},
            providers={"up": {"type": "openai", "api_key": "k", "base_url": upstream.url}},
        )
        with Gateway(config) as gateway:
            assert checks(gateway, 503)["providers"] == "no models"
            assert get(gateway, "/livez").status == 200
            answers[0] = response({"object": "list", "data": [{"id": "m", "object": "model"}]})
            with gateway.connect() as client:
                path = "/admin/api/v1/runtime/refresh"
                assert client.send(request("POST", path, {})).answer().status == 200
            assert checks(gateway, 200)["providers"] == "ok"


@pytest.mark.parametrize("path, status", [("/health", 200), ("/livez", 200), ("/readyz", 503)])
def test_it_says_that_it_is_stopping(path, status):
    with Upstream(always(GOOD)) as upstream, Gateway(config_for(upstream.url)) as gateway:
        with gateway.connect() as client:
            data = request("GET", path)
            client.send(data[:10])
            gateway.process.send_signal(signal.SIGTERM)
            stop_accepted(gateway)
            answer = client.send(data[10:]).answer()
        assert answer.status == status
        said = answer.json()
        assert "draining" in (said["status"], said.get("checks", {}).get("process"))
        assert gateway.wait() == 0


def test_a_storage_that_is_away_is_told_and_only_lost_records_are_a_reason(serve):
    # Without a master key nobody is let in while the storage, which may have keys, cannot be read.
    gateway, _ = serve(
        always(GOOD), storage=AWAY,
        server={"address": "127.0.0.1", "port": 0, "master_key": "master-secret"}
    )
    assert checks(gateway, 200)["storage"] == "journaled"
    # No file may grow: the journal is as on a full disk.
    forever = resource.RLIM_INFINITY
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (0, forever))
    with gateway.connect() as client:
        asked = chat(headers=("Authorization: Bearer master-secret",))
        assert client.send(asked).answer().status == 200
    wait_for(lambda: get(gateway, "/readyz").status == 503)
    assert checks(gateway, 503)["storage"] == "lost"
    resource.prlimit(gateway.process.pid, resource.RLIMIT_FSIZE, (forever, forever))
    wait_for(lambda: checks_of(gateway)["storage"] == "journaled")


def test_nobody_is_let_in_while_there_may_be_keys(serve):
    gateway, _ = serve(always(GOOD), storage=AWAY)
    assert checks(gateway, 503) == {
        "process": "ok", "providers": "ok", "storage": "journaled", "keys": "not read yet"
    }
    with gateway.connect() as client:
        assert client.send(chat()).answer().status == 503


def checks_of(gateway):
    return get(gateway, "/readyz").json()["checks"]


def test_a_storage_that_works_is_told(serve):
    gateway, _ = serve(always(GOOD))
    wait_for(lambda: checks_of(gateway)["storage"] == "ok")
    assert checks(gateway, 200) == {
        "process": "ok", "providers": "ok", "storage": "ok", "keys": "ok"
    }
