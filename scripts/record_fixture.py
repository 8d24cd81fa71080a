#!/usr/bin/env python3
"""Records one exchange with a live account as a fixture of plugin-check (sdk/docs/fixtures.md).

    OPENAI_API_KEY=... scripts/record_fixture.py openai chat-tools op.json

op.json says what the client asks for. What goes to the vendor is what the plugin makes of that; the
answer is kept as it came, and what the client gets is what the plugin makes of the answer. The key
comes from <TYPE>_API_KEY, the base URL from <TYPE>_BASE_URL where that is set. Neither the key nor
what --hide names gets into the fixture; read it all the same before you publish it.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from dataclasses import dataclass
from email.utils import formatdate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STAND_IN = "test-key"  # for the key
HIDDEN = "hidden"      # for what --hide names
# Of an answer's headers. Others tell of the account, or nothing.
KEPT_HEADERS = ("content-type", "date", "retry-after")
MAX_STEPS = 20
SECONDS = 300
# What probes: the plugin tells what it would send, and gets this for it.
PROBE = {"response": {"status": 500, "body": {}}}


class Refused(Exception):
    """Something that the person at the keyboard can put right."""


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


class NoRedirect(urllib.request.HTTPRedirectHandler):
    """A key does not travel to wherever an answer points."""

    def redirect_request(self, *_):
        return None


def send(method: str, url: str, headers: dict[str, str], body: bytes | None) -> Answer:
    request = urllib.request.Request(url, data=body, headers=headers, method=method)
    opener = urllib.request.build_opener(NoRedirect)
    try:
        with opener.open(request, timeout=SECONDS) as answer:
            return Answer(answer.status, dict(answer.headers.items()), answer.read())
    except urllib.error.HTTPError as error:
        return Answer(error.code, dict(error.headers.items()), error.read())
    except OSError as error:
        raise Refused(f"{method} {url}: {getattr(error, 'reason', error)}") from None


class Recording:
    """A fixture being made in `folder`, which holds nothing else."""

    def __init__(self, check: list[str], folder: Path, key: str, hide: list[str]):
        self.check = check
        self.folder = folder
        self.key = key
        self.hide = hide
        (folder / "steps").mkdir(parents=True)

    def step(self, number: int) -> Path:
        return self.folder / "steps" / f"{number:02}.json"

    def run_check(self, *options: str) -> None:
        command = [*self.check, "--fixtures", str(self.folder.parent), *options]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Refused(f"plugin-check: {done.stdout}{done.stderr}")

    def update(self) -> None:
        self.run_check("--only", "fixtures-replay", "--update-fixtures")

    def next_request(self, number: int) -> dict | None:
        """What the plugin sends once it has the answers so far; None: nothing more."""
        write(self.step(number), PROBE)
        self.update()
        step = read(self.step(number))
        if "request" not in step:
            self.step(number).unlink()
            return None
        return step["request"]

    def ask(self, request: dict) -> Answer:
        # The stand-in is in headers alone: plugin-check sees to that.
        headers = {name: value.replace(STAND_IN, self.key)
                   for name, value in request["headers"].items()}
        body = read(self.folder / "op.json").get("body") if request.get("forwarded") else (
            request.get("body"))
        if isinstance(body, dict):
            body = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return send(request["method"], request["url"], headers,
                    None if body is None else body.encode())

    def keep(self, number: int, answer: Answer) -> None:
        headers = {name.lower(): value for name, value in answer.headers.items()
                   if name.lower() in KEPT_HEADERS}
        # Plugins take the time of an answer from here; a replay must not take it from the clock.
        headers.setdefault("date", formatdate(usegmt=True))
        response = {"status": answer.status, "headers": headers}
        body = self.clean(answer.body)
        if headers.get("content-type", "").startswith("text/event-stream"):
            self.step(number).with_suffix(".sse").write_bytes(body)
        elif is_json_object(body):
            response["body"] = json.loads(body)
        elif body:
            self.step(number).with_suffix(".body").write_bytes(body)
        write(self.step(number), {"response": response})

    def clean(self, data: bytes) -> bytes:
        if self.key:
            data = data.replace(self.key.encode(), STAND_IN.encode())
        for text in self.hide:
            data = data.replace(text.encode(), HIDDEN.encode())
        return data

    def finish(self) -> None:
        """Cleans what was not cleaned yet, and sees that what is left replays, also in pieces."""
        for path in (path for path in self.folder.rglob("*") if path.is_file()):
            path.write_bytes(self.clean(path.read_bytes()))
        self.update()
        self.run_check("--only", "fixtures-replay", "--only", "byte-split-equals-whole")


def read(path: Path) -> dict:
    return json.loads(path.read_text())


def write(path: Path, value: dict) -> None:
    path.write_text(json.dumps(value, indent=4, ensure_ascii=False) + "\n")


def is_json_object(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body), dict)
    except ValueError:
        return False


def read_operation(path: Path) -> dict:
    try:
        op = json.loads(sys.stdin.read() if str(path) == "-" else path.read_text())
    except (OSError, ValueError) as error:
        raise Refused(f"{path}: {error}") from None
    if not isinstance(op, dict) or not isinstance(op.get("kind"), str):
        raise Refused(f"{path}: an operation is a JSON object with a kind")
    return op


def configuration(type: str, key: str, given: Path | None) -> dict:
    """The instance's, with the stand-in for its key."""
    schema = read(ROOT / "plugins" / "providers" / type / "schema.json")
    config = read(given) if given else {}
    if base_url := os.environ.get(f"{type.upper()}_BASE_URL"):
        config["base_url"] = base_url
    if key:
        config["api_key"] = STAND_IN
    for name in schema.get("required", []):
        if name not in config:
            raise Refused(f"set {type.upper()}_{name.upper()}")
    return config


def record(arguments: argparse.Namespace) -> Path:
    type = arguments.type
    home = ROOT / "plugins" / "providers" / type
    plugin = arguments.build / "plugins" / f"libgomodel-provider-{type}.so"
    check = arguments.build / "bin" / "plugin-check"
    for file in (home / "schema.json", plugin, check):
        if not file.is_file():
            raise Refused(f"no file {file}")
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", arguments.case):
        raise Refused(f"{arguments.case}: a case is words of small letters and digits, with dashes")
    target = (arguments.into or home / "fixtures") / arguments.case
    if target.exists():
        raise Refused(f"{target} is there already: move it away first")
    key = os.environ.get(f"{type.upper()}_API_KEY", "")
    with tempfile.TemporaryDirectory(prefix="gomodel-record-") as scratch:
        made = Recording([str(check), str(plugin)], Path(scratch) / arguments.case, key,
                         arguments.hide)
        write(made.folder / "op.json", read_operation(arguments.operation))
        write(made.folder / "config.json", configuration(type, key, arguments.config))
        number = 1
        while request := made.next_request(number):
            if number > MAX_STEPS:
                raise Refused(f"more than {MAX_STEPS} requests")
            made.keep(number, made.ask(request))
            number += 1
        made.finish()
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(made.folder, target)
    return target


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("type", help="of the provider")
    parser.add_argument("case", help="what the fixture is to be called")
    parser.add_argument("operation", type=Path, help="op.json; - for standard input")
    parser.add_argument("--config", type=Path, help="more of the instance's configuration, as JSON")
    parser.add_argument("--hide", action="append", default=[], metavar="TEXT",
                        help="what must not be published, such as a resource's name; repeatable")
    parser.add_argument("--build", type=Path, default=ROOT / "build" / "dev",
                        help="the build with plugin-check and the plugin")
    parser.add_argument("--into", type=Path, help="the folder of fixtures, if not the plugin's")
    try:
        target = record(parser.parse_args())
    except Refused as error:
        print(error, file=sys.stderr)
        return 1
    for path in sorted(path for path in target.rglob("*") if path.is_file()):
        print(path)
    return 0


if __name__ == "__main__":
    sys.exit(main())
