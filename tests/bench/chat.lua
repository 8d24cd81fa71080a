-- wrk script: POST one request for an answer in chat. BENCH_BYTES: size of the prompt; BENCH_STREAM: 1
-- for a stream; BENCH_MODEL; BENCH_API: chat, or messages for Anthropic's.
local size = tonumber(os.getenv("BENCH_BYTES") or "900")
local model = os.getenv("BENCH_MODEL") or "gpt-4o-mini"
local messages = os.getenv("BENCH_API") == "messages"
local line = "Explain in a few words why the sky is blue, \\\"please\\\".\\n"
local prompt = string.sub(string.rep(line, math.ceil(size / #line)), 1, math.floor(size / #line) * #line)
local system = messages and '"system":"Be brief.","max_tokens":1000,"messages":['
  or '"messages":[{"role":"system","content":"Be brief."},'
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.headers["Authorization"] = "Bearer " .. (os.getenv("BENCH_KEY") or "sk-bench")
wrk.body = '{"model":"' .. model .. '",' .. system
  .. '{"role":"user","content":"' .. prompt .. '"}],"temperature":0.2'
  .. (os.getenv("BENCH_STREAM") == "1" and ',"stream":true}' or '}')
