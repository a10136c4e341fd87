// Addresses: back, forward, reload, hostile fragments; and the mirror of the interface in real elements.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const fragment = (page) => page.page.evaluate(() => location.hash);

export default (test) => {
  test('places have addresses; back and forward work and never leave the page', async (t) => {
    const page = await t.open();
    await page.command('go.settings');
    await page.idle();
    await eventually(async () => (await fragment(page)).startsWith('#/settings'));
    await page.command('go.runs');
    await page.idle();
    assert.match(await fragment(page), /^#\/runs/);
    await page.page.goBack();
    await page.idle();
    assert.match(await fragment(page), /^#\/settings/);
    await page.waitFor(/^settings\./);
    await page.page.goForward();
    await page.idle();
    await page.waitGone(/^settings\.(theme|language)/);
    assert.match(await fragment(page), /^#\/runs/);
  });

  test('a reload stays where one was', async (t) => {
    const page = await t.open({ fragment: '#/settings' });
    await page.waitFor(/^settings\./);
    await page.reload();
    await page.waitFor(/^settings\./);
  });

  test('hostile addresses do no harm', async (t) => {
    const page = await t.newPage();
    const addresses = ['#/%', '#/traces?q=%E0%A4%A', `#/traces?q=${'a'.repeat(20000)}`, '#/<script>alert(1)</script>', '#/traces?trace=%00&span=../../x', '#////'];
    for (const [index, hostile] of addresses.entries()) {
      await page.open(`n=${index}`, hostile);  // another query, or the browser would not load the page anew
      assert.ok((await page.semantics()).length > 3, hostile.slice(0, 40));
    }
  });

  test('the mirror offers what is on the canvas by role and name, and works by mouse and keyboard', async (t) => {
    const page = await t.openExample({ query: 'a11y=1' });
    const buttons = (await page.semantics()).filter((node) => node.role === 'button' && node.name && node.width > 0 && node.enabled);
    assert.ok(buttons.length > 0);
    for (const button of buttons.slice(0, 5)) {
      assert.ok(await page.page.getByRole('button', { name: button.name, exact: true }).count() > 0, button.name);
    }
    // The search box is two-way.
    const search = page.page.locator('#mirror [data-id="top.search"]');
    await search.fill('status = ');
    await page.idle();
    await eventually(async () => (await page.find('top.search')).value === 'status = ');
  });

  test('screen-reader mode can be turned on from the keyboard', async (t) => {
    const page = await t.open();
    assert.equal(await page.page.locator('#mirror *').count(), 0);
    await page.page.evaluate(() => document.getElementById('mirror-on').focus());
    await page.page.keyboard.press('Enter');
    await eventually(async () => await page.page.locator('#mirror *').count() > 0);
  });

  test('no widget is without a name and no name is used twice', async (t) => {
    const page = await t.open();
    for (const place of ['go.traces', 'go.scorers', 'go.runs', 'go.settings']) {
      await page.command(place);
      await page.idle();
      const complaints = await page.page.evaluate(() => window.assay.complaints());
      assert.deepEqual(complaints, [], place);
    }
  });
};
