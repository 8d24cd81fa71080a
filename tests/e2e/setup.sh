#!/usr/bin/env bash
# Installs the official clients, at the versions pinned here, below build/e2e. Does nothing, and
# says nothing, when they are there already. Safe to run from several tests at once.
set -euo pipefail
cd "$(dirname "$0")"
target="../../build/e2e"
mkdir -p "$target"
exec 9>"$target/.lock"
flock 9

# "<stamp> <what it was made from>": true iff that is installed already.
installed() { [ -f "$1" ] && [ "$(cat "$1")" = "$2" ]; }

wanted="$(cat package.json package-lock.json | sha256sum)"
if ! installed "$target/npm/.installed" "$wanted"; then
  echo "installing the npm client..." >&2
  rm -rf "$target/npm"
  mkdir -p "$target/npm"
  cp package.json package-lock.json "$target/npm/"
  (cd "$target/npm" && npm ci --no-audit --no-fund --loglevel=error >&2)
  echo "$wanted" >"$target/npm/.installed"
fi

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
