from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest

from gateway import Gateway
from slow_cache import SlowCache
from upstream import Upstream
from with_redis import Server, running


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture
def redis() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def start(tmp_path: Path, upstream: Upstream) -> Iterator[Callable[..., Gateway]]:
    """Starts a gateway; whatever runs when the test is over is killed."""
    started: list[Gateway] = []

    def begin(cache: str, **options) -> Gateway:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        gateway = Gateway(folder, upstream.url, cache, **options)
        started.append(gateway)
        return gateway

    yield begin
    for gateway in started:
        if hasattr(gateway, "process"):
            gateway.kill()


@pytest.fixture
def cache(tmp_path: Path) -> SlowCache:
    return SlowCache(tmp_path)


@pytest.fixture
def gateway(start: Callable[..., Gateway], redis: Server) -> Gateway:
    """One with Redis."""
    return start(f"{{redis: {{url: '{redis.url}'}}}}")
