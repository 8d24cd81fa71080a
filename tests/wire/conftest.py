import pytest

from gateway import Gateway, config_for
from upstream import ANSWER, Upstream, always, response


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


@pytest.fixture(scope="module")
def plain():
    """A gateway whose upstream answers every request well, for tests that are about clients."""
    with Upstream(always(response(ANSWER))) as upstream:
        with Gateway(config_for(upstream.url)) as gateway:
            yield gateway
