#!/usr/bin/env python3
"""Docs quote code that is compiled: every fenced block that follows a line

    <!-- from path/of/file -->

must be found in that file, line by line. Arguments: the Markdown files to check.
"""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
QUOTE = re.compile(r"<!-- from (\S+) -->\n```\w*\n(.*?)^```$", re.S | re.M)


def main(paths):
    quotes = 0
    wrong = 0
    for path in paths:
        for source, block in QUOTE.findall(Path(path).read_text()):
            quotes += 1
            if "\n" + block not in "\n" + (ROOT / source).read_text():
                wrong += 1
                print(f"{path}: not in {source}:\n{block}")
    if quotes == 0:
        print("no quotes found")
    return 1 if wrong or quotes == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
