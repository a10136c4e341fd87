// The mirror of the canvas in real elements: without faults that axe-core finds, and enough to do the main job.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as fake from './fake_openai.mjs';
import { eventually, loadPlaywright } from './helper.mjs';

// Beside playwright-core, where tools/lib/toolchain.sh puts it.
async function axeSource() {
  loadPlaywright();
  const folder = process.env.ASSAY_PLAYWRIGHT_DIR ? path.dirname(process.env.ASSAY_PLAYWRIGHT_DIR)
    : path.join(process.env.ASSAY_CACHE_DIR || path.join(process.env.XDG_CACHE_HOME || path.join(process.env.HOME, '.cache'), 'assay'), 'npm/node_modules');
  return readFile(path.join(folder, 'axe-core/axe.min.js'), 'utf8');
}

// What stands on the canvas is no text of the page: its contrast is measured by tests of the tokens.
async function faults(page, where) {
  const found = await page.page.evaluate(async () => {
    const result = await window.axe.run(document, { rules: { 'color-contrast': { enabled: false } } });
    return result.violations.map(({ id, help, nodes }) => ({ id, help, count: nodes.length,
      nodes: nodes.slice(0, 4).map(({ html }) => html.slice(0, 220)) }));
  });
  return found.map((fault) => `${where}: ${fault.id} (${fault.help}), ${fault.count} times\n        ${fault.nodes.join('\n        ')}`);
}

export default (test) => {
  test('axe-core finds no fault in any place, panel or dialogue', async (t) => {
    const page = await t.open({ query: 'a11y=1', bypassCSP: true });
    await page.page.evaluate(await axeSource());
    const all = [];
    const look = async (where) => {
      await page.idle();
      all.push(...await faults(page, where));
    };
    await look('first page');
    await page.command('file.open_example');
    await look('table');
    const row = await eventually(async () => (await page.semantics()).find(({ id }) => /^traces\.row/.test(id)));
    await page.click(row.id);
    await look('trace');
    for (const tab of (await page.semantics()).filter(({ role, id }) => role === 'tab' && id.startsWith('reader.'))) {
      await page.click(tab.id);
      await look(`tab ${tab.name}`);
    }
    await page.command('ui.annotate');
    await look('annotation form');
    for (const place of ['go.scorers', 'go.runs', 'go.settings']) {
      await page.command(place);
      await look(place);
    }
    for (const dialogue of ['ui.palette', 'ui.shortcuts', 'ui.import_report']) {
      await page.command(dialogue);
      await look(dialogue);
      await page.page.keyboard.press('Escape');
      await page.idle();
    }
    assert.deepEqual(all, [], `\n${all.join('\n')}`);
  }, { slow: true });

  test('the main job through roles and names alone: example, search, read, annotate, judge, results, take home', async (t) => {
    const api = await fake.startFakeOpenai({ key: 'sk-by-role' });
    t.onEnd(() => api.close());
    api.respond = ({ number }) => fake.verdict(number % 3 !== 0);
    const page = await t.open({ query: 'a11y=1', viewport: { width: 1440, height: 900 } });
    const by = (role, name, options = {}) => page.page.getByRole(role, { name, ...options });
    const press = async (locator) => {
      await locator.click();
      await page.idle();
    };
    const heard = [];  // what a screen reader is told
    await page.page.exposeFunction('hear', (text) => heard.push(text));
    await page.page.evaluate(() => new MutationObserver(() => window.hear(document.getElementById('live').textContent))
      .observe(document.getElementById('live'), { childList: true, characterData: true, subtree: true }));

    await press(by('button', 'Try the example'));
    await eventually(async () => await page.page.getByRole('row').count() === 8);  // with the headers
    assert.equal(await page.page.title(), 'Traces · Assay');
    await by('searchbox', 'Search traces').fill("status = 'ERROR'");
    await page.idle();
    await eventually(async () => await page.page.getByRole('row').count() === 2);
    await by('searchbox', 'Search traces').fill('');
    await page.idle();
    await eventually(async () => await page.page.getByRole('row').count() === 8);

    await press(page.page.getByRole('row').nth(1));
    await press(by('tab', /^Spans/));
    assert.ok(await page.page.getByRole('treeitem').count() >= 3);
    await press(by('button', 'Add an assessment'));
    await by('textbox', 'Name').fill('useful');
    await page.idle();
    await press(by('button', 'Pass', { exact: true }));
    await press(by('button', 'Save assessment'));
    await eventually(async () => (await page.page.locator('#mirror').innerText()).includes('useful'));

    await press(by('link', 'Scorers'));
    await by('textbox', 'Base address').fill(api.url);
    await by('textbox', 'Model').fill('fake-1');
    await by('textbox', 'Key', { exact: true }).fill('sk-by-role');
    await page.idle();
    await press(by('button', 'Start', { exact: true }));
    await eventually(async () => /Finished|Done/.test(await page.page.locator('#mirror').innerText()), { timeoutMs: 30000 });
    assert.equal(api.requests.length > 20, true);
    await eventually(() => heard.length > 0);

    await press(by('link', 'Traces'));
    await press(by('button', 'Save as', { exact: true }));
    const home = await page.download(() => by('menuitem', /^All traces/).click());
    assert.equal(home.text.trim().split('\n').length, 7);
    assert.ok(home.text.includes('"useful"'));
  }, { slow: true });
};
