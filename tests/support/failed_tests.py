#!/usr/bin/env python3
"""Prints the end of what each failed test said: failed_tests.py FILE, as `ctest --output-junit` wrote."""
import sys
import xml.etree.ElementTree as xml

LINES = 40

for case in xml.parse(sys.argv[1]).iter("testcase"):
    if case.get("status") == "fail":
        said = case.findtext("system-out", "").rstrip().splitlines()
        print(f"\n=== {case.get('name')}, the end of what it said", *said[-LINES:], sep="\n")
