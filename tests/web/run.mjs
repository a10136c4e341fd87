#!/usr/bin/env node
// Browser tests: node tests/web/run.mjs [FILTER] [--site DIR] [--headed]
// Runs every tests/web/*.spec.mjs (or those whose file or test names contain FILTER) against build/web.
// A spec exports default (test) => { test('name', async (t) => { … }) }. t.open() gives an AssayPage;
// t.skip('why') leaves. Last line: web: N passed, M failed, K skipped.
import { mkdir, readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { AssayPage, launchBrowser, root } from './helper.mjs';
import { serveSite } from './server.mjs';

const TEST_LIMIT_MS = 120000;

class Skip extends Error {}

function parseArguments(list) {
  const options = { filter: '', site: process.env.ASSAY_WEB_DIR || path.join(root, 'build/web'), headed: false };
  for (let i = 0; i < list.length; i++) {
    if (list[i] === '--site') options.site = path.resolve(list[++i]);
    else if (list[i] === '--headed') options.headed = true;
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
      const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, locale: 'en-GB', ...options });
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
    const log = pages.flatMap((page) => [...page.errors, ...page.console]).slice(-20).map((line) => `      | ${line}`).join('\n');
    return { result: 'failed', why: `${error.stack ?? error}${log ? `\n${log}` : ''}` };
  } finally {
    clearTimeout(timer);
    for (const action of cleanups.reverse()) await Promise.resolve(action()).catch(() => {});
    for (const context of contexts) await context.close().catch(() => {});
    site.override.clear();
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
  const site = await serveSite(options.site);
  const browser = await launchBrowser({ headless: !options.headed });
  const count = { passed: 0, failed: 0, skipped: 0 };
  for (const test of tests) {
    const begun = Date.now();
    const { result, why } = await runOne(test, browser, site, artefacts);
    count[result]++;
    console.log(`${{ passed: 'ok  ', failed: 'FAIL', skipped: 'skip' }[result]} ${test.full} (${Date.now() - begun} ms)${why ? `\n    ${why}` : ''}`);
  }
  await browser.close();
  await site.close();
  console.log(`web: ${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  process.exit(count.failed > 0 ? 1 : 0);
}

main();
