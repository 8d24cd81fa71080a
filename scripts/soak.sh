#!/usr/bin/env bash
# The long form of the tests under hostile and unlucky conditions: soak.sh [dev|release|asan|tsan]
# Takes about an hour, 30 minutes of it for the mixed soak; SOAK_SECONDS changes that. Best on a machine
# that does nothing else, and with a release build, which is the default: response times are
# compared. Needs `ulimit -n` of 12000 or more.
set -euo pipefail
cd "$(dirname "$0")/.."
preset="${1:-release}"
if [ "$(ulimit -Hn)" != unlimited ] && [ "$(ulimit -Hn)" -lt 12000 ]; then
  echo "soak.sh: 11000 connections need a limit of 12000 descriptors; see ulimit -Hn" >&2
  exit 1
fi
./scripts/setup.sh test
./scripts/build.sh "$preset"

# tests/reload: 200 refreshes during 100 streams of 10 s, half of them swapping the plugin's file;
# then faults offered under load, again and again.
export GOMODEL_RELOAD_REFRESHES=200 GOMODEL_RELOAD_STREAMS=100 GOMODEL_RELOAD_SECONDS=10
ctest --preset "$preset" -R '^reload\.storm$' --timeout 1800
ctest --preset "$preset" -R '^reload\.faults$' --repeat until-fail:10 --timeout 1800

# tests/record: 50,000 requests of every kind while storage, server and gateway fail.
export GOMODEL_RECORD_REQUESTS=50000
ctest --preset "$preset" -R '^usage\.(exactness|postgresql)$' --timeout 3600 --verbose

# tests/hostile
export GOMODEL_CROWD_IDLE=10000 GOMODEL_CROWD_SLOW=1000 GOMODEL_CROWD_REQUESTS=3000
export GOMODEL_CROWD_PAIRS=5
case "$preset" in release) export GOMODEL_CROWD_TOLERANCE="${SOAK_TOLERANCE:-0.1}" ;; esac
export GOMODEL_READERS=64 GOMODEL_READERS_SECONDS=60
ctest --preset "$preset" -R '^hostile\.(crowd|slow_reader)$' --verbose
ctest --preset "$preset" -R '^hostile\.(upstream|exhaustion|upgrade)$' --repeat until-fail:10
export GOMODEL_SOAK_SECONDS="${SOAK_SECONDS:-1800}" GOMODEL_SOAK_CLIENTS=16
ctest --preset "$preset" -R '^hostile\.soak$' --verbose
