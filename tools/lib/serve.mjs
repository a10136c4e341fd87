// Serves a folder as a static site on 127.0.0.1, for people who try the page and for the browser tests.
//   node tools/lib/serve.mjs FOLDER [--port N] [--prefix /some/path/]
// Without --port it begins at 8765 and takes the next free one. Also a module: see serve() below.
import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { createServer } from 'node:http';
import path from 'node:path';
import { pathToFileURL } from 'node:url';

export const DEFAULT_PORT = 8765;

const TYPES = {
  '.html': 'text/html; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.jsonl': 'application/x-ndjson; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.map': 'application/json; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.md': 'text/plain; charset=utf-8',
  '.csv': 'text/csv; charset=utf-8',
  '.wasm': 'application/wasm',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.ttf': 'font/ttf',
  '.otf': 'font/otf',
  '.woff2': 'font/woff2',
};

// The file that a request path means, or null when there is none inside root. Symbolic links that lead out do not count.
async function resolve(root, pathname) {
  const wanted = path.join(root, path.normalize(pathname));
  let file = await realpath(wanted);
  let info = await stat(file);
  if (info.isDirectory()) {
    file = await realpath(path.join(file, 'index.html'));
    info = await stat(file);
  }
  if (!info.isFile() || !(file + path.sep).startsWith(root + path.sep)) return null;
  return { file, size: info.size };
}

function fail(response, status, text) {
  response.writeHead(status, { 'Content-Type': 'text/plain; charset=utf-8' });
  response.end(text + '\n');
}

async function answer(root, prefix, request, response) {
  response.setHeader('Cache-Control', 'no-store');
  response.setHeader('X-Content-Type-Options', 'nosniff');
  if (request.method !== 'GET' && request.method !== 'HEAD') return fail(response, 405, 'Only GET and HEAD');
  let pathname;
  try {
    pathname = decodeURIComponent(new URL(request.url, 'http://localhost').pathname);
  } catch {
    return fail(response, 400, 'Bad address');
  }
  if (pathname.includes('\0') || pathname.includes('\\')) return fail(response, 400, 'Bad address');
  if (pathname + '/' === prefix) {
    response.writeHead(301, { Location: prefix });
    return response.end();
  }
  if (!pathname.startsWith(prefix)) return fail(response, 404, 'Not found');
  const found = await resolve(root, '/' + pathname.slice(prefix.length)).catch(() => null);
  if (found) return send(response, request.method, 200, found);
  // As GitHub Pages does it: the site's own 404 page.
  const page = await resolve(root, '/404.html').catch(() => null);
  return page ? send(response, request.method, 404, page) : fail(response, 404, 'Not found');
}

function send(response, method, status, { file, size }) {
  const type = TYPES[path.extname(file).toLowerCase()] ?? 'application/octet-stream';
  response.writeHead(status, { 'Content-Type': type, 'Content-Length': size });
  if (method === 'HEAD') return response.end();
  const stream = createReadStream(file);
  stream.on('error', () => response.destroy());
  stream.pipe(response);
}

// Starts serving and resolves to { address, port, close() }. port 0 takes any free one; `search` tries the next ones.
export async function serve(folder, { port = 0, prefix = '/', search = false } = {}) {
  const root = await realpath(folder);
  const server = createServer((request, response) => {
    answer(root, prefix, request, response).catch((error) => fail(response, 500, String(error)));
  });
  for (let tries = search ? 100 : 1; ; port++) {
    try {
      await new Promise((done, failed) => {
        server.once('error', failed);
        server.listen(port, '127.0.0.1', () => {
          server.off('error', failed);
          done();
        });
      });
      break;
    } catch (error) {
      if (error.code !== 'EADDRINUSE' || --tries === 0) throw error;
    }
  }
  const bound = server.address().port;
  return {
    port: bound,
    address: `http://127.0.0.1:${bound}${prefix}`,
    close: () =>
      new Promise((done) => {
        server.close(done);
        server.closeAllConnections();
      }),
  };
}

async function main(args) {
  const options = { port: DEFAULT_PORT, search: true };
  let folder;
  while (args.length) {
    const arg = args.shift();
    if (arg === '--port') {
      options.port = Number(args.shift());
      options.search = false;
      if (!Number.isInteger(options.port) || options.port < 0 || options.port > 65535) throw new Error('--port wants a number');
    } else if (arg === '--prefix') {
      options.prefix = `/${args.shift()}/`.replace(/\/+/g, '/');
    } else {
      folder = arg;
    }
  }
  if (!folder) throw new Error('usage: serve.mjs FOLDER [--port N] [--prefix /path/]');
  const site = await serve(folder, options);
  console.log(`Assay is at ${site.address}  (Ctrl+C stops it)`);
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(0));
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  main(process.argv.slice(2)).catch((error) => {
    const busy = error.code === 'EADDRINUSE' ? `port ${error.port} is in use; leave --port out to take a free one` : error.message;
    console.error(`serve: ${busy}`);
    process.exit(1);
  });
}
