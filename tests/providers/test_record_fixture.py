"""Promise: scripts/record_fixture.py makes of one exchange with a vendor a fixture that replays: the
plugin's own requests, the answers as they came, and nothing of the account."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from upstream import Upstream, response

ROOT = Path(__file__).parents[2]
SCRIPT = ROOT / "scripts" / "record_fixture.py"
BUILD = Path(os.environ["GOMODEL_BUILD"])
FIXTURES = ROOT / "plugins" / "providers" / "anthropic" / "fixtures"
DATE = "Tue, 15 Nov 1994 08:12:31 GMT"
KEY = "sk-ant-live-0123456789"


def load(*path):
    return json.loads(Path(*path).read_text())


def recorded_body(case):
    """What the vendor answered in a fixture that is there already."""
    events = FIXTURES / case / "steps" / "01.sse"
    return events.read_bytes() if events.exists() else load(
        FIXTURES, case, "steps", "01.json")["response"]["body"]


@pytest.fixture
def vendor():
    """Sends what the test puts into `answers`, one a request."""
    answers = []

    def script(peer):
        peer.read_request()
        peer.send(answers.pop(0))

    with Upstream(script) as upstream:
        upstream.answers = answers
        yield upstream


def record(vendor, folder, op, *options, provider="anthropic", case="new", key=KEY):
    """What the script printed, and its exit code."""
    name = provider.upper()
    environment = {"PATH": os.environ["PATH"], f"{name}_BASE_URL": vendor.url}
    if key:
        environment[f"{name}_API_KEY"] = key
    done = subprocess.run(
        [sys.executable, "-B", str(SCRIPT), provider, case, "-", "--build", str(BUILD),
         "--into", str(folder), *options],
        input=json.dumps(op), capture_output=True, text=True, check=False, timeout=60,
        env=environment)
    return done.stdout + done.stderr, done.returncode


def replay(folder, provider="anthropic"):
    plugin = BUILD / "plugins" / f"libgomodel-provider-{provider}.so"
    return subprocess.run(
        [str(BUILD / "bin" / "plugin-check"), str(plugin), "--fixtures", str(folder), "--only",
         "fixtures-replay"], capture_output=True, text=True, check=False, timeout=60)


def everything(folder):
    return "\n".join(path.read_text() for path in folder.rglob("*") if path.is_file())


def test_a_chat_is_recorded_and_replays(vendor, tmp_path):
    vendor.answers.append(response(recorded_body("chat"), headers=[
        f"Date: {DATE}", "Request-Id: req_1", "Set-Cookie: session=1", "Anthropic-Organization-Id: org-1"]))
    printed, code = record(vendor, tmp_path, load(FIXTURES, "chat", "op.json"))
    assert code == 0, printed
    seen = vendor.next_request()
    assert seen.headers["x-api-key"] == KEY
    step = load(tmp_path, "new", "steps", "01.json")
    # What went to the vendor is what the fixture says, but for the key.
    assert seen.json() == step["request"]["body"]
    assert step["request"]["headers"]["x-api-key"] == "test-key"
    response_kept = step["response"]
    assert (response_kept["status"], response_kept["body"]) == (200, recorded_body("chat"))
    assert response_kept["headers"] == {"content-type": "application/json", "date": DATE}
    answer = load(tmp_path, "new", "expected.json")
    assert answer["choices"][0]["message"]["content"] == "Hello!"
    assert KEY not in everything(tmp_path)
    assert replay(tmp_path).returncode == 0
    assert str(tmp_path / "new" / "expected.json") in printed


def test_the_replay_of_a_changed_answer_fails(vendor, tmp_path):
    vendor.answers.append(response(recorded_body("chat")))
    printed, code = record(vendor, tmp_path, load(FIXTURES, "chat", "op.json"))
    assert code == 0, printed
    step = tmp_path / "new" / "steps" / "01.json"
    step.write_text(step.read_text().replace("Hello!", "Goodbye!"))
    failed = replay(tmp_path)
    assert failed.returncode != 0
    assert "Goodbye!" in failed.stdout + failed.stderr


def test_a_stream_is_kept_byte_for_byte(vendor, tmp_path):
    events = recorded_body("stream-tools")
    # Without a date, which the time of the recording stands in for.
    vendor.answers.append(response(events, headers=["Content-Type: text/event-stream"]))
    printed, code = record(vendor, tmp_path, load(FIXTURES, "stream-tools", "op.json"))
    assert code == 0, printed
    assert (tmp_path / "new" / "steps" / "01.sse").read_bytes() == events
    assert "tool_calls" in (tmp_path / "new" / "expected.sse").read_text()
    assert replay(tmp_path).returncode == 0


def test_a_body_that_is_only_forwarded_reaches_the_vendor(vendor, tmp_path):
    vendor.answers.append(response({"id": "chatcmpl-1", "object": "chat.completion",
                                    "choices": []}))
    op = {"kind": "chat", "model": "gpt-4o-mini",
          "body": {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Grüße"}]}}
    printed, code = record(vendor, tmp_path, op, provider="openai")
    assert code == 0, printed
    seen = vendor.next_request()
    assert seen.json() == op["body"]
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert load(tmp_path, "new", "steps", "01.json")["request"]["forwarded"] is True
    assert replay(tmp_path, "openai").returncode == 0


def test_every_page_is_a_step(vendor, tmp_path):
    for page in ("01.json", "02.json"):
        body = load(FIXTURES, "models", "steps", page)["response"]["body"]
        vendor.answers.append(response(body, headers=["Connection: close"]))
    printed, code = record(vendor, tmp_path, {"kind": "models"})
    assert code == 0, printed
    assert sorted(path.name for path in (tmp_path / "new" / "steps").iterdir()) == [
        "01.json", "02.json"]
    assert vendor.next_request().line.startswith("GET /v1/models?limit=1000 ")
    assert "after_id=claude-opus-4-6" in vendor.next_request().line
    assert load(tmp_path, "new", "expected.json") == load(FIXTURES, "models", "expected.json")


def test_an_error_is_recorded_without_the_key_it_repeats(vendor, tmp_path):
    body = {"type": "error", "error": {"type": "authentication_error",
                                       "message": f"invalid x-api-key {KEY} of project secret-1"}}
    vendor.answers.append(response(body, "401 No"))
    printed, code = record(vendor, tmp_path, load(FIXTURES, "chat", "op.json"), "--hide",
                           "secret-1", "--hide", f"127.0.0.1:{vendor.port}")
    assert code == 0, printed
    error = load(tmp_path, "new", "expected.error.json")["error"]
    assert error["message"] == "invalid x-api-key test-key of project hidden"
    for secret in (KEY, "secret-1", str(vendor.port)):
        assert secret not in everything(tmp_path)
    assert load(tmp_path, "new", "steps", "01.json")["request"]["url"] == "http://hidden/v1/messages"
    assert replay(tmp_path).returncode == 0


def test_a_redirect_is_an_answer_and_takes_the_key_nowhere(vendor, tmp_path):
    vendor.answers.append(response({"moved": True}, "307 Elsewhere", [f"Location: {vendor.url}/other"]))
    printed, code = record(vendor, tmp_path, load(FIXTURES, "chat", "op.json"))
    assert code == 0, printed
    assert load(tmp_path, "new", "steps", "01.json")["response"]["status"] == 307
    assert vendor.connections == 1


@pytest.mark.parametrize("change, told", [
    ({"key": ""}, "set ANTHROPIC_API_KEY"),
    ({"provider": "nobody"}, "no file"),
    ({"case": "../chat"}, "a case is words"),
    ({"op": ["chat"]}, "a JSON object with a kind"),
    ({"op": {"kind": "song"}}, "kind is none of chat"),
])
def test_what_cannot_be_recorded_leaves_nothing(vendor, tmp_path, change, told):
    options = {"op": load(FIXTURES, "chat", "op.json"), **change}
    printed, code = record(vendor, tmp_path, **options)
    assert code == 1
    assert told in printed
    assert "Traceback" not in printed
    assert list(tmp_path.iterdir()) == []
    assert vendor.connections == 0


def test_a_fixture_is_never_overwritten(vendor, tmp_path):
    (tmp_path / "new").mkdir()
    printed, code = record(vendor, tmp_path, load(FIXTURES, "chat", "op.json"))
    assert code == 1
    assert "is there already" in printed
    assert vendor.connections == 0
