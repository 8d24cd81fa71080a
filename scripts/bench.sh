#!/usr/bin/env bash
# Measures the gateway beside nginx and prints one table: bench.sh [--seconds N] [--rounds N] [row ...]
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh bench
./scripts/build.sh release gomodel-all mock_upstream stream-check ledger_cost >/dev/null
ulimit -n "$(ulimit -Hn)"
PYTHONPATH=tests/support exec python3 tests/bench/bench.py "$@"
