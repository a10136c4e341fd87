#!/usr/bin/env node
// The main job in the other engines, by hand:
//   xvfb-run -a -s "-screen 0 1600x1200x24" node tests/web/other_browsers.mjs webkit|firefox [--site FOLDER] [--out FOLDER]
// firefox: Debian's firefox-esr, driven by puppeteer-core, whose folder --puppeteer tells (Playwright drives only a
// Firefox of its own). webkit: WebKitGTK, Safari's engine, by Debian's webkit2gtk-driver. Both want xvfb and Mesa's
// software OpenGL (libegl1, libgl1-mesa-dri). Ends with 1 and the reason when a step fails; leaves a picture of each.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import * as fake from './fake_openai.mjs';
import { AssayPage, eventually, root } from './helper.mjs';
import { serveSite } from './server.mjs';

const { values, positionals } = parseArgs({ allowPositionals: true, options: {
  puppeteer: { type: 'string', default: 'node_modules/puppeteer-core' }, site: { type: 'string', default: 'build/web' }, out: { type: 'string' } } });
const engine = positionals[0];
const out = values.out ?? `build/${engine}`;
const SIZE = { width: 1440, height: 900 };
const KEY = 'sk-test-4711-never-leak';
// A test machine has neither a graphics card nor what Firefox shuts its processes in with.
const PREFERENCES = { 'security.sandbox.content.level': 0, 'webgl.force-enabled': true, 'media.rdd-process.enabled': false,
  'network.process.enabled': false, 'intl.accept_languages': 'en-GB' };
const ENVIRONMENT = { LIBGL_ALWAYS_SOFTWARE: '1', MOZ_DISABLE_CONTENT_SANDBOX: '1', MOZ_DISABLE_RDD_SANDBOX: '1',
  MOZ_DISABLE_SOCKET_PROCESS_SANDBOX: '1', MOZ_DISABLE_GPU_SANDBOX: '1' };

// "ControlOrMeta+Shift+Z" pressed with the functions of a keyboard.
async function pressChord(chord, { down, up }) {
  const keys = chord.split(/\+(?=.)/).map((key) => (key === 'ControlOrMeta' ? 'Control' : key));
  for (const key of keys) await down(key);
  for (const key of keys.reverse()) await up(key);
}

const sleep = (ms) => new Promise((resolve) => { setTimeout(resolve, ms); });

// Both give what AssayPage uses of a page of Playwright, and close().

async function openFirefox() {
  const puppeteer = createRequire(import.meta.url)(path.resolve(values.puppeteer));
  const home = await mkdtemp(path.join(tmpdir(), 'assay-firefox-'));
  const browser = await puppeteer.launch({ browser: 'firefox', executablePath: process.env.FIREFOX || '/usr/bin/firefox-esr', headless: false,
    extraPrefsFirefox: PREFERENCES, env: { ...process.env, ...ENVIRONMENT, HOME: home } });
  const page = await browser.newPage();
  await page.setViewport(SIZE);
  return {
    name: await browser.version(),
    on: (name, listener) => page.on(name, (what) => listener(name === 'console' ? { type: () => what.type(), text: () => what.text() } : what)),
    url: () => page.url(),
    goto: (url) => page.goto(url),
    reload: () => page.reload(),
    evaluate: (...all) => page.evaluate(...all),
    screenshot: ({ path: file }) => page.screenshot({ path: file }),
    mouse: { move: (x, y) => page.mouse.move(x, y),
      click: (x, y, { button, clickCount, delay } = {}) => page.mouse.click(x, y, { button, count: clickCount, delay }) },
    keyboard: { type: (text) => page.keyboard.type(text), press: (chord) => pressChord(chord,
      { down: (key) => page.keyboard.down(key), up: (key) => page.keyboard.up(key) }) },
    close: async () => {
      await browser.close();
      await rm(home, { recursive: true, force: true }).catch(() => {});
    },
  };
}

// The protocol of WebDriver (W3C), as far as it is needed here.
async function openWebKit() {
  const PORT = 4711;
  const driver = spawn(process.env.WEBKIT_DRIVER || 'WebKitWebDriver', [`--port=${PORT}`], { env: { ...process.env, ...ENVIRONMENT }, stdio: 'ignore' });
  const ask = async (method, address, body) => {
    const answer = await fetch(`http://127.0.0.1:${PORT}${address}`, { method, body: body === undefined ? undefined : JSON.stringify(body) });
    const { value } = await answer.json();
    if (value?.error) throw new Error(`${value.error}: ${value.message}`);
    return value;
  };
  const browserOptions = { binary: process.env.WEBKIT || '/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/MiniBrowser', args: ['--automation'] };
  const made = await eventually(() => ask('POST', '/session', { capabilities: { alwaysMatch: { 'webkitgtk:browserOptions': browserOptions } } })
    .catch((error) => { if (/fetch failed/.test(error.message)) return null; throw error; }));
  const session = `/session/${made.sessionId}`;
  const run = async (body, argument) => {
    const source = `const done = arguments[arguments.length - 1]; const given = arguments[0];
      Promise.resolve().then(() => (typeof (${body}) === 'function' ? (${body})(given) : (${body})))
      .then((value) => done({ value }), (error) => done({ error: String(error?.stack ?? error) }))`;
    const { value, error } = await ask('POST', `${session}/execute/async`, { script: source, args: [argument ?? null] });
    if (error) throw new Error(error);
    return value;
  };
  await ask('POST', `${session}/timeouts`, { script: 120000, pageLoad: 60000 });
  await ask('POST', `${session}/window/rect`, { ...SIZE, x: 0, y: 0 });
  const act = (kind, actions) => ask('POST', `${session}/actions`, { actions: [
    kind === 'key' ? { type: 'key', id: 'keyboard', actions } : { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions }] });
  const code = (key) => ({ Control: '\uE009', Shift: '\uE008', Tab: '\uE004', Enter: '\uE007', Escape: '\uE00C', Delete: '\uE017' })[key] ?? key;
  const down = (key) => act('key', [{ type: 'keyDown', value: code(key) }]);
  const up = (key) => act('key', [{ type: 'keyUp', value: code(key) }]);
  const move = (x, y) => ({ type: 'pointerMove', duration: 0, x: Math.round(x), y: Math.round(y) });
  let address = '';
  return {
    name: `${made.capabilities.browserName} ${made.capabilities.browserVersion}`,
    on: () => {},
    url: () => address,
    goto: (url) => ask('POST', `${session}/url`, { url }),
    reload: () => ask('POST', `${session}/refresh`, {}),
    evaluate: async (body, argument) => {
      const value = await run(String(body), argument);
      address = await ask('GET', `${session}/url`);
      return value;
    },
    screenshot: async ({ path: file }) => writeFile(file, Buffer.from(await ask('GET', `${session}/screenshot`), 'base64')),
    mouse: { move: (x, y) => act('pointer', [move(x, y)]),
      click: (x, y) => act('pointer', [move(x, y), { type: 'pointerDown', button: 0 }, { type: 'pause', duration: 10 }, { type: 'pointerUp', button: 0 }]) },
    keyboard: { press: (chord) => pressChord(chord, { down, up }),
      type: async (text) => { for (const letter of text) await act('key', [{ type: 'keyDown', value: letter }, { type: 'keyUp', value: letter }]); } },
    close: async () => {
      await ask('DELETE', session).catch(() => {});
      driver.kill();
    },
  };
}

const ENGINES = { firefox: openFirefox, webkit: openWebKit };
if (!ENGINES[engine]) {
  console.error('which engine: firefox or webkit?');
  process.exit(2);
}

const site = await serveSite(path.resolve(root, values.site));
const api = await fake.startFakeOpenai({ key: KEY });
api.respond = ({ number }) => fake.verdict(number % 3 > 0, 'It answers what was asked.');
await mkdir(out, { recursive: true });
const raw = await ENGINES[engine]();
raw.waitForTimeout = sleep;
raw.waitForFunction = (body, argument, { timeout = 30000 } = {}) => eventually(
  () => raw.evaluate(`Boolean((${body})(${JSON.stringify(argument)}))`), { timeoutMs: timeout });
raw.textContent = (selector) => raw.evaluate((chosen) => document.querySelector(chosen)?.textContent ?? '', selector);
const page = new AssayPage(raw, site);

const rows = async () => (await page.semantics()).filter((node) => /^traces\.row\[tr-[0-9a-f]+\]$/.test(node.id));
const steps = {
  start: async () => {
    await page.open();
    await page.waitFor('empty.example');
  },
  example: async () => {
    await page.click('empty.example');
    await page.waitFor(/^traces\.row\[/);
    assert.equal((await rows()).length, 7);
  },
  search: async () => {
    await page.type('top.search', "status = 'ERROR'");
    await eventually(async () => (await rows()).length === 1);
    assert.match(raw.url(), /ERROR/);
    await page.type('top.search', '');
    await eventually(async () => (await rows()).length === 7);
  },
  read: async () => {
    await page.click((await rows())[0].id);
    await page.waitFor('reader.title');
  },
  annotate: async () => {
    if (await page.find('annotate.open')) await page.click('annotate.open');
    await page.type('annotate.name', 'useful');
    await page.click('annotate.value[yes]');
    await page.click('annotate.rationale');
    await page.page.keyboard.type('Short, and 好的.');
    await page.click('annotate.save');
    await eventually(async () => (await page.texts()).includes('Short, and 好的.'));
    await page.key('ControlOrMeta+z');
    await eventually(async () => !(await page.texts()).includes('Short, and 好的.'));
    await page.key('ControlOrMeta+Shift+Z');
    await eventually(async () => (await page.texts()).includes('Short, and 好的.'));
  },
  judge: async () => {
    await page.click('rail.scorers');
    await page.type('judge.base_url', api.url);
    await page.type('judge.model', 'fake-1');
    await page.type('judge.key', KEY);
    await page.key('Tab');
    await page.click('judge.start');
    await eventually(async () => /Finished|Done/.test((await page.find('run.state'))?.name ?? ''), { timeoutMs: 60000 });
    assert.equal((await page.semantics()).filter((node) => /^run\.score\[[^\]]+\]$/.test(node.id)).length, 5);
    assert.ok(api.requests.every((request) => request.headers.authorization === `Bearer ${KEY}`));
  },
  reload: async () => {
    await page.click('rail.traces');
    await page.waitFor(/^traces\.row\[/);
    await page.reload();
    await page.waitFor(/^traces\.row\[/);
    await page.click((await rows())[0].id);
    await eventually(async () => (await page.texts()).includes('Short, and 好的.'));
  },
  rest: async () => {
    await page.page.mouse.move(640, 400);
    await page.page.waitForTimeout(1500);
    const before = (await page.stats()).frames;
    await page.page.waitForTimeout(5000);
    assert.equal((await page.stats()).frames, before);
  },
  mirror: async () => {
    await raw.goto(`${site.url}?testing=1&a11y=1`);
    await page.ready();
    assert.ok(await eventually(() => raw.evaluate(() => document.querySelectorAll('#mirror [role=row], #mirror tr').length > 0)));
  },
};

let failed = '';
for (const [name, step] of Object.entries(steps)) {
  try {
    await step();
    console.log(`ok   ${name}`);
  } catch (error) {
    failed = name;
    console.log(`FAIL ${name}\n${error.stack}\n${(await page.summary().catch(() => [])).join('\n')}\n${page.console.slice(-20).join('\n')}`);
  }
  await raw.screenshot({ path: path.join(out, `${name}.png`) }).catch(() => {});
  if (failed) break;
}
if (page.errors.length > 0) failed ||= page.errors.join('; ');
console.log(`${raw.name}: ${failed ? `failed: ${failed}` : 'all passed'}`);
await raw.close();
await api.close();
await site.close();
process.exit(failed ? 1 : 0);
