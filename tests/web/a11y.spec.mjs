// The mirror of the canvas in real elements: without faults that axe-core finds, and enough to do the main job.
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
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
};
