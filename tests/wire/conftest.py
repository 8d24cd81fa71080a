import pytest

from gateway import Gateway, config_for
from serving import serve  # noqa: F401
from upstream import ANSWER, Upstream, always, response


@pytest.fixture(scope="module")
def plain():
    """A gateway whose upstream answers every request well, for tests that are about clients."""
    with Upstream(always(response(ANSWER))) as upstream:
        with Gateway(config_for(upstream.url)) as gateway:
            yield gateway
