// Start: the page comes up from a sub-path, asks only its own host, and says what is wrong when it cannot.
import { eventually } from './helper.mjs';
import assert from 'node:assert/strict';

export default (test) => {
  test('starts from a sub-path and draws', async (t) => {
    const page = await t.open();
    const stats = await page.stats();
    assert.ok(stats.frames >= 1, 'at least one frame');
    assert.ok(stats.heap_bytes > 1e6);
    assert.equal(await page.page.evaluate(() => document.documentElement.dataset.state), 'running');
    assert.equal(await page.page.locator('#boot').count(), 0);
    assert.ok((await page.semantics()).length > 0, 'the registry is filled');
    assert.deepEqual(page.console.filter((line) => /^(error|warning)/.test(line)), []);
  });

  test('asks no other host for anything', async (t) => {
    const page = await t.newPage();
    const foreign = [];
    page.page.on('request', (request) => {
      if (!request.url().startsWith(t.site.url) && !/^(data|blob):/.test(request.url())) foreign.push(request.url());
    });
    await page.open();
    assert.deepEqual(foreign, []);
  });

  test('window.assay exists only with ?testing=1', async (t) => {
    const page = await t.newPage();
    await page.page.goto(t.site.url);
    await page.page.waitForFunction(() => document.documentElement.dataset.state === 'running');
    assert.equal(await page.page.evaluate(() => typeof window.assay), 'undefined');
  });

  test('all hashed: only index.html and public files keep their names', async (t) => {
    const page = await t.newPage();
    const before = t.site.requests.length;
    await page.open();
    const asked = t.site.requests.slice(before).map((path) => path.split('/sub-path/')[1] ?? path);
    for (const name of asked) {
      assert.match(name, /^(index\.html|favicon\.ico|)$|\.([0-9a-f]{10}|[A-Z0-9]{8})\.\w+$|\.(svg|png|webmanifest)$/, name);
    }
  });

  test('works when the server does not know the type of wasm files', async (t) => {
    t.site.override.set(/\.wasm$/, { type: 'application/octet-stream' });
    const page = await t.open();
    assert.ok((await page.stats()).frames >= 1);
  });

  test('says which part could not be loaded', async (t) => {
    t.site.override.set(/inter-regular.*\.ttf$/, { status: 503, body: 'busy' });
    const page = await t.newPage();
    await page.page.goto(`${t.site.url}?testing=1`);
    await page.page.waitForSelector('#boot.failed');
    const text = await page.page.textContent('#boot');
    assert.match(text, /could not be loaded: fonts\/inter-regular.*503/);
  });

  test('says that WebGL 2 is missing', async (t) => {
    const page = await t.newPage();
    await page.page.addInitScript(() => {
      const original = HTMLCanvasElement.prototype.getContext;
      HTMLCanvasElement.prototype.getContext = function get(kind, ...rest) {
        return kind === 'webgl2' ? null : original.call(this, kind, ...rest);
      };
    });
    await page.page.goto(t.site.url);
    await page.page.waitForSelector('#boot.failed');
    assert.match(await page.page.textContent('#boot-line'), /WebGL 2/);
  });

  test('says that WebAssembly is missing', async (t) => {
    const page = await t.newPage();
    await page.page.addInitScript(() => { delete globalThis.WebAssembly; });
    await page.page.goto(t.site.url);
    await page.page.waitForSelector('#boot.failed');
    assert.match(await page.page.textContent('#boot-line'), /WebAssembly/);
  });

  test('without JavaScript the page says that it needs it', async (t) => {
    const page = await t.newPage(await t.newContext({ javaScriptEnabled: false }));
    await page.page.goto(t.site.url);
    assert.match(await page.page.textContent('noscript'), /JavaScript/);
  });

  test('a crash ends in a panel with the build and the log, and nothing calls the program again', async (t) => {
    const page = await t.open();
    await page.page.evaluate(() => window.assay.crash());
    await page.page.waitForSelector('#crash');
    const report = await page.page.textContent('#crash pre');
    const build = JSON.parse(await page.page.getAttribute('meta[name=assay-build]', 'content'));
    assert.ok(report.includes(build.id), 'the build id is in the report');
    assert.match(report, /assertion failed: asked for by a test \(main\.cpp:\d+\)/);
    if (build.symbols[build.wasm]) {
      await eventually(async () => /assertion_failed|crash/.test((await page.page.textContent('#crash pre')).split('crash: ')[1] ?? ''));
    }
    const before = (await page.stats()).frames;
    await page.page.mouse.move(300, 300);
    await page.page.mouse.click(300, 300);
    await page.page.waitForTimeout(300);
    assert.equal((await page.stats()).frames, before);
    await page.page.getByRole('button', { name: 'Reload' }).click();
    await page.ready();
  });

  test('in a frame of a foreign page it does not start', async (t) => {
    const page = await t.newPage();
    // 127.0.0.1 and localhost are two origins.
    t.site.override.set('framer.html', { type: 'text/html', body: `<iframe src="${t.site.url}" width="600" height="400"></iframe>` });
    await page.page.goto(`${t.site.url.replace('127.0.0.1', 'localhost')}framer.html`);
    const frame = await eventually(() => page.page.frames().find((candidate) => candidate.url().startsWith(t.site.url)));
    await frame.waitForSelector('#boot.failed');
    assert.match(await frame.textContent('#boot-line'), /frame/);
  });

  test('system preferences reach the page: dark', async (t) => {
    const page = await t.open({ colorScheme: 'dark' });
    assert.equal(await page.page.evaluate(() => document.documentElement.dataset.theme), 'dark');
    await page.page.emulateMedia({ colorScheme: 'light' });
    await eventually(async () => (await page.page.evaluate(() => document.documentElement.dataset.theme)) === 'light');
  });
};
