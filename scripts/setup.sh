#!/usr/bin/env bash
# Installs what is missing, from Debian packages: setup.sh build | test | bench | fuzz ...
# Safe to repeat; asks for nothing. Uses sudo only when not root.
set -euo pipefail

build="g++ cmake ninja-build ccache mold pkg-config git ca-certificates curl
  libpoco-dev libboost-dev libssl-dev libsimdjson-dev libspdlog-dev libyaml-cpp-dev
  prometheus-cpp-dev rapidjson-dev libvalijson-dev libsqlite3-dev libpq-dev
  libhiredis-dev"
# clang-format is for the format check, node and venv for the official clients.
test="libgtest-dev libgmock-dev python3 python3-pytest python3-venv openssl
  clang-format-14 nodejs postgresql redis-server sqlite3"
bench="nginx-light wrk python3"
fuzz="clang-14 libclang-rt-14-dev"

packages=""
for group in "${@:-build}"; do
  case "$group" in
    build) packages+=" $build" ;;
    test) packages+=" $build $test" ;;
    bench) packages+=" $build $bench" ;;
    fuzz) packages+=" $build $fuzz" ;;
    *) echo "setup.sh: unknown group \"$group\"; use build, test, bench or fuzz" >&2; exit 2 ;;
  esac
done
# Debian's nodejs comes without npm; other packages of it bring npm along and conflict with Debian's.
if [[ " $* " == *" test "* ]] && ! command -v npm >/dev/null; then packages+=" npm"; fi

missing=""
for package in $packages; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q "install ok installed" ||
    missing+=" $package"
done
[ -n "$missing" ] || exit 0

root=""
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || {
    echo "setup.sh: these packages are missing and need root to install:$missing" >&2
    exit 1
  }
  root="sudo"
fi
echo "installing:$missing" >&2
export DEBIAN_FRONTEND=noninteractive
$root apt-get update -qq
# shellcheck disable=SC2086
$root apt-get install -y -qq --no-install-recommends $missing >/dev/null
