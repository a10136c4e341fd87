#!/usr/bin/env node
// Browser tests: node tests/web/run.mjs [FILTER] [--site DIR] [--jobs N] [--headed]
// Runs every tests/web/*.spec.mjs (or those whose file or test names contain FILTER) against build/web.
// A spec exports default (test) => { test('name', async (t) => { … }, settings) }. t.open() gives an AssayPage;
// t.skip('why') leaves. Last line: web: N passed, M failed, K skipped.
//
// A test that fails runs once more, alone, after all others: a machine that stood still for a moment is no fault of the
// page. What passes only then is named at the end with what went wrong first, and more than three of them fail the run.
//
// N tests run side by side (default: one for each core), each lane with a browser and a server of its own, so that
// clipboards, focus and overridden files are not shared. Settings of a test:
//   serial          measures time: runs after all others, alone
//   slow            takes long: starts first
//   sharp           looks at pixels: one canvas pixel is one CSS pixel. The others draw at half the resolution, with
//                   the same layout, because the software that stands in for a graphics card is slow
//   limitMs         how long it may take (default 120 s)
//   errorsExpected  errors on the page are part of it
import { mkdir, readdir, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { AssayPage, launchBrowser, root } from './helper.mjs';
import { serveSite } from './server.mjs';

const TEST_LIMIT_MS = 120000;
const SECOND_TRIES_ALLOWED = 3;

class Skip extends Error {}

function parseArguments(list) {
  const options = { filter: '', site: process.env.ASSAY_WEB_DIR || path.join(root, 'build/web'), headed: false,
    jobs: Number(process.env.ASSAY_WEB_JOBS) || os.cpus().length };
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '--site') options.site = path.resolve(list[++i]);
    else if (list[i] === '--headed') options.headed = true;
    else if (list[i] === '--jobs') options.jobs = Math.max(1, Number(list[++i]) || 1);
    else options.filter = list[i];
  }
  return options;
}

async function collect(filter) {
  const folder = path.join(root, 'tests/web');
  const found = [];
  for (const file of (await readdir(folder)).filter((name) => name.endsWith('.spec.mjs')).sort()) {
    const { default: define } = await import(path.join(folder, file));
    define((name, body, settings = {}) => {
      const full = `${file.replace('.spec.mjs', '')}: ${name}`;
      if (full.toLowerCase().includes(filter.toLowerCase())) found.push({ full, body, settings });
    });
  }
  return found;
}

async function runOne({ full, body, settings }, browser, site, artefacts) {
  const contexts = [];
  const pages = [];
  const cleanups = [];
  const t = {
    site,
    browser,
    root,
    skip(why) { throw new Skip(why); },
    onEnd(action) { cleanups.push(action); },
    // A context of its own: empty storage, like another person's browser.
    async newContext(options = {}) {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 }, locale: 'en-GB', deviceScaleFactor: settings.sharp ? 1 : 0.5, ...options,
      });
      contexts.push(context);
      return context;
    },
    async newPage(context) {
      const page = new AssayPage(await (context ?? await t.newContext()).newPage(), site);
      pages.push(page);
      return page;
    },
    async open({ query = '', fragment = '', ...contextOptions } = {}) {
      const page = await t.newPage(await t.newContext(contextOptions));
      return page.open(query, fragment);
    },
  };
  // The same with the example set loaded: only then there is a search field.
  t.openExample = async (options) => {
    const page = await t.open(options);
    await page.command('file.open_example');
    await page.idle();
    return page;
  };
  const limit = settings.limitMs ?? TEST_LIMIT_MS;
  let timer;
  try {
    await Promise.race([body(t), new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not done within ${limit / 1000} s`)), limit);
    })]);
    for (const page of pages) {
      if (page.errors.length > 0 && !settings.errorsExpected) throw new Error(`errors on the page: ${page.errors.join('; ')}`);
    }
    return { result: 'passed' };
  } catch (error) {
    if (error instanceof Skip) return { result: 'skipped', why: error.message };
    const name = full.replace(/[^\w]+/g, '_').slice(0, 80);
    for (const [index, page] of pages.entries()) {
      await page.screenshot(path.join(artefacts, `${name}.${index}.png`)).catch(() => {});
    }
    const shown = [];
    for (const page of pages) shown.push(...await page.summary().catch(() => []));
    const log = [...shown, ...pages.flatMap((page) => [...page.errors, ...page.console]).slice(-20)].map((line) => `      | ${line}`).join('\n');
    return { result: 'failed', why: `${error.stack ?? error}${log ? `\n${log}` : ''}` };
  } finally {
    clearTimeout(timer);
    for (const action of cleanups.reverse()) await Promise.resolve(action()).catch(() => {});
    for (const context of contexts) await context.close().catch(() => {});
    site.override.clear();
  }
}

// A browser and a server. A browser that died takes one test with it, not the lane.
class Lane {
  constructor(options, artefacts) {
    this.options = options;
    this.artefacts = artefacts;
    this.browser = null;
    this.site = null;
  }

  async run(test, count) {
    this.site ??= await serveSite(this.options.site);
    if (!this.browser?.isConnected()) this.browser = await launchBrowser({ headless: !this.options.headed });
    const begun = Date.now();
    const { result, why } = await runOne(test, this.browser, this.site, this.artefacts);
    const again = result === 'failed' && !test.second;
    if (again) count.again.push(test);
    else count[result]++;
    const label = again ? 'once' : { passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[result];
    console.log(`${label} ${test.full} (${Date.now() - begun} ms)${why ? `\n    ${why}` : ''}`);
  }

  async close() {
    await this.browser?.close();
    await this.site?.close();
  }
}

async function main() {
  const options = parseArguments(process.argv.slice(2));
  await stat(path.join(options.site, 'index.html')).catch(() => {
    console.error(`There is no page in ${options.site}. Build it first: tools/run --build-only`);
    process.exit(1);
  });
  const tests = await collect(options.filter);
  const artefacts = path.join(root, 'build/web-tests');
  await mkdir(artefacts, { recursive: true });
  const count = { passed: 0, failed: 0, skipped: 0, again: [] };
  const weight = ({ settings }) => (settings.slow ? 0 : 1);
  const together = tests.filter(({ settings }) => !settings.serial).sort((a, b) => weight(a) - weight(b));
  const alone = tests.filter(({ settings }) => settings.serial);
  const lanes = Array.from({ length: Math.max(1, Math.min(options.jobs, together.length)) }, () => new Lane(options, artefacts));
  await Promise.all(lanes.map(async (lane) => {
    while (together.length > 0) await lane.run(together.shift(), count);
    if (lane !== lanes[0]) await lane.close();
  }));
  for (const test of alone) await lanes[0].run(test, count);
  const unsteady = count.again.length;
  if (unsteady > SECOND_TRIES_ALLOWED) count.failed += unsteady;
  else for (const test of count.again) await lanes[0].run({ ...test, second: true }, count);
  await lanes[0].close();
  if (unsteady > 0) console.log(`failed once: ${count.again.map((test) => test.full).join('; ')}`);
  console.log(`web: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  process.exit(count.failed > 0 ? 1 : 0);
}

main();
