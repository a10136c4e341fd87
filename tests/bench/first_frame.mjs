#!/usr/bin/env node
// How long until the first frame, beside the least page that Dear ImGui can be:
//   node tests/bench/first_frame.mjs --bare FOLDER [--site FOLDER] [--rounds N]
// Each round opens both in a browser context of its own (nothing cached), one after the other. The time is from the
// start of the navigation to the end of the first frame, by the page's own clock.
import path from 'node:path';
import { launchBrowser, root } from '../web/helper.mjs';
import { serveSite } from '../web/server.mjs';

const option = (name, otherwise) => {
  const at = process.argv.indexOf(`--${name}`);
  return at > 0 ? process.argv[at + 1] : otherwise;
};

async function measure(browser, url) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForFunction(() => performance.getEntriesByName('first-frame').length > 0);
  const ms = await page.evaluate(() => performance.getEntriesByName('first-frame')[0].startTime);
  await context.close();
  return ms;
}

const median = (list) => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];
const rounds = Number(option('rounds', 9));
const page = await serveSite(path.resolve(option('site', path.join(root, 'build/web'))));
const bare = await serveSite(path.resolve(option('bare', path.join(root, 'build/bench/bare'))));
const browser = await launchBrowser({});
const times = { page: [], bare: [] };
await measure(browser, page.url);  // the browser's own warming up
await measure(browser, `${bare.url}bare_imgui.html`);
for (let round = 0; round < rounds; round++) {
  times.bare.push(await measure(browser, `${bare.url}bare_imgui.html`));
  times.page.push(await measure(browser, page.url));
}
const ratio = median(times.page) / median(times.bare);
console.log(`first frame, median of ${rounds}: page ${median(times.page).toFixed(0)} ms, bare Dear ImGui ${median(times.bare).toFixed(0)} ms: ${ratio.toFixed(2)} times`);
console.log(`  page ${times.page.map((ms) => ms.toFixed(0)).join(' ')}; bare ${times.bare.map((ms) => ms.toFixed(0)).join(' ')}`);
await browser.close();
await page.close();
await bare.close();
process.exit(0);
