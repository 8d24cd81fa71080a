"""The real gateway program for tests: started with a configuration of their own, on a free port.

Its log is kept line by line. stop() ends it as an operator would, and fails the test when it does
not exit cleanly, which is also how sanitizers report what they found.
"""

import json
import os
import re
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

BINARY = os.environ["GOMODEL_BINARY"]
PLUGINS = os.environ["GOMODEL_PLUGINS"]
# Sanitizers slow everything down; what takes no time otherwise gets this many seconds.
PATIENCE = 60.0


def config_for(upstream_url, **sections):
    """A configuration with one provider, `up`, whose model is `gpt-test`.

    The upstream is never asked for its models: what it sees is what the test made happen. Keyword
    arguments are sections, merged over the defaults.
    """
    config = {
        "server": {"address": "127.0.0.1", "port": 0, "workers": 1},
        "logging": {"only_model_interactions": False},
        "models": {"configured_provider_models_mode": "allowlist"},
        "plugins": {"path": [PLUGINS]},
        # What the upstream is sent is what the client sent, once; tests of retries say otherwise.
        "resilience": {
            "retry": {"max_retries": 0},
            "circuit_breaker": {"failure_threshold": 0},
        },
        "providers": {
            "up": {
                "type": "openai",
                "api_key": "sk-upstream-secret",
                "base_url": upstream_url,
                "models": ["gpt-test"],
            }
        },
    }
    for name, section in sections.items():
        if isinstance(config.get(name), dict) and isinstance(section, dict):
            config[name] = {**config[name], **section}
        else:
            config[name] = section
    return config


def environment(**variables):
    """What the gateway finds in its environment: nothing of this machine's."""
    kept = ("PATH", "HOME", "LANG", "ASAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS")
    found = {name: os.environ[name] for name in kept if name in os.environ}
    return {**found, "MODEL_LIST_URL": "off", **variables}


class Gateway:
    def __init__(self, config, env=None, arguments=(), files=None):
        """config: the text of the file, or what is written as JSON, which YAML includes. files: what
        else lies in its folder, text by name."""
        self._folder = tempfile.TemporaryDirectory()
        self.folder = Path(self._folder.name)
        self.config_file = self.folder / "config.yaml"
        self.config_file.write_text(config if isinstance(config, str) else json.dumps(config))
        for name, text in (files or {}).items():
            (self.folder / name).write_text(text)
        self.lines = []
        self._changed = threading.Condition()
        self.process = subprocess.Popen(
            [BINARY, "--config", str(self.config_file), *arguments],
            cwd=self.folder,
            env=environment(**(env or {})),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._reader = threading.Thread(target=self._read_log, daemon=True)
        self._reader.start()
        self.port = None

    def _read_log(self):
        for raw in self.process.stderr:
            with self._changed:
                self.lines.append(raw.decode(errors="replace").rstrip("\n"))
                self._changed.notify_all()
        with self._changed:
            self._reader_done = True
            self._changed.notify_all()

    _reader_done = False

    def wait_log(self, wanted, timeout=PATIENCE):
        """The first line for which `wanted(line)` is true, once there is one."""
        deadline = time.monotonic() + timeout
        seen = 0
        with self._changed:
            while True:
                for line in self.lines[seen:]:
                    if wanted(line):
                        return line
                seen = len(self.lines)
                left = deadline - time.monotonic()
                if left <= 0 or self._reader_done:
                    raise AssertionError("no such log line in:\n" + "\n".join(self.lines))
                self._changed.wait(left)

    def __enter__(self):
        try:
            line = self.wait_log(lambda text: "server started" in text)
        except AssertionError:
            self.kill()
            raise
        self.port = int(re.search(r'"?port"?[:=](\d+)', line).group(1))
        return self

    def __exit__(self, kind, value, trace):
        if kind is None:
            self.stop()
        else:
            self.kill()

    def terminate(self):
        self.process.send_signal(signal.SIGTERM)

    def wait(self, timeout=PATIENCE):
        """The exit code; the log is complete then."""
        code = self.process.wait(timeout)
        self._reader.join(timeout)
        return code

    def stop(self):
        if self.process.poll() is None:
            self.terminate()
        code = self.wait()
        self._folder.cleanup()
        assert code == 0, f"exit code {code}:\n" + "\n".join(self.lines[-80:])

    def kill(self):
        self.process.kill()
        self.process.wait()
        self._reader.join()
        self._folder.cleanup()

    def connect(self, **options):
        return Client(socket.create_connection(("127.0.0.1", self.port), PATIENCE), **options)

    def records(self):
        """The access log so far, one dict a request."""
        found = []
        for line in self.lines:
            if '"msg":"REQUEST"' in line:
                found.append(json.loads(line))
        return found

    def wait_record(self, request_id):
        return json.loads(
            self.wait_log(lambda line: '"msg":"REQUEST"' in line and f'"{request_id}"' in line)
        )

    def resident(self):
        """Bytes of memory it has now. Without its code, which comes when it first runs."""
        text = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"RssAnon:\s+(\d+) kB", text).group(1)) * 1024


def run(*arguments, env=None, cwd=None, timeout=PATIENCE):
    """Runs one command of the program to its end."""
    return subprocess.run(
        [BINARY, *map(str, arguments)],
        cwd=cwd,
        env=environment(**(env or {})),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=timeout,
    )


class Answer:
    def __init__(self, status, reason, headers, body, version):
        self.status = status
        self.reason = reason
        self.headers = headers  # names in lower case; repeated ones joined by ", "
        self.body = body
        self.version = version

    def json(self):
        return json.loads(self.body)

    def error(self):
        """The error of the envelope, after checking that it is one."""
        assert self.headers["content-type"] == "application/json", self.headers
        document = self.json()
        assert list(document) == ["error"], document
        assert list(document["error"]) == ["type", "message", "param", "code"], document
        assert document["error"]["message"]
        return document["error"]


class Client:
    """A client connection that sends exactly the bytes it is told to."""

    def __init__(self, connection):
        self.socket = connection
        self.socket.settimeout(PATIENCE)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.buffer = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.socket.close()

    def reset(self):
        """Ends the connection with a reset instead of a proper close."""
        linger = (1).to_bytes(4, "little") + (0).to_bytes(4, "little")
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.socket.close()

    def send(self, data):
        self.socket.sendall(data)
        return self

    def end_sending(self):
        self.socket.shutdown(socket.SHUT_WR)
        return self

    def _more(self):
        data = self.socket.recv(65536)
        self.buffer += data
        return bool(data)

    def read_until(self, mark):
        """Everything up to and with `mark`."""
        while mark not in self.buffer:
            if not self._more():
                raise EOFError(f"ended before {mark!r}: {self.buffer!r}")
        end = self.buffer.index(mark) + len(mark)
        data, self.buffer = self.buffer[:end], self.buffer[end:]
        return data

    def read_exactly(self, count):
        while len(self.buffer) < count:
            if not self._more():
                raise EOFError(f"ended after {len(self.buffer)} of {count} bytes")
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def read_all(self):
        """Everything until the other side closes."""
        while self._more():
            pass
        data, self.buffer = self.buffer, b""
        return data

    def at_end(self):
        """True once the other side has closed with nothing more sent."""
        try:
            return self.read_all() == b""
        except ConnectionResetError:
            return True

    def read_head(self):
        lines = self.read_until(b"\r\n\r\n").decode("latin-1").split("\r\n")[:-2]
        version, status, reason = lines[0].split(" ", 2)
        headers = {}
        for line in lines[1:]:
            name, value = line.split(": ", 1)
            name = name.lower()
            headers[name] = f"{headers[name]}, {value}" if name in headers else value
        return Answer(int(status), reason, headers, b"", version)

    def read_chunk(self):
        """The next chunk of a chunked body; empty at its end."""
        size = int(self.read_until(b"\r\n"), 16)
        data = self.read_exactly(size)
        assert self.read_exactly(2) == b"\r\n"
        return data

    def answer(self, to_head=False):
        """The next whole answer; interim ones (1xx) are answers of their own."""
        answer = self.read_head()
        if to_head or answer.status < 200 or answer.status in (204, 304):
            return answer
        if answer.headers.get("transfer-encoding") == "chunked":
            while chunk := self.read_chunk():
                answer.body += chunk
        elif "content-length" in answer.headers:
            answer.body = self.read_exactly(int(answer.headers["content-length"]))
        else:
            answer.body = self.read_all()
        return answer


def request(method, path, body=None, headers=(), host="gw"):
    """The bytes of a request. body: bytes, text, or what is sent as JSON."""
    head = [f"{method} {path} HTTP/1.1", f"Host: {host}", *headers]
    if body is None:
        return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1")
    if not isinstance(body, (bytes, str)):
        body = json.dumps(body)
    data = body if isinstance(body, bytes) else body.encode()
    head += ["Content-Type: application/json", f"Content-Length: {len(data)}"]
    return ("\r\n".join(head) + "\r\n\r\n").encode("latin-1") + data


def chat(stream=False, headers=(), model="gpt-test", content="hi"):
    """The bytes of a chat request."""
    body = {"model": model, "messages": [{"role": "user", "content": content}]}
    if stream:
        body["stream"] = True
    return request("POST", "/v1/chat/completions", body, headers)
