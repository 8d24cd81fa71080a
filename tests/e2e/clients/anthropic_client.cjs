// Does with Anthropic's official npm client what tests ask for: one JSON request a line on stdin, one
// JSON answer a line on stdout. What a request holds: client.py.
'use strict';

const readline = require('node:readline');
const Anthropic = require('@anthropic-ai/sdk').default;

// The method that "messages.create" names, bound to what it belongs to.
function method(client, path) {
  const names = path.split('.');
  const last = names.pop();
  const owner = names.reduce((object, name) => object[name], client);
  return owner[last].bind(owner);
}

function describe(error) {
  return {
    class: error.constructor.name, message: error.message, status: error.status ?? null,
    type: error.type ?? null, request_id: error.requestID ?? null,
    headers: error.headers ? Object.fromEntries(error.headers) : {},
  };
}

async function call(client, job) {
  const { data, response } =
    await method(client, job.method)(...job.args, job.params).withResponse();
  return {
    data: JSON.parse(JSON.stringify(data)), request_id: data._request_id ?? null,
    headers: Object.fromEntries(response.headers),
  };
}

async function stream(client, job) {
  const seen = { chunks: [] };
  try {
    const events = await method(client, job.method)({ ...job.params, stream: true });
    for await (const chunk of events) {
      seen.chunks.push(chunk);
      if (seen.chunks.length !== job.abort_after) continue;
      seen.aborted_at = Date.now() / 1000;
      events.controller.abort();
    }
  } catch (error) {
    seen.error = describe(error);
  }
  return seen;
}

// The client's own helper puts the pieces of a stream together.
async function gather(client, job) {
  return { data: await method(client, job.method)(job.params).finalMessage() };
}

const jobs = { call, stream, gather };

async function answer(line) {
  const job = JSON.parse(line);
  const client = new Anthropic({ ...job.client, timeout: job.client.timeout * 1000 });
  try {
    return await jobs[job.job](client, job);
  } catch (error) {
    return { error: describe(error) };
  }
}

async function main() {
  for await (const line of readline.createInterface({ input: process.stdin })) {
    process.stdout.write(JSON.stringify(await answer(line)) + '\n');
  }
}

main();
