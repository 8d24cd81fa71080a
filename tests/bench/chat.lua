-- wrk script: POST one chat completion. BENCH_BYTES: size of the prompt; BENCH_STREAM: 1 for a stream.
local size = tonumber(os.getenv("BENCH_BYTES") or "900")
local stream = os.getenv("BENCH_STREAM") == "1"
local line = "Explain in a few words why the sky is blue, \\\"please\\\".\\n"
local prompt = string.sub(string.rep(line, math.ceil(size / #line)), 1, math.floor(size / #line) * #line)
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("BENCH_KEY") or "sk-bench")
wrk.body = '{"model":"gpt-4o-mini","messages":[{"role":"system","content":"Be brief."},'
  .. '{"role":"user","content":"' .. prompt .. '"}],"temperature":0.2'
  .. (stream and ',"stream":true}' or '}')
