from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest

from gateway import Gateway
from upstream import Upstream


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture
def start(tmp_path: Path, upstream: Upstream) -> Iterator[Callable[..., Gateway]]:
    """Starts gateways that are stopped, cleanly, when the test is over."""
    started: list[Gateway] = []

    def begin(**options) -> Gateway:
        folder = tmp_path / f"gateway-{len(started)}"
        folder.mkdir()
        started.append(Gateway(folder, upstream.url, **options))
        return started[-1]

    yield begin
    upstream.open_gate()
    for gateway in started:
        gateway.stop()


@pytest.fixture
def gateway(start: Callable[..., Gateway]) -> Gateway:
    return start()
