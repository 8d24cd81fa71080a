"""Promise: coding agents work with every model. They find their tools, call them, edit files, and go on
with what came of it, whichever API the model's provider has."""

from __future__ import annotations

import pytest

from clients.agents import ClaudeCode, Codex
from gateway import Gateway

CONFIG = """
server: {{address: 127.0.0.1, port: {port}, master_key: {key}, base_path: {base_path}, workers: 2}}
metrics: {{enabled: true}}
logging: {{only_model_interactions: false}}
resilience: {{retry: {{max_retries: 0}}}}
models: {{configured_provider_models_mode: allowlist}}
providers:
  main: {{type: openai, api_key: sk-upstream, base_url: "{upstream}", models: [gpt-4o]}}
  chatty: {{type: groq, api_key: sk-upstream, base_url: "{upstream}", models: [gpt-4o, gpt-5.5]}}
  claude: {{type: anthropic, api_key: sk-ant-upstream, base_url: "{upstream}",
            models: [claude-sonnet-4-5]}}
"""
OPENAI = "main/gpt-4o"  # has chat and responses of its own
CHAT = "chatty/gpt-4o"  # has only chat
KNOWN = "gpt-5.5"  # as CHAT; Codex knows it, and offers it tools that are no functions
CLAUDE = "claude/claude-sonnet-4-5"  # has only messages


@pytest.fixture(scope="session")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url, config=CONFIG)
    yield gateway
    gateway.stop()


@pytest.fixture
def start(gateway, tmp_path):
    """Makes an agent for a model; its folder is there."""
    folder = tmp_path / "work"
    folder.mkdir()
    return lambda agent, model: agent(gateway.url, gateway.key, model, tmp_path, folder)


@pytest.mark.parametrize("model", [OPENAI, CHAT, CLAUDE])
@pytest.mark.parametrize("kind", [ClaudeCode, Codex], ids=lambda kind: kind.name)
def test_reads_a_file_and_tells_of_it(start, upstream, kind, model):
    agent = start(kind, model)
    notes = agent.folder / "notes.txt"
    notes.write_text("the number is 4711, Größe\n")
    upstream.behaviour.calls = [agent.reading(notes)]
    assert "the number is 4711, Größe" in agent.ask("What is in notes.txt?")


@pytest.mark.parametrize("kind, model", [(ClaudeCode, CHAT), (ClaudeCode, CLAUDE), (Codex, KNOWN)],
                         ids=["claude-code-chat", "claude-code-messages", "codex-chat"])
def test_writes_a_file(start, upstream, kind, model):
    agent = start(kind, model)
    made = agent.folder / "made.txt"
    upstream.behaviour.calls = [agent.writing(made, "\"quoted\"\n\tand indented\n")]
    agent.ask("Write made.txt.")
    assert made.read_text() == "\"quoted\"\n\tand indented\n"


@pytest.mark.parametrize("model", [CHAT, CLAUDE])
def test_codex_finds_its_tools_in_namespaces(start, upstream, model):
    """Codex takes a call for its own tool only if the namespace is named as it named it."""
    agent = start(Codex, model)
    upstream.behaviour.calls = [("multi_agent_v1__close_agent", {"target": "nobody"})]
    assert "invalid agent id nobody" in agent.ask("Close the agent nobody.")
