"""The gateway and the scripted upstream are those of tests/wire."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent.parent / "wire"))

from gateway import Gateway, config_for  # noqa: E402
from upstream import Upstream  # noqa: E402


@pytest.fixture
def serve():
    """serve(script, **sections): an upstream that runs the script, and a gateway before it."""
    running = []

    def start(script, env=None, **sections):
        upstream = Upstream(script)
        running.append(upstream)
        gateway = Gateway(config_for(upstream.url, **sections), env)
        running.append(gateway)
        gateway.__enter__()
        return gateway, upstream

    yield start
    for started in reversed(running):
        started.__exit__(None, None, None)
