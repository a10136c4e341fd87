// The search box as a person uses it: completion with keys and mouse, corrections at their place, earlier searches,
// saved views, and going from hit to hit in a trace.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const query = async (page) => (await page.find('top.search')).value;
const footer = async (page) => (await page.find('traces.footer')).name;
const offers = async (page) => (await page.semantics()).filter((node) => /^search\.offer\[\d+\]$/.test(node.id));

export default (test) => {
  test('a condition is written by completion with counts, and never under the caret', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', 'stat');
    const keys = await eventually(async () => { const all = await offers(page); return all.length > 0 && all; });
    const box = await page.find('top.search');
    assert.ok(keys[0].y > box.y + box.height, 'the list lies below the box');
    await page.key('Tab');
    assert.equal(await query(page), 'status ');
    await page.key('Tab');
    assert.equal(await query(page), 'status = ');
    const values = await eventually(async () => { const all = await offers(page); return all.length === 2 && all; });
    assert.match(values.map((node) => `${node.name} ${node.value}`).join(), /OK \d+,ERROR 1/);
    await page.key('ArrowDown');
    await page.key('ArrowDown');
    await page.key('Enter');
    assert.equal(await query(page), "status = 'ERROR'");
    await eventually(async () => /^1 /.test(await footer(page)));
    assert.match(decodeURIComponent(await page.page.evaluate(() => location.hash)), /status = 'ERROR'/);
    await page.page.keyboard.type(' AND ten');
    await page.idle();
    assert.equal(await query(page), "status = 'ERROR' AND ten");
  });

  test('whatever is wrong with a search, the rows of before stay and the mistake is told, in the page\'s language', async (t) => {
    const page = await t.openExample();
    const rows = async () => (await page.semantics()).filter(({ id }) => /^traces\.row\[/.test(id)).length;
    const write = async (text) => {
      await page.type('top.search', text);
      if (await page.find('search.offers')) await page.key('Escape');
    };
    for (const wrong of ['foo.bar = 1', "name = 'x", '(a', 'ORDER BY foo', 'name =~ /(/']) {
      await write(wrong);
      await page.waitFor('search.error');
      assert.ok(await rows() > 0, `${wrong}: the rows of what was found last, a letter before perhaps`);
      assert.match(await footer(page), /^Not searched/, wrong);
    }
    await page.command('ui.toggle_language');
    await page.idle();
    const told = {
      'foo.bar = 1': /^没有字段 foo\.bar。/, "name = 'x": /^引号未闭合/, '(a': /^括号未闭合/,
      'ORDER BY foo': /^不能按 foo 排序/, 'name =~ /(/': /^正则表达式有误：缺少 \)，分组未结束（位置 0）$/,
    };
    for (const [wrong, words] of Object.entries(told)) {
      await write(wrong);
      assert.match((await page.waitFor('search.error')).name, words, wrong);
      assert.match(await footer(page), /^未搜索/, wrong);
    }
    await write('ORDER BY duration DESC');
    await page.waitFor('search.suggestion');
    await page.key('Alt+Enter');
    await eventually(async () => await query(page) === 'ORDER BY execution_time DESC');
    await page.waitGone('search.error');
  });

  test('a click takes an offer, Escape puts the list away', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', 'status = e');
    await eventually(async () => (await offers(page)).length === 1);
    await page.click('search.offer[0]');
    assert.equal(await query(page), "status = 'ERROR'");
    await page.page.keyboard.type(' ');
    await page.type('top.search', 'stat');
    await eventually(async () => (await offers(page)).length > 0);
    await page.key('Escape');
    assert.equal((await offers(page)).length, 0);
    assert.equal(await query(page), 'stat');
  });

  test('a slip is corrected at its underline and by Alt+Enter', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', 'stauts = 1');
    await page.click('search.correct');
    assert.equal(await query(page), 'status = 1');
    await page.type('top.search', "status = 'error'");
    await page.waitFor('search.warning');
    await page.key('Alt+Enter');
    assert.equal(await query(page), "status = 'ERROR'");
    await eventually(async () => /^1 /.test(await footer(page)));
  });

  test('earlier searches come back with the up arrow, also after a reload', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', 'enterprise');
    await page.key('Enter');
    await page.type('top.search', '');
    await page.reload();
    await page.click('top.search');
    await page.key('ArrowUp');
    const past = await page.waitFor('search.past[0]');
    assert.equal(past.name, 'enterprise');
    await page.key('Enter');
    assert.equal(await query(page), 'enterprise');
  });

  test('a view is saved under a name, found again after a reload, and opened by its address', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', "status = 'ERROR'");
    await page.click('top.views');
    await page.click('views.save');
    await page.type('views.name', 'Failed ones');
    await page.click('views.save_now');
    assert.match(await page.page.evaluate(() => location.hash), /view=Failed%20ones/);
    await page.type('top.search', '');
    await page.reload();
    await page.click('top.views');
    await page.click('views.open[Failed ones]');
    assert.equal(await query(page), "status = 'ERROR'");
    await eventually(async () => /^1 /.test(await footer(page)));
    await page.page.evaluate(() => { location.hash = '#/traces'; });
    await eventually(async () => await query(page) === '');
    await page.page.evaluate(() => { location.hash = '#/traces?view=Failed%20ones'; });
    await eventually(async () => await query(page) === "status = 'ERROR'");
  });

  test('hits are counted over all spans and walked by key and button', async (t) => {
    const page = await t.openExample();
    await page.type('top.search', 'enterprise');
    await eventually(async () => Number((await footer(page)).match(/\d+/)[0]) > 0);
    await page.click(/^traces\.row\[/);
    const counted = await page.waitFor('reader.hits');
    const all = Number(counted.name.match(/\d+/)[0]);
    assert.ok(all > 1, counted.name);
    await page.click('reader.hit_next');
    await eventually(async () => (await page.find('reader.hits')).name === `1 of ${all}`);
    await page.key('n');
    await eventually(async () => (await page.find('reader.hits')).name === `2 of ${all}`);
    await page.key('Shift+N');
    await page.key('Shift+N');
    await eventually(async () => (await page.find('reader.hits')).name === `${all} of ${all}`);
  });
};
