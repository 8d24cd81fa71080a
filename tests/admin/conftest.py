from __future__ import annotations

import sys
from pathlib import Path
from typing import Callable, Iterator

import pytest

from with_postgres import Server, running

sys.path.append(str(Path(__file__).parents[1] / "record"))  # its gateway, upstream and clients

from gateway import Gateway  # noqa: E402
from upstream import Upstream  # noqa: E402

OFFLINE = "cache: {model: {local: {}, model_list: {url: 'off'}}}\n"


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
    """Starts a gateway, with SQLite unless told otherwise; whatever runs when the test is over is killed."""
    started: list[Gateway] = []

    def begin(settings: str = "", **options: str) -> Gateway:
        options.setdefault("storage", "sqlite")
        offline = "" if "cache:" in settings else OFFLINE
        started.append(Gateway(tmp_path, upstream.url, offline + settings, **options))
        return started[-1]

    yield begin
    for gateway in started:
        gateway.kill()
