// The page without a network. One cache for each build holds the build's files, whose names carry hashes; the
// page itself is taken from the cache too, so that page and program are always of one build. A newer build is
// fetched beside the running one and waits until the user asks for it or all tabs are closed.
// The marks are filled in by wasm/build_site.py. Only files of this folder are ever answered or kept; requests to
// other hosts are none of this worker's business.
const BUILD = '@BUILD_ID@';
const FIRST = @FIRST_FILES@;   // what a visit needs
const LATER = @LATER_FILES@;   // readers of foreign files and the example: fetched when the page is at rest

const folder = new URL('./', self.location).href;
const prefix = `assay:${new URL(folder).pathname}:`;
const cacheName = prefix + BUILD;

self.addEventListener('install', (event) => event.waitUntil(Promise.all([install(), leaveOut(event)])));
self.addEventListener('activate', (event) => event.waitUntil(activate()));
self.addEventListener('message', (event) => {
  if (event.data === 'take over') self.skipWaiting();
  else if (event.data === 'fetch the rest') event.waitUntil(fill(LATER));
});
self.addEventListener('fetch', (event) => {
  const { request } = event;
  if (request.method !== 'GET' || !request.url.startsWith(folder)) return;
  event.respondWith(request.mode === 'navigate' ? page(request) : file(request));
});

// What is posted (to judges) goes to the network without waking this worker, where the browser can be told so.
async function leaveOut(event) {
  try {
    await event.addRoutes?.([{ condition: { requestMethod: 'POST' }, source: 'network' }]);
  } catch {
    // Another form of it: the listener below lets them pass.
  }
}

async function install() {
  await fill(FIRST);
  // A host that is just being updated may answer with the page of another build.
  const kept = await (await caches.open(cacheName)).match(folder);
  if (!kept || !(await kept.text()).includes(BUILD)) {
    await caches.delete(cacheName);
    throw new Error('page and worker are of different builds');
  }
}

async function fill(names) {
  const cache = await caches.open(cacheName);
  for (const name of names) {
    const url = new URL(name, folder).href;
    if (await cache.match(url)) continue;
    const response = await fetch(new Request(url, { cache: name === './' ? 'no-cache' : 'default', credentials: 'same-origin' }));
    if (!response.ok) throw new Error(`${name}: ${response.status}`);
    await cache.put(url, response);
  }
}

// Tabs of the build before may still ask for its parts: its cache stays until the next change.
async function activate() {
  const ours = (await caches.keys()).filter((name) => name.startsWith(prefix) && name !== cacheName);
  await Promise.all(ours.slice(0, -1).map((name) => caches.delete(name)));
  await self.clients.claim();
}

async function page(request) {
  const path = new URL(request.url).pathname;
  const root = new URL(folder).pathname;
  if (path !== root && path !== `${root}index.html`) return file(request);
  return (await (await caches.open(cacheName)).match(folder)) ?? fetch(request);
}

async function file(request) {
  const cache = await caches.open(cacheName);
  const kept = await cache.match(request, { ignoreSearch: true, ignoreVary: true });
  if (kept) return kept;
  for (const name of await caches.keys()) {
    if (!name.startsWith(prefix)) continue;
    const older = await (await caches.open(name)).match(request, { ignoreVary: true });
    if (older) return older;
  }
  return fetch(request);
}
