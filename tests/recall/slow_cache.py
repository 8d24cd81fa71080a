"""The cache of slow_cache.cpp, which takes as long as it is told to."""

from __future__ import annotations

from pathlib import Path


class SlowCache:
    def __init__(self, folder: Path):
        self.delay_file = folder / "delay"
        self.calls_file = folder / "calls"
        self.block = (f"{{type: slow, config: {{delay_file: '{self.delay_file}', "
                      f"calls_file: '{self.calls_file}'}}}}")

    def delay(self, get: int, put: int | None = None) -> None:
        """Milliseconds; those of `get` hold for both."""
        # At once: the plugin reads it while it is written.
        new = self.delay_file.with_suffix(".new")
        new.write_text(f"{get} {get if put is None else put}")
        new.replace(self.delay_file)

    def calls(self) -> list[str]:
        return self.calls_file.read_text().split() if self.calls_file.exists() else []
