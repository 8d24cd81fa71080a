from __future__ import annotations

from pathlib import Path
from typing import Callable, Iterator

import pytest

from gateway import Gateway
from upstream import Upstream
from with_postgres import Server, running


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    upstream = Upstream()
    yield upstream
    upstream.stop()


@pytest.fixture
def server() -> Iterator[Server]:
    with running() as server:
        yield server


@pytest.fixture
def start(tmp_path: Path, upstream: Upstream) -> Iterator[Callable[..., Gateway]]:
    """Starts a gateway; whatever runs when the test is over is killed."""
    started: list[Gateway] = []

    def begin(**options) -> Gateway:
        folder = tmp_path / str(len(started))
        folder.mkdir()
        options.setdefault("database", tmp_path / "gomodel.db")
        started.append(Gateway(folder, upstream.url, **options))
        return started[-1]

    yield begin
    for gateway in started:
        gateway.kill()
