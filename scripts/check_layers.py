#!/usr/bin/env python3
"""Refuses includes that go against the order of the layers.

base < config < plugin < net < dialect < gateway < record < control <
admin < api < app: a file in core/
includes its own layer or one to the left. sdk/ includes nothing of core/ or plugins/, a plugin
includes sdk/ and plugins/support/, and core/ names no particular plugin.
"""

import re
import subprocess
import sys
from pathlib import Path

LAYERS = ["base", "config", "plugin", "net", "dialect", "gateway", "record", "control",
          "admin", "api", "app"]
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')
PROVIDERS = ["openai", "anthropic", "gemini", "deepseek", "groq", "openrouter", "zai", "xai", "azure",
             "oracle", "ollama", "vllm", "minimax", "echo"]
# A quoted provider name in core is a special case in the making. Config's table of defaults is the
# specification's own list.
NAMED = re.compile(r'"(?:provider\.)?(' + "|".join(PROVIDERS) + r')"')
MAY_NAME = {"core/config/settings.hpp", "core/config/key_table_server.cpp"}


def layer_of(path: str) -> int | None:
    first = path.split("/")[0]
    return LAYERS.index(first) if first in LAYERS else None


def faults(path: Path) -> list[str]:
    found = []
    parts = path.parts
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        where = f"{path}:{number}: "
        if parts[0] == "core" and str(path) not in MAY_NAME and NAMED.search(line):
            found.append(where + "core names a particular provider")
        include = INCLUDE.match(line)
        if not include:
            continue
        target = layer_of(include.group(1))
        if parts[0] == "core" and len(parts) > 2 and target is not None:
            own = LAYERS.index(parts[1])
            if target > own:
                found.append(where + f"{parts[1]} may not include {LAYERS[target]}")
        if parts[0] in ("sdk", "plugins") and target is not None:
            if not (path.parent / include.group(1)).exists():
                found.append(where + f"{parts[0]} may not include core")
    return found


def main() -> int:
    files = subprocess.run(["git", "ls-files", "-z", "core", "sdk", "plugins"], check=True,
                           capture_output=True, text=True).stdout.split("\0")
    found = []
    for name in files:
        if name.endswith((".hpp", ".cpp", ".h")) and Path(name).exists():
            found += faults(Path(name))
    print("\n".join(found) if found else "layers: in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
