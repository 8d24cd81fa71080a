"""What the end to end tests share: one upstream, one gateway before it, the official clients."""

from __future__ import annotations

import itertools
import os

import pytest

from clients import NpmClient, PythonClient
from gateway import Gateway
from upstream import Upstream

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def shared_upstream():
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture
def upstream(shared_upstream):
    """Well behaved, and has been asked nothing."""
    shared_upstream.reset()
    return shared_upstream


@pytest.fixture(scope="session")
def shared_gateway(shared_upstream):
    gateway = Gateway(shared_upstream.url)
    yield gateway
    gateway.stop()


@pytest.fixture
def gateway(shared_gateway, upstream):
    """Before `upstream`, with a master key, metrics and the access log."""
    return shared_gateway


@pytest.fixture(scope="session", params=[NpmClient, PythonClient], ids=["npm", "python"])
def sdk(request):
    client = request.param()
    yield client
    client.close()


@pytest.fixture
def client(sdk, gateway):
    """Each official client in turn, talking to `gateway` with a request id of its own."""
    sdk.target = gateway.api
    sdk.retries, sdk.timeout = 0, 60.0
    sdk.headers = {"X-Request-ID": f"e2e-{os.getpid()}-{next(_numbers)}"}
    return sdk


@pytest.fixture
def request_id(client):
    """The one that `client` sends."""
    return client.headers["X-Request-ID"]
