// Does with the official npm client what tests ask for: one JSON request a line on stdin, one JSON
// answer a line on stdout. What a request holds: client.py.
'use strict';

const readline = require('node:readline');
const { makeParseableResponseFormat } = require('openai/lib/parser');
const OpenAI = require('openai');

// The method that "chat.completions.create" names, bound to what it belongs to.
function method(client, path) {
  const names = path.split('.');
  const last = names.pop();
  const owner = names.reduce((object, name) => object[name], client);
  return owner[last].bind(owner);
}

// Members that the client has no type for go into its body just so.
function parameters(job) {
  const { extra_body, ...params } = job.params;
  return { ...params, ...extra_body };
}

function describe(error) {
  // Connection errors have no status; API errors have what the envelope and the headers say.
  return {
    class: error.constructor.name, message: error.message, status: error.status ?? null,
    code: error.code ?? null, type: error.type ?? null, param: error.param ?? null,
    request_id: error.requestID ?? null,
    headers: error.headers ? Object.fromEntries(error.headers) : {},
  };
}

async function call(client, job) {
  const { data, response } =
    await method(client, job.method)(...job.args, parameters(job)).withResponse();
  return {
    data: JSON.parse(JSON.stringify(data)), request_id: data._request_id ?? null,
    headers: Object.fromEntries(response.headers),
  };
}

async function stream(client, job) {
  const seen = { chunks: [] };
  try {
    const events = await method(client, job.method)({ ...parameters(job), stream: true });
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
  const events = method(client, job.method)(job.params);
  const name = job.method.startsWith('responses') ? 'finalResponse' : 'finalChatCompletion';
  return { data: await events[name]() };
}

// An answer that the client reads into a value of the schema.
async function parse(client, job) {
  const { schema, ...params } = job.params;
  const format = { type: 'json_schema', json_schema: { name: 'event', strict: true, schema } };
  const response_format = makeParseableResponseFormat(format, (text) => JSON.parse(text));
  const completion = await method(client, job.method)({ ...params, response_format });
  return { parsed: completion.choices[0].message.parsed };
}

async function together(client, job) {
  const texts = job.each.map(async (params) => {
    const events = await method(client, job.method)({ ...params, stream: true });
    let text = '';
    for await (const chunk of events) text += chunk.choices[0]?.delta?.content ?? '';
    return text;
  });
  return { texts: await Promise.all(texts) };
}

const jobs = { call, stream, gather, parse, together };

async function answer(line) {
  const job = JSON.parse(line);
  const client = new OpenAI({ ...job.client, timeout: job.client.timeout * 1000 });
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
