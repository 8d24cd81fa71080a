#!/usr/bin/env bash
# From a fresh checkout to a running gateway: installs what is missing, builds, starts.
# Everything else is configuration: .env, config.yaml, or the environment. PORT chooses the port.
set -euo pipefail
cd "$(dirname "$0")/.."
./scripts/setup.sh build
echo "building (the first time takes a few minutes)..." >&2
./scripts/build.sh release gomodel-all >&2
bin=build/release/bin/gomodel

options=()
providers="$("$bin" providers list 2>/dev/null || true)"
if [ -z "$providers" ]; then
  # No credential anywhere: the echo provider answers by itself.
  options=(--config config/quickstart.yaml)
  providers="$("$bin" "${options[@]}" providers list 2>/dev/null || true)"
fi

port="${PORT:-$(sed -n 's/^PORT=//p' .env 2>/dev/null | tail -1)}"
port="${port:-8080}"
url="http://127.0.0.1:$port"
"$bin" "${options[@]}" &
pid=$!
trap 'kill -TERM $pid 2>/dev/null; wait $pid; exit' INT TERM

for _ in $(seq 100); do
  kill -0 $pid 2>/dev/null || { wait $pid || exit $?; }
  model="$(curl -s --max-time 2 ${GOMODEL_MASTER_KEY:+-H "Authorization: Bearer $GOMODEL_MASTER_KEY"} \
    "$url/v1/models" | grep -o '"id":"[^"]*"' | head -1 | cut -d'"' -f4 || true)"
  [ -n "$model" ] && break
  sleep 0.1
done

cat >&2 <<EOF

GoModel listens on $url
Providers:
$(printf '%s\n' "$providers" | awk -F'\t' '{ printf "  %s (%s) %s\n", $1, $2, $3 }')
Try it:

  curl $url/v1/chat/completions -H 'Content-Type: application/json' \\
    ${GOMODEL_MASTER_KEY:+-H "Authorization: Bearer \$GOMODEL_MASTER_KEY" }-d '{"model":"${model:-gpt-4o-mini}","messages":[{"role":"user","content":"Hello, gateway"}]}'

Ctrl-C stops it.
EOF
wait $pid
