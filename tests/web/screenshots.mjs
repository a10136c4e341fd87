#!/usr/bin/env node
// Writes docs/screenshots/*.png: each view of the built page, in both themes and languages.
//   node tests/web/screenshots.mjs [--site DIR] [--out DIR]
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { AssayPage, eventually, launchBrowser, root } from './helper.mjs';
import * as fake from './fake_openai.mjs';
import { serveSite } from './server.mjs';

const option = (name, fallback) => {
  const at = process.argv.indexOf(name);
  return at > 0 ? path.resolve(process.argv[at + 1]) : fallback;
};

const long = (prompt) => /opportunity to express/.test(prompt);
const respond = ({ prompt }) => {
  if (/concise|short/i.test(prompt) && long(prompt)) return fake.verdict(false, 'Most of the e-mail is padding; what was asked stands in its last sentence.');
  if (/Analytics/.test(prompt)) return fake.verdict(false, 'The objective was an apology for the wrong address; the e-mail advertises an add-on.');
  if (/five years ago/.test(prompt)) return fake.verdict(false, 'The notes hold no five years, no 200,000 euros and no award.');
  return fake.verdict(true, 'It does what the objective asks, in a friendly and professional tone.');
};

async function views(page, api, save) {
  await save('empty');
  await page.click('empty.example');
  await page.waitFor(/^traces\.row\[/);
  await page.page.waitForTimeout(6000);  // the notice of the import goes away
  await page.click('rail.scorers');
  await page.type('judge.base_url', api.url);
  await page.type('judge.model', 'fake-1');
  await page.key('Tab');
  await save('scorers');
  await page.click('judge.start');
  await eventually(async () => (await page.find('run.state'))?.name?.match(/Finished|完成/), { timeoutMs: 60000 });
  await page.page.waitForTimeout(6000);
  await save('run');
  await page.click('rail.runs');
  await page.click('rail.traces');
  await save('traces');
  const row = (await page.semantics()).find((node) => /^traces\.row\[/.test(node.id));
  await page.click(row.id);
  await save('reader');
  await page.click('reader.tab[spans]');
  await save('spans');
  if (await page.find('annotate.open')) await page.click('annotate.open');
  await save('annotate');
  await page.click('rail.settings');
  await save('settings');
}

async function main() {
  const out = option('--out', path.join(root, 'docs/screenshots'));
  await mkdir(out, { recursive: true });
  const site = await serveSite(option('--site', path.join(root, 'build/web')));
  const api = await fake.startFakeOpenai({ respond });
  const browser = await launchBrowser();
  for (const [suffix, options] of [
    ['light', { colorScheme: 'light', locale: 'en-GB' }], ['dark', { colorScheme: 'dark', locale: 'en-GB' }],
    ['zh', { colorScheme: 'light', locale: 'zh-CN' }],
    ['narrow', { colorScheme: 'light', locale: 'en-GB', viewport: { width: 1000, height: 700 } }],
    ['phone', { colorScheme: 'dark', locale: 'en-GB', viewport: { width: 420, height: 800 } }],
  ]) {
    if (process.argv.includes('--only') && !process.argv.includes(suffix)) continue;
    const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, ...options });
    const page = new AssayPage(await context.newPage(), site);
    try {
      await page.open();
      await views(page, api, (name) => page.screenshot(path.join(out, `${name}-${suffix}.png`)));
    } catch (error) {
      console.error(`${suffix}: ${error.message.slice(0, 600)}`);
      process.exitCode = 1;
    }
    await context.close();
  }
  await browser.close();
  await api.close();
  await site.close();
}

main();
