// Long texts as page text, and scripts that glyphs one by one cannot show.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const trace = (id, input, output) => JSON.stringify({
  info: { trace_id: id, trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }, request_time: '2026-01-02T03:04:05Z',
    execution_duration: '1s', state: 'OK', tags: { 'mlflow.traceName': id }, trace_metadata: {} },
  data: { spans: [{ trace_id: '5b8efff798038103d269b633813fc60c', span_id: 'eee19b7ec3c1b174', parent_span_id: null, name: 'root',
    start_time_unix_nano: 1767323045000000000, end_time_unix_nano: 1767323046000000000, status: { code: 'STATUS_CODE_OK', message: '' },
    attributes: { 'mlflow.spanType': '"CHAIN"', 'mlflow.spanInputs': JSON.stringify(input), 'mlflow.spanOutputs': JSON.stringify(output) } }] } });

const MARKDOWN = ['# Plan', '', 'Some **bold** text, `code` and a [link](https://example.org/x), [bad](javascript:alert(1)).', '',
  '| a | b |', '|---|--:|', '| 1 | 2 |', '', '```js', 'let x = 1 < 2;', '```', '', '- one', '- two', '',
  '<img src=x onerror="window.hacked = 1"> <b>not bold</b>', '', '![far](https://example.org/pixel.png)', '',
  '![near](data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==)'].join('\n');

async function openTrace(t, input, output, settings) {
  const page = await t.open(settings);
  await page.drop([{ name: 'one.jsonl', content: trace('tr-one', input, output) }]);
  await page.command('trace.open', { trace_id: 'tr-one' });
  await page.idle();
  return page;
}

export default (test) => {
  test('a text opens as a page: Markdown as elements, nothing of it run or fetched, and the keyboard leads back', async (t) => {
    const page = await openTrace(t, 'a question', MARKDOWN);
    const foreign = [];
    page.page.on('request', (request) => { if (request.url().includes('example.org')) foreign.push(request.url()); });
    await page.click('overview.response.page');
    const dialog = page.page.getByRole('dialog');
    await dialog.getByRole('heading', { name: 'Plan' }).waitFor();
    assert.equal(await dialog.locator('strong').innerText(), 'bold');
    assert.equal(await dialog.getByRole('cell', { name: '2' }).count(), 1);
    assert.equal((await dialog.locator('pre code').innerText()).trim(), 'let x = 1 < 2;');
    assert.deepEqual(await dialog.locator('a').evaluateAll((links) => links.map((link) => link.href)), ['https://example.org/x']);
    assert.equal(await dialog.locator('img').count(), 1, 'only the image that is in the text');
    assert.ok((await dialog.innerText()).includes('<b>not bold</b>'));
    assert.equal(await page.page.evaluate(() => window.hacked), undefined);
    assert.deepEqual(foreign, []);
    // The browser's own selection.
    await dialog.locator('strong').dblclick();
    assert.equal(await page.page.evaluate(() => getSelection().toString().trim()), 'bold');
    await dialog.getByRole('button', { name: 'As it is written' }).click();
    await eventually(async () => (await dialog.innerText()).includes('**bold**'));
    await page.page.keyboard.press('Escape');
    await eventually(async () => await page.page.locator('#page-text').count() === 0);
    await page.page.keyboard.press('Escape');  // the trace closes: keys are the page's again
    await eventually(async () => !(await page.semantics()).some(({ id }) => id === 'overview.response.page'));
  });

  test('Arabic and Hindi are laid out by the browser, in their direction, and can be copied', async (t) => {
    const arabic = 'مرحبا بالعالم، هذا نص طويل.';
    const page = await openTrace(t, arabic, 'हिन्दी में उत्तर', { permissions: ['clipboard-read', 'clipboard-write'] });
    const area = page.page.locator('.overlay-frame:not([hidden]) textarea');
    await eventually(async () => await area.count() === 2);
    assert.equal(await area.first().inputValue(), arabic);
    assert.equal(await area.first().evaluate((element) => getComputedStyle(element).direction), 'rtl');
    assert.equal(await area.nth(1).evaluate((element) => getComputedStyle(element).direction), 'ltr');
    assert.equal(await area.first().evaluate((element) => element.readOnly), true);
    await area.first().click();
    await page.page.keyboard.press('Control+A');
    await page.page.keyboard.press('Control+C');
    assert.equal(await page.page.evaluate(() => navigator.clipboard.readText()), arabic);
  });

  test('JSON as page text folds, and its numbers stay as they are written', async (t) => {
    const big = Array.from({ length: 400 }, (_, n) => ({ n, text: 'x'.repeat(20) }));
    const page = await openTrace(t, { all: { exact: 1, list: [1, 2.50, 'a "quoted" one'], big } }, 'done');
    // As text: the trace keeps digits that JavaScript would lose.
    const raw = '{"all": {"id": 12345678901234567890, "money": 1.10, "deep": {"a": [true, null, NaN]}}}';
    await page.drop([{ name: 'two.jsonl', content: trace('tr-two', 'q', 'ROW').replace('\\"ROW\\"', JSON.stringify(raw).slice(1, -1)) }]);
    await page.command('trace.open', { trace_id: 'tr-two' });
    await page.idle();
    await page.click('overview.response.page');
    const dialog = page.page.getByRole('dialog');
    await dialog.locator('.json').waitFor();
    const text = await dialog.locator('.json').innerText();
    for (const wanted of ['12345678901234567890', '1.10', 'NaN', '"deep"']) assert.ok(text.includes(wanted), wanted);
    await dialog.locator('summary', { hasText: '"deep"' }).click();
    await eventually(async () => !(await dialog.locator('.json').innerText()).includes('NaN'));
    await page.page.keyboard.press('Escape');
    await page.command('trace.open', { trace_id: 'tr-one' });
    await page.idle();
    await page.click('overview.request.page');
    const branch = dialog.locator('summary').filter({ hasText: '400' });
    await branch.waitFor();
    assert.ok(await dialog.locator('details').count() < 50, 'a long branch is built when it is opened');
    await branch.click();
    await eventually(async () => await dialog.locator('details').count() > 300);
  });
};
