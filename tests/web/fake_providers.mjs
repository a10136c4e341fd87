// Local stand-ins for Anthropic's Messages API and Google's Gemini API: the shapes of their requests and
// answers, where the key stands, and what they want of a page.
import http from 'node:http';

async function listen(handler) {
  const api = { requests: [], respond: null };
  const server = http.createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString('utf8');
    handler(api, request, response, text);
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  api.url = `http://127.0.0.1:${server.address().port}`;
  api.close = () => new Promise((resolve) => {
    server.closeAllConnections();
    server.close(resolve);
  });
  return api;
}

function answer(response, status, body, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', 'access-control-allow-origin': '*', ...headers });
  response.end(JSON.stringify(body));
}

function record(api, request, text) {
  const entry = { method: request.method, path: request.url, headers: request.headers, text, body: text ? JSON.parse(text) : null };
  api.requests.push(entry);
  return entry;
}

// A preflight is allowed for the headers that the provider knows, and for no other.
function preflight(request, response, allowed) {
  const asked = (request.headers['access-control-request-headers'] ?? '').split(',').map((name) => name.trim().toLowerCase()).filter(Boolean);
  const known = asked.every((name) => allowed.includes(name));
  response.writeHead(known ? 204 : 403, known ? {
    'access-control-allow-origin': '*', 'access-control-allow-methods': 'POST', 'access-control-allow-headers': asked.join(', '),
  } : {});
  response.end();
}

export const startFakeAnthropic = ({ key }) => listen((api, request, response, text) => {
  if (request.method === 'OPTIONS')
    return preflight(request, response, ['content-type', 'x-api-key', 'anthropic-version', 'anthropic-dangerous-direct-browser-access']);
  const error = (status, type, message) => answer(response, status, { type: 'error', error: { type, message } });
  const { headers, path, body } = record(api, request, text);
  if (path !== '/v1/messages') return error(404, 'not_found_error', 'Not found');
  if (headers['anthropic-dangerous-direct-browser-access'] !== 'true')
    return error(401, 'authentication_error', "CORS requests must set 'anthropic-dangerous-direct-browser-access' header");
  if (headers['x-api-key'] !== key) return error(401, 'authentication_error', 'invalid x-api-key');
  if (!headers['anthropic-version']) return error(400, 'invalid_request_error', 'anthropic-version: header is required');
  if (!(body.max_tokens > 0)) return error(400, 'invalid_request_error', 'max_tokens: Field required');
  if (body.messages.some((message) => message.role === 'system')) return error(400, 'invalid_request_error', 'messages: Unexpected role "system"');
  if (api.requests.length === 2) return error(529, 'overloaded_error', 'Overloaded');
  return answer(response, 200, {
    id: 'msg_1', type: 'message', role: 'assistant', model: body.model, stop_reason: 'end_turn',
    content: [{ type: 'text', text: '{"rationale": "It says so.", "result": "yes"}' }], usage: { input_tokens: 300, output_tokens: 30 },
  });
});

export const startFakeGemini = ({ key }) => listen((api, request, response, text) => {
  if (request.method === 'OPTIONS') return preflight(request, response, ['content-type', 'x-goog-api-key']);
  const error = (code, status, message) => answer(response, code, { error: { code, message, status } });
  const { headers, path, body } = record(api, request, text);
  if (!/^\/v1beta\/models\/[\w.-]+:generateContent$/.test(path)) return error(404, 'NOT_FOUND', 'no such method');
  if (headers['x-goog-api-key'] !== key) return error(400, 'INVALID_ARGUMENT', 'API key not valid. Please pass a valid API key.');
  if (!body.contents?.[0]?.parts?.[0]?.text) return error(400, 'INVALID_ARGUMENT', 'contents is not specified');
  return answer(response, 200, {
    candidates: [{ content: { role: 'model', parts: [{ text: '{"rationale": "It says so.", "result": "no"}' }] }, finishReason: 'STOP', index: 0 }],
    usageMetadata: { promptTokenCount: 310, candidatesTokenCount: 20, totalTokenCount: 330 }, modelVersion: 'gemini-fake',
  });
});
