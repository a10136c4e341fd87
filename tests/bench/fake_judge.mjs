// A judge that costs as little as it can: HTTP/2 with a certificate made on the spot, so that a browser shares one
// connection among all requests (HTTP/1.1 gets six at a time), a ready answer, nothing kept.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import http2 from 'node:http2';
import { tmpdir } from 'node:os';
import path from 'node:path';

const HEADERS = {
  ':status': 200, 'content-type': 'application/json', 'access-control-allow-origin': '*',
  'access-control-allow-headers': '*, authorization, content-type', 'access-control-max-age': '600',
};
const BODY = JSON.stringify({
  id: 'chatcmpl-fake', object: 'chat.completion', model: 'fake-1',
  choices: [{ index: 0, finish_reason: 'stop', message: { role: 'assistant',
    content: JSON.stringify({ rationale: 'The reply does what was asked of it, briefly and politely.', result: 'yes' }) } }],
  usage: { prompt_tokens: 200, completion_tokens: 40, total_tokens: 240 },
});

function certificate() {
  const folder = mkdtempSync(path.join(tmpdir(), 'assay-judge-'));
  try {
    const key = path.join(folder, 'key.pem'), cert = path.join(folder, 'cert.pem');
    execFileSync('openssl', ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes',
      '-days', '2', '-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1', '-keyout', key, '-out', cert],
    { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

// {url, served: requests answered, most: that were under way at once, bytes: of their bodies, preflights:
// questions of the browser whether it may ask, close()}
export async function startFakeJudge({ delayMs = 0 } = {}) {
  const judge = { served: 0, most: 0, bytes: 0, preflights: 0 };
  let now = 0;
  const server = http2.createSecureServer({ ...certificate(), settings: { maxConcurrentStreams: 256 } });
  server.on('stream', (stream, headers) => {
    stream.on('error', () => {});
    if (headers[':method'] === 'OPTIONS') {
      judge.preflights++;
      stream.respond({ ...HEADERS, ':status': 204 }, { endStream: true });
      return;
    }
    judge.most = Math.max(judge.most, ++now);
    judge.bytes += Number(headers['content-length'] ?? 0);
    stream.resume();
    stream.on('end', () => setTimeout(() => {
      now--;
      judge.served++;
      if (stream.destroyed) return;
      stream.respond(HEADERS);
      stream.end(BODY);
    }, delayMs));
  });
  const sessions = new Set();
  server.on('session', (session) => { sessions.add(session); });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  judge.url = `https://127.0.0.1:${server.address().port}/v1`;
  judge.close = () => new Promise((resolve) => {
    for (const session of sessions) session.destroy();
    server.close(resolve);
  });
  return judge;
}
