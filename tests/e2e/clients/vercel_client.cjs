// Does with Vercel's AI SDK what tests ask for: one JSON request a line on stdin, one JSON answer a
// line on stdout. What a request holds: client.py; its method is the API that the SDK is to speak.
'use strict';

const readline = require('node:readline');
const { createAnthropic } = require('@ai-sdk/anthropic');
const { createOpenAI } = require('@ai-sdk/openai');
const { generateText, jsonSchema, Output, stepCountIs, streamText, tool } = require('ai');

globalThis.AI_SDK_LOG_WARNINGS = false;

const apis = {
  chat: (options, model) => createOpenAI(options).chat(model),
  responses: (options, model) => createOpenAI(options).responses(model),
  messages: (options, model) => createAnthropic(options)(model),
};

// What is asked of the SDK. tools: {name, schema, result}; with results it goes on by itself until
// the model has said something.
function question(job) {
  const { baseURL, apiKey, defaultHeaders, maxRetries } = job.client;
  const { model, tools = [], schema, ...rest } = job.params;
  const made = tools.map(({ name, schema, result }) => [name, tool({
    description: `${name}, you know`, inputSchema: jsonSchema(schema),
    ...(result === undefined ? {} : { execute: async () => result }) })]);
  return {
    ...rest, model: apis[job.method]({ baseURL, apiKey, headers: defaultHeaders }, model),
    maxRetries, stopWhen: stepCountIs(3),
    ...(made.length > 0 ? { tools: Object.fromEntries(made) } : {}),
    ...(schema ? { output: Output.object({ schema: jsonSchema(schema) }) } : {}),
  };
}

function describe(error) {
  return {
    class: error.name, message: error.message ?? String(error), status: error.statusCode ?? null,
    body: error.responseBody ?? null,
  };
}

const calls_of = (calls) => calls.map(({ toolCallId: id, toolName: name, input }) =>
  ({ id, name, input }));

function whole(result) {
  return {
    text: result.text, finish: result.finishReason, thoughts: result.reasoningText ?? null,
    calls: calls_of(result.steps[0].toolCalls), steps: result.steps.length,
    usage: {
      input: result.usage.inputTokens, output: result.usage.outputTokens,
      cached: result.usage.inputTokenDetails.cacheReadTokens ?? 0 },
  };
}

async function call(job) {
  const result = await generateText(question(job));
  return { data: { ...whole(result), ...(job.params.schema ? { output: result.output } : {}) } };
}

async function stream(job) {
  const controller = new AbortController();
  const seen = { chunks: [] };
  const result = streamText({
    ...question(job), abortSignal: controller.signal, onError: () => {} });
  try {
    for await (const part of result.fullStream) {
      if (part.type === 'error') seen.error ??= describe(part.error);
      if (part.type === 'abort') seen.aborted = true;
      if (part.type !== 'text-delta') continue;
      seen.chunks.push(part.text);
      if (seen.chunks.length === job.abort_after) controller.abort();
    }
  } catch (error) {
    seen.error ??= describe(error);  // the connection's end, behind what was said before
  }
  return seen;
}

// What the SDK puts together from the pieces of a stream.
async function gather(job) {
  const names = ['text', 'finishReason', 'reasoningText', 'steps', 'usage'];
  const result = streamText({ ...question(job), onError: () => {} });
  await result.consumeStream();
  const values = await Promise.all(names.map((name) => result[name]));
  return { data: whole(Object.fromEntries(names.map((name, at) => [name, values[at]]))) };
}

const jobs = { call, stream, gather };

async function answer(line) {
  const job = JSON.parse(line);
  try {
    return await jobs[job.job](job);
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
