#!/usr/bin/env python3
"""Keeps the plugin ABI from changing by accident.

tests/abi/abi.lock holds a fingerprint of each header in sdk/include/gomodel/abi (comments and
white space do not count) and the size and place of every field. Without arguments this script
compares them and says what to do; --update writes the lock anew.
"""

import argparse
import hashlib
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

ADVICE = """
The plugin ABI changed. Which of these is it?
  A field, an enum value or a host service was appended:
      raise GM_ABI_MINOR in abi/base.h, then run scripts/abi_lock.py --update
  An interface changed in any other way:
      give it a new id ("gomodel.cache/2") and keep the old one, then --update
  It was not meant to change:
      undo it
  No host with this version was ever released:
      scripts/abi_lock.py --update --unreleased
"""


def without_comments(text):
    text = re.sub(r"/\*.*?\*/", " ", text, flags=re.S)
    return re.sub(r"//[^\n]*", " ", text)


def fingerprint(text):
    tokens = re.findall(r'"(?:\\.|[^"\\])*"|\w+|[^\s\w]', without_comments(text))
    return hashlib.sha256(" ".join(tokens).encode()).hexdigest()


def field_name(declaration):
    function = re.search(r"\(\s*\*\s*(\w+)\s*\)", declaration)
    if function:
        return function.group(1)
    return re.search(r"(\w+)\s*$", declaration).group(1)


def structs_in(text):
    """The (name, fields) of each struct. No struct holds braces of its own."""
    for match in re.finditer(r"typedef\s+struct\s+\w+\s*\{([^{}]*)\}\s*(\w+)\s*;",
                             without_comments(text)):
        declarations = [d.strip() for d in match.group(1).split(";") if d.strip()]
        yield match.group(2), [field_name(d) for d in declarations]


def layout(include, structs, compiler):
    """The lines that a C program prints about `structs`."""
    prints = []
    for name, fields in structs:
        kind = "growing" if fields[0] == "size" else "frozen"
        prints.append(f'printf("struct {name} {kind} %zu\\n", sizeof({name}));')
        for field in fields:
            prints.append(f'printf("field {name}.{field} %zu %zu\\n", offsetof({name}, {field}), '
                          f"sizeof((({name}*)0)->{field}));")
    program = ("#include <stdio.h>\n#include <gomodel/abi.h>\nint main(void) {\n" +
               "\n".join(prints) + "\n}\n")
    with tempfile.TemporaryDirectory() as directory:
        source = Path(directory, "layout.c")
        binary = Path(directory, "layout")
        source.write_text(program)
        subprocess.run([compiler, "-std=c11", f"-I{include}", str(source), "-o", str(binary)],
                       check=True)
        return subprocess.run([str(binary)], check=True, capture_output=True,
                              text=True).stdout.splitlines()


def describe(include, compiler):
    """The contents of the lock for the headers as they are."""
    headers = sorted(Path(include, "gomodel", "abi").glob("*.h"))
    texts = {header: header.read_text() for header in headers}
    everything = without_comments("\n".join(texts.values()))
    major = re.search(r"#define GM_ABI_MAJOR (\d+)u", everything).group(1)
    minor = re.search(r"#define GM_ABI_MINOR (\d+)u", everything).group(1)
    lines = [f"version {major} {minor}"]
    structs = []
    for header, text in texts.items():
        ids = re.findall(r'"(gomodel\.[a-z_.]+/\d+)"', without_comments(text))
        lines.append(" ".join(["header", header.name, fingerprint(text), *ids]))
        structs.extend(structs_in(text))
    return lines + layout(include, structs, compiler)


def parse(lines):
    lock = {"version": None, "header": {}, "struct": {}, "field": {}}
    for line in lines:
        kind, *rest = line.split()
        if kind == "version":
            lock["version"] = tuple(map(int, rest))
        else:
            lock[kind][rest[0]] = rest[1:]
    return lock


def compare(old, new):
    """(what must not happen, what only needs recording), as messages."""
    broken, changed = [], []
    if new["version"][0] != old["version"][0]:
        return [], ["the major version changed"]
    bumped = new["version"] > old["version"]
    for name, (digest, *ids) in old["header"].items():
        if name not in new["header"]:
            broken.append(f"{name} is gone")
        elif new["header"][name][0] != digest:
            if bumped or new["header"][name][1:] != ids:
                changed.append(f"{name} changed")
            else:
                broken.append(f"{name} changed, but neither GM_ABI_MINOR nor an interface id did")
    for name in new["header"].keys() - old["header"].keys():
        (changed if bumped else broken).append(f"{name} is new" + ("" if bumped else
                                               ", but GM_ABI_MINOR did not change"))
    for name, (kind, size) in old["struct"].items():
        if name not in new["struct"]:
            broken.append(f"{name} is gone")
        elif kind == "frozen" and new["struct"][name] != [kind, size]:
            broken.append(f"{name} has no size member, so it can never change")
    for name, place in old["field"].items():
        if name not in new["field"]:
            broken.append(f"{name} is gone")
        elif new["field"][name] != place:
            broken.append(f"{name} moved from offset {place[0]} to {new['field'][name][0]}, or "
                          "has another size")
    if bumped and not changed:
        changed.append("the version changed")
    return broken, changed


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--include", default=ROOT / "sdk" / "include")
    parser.add_argument("--lock", default=ROOT / "tests" / "abi" / "abi.lock", type=Path)
    parser.add_argument("--cc", default=os.environ.get("CC", "cc"))
    parser.add_argument("--update", action="store_true")
    parser.add_argument("--unreleased", action="store_true",
                        help="with --update: whatever changed, no release has it")
    arguments = parser.parse_args()

    lines = describe(arguments.include, arguments.cc)
    old = parse(arguments.lock.read_text().splitlines()) if arguments.lock.exists() else None
    broken, changed = compare(old, parse(lines)) if old else ([], ["there is no lock yet"])
    for message in broken + changed:
        print(message)
    if arguments.update and (not broken or arguments.unreleased):
        arguments.lock.write_text("\n".join(lines) + "\n")
        return 0
    if broken:
        print(ADVICE)
    elif changed:
        print("The version was raised: record it with scripts/abi_lock.py --update")
    return 1 if broken or changed else 0


if __name__ == "__main__":
    sys.exit(main())
