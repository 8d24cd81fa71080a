#!/usr/bin/env bash
# Runs fuzz targets: fuzz.sh [seconds each, default 60] [target ...]. Without targets: all of them.
# Stops with an error that names the input that breaks a promise and how to run it again.
# FUZZ_SEED=<number>: makes up much the same inputs each time, from the kept ones alone.
set -euo pipefail
cd "$(dirname "$0")/.."

seconds=60
if [[ "${1:-}" =~ ^[0-9]+$ ]]; then seconds="$1"; shift; fi
seed="${FUZZ_SEED:-0}"  # libFuzzer draws one of its own for 0
if ! [[ "$seed" =~ ^[0-9]{1,9}$ ]]; then
  echo "fuzz.sh: FUZZ_SEED must be a number of up to 9 digits, not \"$seed\"" >&2
  exit 2
fi
targets=("$@")
if [ "${#targets[@]}" -eq 0 ]; then
  for source in tests/fuzz/targets/*.cpp; do targets+=("$(basename "$source" .cpp)"); done
fi
for target in "${targets[@]}"; do
  [ -f "tests/fuzz/targets/$target.cpp" ] && continue
  echo "fuzz.sh: no target \"$target\"; there are:" \
    "$(cd tests/fuzz/targets && ls | sed 's/\.cpp$//' | tr '\n' ' ')" >&2
  exit 2
done

./scripts/setup.sh fuzz
cmake --preset fuzz >/dev/null
cmake --build --preset fuzz --target "${targets[@]/#/gomodel_fuzz_}"

# What libFuzzer finds stays below build/: only what somebody names goes to tests/fuzz/corpus.
run_target() {
  local target="$1" seconds="$2" seed="$3" work="build/fuzz/work/$1" found="found"
  local program="build/fuzz/bin/gomodel_fuzz_$target" corpus="tests/fuzz/corpus/$target"
  local options=(-seed="$seed" -timeout=10 -rss_limit_mb=2048 -max_len=4096 -print_final_stats=1)
  local dictionary="tests/fuzz/dictionaries/$target.dict"
  [ -f "$dictionary" ] && options+=("-dict=$dictionary")
  if [ "$seed" != 0 ]; then
    # Not from what earlier runs found, nor from addresses that were compared, nor the time.
    found="found-from-seed"
    options+=(-use_cmp=0 -reload=0)
  fi
  rm -rf "$work/broken" "$work/found-from-seed"
  mkdir -p "$work/$found" "$work/broken"
  if "$program" "${options[@]}" -max_total_time="$seconds" -artifact_prefix="$work/broken/" \
    "$work/$found" "$corpus" </dev/null >"$work/log" 2>&1; then
    echo "$target: in order, $(sed -n 's/^stat::number_of_executed_units: *//p' "$work/log") inputs"
    return
  fi
  {
    echo "$target: FAILED, seed $(sed -n 's/^INFO: Seed: *//p' "$work/log")"
    grep -a -m1 -A12 -E "broken promise:|runtime error:|ERROR: " "$work/log" | grep -av "^ *#" || true
    for input in "$work"/broken/*; do
      [ -f "$input" ] && echo "  again: $program $input"
    done
    echo "  all it said: $work/log"
  } >&2
  return 1
}
export -f run_target
printf '%s\n' "${targets[@]}" |
  xargs -P "$(nproc)" -I{} bash -c 'run_target "$1" "$2" "$3"' fuzz {} "$seconds" "$seed"
