#!/usr/bin/env bash
# Installs the official clients and the coding agents, at the versions pinned here, below build/e2e.
# Does nothing, and says nothing, when they are there already. Safe to run from several tests at once.
set -euo pipefail
cd "$(dirname "$0")"
target="../../build/e2e"
mkdir -p "$target"
exec 9>"$target/.lock"
flock 9

# "<stamp> <what it was made from>": true iff that is installed already.
installed() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

# install <where the pinned versions are> <name below build/e2e> <what it is>
install() {
  local wanted
  wanted="$(cat "$1/package.json" "$1/package-lock.json" | sha256sum)"
  installed "$target/$2/.installed" "$wanted" && return
  echo "installing $3..." >&2
  rm -rf "${target:?}/$2"
  mkdir -p "$target/$2"
  cp "$1/package.json" "$1/package-lock.json" "$target/$2/"
  (cd "$target/$2" && npm ci --no-audit --no-fund --loglevel=error >&2)
  echo "$wanted" >"$target/$2/.installed"
}
install . npm "the npm clients"
install agents agents "the coding agents"

# A virtual environment holds absolute paths: one that was moved is made again.
wanted="$(sha256sum <requirements.txt) $(realpath "$target") $(python3 --version)"
if ! installed "$target/python/.installed" "$wanted"; then
  echo "installing the Python client..." >&2
  rm -rf "$target/python"
  python3 -m venv "$target/python"
  "$target/python/bin/pip" install --quiet --disable-pip-version-check --no-deps \
    --requirement requirements.txt >&2
  echo "$wanted" >"$target/python/.installed"
fi
