#!/usr/bin/env bash
# Installs what reads the API's document, at the versions pinned here, below build/openapi. Does
# nothing, and says nothing, when it is there already. Safe to run from several tests at once.
set -euo pipefail
cd "$(dirname "$0")"
target="../../build/openapi"
mkdir -p "$target"
exec 9>"$target/.lock"
flock 9

# A virtual environment holds absolute paths: one that was moved is made again.
wanted="$(sha256sum <requirements.txt) $(realpath "$target") $(python3 --version)"
if [ -f "$target/python/.installed" ] && [ "$(cat "$target/python/.installed")" = "$wanted" ]; then
  exit 0
fi
echo "installing the readers of the API's document..." >&2
rm -rf "$target/python"
python3 -m venv "$target/python"
"$target/python/bin/pip" install --quiet --disable-pip-version-check --no-deps \
  --requirement requirements.txt >&2
echo "$wanted" >"$target/python/.installed"
