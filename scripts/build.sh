#!/usr/bin/env bash
# Configures and builds one preset: build.sh [dev|release|asan|tsan|fuzz] [target ...]
# The first time configures; later times only compile what changed.
set -euo pipefail
cd "$(dirname "$0")/.."
preset="${1:-release}"
shift || true
[ -f "build/$preset/build.ninja" ] || cmake --preset "$preset" >/dev/null
targets=()
for target in "$@"; do targets+=(--target "$target"); done
cmake --build --preset "$preset" "${targets[@]}"
