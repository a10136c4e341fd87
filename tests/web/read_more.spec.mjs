// Sessions, comparison, error analysis and feedback files, by mouse and keys, and their addresses.
import assert from 'node:assert/strict';
import { eventually } from './helper.mjs';

const span = (id, parent, name, input, output, type = 'CHAIN') => ({ trace_id: '5b8efff798038103d269b633813fc60c', span_id: id,
  parent_span_id: parent, name, start_time_unix_nano: 1767323045000000000, end_time_unix_nano: 1767323046000000000,
  status: { code: 'STATUS_CODE_OK', message: '' }, events: [],
  attributes: { 'mlflow.spanType': JSON.stringify(type), 'mlflow.spanInputs': JSON.stringify(input), 'mlflow.spanOutputs': JSON.stringify(output) } });
const trace = (id, minute, session, spans) => JSON.stringify({ info: { trace_id: id,
  trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } }, request_time: `2026-01-02T03:0${minute}:05Z`,
  execution_duration: '1s', state: 'OK', tags: { 'mlflow.traceName': id }, trace_metadata: session ? { 'mlflow.trace.session': session } : {} },
  data: { spans } });

const chat = (question, answer) => [
  span('00000000000000a1', null, 'chat', { messages: [{ role: 'system', content: 'Be brief.' }, { role: 'user', content: question }] },
    { choices: [{ message: { role: 'assistant', content: answer } }] }, 'CHAT_MODEL'),
  span('00000000000000a2', '00000000000000a1', 'search', 'query', 'result', 'TOOL')];

const FILE = [trace('tr-two', 2, 's-1', chat('And then?', 'They lived happily ever after.')),
  trace('tr-one', 1, 's-1', chat('Tell me a story', 'Once upon a time.')),
  trace('tr-three', 3, 's-2', [...chat('Tell me a story', 'Once upon a dark night.'),
    span('00000000000000a3', '00000000000000a1', 'mail', 'to', 'sent', 'TOOL')])].join('\n');

const PIXEL = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==';
const image = (base64) => ({ type: 'image_url', image_url: { url: `data:image/png;base64,${base64}` } });

export default (test) => {
  test('images of a conversation stand in it, and bytes that are none say so', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'pictures.jsonl', content: trace('tr-pictures', 4, '', chat([{ type: 'text', text: 'What is this?' },
      image(PIXEL), image('bm8gaW1hZ2U=')], 'A pixel.')) }]);
    await page.command('trace.open', { trace_id: 'tr-pictures' });
    await page.click('reader.tab[spans]');
    await page.waitFor((node) => node.role === 'img' && node.value === '1 1');
    await page.waitFor(/\.broken$/);
    const shown = () => page.page.evaluate(() => [...document.querySelectorAll('.overlay-frame:not([hidden]) img')]
      .map((element) => element.naturalWidth));
    assert.deepEqual(await shown(), [1]);
    await page.command('ui.shortcuts');
    await page.waitFor('shortcuts');
    assert.deepEqual(await shown(), [], 'a dialogue is above it');
    await page.key('Escape');
    await page.click('reader.tab[metadata]');
    await eventually(async () => (await shown()).length === 0);
  });

  test('a session is read as a conversation; its address leads back to it', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'chats.jsonl', content: FILE }]);
    await page.command('trace.open', { trace_id: 'tr-two' });
    await page.click('reader.session');
    const first = await page.waitFor('session.turn[tr-one]');
    const second = await page.waitFor('session.turn[tr-two]');
    assert.ok(first.y < second.y);
    assert.match((await page.waitFor('session.turn[tr-one].user')).value, /Tell me a story/);
    assert.match(page.page.url(), /session=s-1/);
    await page.click('session.turn[tr-one]');
    await page.waitFor('reader.title');
    await page.page.goBack();
    await page.idle();
    await page.waitFor('session.turn[tr-one]');
    await page.key('Escape');
    await page.waitFor('reader.title');
  });

  test('two traces are compared from the table; both stand in the address', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'chats.jsonl', content: FILE }]);
    await page.click('traces.check[tr-one]');
    await page.click('traces.check[tr-three]');
    await page.click('traces.compare');
    assert.match((await page.waitFor('compare.summary')).name, /1 only in/);
    assert.match(page.page.url(), /compare=tr-/);
    await page.click('compare.line[0]');
    assert.match((await page.waitFor('compare.outputs.text')).value, /dark/);
    await page.click('compare.swap');
    await page.page.reload();
    await page.ready();
    await page.waitFor('compare.summary');
  });

  test('notes while reading become failure modes; users’ feedback joins the traces', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'chats.jsonl', content: FILE }]);
    await page.click('rail.analysis');
    await page.click('analysis.next[tr-one]');
    await page.type('note.text', 'rhymes');
    await page.key('Enter');
    await page.click('rail.analysis');
    await page.type('analysis.new_mode', 'style');
    await page.key('Enter');
    assert.match((await page.waitFor('analysis.mode[style]')).value, /^1 of 1/);
    await page.drop([{ name: 'thumbs.csv', content: 'trace_id,thumbs,comment\ntr-one,up,fine\ntr-nowhere,down,\n' }]);
    await page.click('import.close');  // tells of the record that matches nothing
    await page.click('analysis.mode[style]');
    await page.click('traces.row[tr-one]');
    const showsFeedback = async () => {
      if (await page.find('reader.tab[assessments]')) await page.click('reader.tab[assessments]');
      await page.waitFor('feedback[thumbs].name', { visible: false });
    };
    await showsFeedback();
    await page.reload();
    await page.waitFor('traces.row[tr-one]');
    await showsFeedback();
  });

  test('the table of assessments that was saved comes back as the same assessments', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'chats.jsonl', content: FILE }]);
    await page.drop([{ name: 'chats.assessments.csv', content: [
      'trace_id,span_id,name,kind,value,rationale,error,source_type,source_id,create_time,run_id,valid,scorer_version,assessment_id',
      'tr-one,,correct,feedback,yes,fine,,LLM_JUDGE,openai:/m,2026-12-01T16:52:28.891Z,r1,true,2,a-00000000000000000000000000000001',
      'tr-one,,length,feedback,,,SCORER_ERROR: too long,CODE,length,2026-12-01T16:52:28.891Z,r1,true,1,a-00000000000000000000000000000002',
      ''].join('\r\n') }]);
    await eventually(async () => /2 added/.test(await page.texts()));
    await page.click('traces.export');
    const { text } = await page.download(() => page.click('export.all'));
    const [trace] = text.trim().split('\n').map((line) => JSON.parse(line)).filter(({ info }) => info.trace_id === 'tr-one');
    const [correct, length] = trace.info.assessments;
    assert.deepEqual([correct.assessment_id, correct.source, correct.feedback, correct.metadata['mlflow.assessment.sourceRunId']],
      ['a-00000000000000000000000000000001', { source_type: 'LLM_JUDGE', source_id: 'openai:/m' }, { value: 'yes' }, 'r1']);
    assert.deepEqual([trace.info.assessments.length, length.feedback.error.error_code, length.feedback.error.error_message], [2, 'SCORER_ERROR', 'too long']);
  });
};
