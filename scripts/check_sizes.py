#!/usr/bin/env python3
"""Refuses files and functions that have grown past what one reader can hold.

Files: 500 lines (tests 700). Functions: 60 lines.
"""

import re
import subprocess
import sys
from pathlib import Path

MAX_FILE = 500
MAX_TEST_FILE = 700
MAX_FUNCTION = 60
CONTROL = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|if|for|while|switch|do|else|try|"
                     r"catch|\}|case)\b|^\s*\}")
LITERALS = re.compile(r'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//.*')
RAW = re.compile(r'R"(\w*)\(.*?\)\1"', re.S)


def blank(match: re.Match) -> str:
    return "\n" * match.group(0).count("\n")


def long_functions(path: Path, text: str) -> list[str]:
    """Counts from the line whose brace opens a body behind a parameter list to its closing brace."""
    found = []
    depth = 0
    started = None  # (depth outside, line)
    for number, raw in enumerate(RAW.sub(blank, text).splitlines(), 1):
        line = LITERALS.sub("", raw).rstrip()
        opens = line.endswith("{") and ")" in line and not CONTROL.match(line)
        if opens and started is None:
            started = (depth, number)
        depth += line.count("{") - line.count("}")
        if started is not None and depth <= started[0]:
            length = number - started[1]
            if length > MAX_FUNCTION:
                found.append(f"{path}:{started[1]}: function of {length} lines "
                             f"(limit {MAX_FUNCTION})")
            started = None
    return found


def main() -> int:
    files = subprocess.run(["git", "ls-files", "-z", "*.hpp", "*.cpp", "*.h", "*.py"], check=True,
                           capture_output=True, text=True).stdout.split("\0")
    found = []
    for name in filter(None, files):
        path = Path(name)
        if not path.exists():
            continue
        text = path.read_text(encoding="utf-8")
        lines = text.splitlines()
        limit = MAX_TEST_FILE if name.startswith("tests/") else MAX_FILE
        if len(lines) > limit:
            found.append(f"{name}: {len(lines)} lines (limit {limit})")
        if not name.startswith("tests/") and not name.endswith(".py"):
            found += long_functions(path, text)
    print("\n".join(found) if found else "sizes: in order")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
