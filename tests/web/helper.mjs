// Driving the page like a person: real mouse and keys on the real canvas, at the rectangles that
// window.assay.semantics() names. Nothing here calls into the program except to read.
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { homedir, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

// Node 18, Debian 12's, has no import.meta.dirname.
export const root = fileURLToPath(new URL('../..', import.meta.url)).replace(/\/$/, '');

// From where tools/lib/toolchain.sh puts it, unless the environment says otherwise.
export function loadPlaywright() {
  const cache = process.env.ASSAY_CACHE_DIR || path.join(process.env.XDG_CACHE_HOME || path.join(homedir(), '.cache'), 'assay');
  const require = createRequire(import.meta.url);
  return require(process.env.ASSAY_PLAYWRIGHT_DIR || path.join(cache, 'npm/node_modules/playwright-core'));
}

// Playwright's own list, which a second switch would replace, and the browser's own pages, of which each window
// loads two for its address bar: as much work again as the page under test.
const WITHOUT = ['AcceptCHFrame', 'AvoidUnnecessaryBeforeUnloadCheckSync', 'DestroyProfileOnBrowserClose',
  'DialMediaRouteProvider', 'GlobalMediaControls', 'HttpsUpgrades', 'LensOverlay', 'MediaRouter', 'PaintHolding',
  'ThirdPartyStoragePartitioning', 'Translate', 'AutoDeElevate', 'RenderDocument',
  'WebUIOmniboxPopup', 'WebUIOmniboxAimPopup', 'WebUIOmniboxFullPopup'];
// WebGL is drawn by SwiftShader; putting the page's layers together in it as well would take as long again.
const FLAGS = ['--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--disable-gpu-compositing',
  '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  `--disable-features=${WITHOUT.join(',')}`];

export async function launchBrowser(options = {}) {
  const { chromium } = loadPlaywright();
  return chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: FLAGS, ...options });
}

// A profile on disk, for tests that kill the browser: {context, pid, kill()}.
export async function launchProfile(folder, options = {}) {
  const { chromium } = loadPlaywright();
  const context = await chromium.launchPersistentContext(folder, {
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium', args: FLAGS, viewport: { width: 1280, height: 800 }, ...options,
  });
  return context;
}

export class AssayPage {
  constructor(page, site) {
    this.page = page;
    this.site = site;
    this.errors = [];
    this.console = [];
    page.on('pageerror', (error) => this.errors.push(error.message));
    page.on('console', (message) => {
      // The software GL of test machines remarks on its own speed; that is not the page's doing.
      if (message.text().includes('GL Driver Message (OpenGL, Performance')) return;
      this.console.push(`${message.type()}: ${message.text()}`);
    });
  }

  async open(query = '', fragment = '') {
    const parameters = new URLSearchParams(query);
    parameters.set('testing', '1');
    await this.page.goto(`${this.site.url}?${parameters}${fragment}`);
    await this.ready();
    return this;
  }

  async ready() {
    await this.page.waitForFunction(() => window.assay || document.documentElement.dataset.state === 'failed', null, { timeout: 30000 });
    if (await this.page.evaluate(() => document.documentElement.dataset.state === 'failed')) {
      throw new Error(`the page did not start: ${await this.page.textContent('#boot')}`);
    }
    const ready = await this.page.evaluate(() => Promise.race([window.assay.ready.then(() => ''),
      new Promise((resolve) => {
        const check = setInterval(() => {
          const failed = document.querySelector('#crash pre') ?? document.querySelector('#boot.failed');
          if (failed) { clearInterval(check); resolve(failed.textContent); }
        }, 100);
      })]));
    if (ready) throw new Error(`the page did not start: ${ready}`);
    await this.idle();
  }

  async reload() {
    await this.page.reload();
    await this.ready();
  }

  idle(timeoutMs = 30000) { return this.page.evaluate((ms) => window.assay.idle(ms), timeoutMs); }
  semantics() { return this.page.evaluate(() => window.assay.semantics()); }
  stats() { return this.page.evaluate(() => window.assay.stats()); }
  command(id, args) {
    return this.page.evaluate(([name, values]) => window.assay.command(name, values), [id, args ?? {}]);
  }

  // The node with this id (a string), or the first that fits (a function or a RegExp over ids).
  async find(what) {
    if (typeof what === 'function') return (await this.semantics()).find(what) ?? null;
    // Looked for in the page: carrying the whole registry over takes longer than the search.
    return this.page.evaluate(([id, source, flags]) => {
      const pattern = source === null ? null : new RegExp(source, flags);
      return window.assay.semantics().find((node) => (pattern ? pattern.test(node.id) : node.id === id)) ?? null;
    }, what instanceof RegExp ? [null, what.source, what.flags] : [what, null, '']);
  }

  // What stands on the screen, in a few lines, for the report of a test that failed.
  async summary() {
    const nodes = (await this.semantics()).filter((node) => node.width > 0 && node.height > 0);
    const line = ({ id, role, name, value, enabled }) => `${id ?? ''} ${role} "${String(name ?? '').slice(0, 60)}"`
      + `${value === undefined || value === '' ? '' : ` = "${String(value).slice(0, 60)}"`}${enabled === false ? ' (disabled)' : ''}`;
    return [`${this.page.url()}: ${nodes.length} elements, of which`, ...nodes.slice(-40).map(line)];
  }

  async waitFor(what, { timeoutMs = 10000, visible = true } = {}) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      const node = await this.find(what);
      if (node && (!visible || (node.width > 0 && node.height > 0))) return node;
      if (Date.now() > end) {
        const ids = (await this.semantics()).map((item) => item.id).filter(Boolean).join(' ');
        throw new Error(`not on the screen after ${timeoutMs} ms: ${what}\nthere: ${ids.slice(0, 2000)}`);
      }
      await this.page.waitForTimeout(50);
    }
  }

  async waitGone(what, timeoutMs = 10000) {
    const end = Date.now() + timeoutMs;
    while (await this.find(what)) {
      if (Date.now() > end) throw new Error(`still on the screen after ${timeoutMs} ms: ${what}`);
      await this.page.waitForTimeout(50);
    }
  }

  // A real mouse press at the middle of the widget. Waits until it has stopped moving.
  async click(what, options = {}) {
    await this.waitFor(what, options);
    await this.idle();
    const node = await this.waitFor(what, options);
    await this.page.mouse.click(node.x + node.width / 2, node.y + node.height / 2,
      { button: options.button ?? 'left', clickCount: options.clickCount ?? 1, delay: 10 });
    await this.idle();
    return node;
  }

  async hover(what) {
    const node = await this.waitFor(what);
    await this.page.mouse.move(node.x + node.width / 2, node.y + node.height / 2);
  }

  // Clicks a field, replaces what is in it, and types with real keys. Works for the page's own text
  // areas over the canvas too.
  async type(what, text, { clear = true } = {}) {
    await this.click(what);
    if (clear) await this.key('ControlOrMeta+a');
    if (text === '') await this.key('Delete');
    else await this.page.keyboard.type(text);
    await this.idle();
  }

  async key(chord, { idle = true } = {}) {
    await this.page.keyboard.press(chord);
    if (idle) await this.idle();
  }

  // Drops files on the window as a person does: [{name, content}] or paths.
  async drop(files) {
    const paths = files.every((file) => typeof file === 'string');
    if (paths) {
      const session = await this.page.context().newCDPSession(this.page);
      const data = { items: [], files: files.map((file) => path.resolve(file)), dragOperationsMask: 1 };
      for (const type of ['dragEnter', 'dragOver', 'drop']) {
        await session.send('Input.dispatchDragEvent', { type, x: 400, y: 300, data });
      }
      await session.detach();
    } else {
      await this.page.evaluate((list) => {
        const transfer = new DataTransfer();
        for (const { name, content } of list) transfer.items.add(new File([content], name));
        for (const type of ['dragenter', 'dragover', 'drop']) {
          document.getElementById('canvas').dispatchEvent(new DragEvent(type,
            { dataTransfer: transfer, bubbles: true, cancelable: true }));
        }
      }, files);
    }
    await this.idle();
  }

  // Presses what opens the chooser and picks files there.
  async choose(what, files) {
    const chooser = this.page.waitForEvent('filechooser');
    await this.click(what);
    await (await chooser).setFiles(files);
    await this.idle();
  }

  // Runs `action`, which makes the page save a file: {name, text}.
  async download(action) {
    const waiting = this.page.waitForEvent('download');
    await action();
    const download = await waiting;
    return { name: download.suggestedFilename(), text: await readFile(await download.path(), 'utf8') };
  }

  screenshot(file) { return this.page.screenshot({ path: file }); }

  // Text of everything on the screen, for assertions that do not care where it stands.
  async texts() {
    return (await this.semantics()).map((node) => `${node.name} ${node.value}`).join('\n');
  }
}

export async function eventually(check, { timeoutMs = 10000, everyMs = 50 } = {}) {
  const end = Date.now() + timeoutMs;
  for (;;) {
    const value = await check();
    if (value) return value;
    if (Date.now() > end) throw new Error(`did not happen within ${timeoutMs} ms: ${check}`);
    await new Promise((resolve) => { setTimeout(resolve, everyMs); });
  }
}

// A folder that is gone after the test.
export async function tempFolder(t) {
  const folder = await mkdtemp(path.join(tmpdir(), 'assay-web-'));
  t.onEnd(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

// Ids of the traces in the list, as the registry shows them.
export const traceIds = async (page) => [...new Set((await page.semantics())
  .map((node) => /tr-[0-9a-z-]+/.exec(node.id)?.[0]).filter(Boolean))].sort();
