"""The program as its operator meets it: commands, configuration that is wrong, plugins that cannot
be used, stopping, and a log that says what happened without giving away a secret."""

import contextlib
import hashlib
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import threading
import time
from datetime import datetime
from pathlib import Path

import pytest

from gateway import (
    BINARY,
    PATIENCE,
    PLUGINS,
    Gateway,
    chat,
    config_for,
    environment,
    request,
    run,
)
from ports import free_port
from upstream import (
    ANSWER,
    DONE,
    LAST_CHUNK,
    STREAM_HEAD,
    Upstream,
    always,
    chunk,
    event,
    more,
    once,
    response,
)

BROKEN = Path(os.environ["GOMODEL_BROKEN_MODULES"])
THROWER = Path(os.environ["GOMODEL_THROWER"])
OPENAI = "libgomodel-provider-openai.so"
GOOD = response(ANSWER)


def refused(config, env=None, arguments=()):
    """The log of a gateway that does not start."""
    gateway = Gateway(config, env, arguments)
    try:
        assert gateway.wait() == 1, gateway.lines
        return "\n".join(gateway.lines)
    finally:
        gateway.kill()


# --- Stopping ---


class Stalling:
    """Begins a stream, and goes on with it when it is told to."""

    def __init__(self):
        self.go = threading.Event()

    def __call__(self, peer):
        peer.read_request()
        peer.send(STREAM_HEAD + chunk(event("a")))
        while not self.go.wait(0.05):
            if peer.upstream.stopping:
                return
        peer.send(chunk(more("b") + event(None, "stop") + DONE) + LAST_CHUNK)


def stop_accepted(gateway):
    gateway.wait_log(lambda line: "shutting down" in line)
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", gateway.port)).close()
        except ConnectionError:
            return
        time.sleep(0.01)
    raise AssertionError("still accepting")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_lets_running_requests_finish(number):
    script = Stalling()
    with Upstream(script) as upstream, Gateway(config_for(upstream.url)) as gateway:
        with gateway.connect() as running, gateway.connect() as idle:
            idle.send(request("GET", "/health")).answer()
            running.send(chat(stream=True, headers=["X-Request-ID: last"])).read_head()
            assert running.read_chunk() == event("a")
            gateway.process.send_signal(number)
            stop_accepted(gateway)
            assert idle.at_end()
            assert gateway.process.poll() is None
            script.go.set()
            rest = b""
            while data := running.read_chunk():
                rest += data
            assert rest == more("b") + event(None, "stop") + DONE
            assert running.at_end()
        assert gateway.wait() == 0
        assert [record["end"] for record in gateway.records()] == ["completed", "completed"]
        assert "shutdown complete" in gateway.lines[-1]


def test_a_request_that_arrives_with_the_stop_is_the_last_of_its_connection():
    go = threading.Event()

    def script(peer):
        peer.read_request()
        assert go.wait(PATIENCE)
        peer.send(GOOD)

    with Upstream(script) as upstream, Gateway(config_for(upstream.url)) as gateway:
        with gateway.connect() as client:
            client.send(chat())
            upstream.next_request()
            gateway.terminate()
            stop_accepted(gateway)
            go.set()
            answer = client.answer()
            assert (answer.status, answer.json()) == (200, ANSWER)
            assert answer.headers["connection"] == "close"
            assert client.at_end()
        assert gateway.wait() == 0


@pytest.mark.parametrize("how", ["the drain limit", "a second signal"])
def test_what_does_not_finish_is_cut_off(how):
    limit = "300ms" if how == "the drain limit" else "10m"
    server = {"address": "127.0.0.1", "port": 0, "workers": 2, "drain_timeout": limit}
    script = Stalling()
    with Upstream(script) as upstream:
        with Gateway(config_for(upstream.url, server=server)) as gateway:
            with gateway.connect() as client:
                client.send(chat(stream=True, headers=["X-Request-ID: cut"])).read_head()
                assert client.read_chunk() == event("a")
                gateway.terminate()
                if how == "a second signal":
                    gateway.wait_log(lambda line: "shutting down" in line)
                    gateway.terminate()
                assert gateway.wait(PATIENCE) == 0
                assert client.at_end()
            record = gateway.wait_record("cut")
            assert record["end"] == "aborted"
            assert any("cut off" in line for line in gateway.lines)


def test_a_stop_does_not_wait_for_an_upstream_that_lists_no_models():
    def script(peer):
        peer.read_request()
        peer.wait_closed()

    with Upstream(script) as upstream:
        config = config_for(upstream.url, models={"configured_provider_models_mode": "fallback"})
        with Gateway(config) as gateway:
            assert upstream.next_request().line == "GET /v1/models HTTP/1.1"
            began = time.monotonic()
            gateway.terminate()
            assert gateway.wait() == 0
            assert time.monotonic() - began < 15  # the listing itself may take 30 s


# --- Starting ---


def test_a_port_that_is_taken():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        config = config_for("http://127.0.0.1:1/v1", server={"address": "127.0.0.1", "port": port})
        log = refused(config)
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in log


def test_a_second_gateway_on_the_same_port():
    """Not even one that shares its ports between its own event loops."""
    with Upstream(always(GOOD)) as upstream, Gateway(config_for(upstream.url)) as first:
        server = {"address": "127.0.0.1", "port": first.port}
        log = refused(config_for(upstream.url, server=server))
        assert "Address already in use" in log
        with first.connect() as client:
            assert client.send(request("GET", "/health")).answer().status == 200


def test_an_address_that_is_not_ours():
    config = config_for("http://127.0.0.1:1/v1", server={"address": "192.0.2.1", "port": 0})
    assert "cannot listen on 192.0.2.1:0: " in refused(config)


def test_no_provider_at_all():
    config = {"server": {"port": 0}, "plugins": {"path": [PLUGINS]}}
    assert "no provider is configured" in refused(config)


WRONG = {
    "not YAML": ("server:\n  port: [1\n", r"config\.yaml:\d+: "),
    "a wrong type": ("server:\n  port: much\n", r"config\.yaml:2: server\.port: "),
    "out of range": ("\n\nserver:\n  port: 99999\n", r"config\.yaml:4: server\.port: "),
    "a wrong plugin setting": (
        "providers:\n  east:\n    type: openai\n    api_key: k\n    base_url: 'ftp://x'\n",
        r"config\.yaml:5: providers\.east\.base_url: ",
    ),
    "a plugin setting of a wrong type": (
        "providers:\n  east:\n    type: openai\n    api_key: k\n    project: [1]\n",
        r"config\.yaml:5: providers\.east\.project: ",
    ),
    "an unset variable": (
        "server:\n  port: ${NOWHERE_TO_BE_FOUND}\n",
        r"config\.yaml:2: .*NOWHERE_TO_BE_FOUND",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_configuration_that_is_wrong(name, tmp_path):
    """File, line and key, and the same words when starting as when only checking."""
    text, pattern = WRONG[name]
    file = tmp_path / "config.yaml"
    file.write_text(text)
    env = {"GOMODEL_PLUGIN_PATH": PLUGINS, "OPENAI_API_KEY": "sk-x"}
    done = run("check-config", file, env=env)
    assert done.returncode == 1, done.stderr
    assert re.search(pattern, done.stderr), done.stderr
    assert done.stderr.startswith(("error: ", "warning: "))
    log = refused(text, env)
    assert re.search(pattern, log), log
    assert "nothing was started" in log or "failed to initialize application" in log


def test_configuration_that_is_right(tmp_path):
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(config_for("http://127.0.0.1:1/v1")))
    for arguments in (["check-config", file], ["--config", file, "check-config"]):
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "the configuration is in order\n")


def test_a_provider_whose_plugin_is_missing(tmp_path):
    """It is named and left out; when nothing else is left, the gateway does not start."""
    text = "providers:\n  east:\n    type: opnai\n    api_key: k\n"
    (tmp_path / "config.yaml").write_text(text)
    wanted = re.compile(r"config\.yaml:\d: providers\.east: .*type opnai is unknown.* openai")
    done = run("check-config", cwd=tmp_path, env={"GOMODEL_PLUGIN_PATH": PLUGINS})
    assert wanted.search(done.stderr), done.stderr
    log = refused(text, {"GOMODEL_PLUGIN_PATH": PLUGINS, "PORT": "0"})
    assert wanted.search(log), log
    assert "no provider is configured" in log


def test_keys_nobody_knows_are_named_with_their_line(tmp_path):
    text = "server:\n  port: 0\n  prot: 1\nnonsense: {}\n"
    file = tmp_path / "config.yaml"
    file.write_text(text)
    env = {
        "GOMODEL_PLUGIN_PATH": PLUGINS,
        "OPENAI_API_KEY": "sk-x",
        "OPENAI_BASE_URL": "http://127.0.0.1:1",
    }
    done = run("check-config", file, env=env)
    assert done.returncode == 0
    assert re.search(r"warning: .*config\.yaml:3: server\.prot: .*port", done.stderr), done.stderr
    assert re.search(r"warning: .*config\.yaml:4: nonsense: ", done.stderr), done.stderr
    with Gateway(text, env) as gateway:  # and it starts all the same
        gateway.wait_log(lambda line: "config.yaml:3: server.prot: " in line)


def test_configuration_that_cannot_be_read(tmp_path):
    binary = tmp_path / "binary.yaml"
    binary.write_bytes(b"\x7fELF\x00\x01\x02\xff\xfe" * 100)
    for file in (tmp_path / "missing.yaml", tmp_path, binary):
        for arguments in (["check-config", file], ["--config", file]):
            done = run(*arguments)
            assert done.returncode == 1, (file, done.stderr)
            assert str(file) in done.stderr, done.stderr


def test_printed_settings_have_no_secrets(tmp_path):
    url = "https://user:hunter2@127.0.0.1:1/v1"
    config = config_for(url, server={"master_key": "master-secret"})
    file = tmp_path / "config.yaml"
    file.write_text(json.dumps(config))
    done = run("check-config", "--print", file, env={"REDIS_URL": "redis://:redis-secret@h:1"})
    assert done.returncode == 0, done.stderr
    assert "server.port" in done.stdout
    for secret in ("hunter2", "master-secret", "sk-upstream-secret", "redis-secret"):
        assert secret not in done.stdout + done.stderr


# --- Plugins ---


def folder_with(tmp_path, *files):
    folder = tmp_path / "plugins"
    folder.mkdir()
    for file in (Path(PLUGINS) / OPENAI, *files):
        shutil.copy(file, folder / Path(file).name)
    return folder


def test_plugins_list():
    done = run("plugins", "list", env={"GOMODEL_PLUGIN_PATH": PLUGINS})
    assert done.returncode == 0
    rows = {line.split("\t")[0]: line.split("\t") for line in done.stdout.splitlines()}
    assert {"provider.openai", "provider.echo"} <= rows.keys()
    row = rows["provider.openai"]
    digest = hashlib.sha256((Path(PLUGINS) / OPENAI).read_bytes()).hexdigest()
    assert row[1:4] == ["1.0.0", "gomodel.provider/1", "The OpenAI API"]
    assert row[4:] == [f"{PLUGINS}/{OPENAI}", "sha256:" + digest]
    done = run("plugins", "list", "--markdown", env={"GOMODEL_PLUGIN_PATH": PLUGINS})
    assert "| `provider.openai` | 1.0.0 |" in done.stdout


def test_plugins_are_found_beside_the_program():
    done = run("plugins", "list")
    assert "provider.openai\t" in done.stdout


def test_plugins_schema():
    env = {"GOMODEL_PLUGIN_PATH": PLUGINS}
    done = run("plugins", "schema", "provider.openai", env=env)
    assert done.returncode == 0
    assert "api_key" in json.loads(done.stdout)["properties"]
    done = run("plugins", "schema", "provider.opnai", env=env)
    assert done.returncode == 1
    assert done.stderr.strip() == 'no plugin "provider.opnai"; did you mean "provider.openai"?'


def test_plugins_check():
    done = run("plugins", "check", Path(PLUGINS) / OPENAI)
    assert done.returncode == 0
    assert "provider.openai 1.0.0 (gomodel.provider/1): accepted" in done.stdout


REFUSED_MODULES = {
    "wrong_major": r"built for plugin ABI 2\.\d+ and this gateway speaks 1\.\d+; upgrade",
    "needs_newer_host": r"needs plugin ABI 1\.\d+ or newer and this gateway speaks 1\.\d+; upgrade",
    "no_size": r"incomplete descriptor; check it with plugin-check",
}


@pytest.mark.parametrize("name", REFUSED_MODULES)
def test_plugins_that_are_refused(name, tmp_path):
    """Named with file, versions and remedy; the others still work."""
    module = BROKEN / f"{name}.so"
    done = run("plugins", "check", module)
    assert done.returncode == 1
    assert str(module) in done.stderr
    assert re.search(REFUSED_MODULES[name], done.stderr), done.stderr
    folder = folder_with(tmp_path, module)
    with Upstream(always(GOOD)) as upstream:
        config = config_for(upstream.url, plugins={"path": [str(folder)]})
        with Gateway(config) as gateway, gateway.connect() as client:
            assert client.send(chat()).answer().json() == ANSWER
            line = gateway.wait_log(lambda line: f"{folder}/{name}.so" in line)
            assert re.search(REFUSED_MODULES[name], line)


def test_files_that_are_no_plugins(tmp_path):
    text = tmp_path / "text.so"
    text.write_text("not a library")
    for file, hint in (
        (text, "text.so: "),
        (tmp_path / "missing.so", "cannot read the file"),
        (tmp_path, "cannot read the file"),
    ):
        done = run("plugins", "check", file)
        assert done.returncode == 1, file
        assert hint in done.stderr, done.stderr
    folder = folder_with(tmp_path, text)
    done = run("plugins", "list", env={"GOMODEL_PLUGIN_PATH": str(folder)})
    assert done.returncode == 0
    assert "provider.openai\t" in done.stdout
    assert f"{folder}/text.so: not a shared library" in done.stderr


@pytest.mark.parametrize(
    "throws, hint",
    [("error", "the licence has run out"), ("exception", "std::runtime_error"), ("number", "")],
)
def test_a_plugin_that_throws_when_it_is_made(throws, hint, tmp_path):
    provider = {"type": "thrower", "api_key": "sk-thrower-secret", "throws": throws}
    config = config_for(
        "http://127.0.0.1:1/v1",
        plugins={"path": [str(folder_with(tmp_path, THROWER))]},
        providers={"bad": provider},
    )
    log = refused(config)
    assert "providers.bad" in log
    assert "provider.thrower 1.0.0 could not be created" in log
    assert hint in log
    assert "sk-thrower-secret" not in log


def test_a_plugin_that_throws_when_it_is_asked(tmp_path):
    provider = {"type": "thrower", "api_key": "k", "throws": "later", "models": ["t"]}
    config = config_for(
        "http://127.0.0.1:1/v1",
        plugins={"path": [str(folder_with(tmp_path, THROWER))]},
        providers={"bad": provider},
    )
    with Gateway(config) as gateway, gateway.connect() as client:
        for stream in (False, True):
            answer = client.send(chat(stream, model="t")).answer()
            assert answer.status == 500
            assert answer.error()["message"] == "an unexpected error occurred"


def test_a_plugin_whose_digest_is_another(tmp_path):
    folder = folder_with(tmp_path)
    wrong = "sha256:" + "0" * 64
    right = "sha256:" + hashlib.sha256((folder / OPENAI).read_bytes()).hexdigest()
    with Upstream(always(GOOD)) as upstream:
        plugins = {"path": [str(folder)], "sha256": {OPENAI: wrong}}
        log = refused(config_for(upstream.url, plugins=plugins))
        assert f"{folder}/{OPENAI}: sha256 is {right[7:]} but " in log
        assert f"plugins.sha256 asks for {wrong[7:]}; " in log
        plugins["sha256"][OPENAI] = right.upper().replace("SHA", "sha")
        with Gateway(config_for(upstream.url, plugins=plugins)) as gateway:
            with gateway.connect() as client:
                assert client.send(chat()).answer().json() == ANSWER


def test_private_copies_of_plugins_are_not_left_behind(tmp_path):
    run_dir = tmp_path / "run"
    with Upstream(always(GOOD)) as upstream:
        plugins = {"path": [PLUGINS], "run_dir": str(run_dir)}
        with Gateway(config_for(upstream.url, plugins=plugins)):
            assert list(run_dir.iterdir()) == []


# --- Commands ---


def test_help_names_every_command_and_option():
    for option in ("--help", "-h"):
        done = run(option)
        assert (done.returncode, done.stderr) == (0, "")
    text = done.stdout
    assert text.startswith("usage: gomodel ")
    for word in (
        "serve",
        "check-config",
        "--print",
        "plugins list",
        "--markdown",
        "plugins schema",
        "plugins check",
        "providers list",
        "-c, --config",
        "-h, --help",
        "--version",
    ):
        assert word in text, word
    assert max(map(len, text.splitlines())) <= 80
    for internal in ("daemon", "umask", "pidfile"):
        assert internal not in text


def test_version():
    done = run("--version")
    assert (done.returncode, done.stderr) == (0, "")
    assert re.fullmatch(r"gomodel \S.*\n", done.stdout)


def test_commands_that_do_not_exist():
    done = run("srve")
    assert done.returncode == 2
    assert done.stderr == 'gomodel: unknown command "srve"; see gomodel --help\n'
    for arguments in (["--nonsense"], ["--config"], ["--daemon"], ["--version=3"]):
        done = run(*arguments)
        assert done.returncode == 2, (arguments, done.stderr)
        assert done.stderr.startswith("gomodel: "), done.stderr
        assert arguments[0].lstrip("-").split("=")[0] in done.stderr
        assert len(done.stderr.splitlines()) == 1
    for arguments in (["plugins"], ["plugins", "schema"], ["providers"], ["check-config", "-x"]):
        done = run(*arguments)
        assert done.returncode == 2
        assert done.stderr.startswith("usage: gomodel ")


# --- The log ---

SECRETS = {
    "sk-upstream-secret": "the provider's key",
    "master-secret": "the master key",
    "hunter2": "the password in a URL",
    "sk-client-secret": "what a client sent as a key",
    "prompt-text": "what a client wrote",
}


@pytest.mark.parametrize("form", ["json", "text"])
def test_secrets_stay_out_of_the_log(form):
    echoing = b'HTTP/1.1 401 No\r\nContent-Length: 2\r\n\r\n{}'
    with Upstream(once(echoing)) as upstream:
        url = upstream.url.replace("://", "://user:hunter2@")
        server = {"port": 0, "address": "127.0.0.1", "master_key": "master-secret"}
        config = config_for(url, server=server)
        config["models"] = {}  # so that the upstream is asked for its models, which fails
        config["providers"]["up"]["models"] = ["gpt-test"]
        key = ["Authorization: Bearer master-secret"]
        with Gateway(config, {"LOG_FORMAT": form, "LOG_LEVEL": "debug"}) as gateway:
            answers = []
            for data in (
                chat(headers=key, content="prompt-text"),
                chat(headers=key, content="prompt-text", stream=True),
                chat(headers=["Authorization: Bearer sk-client-secret"]),
                chat(headers=["X-Api-Key: sk-client-secret"]),
                request("GET", "/nowhere", headers=key),
                b"GET /x HTTP/1.1\r\nAuthorization: Bearer sk-client-secret\r\n\r\n",
            ):
                with gateway.connect() as client:
                    answers.append(client.send(data).answer())
            gateway.wait_log(lambda line: "REQUEST" in line and "Host" in line)
            lines = list(gateway.lines)
    assert sum("REQUEST" in line for line in lines) == 6
    for line in lines:
        for secret, what in SECRETS.items():
            assert secret not in line, what
    for answer in answers:
        for secret, what in SECRETS.items():
            assert secret.encode() not in answer.body, what


def test_the_log_in_json():
    with Upstream(always(GOOD)) as upstream, Gateway(config_for(upstream.url)) as gateway:
        with gateway.connect() as client:
            odd = 'X-Request-ID: a"b\\c'
            client.send(chat(headers=[odd, "User-Agent: \x80\xff"])).answer()
        gateway.wait_log(lambda line: '"REQUEST"' in line)
        for line in gateway.lines:
            entry = json.loads(line)
            assert list(entry)[:3] == ["time", "level", "msg"]
            assert datetime.fromisoformat(entry["time"]).tzinfo is not None
        record = gateway.records()[0]
        assert record["request_id"] == 'a"b\\c'
        for key in ("method", "uri", "status", "latency", "host", "bytes_in", "bytes_out"):
            assert key in record


def test_the_log_in_text():
    with Upstream(always(GOOD)) as upstream:
        with Gateway(config_for(upstream.url), {"LOG_FORMAT": "text"}) as gateway:
            with gateway.connect() as client:
                client.send(chat(headers=["X-Request-ID: a b"])).answer()
            line = gateway.wait_log(lambda text: "REQUEST" in text)
            assert re.match(r"\d{1,2}:\d\d[AP]M INF REQUEST method=POST ", line), line
            assert ' request_id="a b" ' in line
            assert " status=200 " in line


def test_levels_below_the_chosen_one_are_left_out():
    with Upstream(always(GOOD)) as upstream:
        gateway = Gateway(config_for(upstream.url, server={"address": "192.0.2.1", "port": 0}),
                          {"LOG_LEVEL": "error"})
        assert gateway.wait() == 1
        assert len(gateway.lines) == 1 and '"level":"ERROR"' in gateway.lines[0]
        gateway.kill()


@pytest.mark.parametrize("starts", [True, False])
def test_a_log_that_nobody_reads_does_not_hold_up_the_end(tmp_path, starts):
    unread, log = os.pipe()
    os.set_blocking(log, False)
    with contextlib.suppress(BlockingIOError):
        while True:
            os.write(log, bytes(4096))
    os.set_blocking(log, True)
    server = {"address": "127.0.0.1", "port": free_port(), "workers": 2}
    with Upstream(always(GOOD)) as upstream:
        config = tmp_path / "config.yaml"
        config.write_text(json.dumps(config_for(upstream.url if starts else "nowhere:", server=server)))
        process = subprocess.Popen([BINARY, "--config", config], cwd=tmp_path, env=environment(),
                                   stderr=log)
        try:
            deadline = time.monotonic() + PATIENCE
            while starts and time.monotonic() < deadline:
                with contextlib.suppress(OSError):
                    socket.create_connection(("127.0.0.1", server["port"])).close()
                    process.terminate()
                    break
                time.sleep(0.01)
            assert process.wait(PATIENCE) == (0 if starts else 1)
        finally:
            process.kill()
            process.wait()
            os.close(unread)
            os.close(log)
