"""Coding agents as they are installed, one process a question, in a folder of their own. They talk to
the gateway in place of their vendor and may do what they like in the folder."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

from .client import INSTALLED

PROGRAMS = INSTALLED / "agents" / "node_modules" / ".bin"
KEY_NAME = "GATEWAY_KEY"


class Agent:
    name = ""

    def __init__(self, url: str, key: str, model: str, home: Path, folder: Path):
        self.url, self.key, self.model, self.folder = url, key, model, folder
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(home)}

    def ask(self, question: str) -> str:
        """What it says in the end. Fails unless the agent thinks that all went well."""
        ran = subprocess.run(self.command(question), cwd=self.folder, env=self.environment,
                             stdin=subprocess.DEVNULL, capture_output=True, text=True,
                             encoding="utf-8", timeout=120)
        told = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("{")]
        assert ran.returncode == 0, (told[-3:], ran.stderr[-2000:])
        return self.answer(told)

    def command(self, question: str) -> list[str]:
        raise NotImplementedError

    def answer(self, told: list[dict]) -> str:
        raise NotImplementedError


class ClaudeCode(Agent):
    """Anthropic's, which speaks /v1/messages."""

    name = "claude-code"

    def __init__(self, *place):
        super().__init__(*place)
        self.environment |= {
            "ANTHROPIC_BASE_URL": self.url, "ANTHROPIC_AUTH_TOKEN": self.key,
            "ANTHROPIC_MODEL": self.model, "ANTHROPIC_SMALL_FAST_MODEL": self.model,
            "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1", "DISABLE_AUTOUPDATER": "1"}

    def command(self, question: str) -> list[str]:
        return [str(PROGRAMS / "claude"), "-p", question, "--output-format", "stream-json",
                "--verbose", "--allowedTools", "Read,Write"]

    def reading(self, file: Path) -> tuple[str, dict]:
        return "Read", {"file_path": str(file)}

    def writing(self, file: Path, text: str) -> tuple[str, dict]:
        return "Write", {"file_path": str(file), "content": text}

    def answer(self, told: list[dict]) -> str:
        result = told[-1]
        assert result["type"] == "result" and not result["is_error"], result
        return result["result"]


class Codex(Agent):
    """OpenAI's, which speaks /v1/responses."""

    name = "codex"

    def command(self, question: str) -> list[str]:
        self.environment[KEY_NAME] = self.key
        provider = {"name": "gateway", "base_url": f"{self.url}/v1", "env_key": KEY_NAME,
                    "wire_api": "responses"}
        settings = ['model_provider="gateway"', "check_for_update_on_startup=false",
                    *(f'model_providers.gateway.{name}="{value}"'
                      for name, value in provider.items())]
        options = [part for setting in settings for part in ("-c", setting)]
        return [str(PROGRAMS / "codex"), "exec", "--json", "--skip-git-repo-check",
                "--sandbox", "danger-full-access", *options, "-m", self.model, question]

    def reading(self, file: Path) -> tuple[str, dict]:
        return "exec_command", {"cmd": f"cat '{file}'"}

    def writing(self, file: Path, text: str) -> tuple[str, dict]:
        patch = "".join(f"+{line}\n" for line in text.splitlines())
        return "apply_patch", {
            "input": f"*** Begin Patch\n*** Add File: {file}\n{patch}*** End Patch"}

    def answer(self, told: list[dict]) -> str:
        assert told[-1]["type"] == "turn.completed", told[-1]
        said = [event["item"]["text"] for event in told
                if event.get("item", {}).get("type") == "agent_message"]
        return said[-1]
