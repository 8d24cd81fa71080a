#!/usr/bin/env bash
# Installs what the tests need, builds, and runs all of them: test.sh [dev|asan|tsan] [ctest options]
set -euo pipefail
cd "$(dirname "$0")/.."
preset=dev
case "${1:-}" in dev|release|asan|tsan) preset="$1"; shift ;; esac
./scripts/setup.sh test
./scripts/build.sh "$preset"
./tests/e2e/setup.sh
said="$PWD/build/$preset/tests.xml"
rm -f "$said"
ctest --preset "$preset" --parallel "$(nproc)" --output-junit "$said" "$@" || {
  status=$?
  [ ! -f "$said" ] || python3 tests/support/failed_tests.py "$said"
  exit "$status"
}
