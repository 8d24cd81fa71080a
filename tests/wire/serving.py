"""The fixture of tests in this folder, tests/hostile and tests/limits: a gateway and its upstream."""

import pytest

from gateway import Gateway, config_for
from upstream import Upstream


@pytest.fixture
def serve():
    """serve(script, **sections): an upstream that runs the script, and a gateway before it. `type`:
    that of its provider."""
    running = []

    def start(script, env=None, type="openai", **sections):
        upstream = Upstream(script)
        running.append(upstream)
        config = config_for(upstream.url, **sections)
        config["providers"]["up"]["type"] = type
        gateway = Gateway(config, env)
        running.append(gateway)
        gateway.__enter__()
        return gateway, upstream

    yield start
    for started in reversed(running):
        started.__exit__(None, None, None)
