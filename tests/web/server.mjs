// A static server for the tests: build/web under a sub-path, with the types that a browser insists on.
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';

const TYPES = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript', '.mjs': 'text/javascript', '.css': 'text/css',
  '.json': 'application/json', '.jsonl': 'application/x-ndjson', '.wasm': 'application/wasm', '.ttf': 'font/ttf',
  '.svg': 'image/svg+xml', '.png': 'image/png', '.txt': 'text/plain; charset=utf-8', '.webmanifest': 'application/manifest+json',
};
const BASE = '/some/sub-path/';

// {folder, url, close(), requests: [path …], override: Map(path in the site → {status?, type?, body?, delayMs?})}
export async function serveSite(folder) {
  const requests = [];
  const override = new Map();
  const server = http.createServer(async (request, response) => {
    const url = new URL(request.url, 'http://localhost');
    requests.push(url.pathname);
    if (!url.pathname.startsWith(BASE)) return send(response, 404, 'text/plain', 'not here');
    const name = decodeURIComponent(url.pathname.slice(BASE.length)) || 'index.html';
    const special = [...override].find(([pattern]) => (pattern instanceof RegExp ? pattern.test(name) : pattern === name))?.[1];
    if (special?.delayMs) await new Promise((resolve) => { setTimeout(resolve, special.delayMs); });
    if (special?.body !== undefined || special?.status) {
      return send(response, special.status ?? 200, special.type ?? 'text/plain', special.body ?? '');
    }
    const file = path.join(folder, path.normalize(`/${name}`));
    try {
      if (!(await stat(file)).isFile()) throw new Error('no file');
    } catch {
      return send(response, 404, 'text/plain', 'not here');
    }
    response.writeHead(200, { 'content-type': special?.type ?? TYPES[path.extname(file)] ?? 'application/octet-stream' });
    createReadStream(file).pipe(response);
    return undefined;
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  return {
    folder,
    url: `http://127.0.0.1:${server.address().port}${BASE}`,
    requests,
    override,
    close: () => new Promise((resolve) => {
      server.closeAllConnections();
      server.close(resolve);
    }),
  };
}

function send(response, status, type, body) {
  response.writeHead(status, { 'content-type': type });
  response.end(body);
}
