"""scripts/run.sh, from a checkout to a first answer: what it prints works when it is pasted into a shell.

What it calls to install packages and to build is played by scripts that write down how they were
called: the program is there already."""

import os
import shutil
import signal
import socket
import subprocess
import threading
from pathlib import Path

import pytest

from gateway import BINARY, PATIENCE, PLUGINS, environment
from ports import free_port
from upstream import ANSWER, Upstream, response

SOURCES = Path(__file__).parents[2]
LISTED = response({"object": "list", "data": [{"id": "gpt-test", "object": "model"}]})


class Checkout:
    """A folder with what run.sh needs."""

    def __init__(self, folder):
        self.folder = folder
        self.calls = folder / "calls"
        (folder / "scripts").mkdir()
        (folder / "config").mkdir()
        (folder / "build/release/bin").mkdir(parents=True)
        shutil.copy(SOURCES / "scripts/run.sh", folder / "scripts")
        shutil.copy(SOURCES / "config/quickstart.yaml", folder / "config")
        (folder / "build/release/bin/gomodel").symlink_to(BINARY)
        for name in ("setup.sh", "build.sh"):
            script = folder / "scripts" / name
            script.write_text(f'#!/bin/sh\necho "{name} $*" >>"{self.calls}"\n')
            script.chmod(0o755)
        self.process = None

    def run(self, **variables):
        """Starts it; returns what it has printed once it says how it is stopped."""
        self.env = environment(GOMODEL_PLUGIN_PATH=PLUGINS, **variables)
        self.process = subprocess.Popen(
            [self.folder / "scripts/run.sh"], cwd="/", env=self.env, stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True,
        )
        watchdog = threading.Timer(PATIENCE, self.kill)
        watchdog.start()
        printed = []
        for line in self.process.stderr:
            printed.append(line)
            if line.startswith("Ctrl-C"):
                break
        watchdog.cancel()
        assert printed and printed[-1].startswith("Ctrl-C"), "".join(printed)
        # What it logs from now on is nobody's concern, but must have somewhere to go.
        threading.Thread(target=self.process.stderr.read, daemon=True).start()
        return "".join(printed)

    def paste(self, printed, **variables):
        """Runs the request that was printed in a shell and returns its answer."""
        command = printed[printed.index("  curl "):printed.index("Ctrl-C")]
        done = subprocess.run(["bash", "-c", command], env={**self.env, **variables}, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=PATIENCE)
        assert done.returncode == 0
        return done.stdout

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE)

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)


@pytest.fixture
def checkout(tmp_path):
    made = Checkout(tmp_path)
    yield made
    if made.process is not None and made.process.poll() is None:
        made.kill()
        made.process.wait()


@pytest.fixture
def upstream():
    def script(peer):
        while True:
            asked = peer.read_request()
            peer.send(LISTED if asked.line.startswith("GET") else response(ANSWER))

    with Upstream(script) as running:
        yield running


def test_without_anything_the_first_request_works(checkout):
    port = free_port()
    printed = checkout.run(PORT=str(port))
    assert f"GoModel listens on http://127.0.0.1:{port}\n" in printed
    assert "  demo (echo)" in printed
    assert "Hello, gateway" in checkout.paste(printed)
    # Every start asks for both; the second time there is nothing to install or to build.
    assert checkout.calls.read_text() == "setup.sh build\nbuild.sh release gomodel-all\n"
    checkout.stop()
    with pytest.raises(ConnectionError):
        socket.create_connection(("127.0.0.1", port)).close()


def test_without_a_port_it_is_the_usual_one(checkout):
    """Nothing is set anywhere. The port may be taken on this machine; then it says so and ends."""
    with socket.socket(socket.AF_INET6) as other:
        try:
            other.bind(("::", 8080))
            other.listen()
        except OSError:
            pass  # somebody else has it
        done = subprocess.run([checkout.folder / "scripts/run.sh"], text=True, stdin=subprocess.DEVNULL,
                              env=environment(GOMODEL_PLUGIN_PATH=PLUGINS), timeout=PATIENCE,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode != 0
    assert "8080" in done.stderr


def test_a_key_in_the_env_file_is_enough(checkout, upstream):
    port = free_port()
    (checkout.folder / ".env").write_text(
        f"PORT={port}\nOPENAI_API_KEY=sk-upstream\nOPENAI_BASE_URL={upstream.url}\n"
    )
    printed = checkout.run()
    assert "  openai (openai)" in printed and "echo" not in printed
    assert '"model":"openai/gpt-test"' in printed
    assert ANSWER["choices"][0]["message"]["content"] in checkout.paste(printed)


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_with_a_master_key_the_request_has_it(checkout, upstream, where):
    key = "master-secret"
    settings = f"PORT={free_port()}\nOPENAI_API_KEY=sk-upstream\nOPENAI_BASE_URL={upstream.url}\n"
    variables = {"GOMODEL_MASTER_KEY": key} if where == "environment" else {}
    if not variables:
        settings += f'GOMODEL_MASTER_KEY="{key}"\n'
    (checkout.folder / ".env").write_text(settings)
    printed = checkout.run(**variables)
    assert key not in printed
    assert '"model":"openai/gpt-test"' in printed
    assert ANSWER["choices"][0]["message"]["content"] in checkout.paste(
        printed, GOMODEL_MASTER_KEY=key
    )


def test_what_a_configuration_file_says_is_what_is_printed(checkout, upstream):
    port = free_port()
    (checkout.folder / "config.yaml").write_text(
        f"server: {{port: {port}, base_path: /gw}}\n"
        f"providers: {{mine: {{type: openai, api_key: k, base_url: '{upstream.url}'}}}}\n"
    )
    printed = checkout.run()
    assert f"GoModel listens on http://127.0.0.1:{port}/gw\n" in printed
    assert "  mine (openai)" in printed
    assert ANSWER["choices"][0]["message"]["content"] in checkout.paste(printed)


def test_a_configuration_that_is_wrong_is_said(checkout):
    (checkout.folder / "config.yaml").write_text("server: {port: [1]}\n")
    done = subprocess.run([checkout.folder / "scripts/run.sh"], text=True, stdin=subprocess.DEVNULL,
                          env=environment(GOMODEL_PLUGIN_PATH=PLUGINS, PORT=str(free_port())),
                          timeout=PATIENCE, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    assert done.returncode != 0
    assert "config.yaml:1" in done.stderr
