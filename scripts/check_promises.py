#!/usr/bin/env python3
"""Every promise names what proves it: in the tables of docs/reliability.md whose last column is "proved
by", each row names a test that exists, or a script. Argument: the build's folder, for its list of tests."""

import re
import subprocess
import sys
from pathlib import Path

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "reliability.md"
TEST = re.compile(r"#\d+: (\S+)")
QUOTED = re.compile(r"`([^`]+)`")


def promises(text):
    """(promise, what is quoted in its last cell), row by row."""
    in_table = False
    for line in text.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        if not cells:
            in_table = False
        elif cells[-1] == "proved by":
            in_table = True
        elif in_table and not set(cells[-1]) <= {"-"}:
            yield cells[-2], QUOTED.findall(cells[-1])


def exists(name, tests):
    """`wire.process`, `net.HttpServerTest`, or `net.ClockJumpTest`, which has parameters."""
    layer, _, suite = name.partition(".")
    wanted = re.compile(rf"{re.escape(layer)}\.([^.]+/)?{re.escape(suite)}([./]|$)")
    return any(wanted.match(test) for test in tests)


def main(build):
    listed = subprocess.run(["ctest", "--test-dir", build, "-N"], check=True, text=True,
                            stdout=subprocess.PIPE).stdout
    tests = TEST.findall(listed)
    wrong, rows = [], 0
    for promise, quoted in promises(DOCUMENT.read_text()):
        rows += 1
        missing = [name for name in quoted if "." in name and "/" not in name
                   and not exists(name, tests)]
        if missing or not quoted:
            wrong.append(f"no test {', '.join(missing) or 'is named'}: {promise}")
    print("\n".join(wrong) or f"{rows} promises, each with its proof")
    return 1 if wrong or not rows else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
