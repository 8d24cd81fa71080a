// Does one thing with one vendor's official npm client: a JSON request on stdin, a JSON answer on
// stdout. Each client is told nothing but a base URL and a key of the gateway's: passthrough.
'use strict';

const Anthropic = require('@anthropic-ai/sdk').default;
const { GoogleGenAI } = require('@google/genai');
const OpenAI = require('openai');

const plain = (value) => JSON.parse(JSON.stringify(value));

async function collect(stream) {
  const chunks = [];
  for await (const chunk of stream) chunks.push(plain(chunk));
  return chunks;
}

// Aborts a stream at its first chunk, the way the client offers.
async function leave(stream, abort) {
  try {
    for await (const chunk of stream) {
      abort();
      return plain(chunk);
    }
  } catch (error) {
    return { class: error.constructor.name };
  }
  throw new Error('the stream ended by itself');
}

const clients = {
  openai: ({ url, key, headers }) => {
    const client = new OpenAI({
      baseURL: `${url}/p/openai/v1`, apiKey: key, maxRetries: 0, defaultHeaders: headers });
    return {
      create: async (params) => plain(await client.chat.completions.create(params)),
      stream: async (params) =>
        collect(await client.chat.completions.create({ ...params, stream: true })),
      abort: async (params) => {
        const stream = await client.chat.completions.create({ ...params, stream: true });
        return leave(stream, () => stream.controller.abort());
      },
    };
  },
  anthropic: ({ url, key, headers }) => {
    const client = new Anthropic({
      baseURL: `${url}/p/anthropic`, apiKey: key, maxRetries: 0, defaultHeaders: headers });
    return {
      create: async (params) => plain(await client.messages.create(params)),
      stream: async (params) => plain(await client.messages.stream(params).finalMessage()),
      abort: async (params) => {
        const stream = await client.messages.create({ ...params, stream: true });
        return leave(stream, () => stream.controller.abort());
      },
    };
  },
  // Its key goes where the gateway looks for none, so that it has to be told the header, too.
  gemini: ({ url, key, headers }) => {
    const client = new GoogleGenAI({
      apiKey: 'none', httpOptions: {
        baseUrl: `${url}/p/gemini`, headers: { ...headers, Authorization: `Bearer ${key}` } } });
    const text = (answer) => ({ text: answer.text, usage: plain(answer.usageMetadata ?? {}) });
    return {
      create: async (params) => text(await client.models.generateContent(params)),
      stream: async (params) => {
        const chunks = [];
        for await (const chunk of await client.models.generateContentStream(params)) {
          chunks.push(text(chunk));
        }
        return chunks;
      },
      abort: async (params) => {
        const controller = new AbortController();
        const config = { abortSignal: controller.signal };
        return leave(await client.models.generateContentStream({ ...params, config }),
                     () => controller.abort());
      },
    };
  },
};

async function main() {
  let text = '';
  for await (const piece of process.stdin) text += piece;
  const job = JSON.parse(text);
  try {
    const data = await clients[job.client](job)[job.method](job.params);
    process.stdout.write(JSON.stringify({ data }));
  } catch (error) {
    process.stdout.write(JSON.stringify({
      error: { class: error.constructor.name, status: error.status ?? null,
               message: error.message } }));
  }
}

main();
