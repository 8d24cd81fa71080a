#!/usr/bin/env bash
# Replaces a running gateway by a new process without losing a request: upgrade.sh <pid> [program]
# The new one is started with the arguments, environment and directory of the old one; `program`
# replaces its executable (by default the file it was started from, as it is on disk now). It shares
# the port; as soon as it serves, the old one stops accepting, finishes its requests and exits. If
# the new one does not start, the old one serves on. Prints the process id of the new one, whose log
# goes to this script's standard error. See docs/reliability.md.
set -euo pipefail
if [ $# -lt 1 ] || [ $# -gt 2 ]; then
  echo "usage: upgrade.sh <pid of the running gateway> [program]" >&2
  exit 2
fi
old="$1"
# Not kill -0: a process that has ended and was not waited for yet still has its id.
running() { readlink "/proc/$1/exe" >/dev/null 2>&1; }
running "$old" || { echo "upgrade.sh: no process $old of ours" >&2; exit 1; }

mapfile -d '' -t command <"/proc/$old/cmdline"
mapfile -d '' -t environment <"/proc/$old/environ"
program="${command[0]}"
[ $# -eq 1 ] || program="$(realpath "$2")"
options=()
for ((i = 1; i < ${#command[@]}; i++)); do
  if [ "${command[i]}" = --take-over ]; then i=$((i + 1)); else options+=("${command[i]}"); fi
done

cd "$(readlink "/proc/$old/cwd")"
setsid env -i "${environment[@]}" "$program" "${options[@]}" --take-over "$old" </dev/null >/dev/null &
new=$!
while running "$old"; do
  if ! running "$new"; then
    echo "upgrade.sh: the new gateway did not start; process $old serves on" >&2
    exit 1
  fi
  sleep 0.1
done
echo "$new"
