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
# Fails if the configuration is wrong; then the gateway says at once what is.
if providers="$("$bin" providers list 2>/dev/null)" && [ -z "$providers" ]; then
  # No credential anywhere: the echo provider answers by itself.
  options=(--config config/quickstart.yaml)
  providers="$("$bin" "${options[@]}" providers list 2>/dev/null || true)"
fi

# What the gateway takes it for, wherever it is set; empty: neither.
setting() {
  "$bin" "${options[@]}" check-config --print 2>/dev/null |
    sed -n "s|^$1 = \(.*\) ([^(]*)\$|\1|p" || true
}
base_path="$(setting server.base_path)"
scheme=http
[ -z "$(setting server.tls.cert_file)" ] || scheme=https
url="$scheme://127.0.0.1:$(setting server.port)${base_path%/}"
# The key itself is not printed, here or there; the list of models needs it.
key="${GOMODEL_MASTER_KEY:-}"
if [ -z "$key" ] && [ -f .env ]; then
  key="$(sed -nE "s/^(export )?GOMODEL_MASTER_KEY=[\"']?([^\"']*).*/\2/p" .env | tail -1)"
fi
authorization=""
[ -z "$(setting server.master_key)" ] || authorization='-H "Authorization: Bearer $GOMODEL_MASTER_KEY" '

"$bin" "${options[@]}" &
pid=$!
trap 'kill -TERM $pid 2>/dev/null; wait $pid; exit' INT TERM

# Until it answers, and then for a moment until a provider has listed its models.
model=""
for _ in $(seq 100); do
  kill -0 $pid 2>/dev/null || { wait $pid; exit; }
  answer="$(curl -sk --max-time 2 -w ' %{http_code}' ${key:+-H "Authorization: Bearer $key"} \
    "$url/v1/models" || true)"
  model="$(grep -o '"id":"[^"]*"' <<<"$answer" | head -1 | cut -d'"' -f4 || true)"
  case "${answer##* }" in 200 | 401) break ;; esac
  sleep 0.1
done

cat >&2 <<EOF

GoModel listens on $url
Providers:
$(printf '%s\n' "$providers" | awk -F'\t' '{ printf "  %s (%s) %s\n", $1, $2, $3 }')
Try it:

  curl $url/v1/chat/completions -H 'Content-Type: application/json' \\
    $authorization-d '{"model":"${model:-gpt-4o-mini}","messages":[{"role":"user","content":"Hello, gateway"}]}'

Ctrl-C stops it.
EOF
wait $pid
