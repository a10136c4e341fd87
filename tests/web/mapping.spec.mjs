// Tables that no system has signed: the dialogue about their columns, the worker, and what is remembered.
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, tempFolder } from './helper.mjs';

const TABLE = 'frage,antwort,note,wann\nWer schrieb Emma?,Jane Austen,5,2026-01-02 03:04:05\nWann?,1815,4,2026-01-03 03:04:05\n';

const traceCount = async (page) => Number((await page.find('traces.footer'))?.name.match(/\d+/)?.[0] ?? 0);

async function choose(page, column, use) {
  await page.click(`mapping.column[${column}]`);
  const list = await page.waitFor(`mapping.column[${column}].list`);
  const option = `mapping.column[${column}][${use}]`;
  for (let turn = 0; turn < 10 && !(await page.find(option)).height; turn++) {
    await page.page.mouse.move(list.x + list.width / 2, list.y + list.height / 2);
    await page.page.mouse.wheel(0, 120);
    await page.idle();
  }
  await page.click(option);
}

async function dropTable(t, page, name, content) {
  const folder = await tempFolder(t);
  await writeFile(path.join(folder, name), content);
  await page.drop([path.join(folder, name)]);
  await page.idle();
}

export default (test) => {
  test('a table that Excel in China has saved is read, in its own encoding too', async (t) => {
    const page = await t.open();
    // "问题,回答\r\n怎么退款？,三天内到账\r\n" in GBK.
    const gbk = Buffer.from('cecacce22cbbd8b4f00d0ad4f5c3b4cdcbbfeea3bf2cc8fdccecc4dab5bdd5cb0d0a', 'hex');
    await dropTable(t, page, 'gbk.csv', gbk);
    await eventually(async () => await traceCount(page) === 1);
    assert.equal(await page.find('mapping'), null, 'the columns are known');
    assert.match(await page.texts(), /怎么退款？[^]*三天内到账/);
    // Another encoding of one byte a letter is not taken for it.
    await dropTable(t, page, 'latin.csv', Buffer.from('question,answer\nd\xe9j\xe0vu,tr\xe8s bient\xf4t\n', 'latin1'));
    await eventually(async () => await traceCount(page) === 2);
    assert.match(await page.texts(), /bient\ufffdt/);
    await page.reload();
    await eventually(async () => await traceCount(page) === 2);
    assert.match(await page.texts(), /怎么退款？/);
  });

  test('a table of unknown columns is read as the person says, now, next time, and after a reload', async (t) => {
    const page = await t.open();
    await dropTable(t, page, 'fragen.csv', TABLE);
    await page.waitFor('mapping');
    assert.equal(await traceCount(page), 0);
    await choose(page, 0, 'input');
    await choose(page, 1, 'output');
    await choose(page, 2, 'feedback');
    await page.type('mapping.column[2].name', 'quality');
    await choose(page, 3, 'time');
    assert.equal((await page.find('mapping.line[0]')).name, 'Wer schrieb Emma?');
    await page.click('mapping.read');
    await page.waitGone('mapping');
    await eventually(async () => await traceCount(page) === 2);
    assert.ok(await page.find('traces.header[assessment:quality]'), 'the score is a column');
    assert.match(await page.texts(), /Jane Austen/);

    // The same columns again: silently, but told.
    await dropTable(t, page, 'mehr.csv', 'frage,antwort,note,wann\nWo?,Bath,3,2026-01-04\n');
    await eventually(async () => await traceCount(page) === 3);
    assert.equal(await page.find('mapping'), null);
    await page.command('ui.import_report');
    await page.idle();
    assert.match(await page.texts(), /columns as remembered: frage → input, antwort → output, note → feedback quality/);
    await page.key('Escape');

    await page.reload();
    await eventually(async () => await traceCount(page) === 3);
    assert.equal(await page.find('mapping'), null);
  });

  test('a table that is left unread says so in the report and can be read from there', async (t) => {
    const page = await t.open();
    await dropTable(t, page, 'fragen.tsv', TABLE.replaceAll(',', '\t'));
    await page.waitFor('mapping');
    await page.key('Escape');
    await page.waitGone('mapping');
    await page.command('ui.import_report');
    await page.waitFor('import.file[0].columns_unknown.kind');
    assert.match(await page.texts(), /frage, antwort, note, wann/);
    await page.click('import.file[0].columns[0]');
    await page.waitFor('mapping');
    await choose(page, 0, 'input');
    await page.click('mapping.read');
    await eventually(async () => await traceCount(page) === 2);
    await page.command('ui.import_report');
    await page.idle();
    assert.equal(await page.find(/^import\.file\[0\]/), null, 'the first reading is replaced');
  });

  test('a table that was guessed right can be changed, and the other files stay', async (t) => {
    const page = await t.openExample();
    await dropTable(t, page, 'qa.jsonl', '{"question": "a", "answer": "b", "remark": "r"}\n{"question": "c", "answer": "d", "remark": "s"}\n');
    await eventually(async () => await traceCount(page) === 9);
    await page.command('ui.import_report');
    await page.click('import.file[1].columns[0]');
    await page.waitFor('mapping');
    await choose(page, 2, 'expected');
    await page.click('mapping.read');
    await page.idle();
    await eventually(async () => await traceCount(page) === 9);
    assert.ok(await page.find('traces.header[expectation:expected_response]')
      ?? await page.find(/^traces\.header\[expectation:/), 'the remark is an expectation now');
  });

  test('rows of JSON without known names ask, one JSON object does not', async (t) => {
    const page = await t.open();
    await dropTable(t, page, 'odd.json', '{"what": "is this", "list": [1, 2]}');
    await page.waitFor('import.report');
    assert.equal(await page.find('mapping'), null);
    await page.key('Escape');
    await dropTable(t, page, 'rows.json', '[{"alpha": "x", "beta": "y"}, {"alpha": "z", "beta": null}]');
    await page.waitFor('mapping');
    await choose(page, 0, 'input');
    await choose(page, 1, 'output');
    await page.click('mapping.read');
    await eventually(async () => await traceCount(page) === 2);
  });
};
