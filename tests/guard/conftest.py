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
    """Makes gateways; those that were started are stopped, cleanly, when the test is over."""
    made: list[Gateway] = []

    def begin(*rules: dict, **options) -> Gateway:
        folder = tmp_path / str(len(made))
        folder.mkdir()
        made.append(Gateway(folder, upstream.url, list(rules), **options))
        return made[-1]

    yield begin
    upstream.gate.set()
    for gateway in made:
        if hasattr(gateway, "process"):
            gateway.stop()
