#!/usr/bin/env node
// A local stand-in for an OpenAI-compatible server, with everything that goes wrong in practice. A library
// for the specs, and a program: node tests/web/fake_openai.mjs [--port N] [--key K] [--script FILE.json]
//
//   const api = await startFakeOpenai({ key: 'sk-test', respond })
//   api.url                      "http://127.0.0.1:PORT/v1"
//   api.respond = (request) => reply
//   api.script([reply, …])       one reply for each request to come, then `respond` again
//   api.preflights               questions of the browser whether it may ask
//   api.requests                 [{path, headers, body, text, hash, atMs, prompt, answered}]
//   api.countByHash()            Map(hash of the body → times it was sent)
//   api.close()
//
// `request` is {body, prompt, text, number, ofHash}: the JSON, all message contents as one text, and how
// often this very body has come. A reply is one of the makers below, or an object
//   { status, headers, body (text or object), delayMs, hang: true (never answers), drop: true (closes the socket) }
import { createHash } from 'node:crypto';
import http from 'node:http';
import { fileURLToPath } from 'node:url';

const CORS = {
  'access-control-allow-origin': '*',
  'access-control-allow-methods': 'POST, GET, OPTIONS',
  'access-control-allow-headers': '*, authorization, content-type',
  'access-control-expose-headers': 'retry-after, x-ratelimit-reset-requests',
  'access-control-max-age': '600',
};

// --- Makers of replies -----------------------------------------------------------------------------

export function completion(content, extra = {}) {
  return {
    status: 200,
    body: {
      id: 'chatcmpl-fake', object: 'chat.completion', created: 1795424400, model: extra.model ?? 'fake-1',
      choices: [{ index: 0, finish_reason: extra.finish_reason ?? 'stop', message: { role: 'assistant', content, ...extra.message } }],
      usage: { prompt_tokens: 200, completion_tokens: 40, total_tokens: 240, ...extra.usage },
    },
    ...(extra.delayMs ? { delayMs: extra.delayMs } : {}),
  };
}

export const verdict = (value, rationale = 'The reply does what was asked.', extra = {}) =>
  completion(JSON.stringify({ rationale, result: value ? 'yes' : 'no' }), extra);
export const fenced = (value, rationale) =>
  completion(`Here is my judgement:\n\`\`\`json\n${JSON.stringify({ rationale, result: value ? 'yes' : 'no' }, null, 2)}\n\`\`\`\n`);
// A judge that wants to read first: one call, or several as [name, arguments] pairs.
export const toolCalls = (...calls) => completion(null, {
  finish_reason: 'tool_calls',
  message: { tool_calls: calls.map(([name, args = {}], i) => ({ id: `call_${i}`, type: 'function', function: { name, arguments: JSON.stringify(args) } })) },
});
export const garbage = () => completion('I could not decide, it depends on the weather.');
export const cutOff = () => completion('{"rationale": "The reply is', { finish_reason: 'length' });
export const refusal = () => completion(null, { message: { refusal: 'I cannot help with that.' } });
export const rateLimited = (seconds = 1) => ({
  status: 429, headers: { 'retry-after': String(seconds) },
  body: { error: { message: 'Rate limit reached', type: 'requests', code: 'rate_limit_exceeded' } },
});
export const serverError = (status = 500) => ({
  status, body: { error: { message: 'The server had an error', type: 'server_error', code: null } },
});
export const badKey = () => ({
  status: 401, body: { error: { message: 'Incorrect API key provided', type: 'invalid_request_error', code: 'invalid_api_key' } },
});
export const noSuchParameter = (name) => ({
  status: 400,
  body: { error: { message: `Unsupported parameter: '${name}' is not supported with this model.`, type: 'invalid_request_error', param: name, code: 'unsupported_parameter' } },
});
export const html = (status = 502) => ({
  status, headers: { 'content-type': 'text/html' }, body: '<html><body><h1>Bad gateway</h1></body></html>',
});
// A stream although none was asked for.
export const stream = (value, rationale = 'It does.') => {
  const text = JSON.stringify({ rationale, result: value ? 'yes' : 'no' });
  const pieces = [text.slice(0, 9), text.slice(9)];
  const events = pieces.map((piece) => `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: piece } }] })}\n\n`);
  return { status: 200, headers: { 'content-type': 'text/event-stream' }, body: `${events.join('')}data: [DONE]\n\n` };
};
export const hang = () => ({ hang: true });
export const drop = () => ({ drop: true });
export const withoutCors = (reply) => ({ ...reply, cors: false });
export const delayed = (reply, delayMs) => ({ ...reply, delayMs });

// --- The server ------------------------------------------------------------------------------------

const defaultRespond = () => verdict(true);

export async function startFakeOpenai({ port = 0, key = '', respond = defaultRespond, delayMs = 0 } = {}) {
  const api = { respond, preflights: 0, requests: [], queue: [], delayMs };
  const server = http.createServer((request, response) => handle(api, key, request, response));
  await new Promise((resolve) => { server.listen(port, '127.0.0.1', resolve); });
  api.url = `http://127.0.0.1:${server.address().port}/v1`;
  api.script = (replies) => { api.queue.push(...replies); };
  api.countByHash = () => {
    const counts = new Map();
    for (const { hash } of api.requests) counts.set(hash, (counts.get(hash) ?? 0) + 1);
    return counts;
  };
  api.close = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return api;
}

async function handle(api, key, request, response) {
  if (request.method === 'OPTIONS') {
    api.preflights++;
    response.writeHead(204, CORS);
    response.end();
    return;
  }
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  const hash = createHash('sha256').update(text).digest('hex');
  let body = null;
  try {
    body = JSON.parse(text);
  } catch {
    // Answered below.
  }
  const prompt = (body?.messages ?? []).map((message) => (typeof message.content === 'string' ? message.content
    : JSON.stringify(message.content))).join('\n');
  const record = { path: request.url, headers: request.headers, body, text, hash, prompt, atMs: Date.now(), answered: false };
  api.requests.push(record);
  const ofHash = api.requests.filter((other) => other.hash === hash).length;
  await send(api, response, record, chooseReply(api, key, request, body, { body, prompt, text, number: api.requests.length, ofHash }));
}

function chooseReply(api, key, request, body, info) {
  if (!request.url.endsWith('/chat/completions')) {
    return { status: 404, body: { error: { message: `Unknown request URL: ${request.method} ${request.url}`, code: 'unknown_url' } } };
  }
  if (!body || !Array.isArray(body.messages) || typeof body.model !== 'string') {
    return { status: 400, body: { error: { message: 'The body is not a chat completions request.', code: null } } };
  }
  if (key && request.headers.authorization !== `Bearer ${key}`) return badKey();
  return api.queue.length > 0 ? api.queue.shift() : api.respond(info);
}

async function send(api, response, record, reply) {
  const waitMs = reply.delayMs ?? api.delayMs;
  if (waitMs) await new Promise((resolve) => { setTimeout(resolve, waitMs); });
  if (reply.hang) return;
  if (reply.drop) {
    response.socket?.destroy();
    return;
  }
  const isText = typeof reply.body === 'string';
  response.writeHead(reply.status ?? 200, {
    'content-type': isText ? 'text/plain' : 'application/json',
    ...(reply.cors === false ? {} : CORS),
    ...reply.headers,
  });
  response.end(isText ? reply.body : JSON.stringify(reply.body ?? {}));
  record.answered = true;
}

// --- By itself -------------------------------------------------------------------------------------

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const option = (name, fallback) => {
    const at = process.argv.indexOf(`--${name}`);
    return at > 0 ? process.argv[at + 1] : fallback;
  };
  const api = await startFakeOpenai({ port: Number(option('port', 8790)), key: option('key', '') });
  if (option('script', '')) {
    const { readFile } = await import('node:fs/promises');
    api.script(JSON.parse(await readFile(option('script', ''), 'utf8')));
  }
  // Some of each, by turns: enough to try the interface by hand.
  const turns = [() => verdict(true), () => verdict(false, 'It does not answer the question.'), () => fenced(true, 'It is to the point.'),
    () => rateLimited(1), () => verdict(true), () => serverError(), () => garbage(), () => verdict(false, 'Too long.'), () => stream(true), () => refusal()];
  api.respond = ({ number }) => delayed(turns[number % turns.length](), 200 + (number % 5) * 150);
  console.log(`fake OpenAI API at ${api.url}`);
}
