// Exports of other systems: dropped, packed or not, converted in the worker, shown like any other; and the
// way out in other forms.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { eventually, root, tempFolder, traceIds } from './helper.mjs';

const span = (traceId, spanId, parent, name, more = {}) => ({
  traceId, spanId, ...(parent ? { parentSpanId: parent } : {}), name, kind: 1,
  startTimeUnixNano: '1767323045678000001', endTimeUnixNano: '1767323047178000009', status: { code: 1 },
  attributes: [{ key: 'input.value', value: { stringValue: `input of ${name}` } },
    { key: 'openinference.span.kind', value: { stringValue: 'AGENT' } }], ...more,
});
const otlp = (...spans) => JSON.stringify({ resourceSpans: [{ scopeSpans: [{ scope: { name: 'x' }, spans }] }] });
const TRACE = '0af7651916cd43dd8448eb211c80319c';


export default (test) => {
  test('OTLP JSON, plain and gzipped, opens and is there again after a reload', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(path.join(folder, 'plain.json'), otlp(span(TRACE, '00f067aa0ba902b7', '', 'root')));
    const other = '1af7651916cd43dd8448eb211c80319c';
    await writeFile(path.join(folder, 'packed.jsonl.gz'), gzipSync(`${otlp(span(other, '10f067aa0ba902b7', '', 'a'))}\n${
      otlp(span(other, '20f067aa0ba902b7', '10f067aa0ba902b7', 'b'))}\n`));
    const page = await t.open();
    await page.drop([path.join(folder, 'plain.json'), path.join(folder, 'packed.jsonl.gz')]);
    await page.idle();
    assert.deepEqual(await traceIds(page), [`tr-${TRACE}`, `tr-${other}`]);
    await page.reload();
    assert.deepEqual(await traceIds(page), [`tr-${TRACE}`, `tr-${other}`], 'after the reload');
  });

  test('files of one drop that are parts of one export are joined, also out of a folder and after a reload', async (t) => {
    const folder = await tempFolder(t);
    for (const inner of ['traces', 'observations_v2', 'scores']) await mkdir(path.join(folder, 'export', inner), { recursive: true });
    const lines = (...rows) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
    await writeFile(path.join(folder, 'export/traces/1.jsonl'), lines({ id: TRACE, timestamp: '2026-01-02 03:04:05.678000',
      name: 'shop', project_id: 'p', user_id: 'ann', session_id: 's-1', bookmarked: false, release: null, environment: 'default' }));
    await writeFile(path.join(folder, 'export/observations_v2/1.jsonl.gz'), gzipSync(lines({ id: '00f067aa0ba902b7',
      trace_id: TRACE, project_id: 'p', type: 'SPAN', parent_observation_id: null, name: 'answer',
      start_time: '2026-01-02 03:04:05.678000', end_time: '2026-01-02 03:04:06.678000', input: 'a question', output: 'an answer' })));
    await writeFile(path.join(folder, 'export/scores/1.jsonl'), lines({ id: 'score-1', trace_id: TRACE, name: 'helpful',
      value: 1, string_value: 'True', data_type: 'BOOLEAN', source: 'ANNOTATION', timestamp: '2026-01-02 03:05:00.000000' }));
    const other = '1af7651916cd43dd8448eb211c80319c';
    await writeFile(path.join(folder, 'spans.1.json'), otlp(span(other, '20f067aa0ba902b7', '10f067aa0ba902b7', 'inner')));
    await writeFile(path.join(folder, 'spans.2.json'), otlp(span(other, '10f067aa0ba902b7', '', 'outer')));
    const page = await t.open();
    await page.drop(['export', 'spans.1.json', 'spans.2.json'].map((name) => path.join(folder, name)));
    await page.idle();
    assert.deepEqual(new Set(await traceIds(page)), new Set([`tr-${TRACE}`, `tr-${other}`]));
    const home = async () => {
      const waiting = page.page.waitForEvent('download');
      await page.command('export.traces', { scope: 'all' });
      const text = await readFile(await (await waiting).path(), 'utf8');
      return text.trim().split('\n').map((line) => JSON.parse(line));
    };
    for (const when of ['at once', 'after a reload']) {
      const traces = Object.fromEntries((await home()).map((trace) => [trace.info.trace_id, trace]));
      const joined = traces[`tr-${TRACE}`];
      assert.equal(joined.info.trace_metadata['mlflow.trace.user'], 'ann', when);
      assert.deepEqual(joined.data.spans.map((each) => each.name), ['answer'], when);
      assert.deepEqual(joined.info.assessments.map((each) => [each.assessment_name, each.source.source_type]),
        [['helpful', 'HUMAN']], when);
      assert.deepEqual(traces[`tr-${other}`].data.spans.map((each) => each.name), ['outer', 'inner'], when);
      if (when === 'at once') await page.reload();
    }
  });

  test('parts of one export that are dropped one after the other join, and what was said stays', async (t) => {
    const folder = await tempFolder(t);
    const put = (name, ...rows) => writeFile(path.join(folder, name), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
    const other = '1af7651916cd43dd8448eb211c80319c';
    await put('observations.jsonl', { id: '00f067aa0ba902b7', trace_id: TRACE, project_id: 'p', type: 'SPAN',
      parent_observation_id: null, name: 'answer', start_time: '2026-01-02 03:04:05.678000',
      end_time: '2026-01-02 03:04:06.678000', input: 'a question', output: 'an answer' });
    const score = (id, name) => ({ id, trace_id: TRACE, name, value: 1, string_value: 'True', data_type: 'BOOLEAN',
      source: 'EVAL', timestamp: '2026-01-02 03:05:00.000000' });
    await put('scores.jsonl', score('score-1', 'helpful'));
    await put('strange.jsonl', { ...score('score-2', 'strange'), trace_id: other });
    await writeFile(path.join(folder, 'more.jsonl.gz'), gzipSync(`${JSON.stringify(score('score-3', 'short'))}\n`));
    await writeFile(path.join(folder, 'otlp.json'), otlp(span(other, '20f067aa0ba902b7', '', 'alone')));
    const page = await t.open();
    const drop = async (...names) => {
      await page.drop(names.map((name) => path.join(folder, name)));
      await page.idle();
    };
    await drop('otlp.json');
    await drop('observations.jsonl');
    await page.command('assessment.add', { trace_id: `tr-${TRACE}`, kind: 'feedback', name: 'mine', value_type: 'boolean', value: 'true' });
    await drop('scores.jsonl');
    const found = async () => {
      const waiting = page.page.waitForEvent('download');
      await page.command('export.traces', { scope: 'all' });
      const text = await readFile(await (await waiting).path(), 'utf8');
      const traces = text.trim().split('\n').map((line) => JSON.parse(line));
      return traces.find((trace) => trace.info.trace_id === `tr-${TRACE}`).info.assessments
        .map((each) => `${each.assessment_name} ${each.source.source_type}`).sort();
    };
    assert.deepEqual(await found(), ['helpful LLM_JUDGE', 'mine HUMAN']);
    assert.deepEqual(new Set(await traceIds(page)), new Set([`tr-${TRACE}`, `tr-${other}`]));
    await drop('more.jsonl.gz');
    assert.deepEqual(await found(), ['helpful LLM_JUDGE', 'mine HUMAN', 'short LLM_JUDGE']);
    await drop('more.jsonl.gz');  // the same once more
    await drop('strange.jsonl');  // of a trace of another system: feedback like any other
    assert.deepEqual(await found(), ['helpful LLM_JUDGE', 'mine HUMAN', 'short LLM_JUDGE']);
    await page.reload();
    assert.deepEqual(await found(), ['helpful LLM_JUDGE', 'mine HUMAN', 'short LLM_JUDGE'], 'after the reload');
    const names = async () => {
      const at = await page.semantics();
      return at.map((node) => `${node.name} ${node.value ?? ''}`).join('\n');
    };
    await page.command('ui.import_report');
    await page.waitFor('import.report.title');
    const said = await names();
    assert.match(said, /observations\.jsonl \+ 2/);
    assert.match(said, /scores\.jsonl, more\.jsonl\.gz/);
    assert.match(said, /strange\.jsonl /, 'by itself');
  });

  test('annotations, artifacts and a subagent’s session that come later or earlier than their traces join them', async (t) => {
    const folder = await tempFolder(t);
    const put = async (name, text) => {
      await mkdir(path.join(folder, path.dirname(name)), { recursive: true });
      await writeFile(path.join(folder, name), text);
    };
    const page = await t.open();
    const home = async (...names) => {
      await page.drop(names.map((name) => path.join(folder, name)));
      await page.idle();
      const saved = await page.download(() => page.command('export.traces', { scope: 'all' }));
      return saved.text.trim().split('\n').map((line) => JSON.parse(line));
    };
    // Phoenix: an annotation names a span only, and comes first.
    await put('annotations.csv', 'span_id,name,annotator_kind,score,label,explanation\n00000000000000a1,good,LLM,1,yes,as asked\n');
    await put('spans.jsonl', `${JSON.stringify({ name: 's', context: { trace_id: TRACE, span_id: '00000000000000a1' }, span_kind: 'LLM',
      parent_id: null, start_time: '2026-01-01T00:00:00+00:00', end_time: '2026-01-01T00:00:01+00:00', status_code: 'OK', attributes: {} })}\n`);
    await page.drop([path.join(folder, 'annotations.csv')]);
    await page.idle();
    let traces = await home('spans.jsonl');
    assert.deepEqual(traces.map(({ info }) => info.assessments?.map((each) => each.assessment_name)), [['good']]);
    // mlflow-export-import: the folder's facts, then its spans.
    const id = 'tr-0123456789abcdef0123456789abcdef';
    await put('facts/trace.json', JSON.stringify({ system: { package_version: '1.2.0' }, mlflow: { info: { trace_id: id,
      trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '7' } }, request_time: 1795500170508, state: 'OK',
      trace_metadata: { 'mlflow.user': 'u' }, tags: { t: '1' } }, data: [{ name: 'root', trace_id: id, span_id: '0000000000000001', parent_id: null }] } }));
    await put('artifacts/traces.json', JSON.stringify({ spans: [{ trace_id: 'ASNFZ4mrze8BI0VniavN7w==', span_id: 'AAAAAAAAAAE=', parent_span_id: null,
      name: 'root', start_time_unix_nano: 1795500170508069203, end_time_unix_nano: 1795500170510073363, events: [],
      status: { code: 'STATUS_CODE_OK', message: '' }, attributes: { 'mlflow.traceRequestId': `"${id}"`, 'mlflow.spanInputs': '{"q": 1}' } }] }));
    await page.drop([path.join(folder, 'facts')]);
    await page.idle();
    traces = await home('artifacts');
    const whole = traces.find(({ info }) => info.trace_id === id);
    assert.equal(traces.length, 2);
    assert.equal(whole.info.tags.t, '1');
    assert.equal(whole.data.spans[0].attributes['mlflow.spanInputs'], '{"q": 1}');
    // Claude Code: a session, then its subagent's file, which names the session alone.
    const say = (uuid, parentUuid, type, content, more = {}) => JSON.stringify({ type, uuid, parentUuid, isSidechain: false, sessionId: 's-1',
      timestamp: '2026-01-02T03:04:05.000Z', message: { role: type, content }, ...more });
    const side = { isSidechain: true, agentId: 'x1' };
    await put('session.jsonl', [say('u-1', null, 'user', 'Do it'),
      say('u-2', 'u-1', 'assistant', [{ type: 'tool_use', id: 'call-1', name: 'Task', input: { prompt: 'Look it up', subagent_type: 'scout' } }]),
      say('u-3', 'u-2', 'user', [{ type: 'tool_result', tool_use_id: 'call-1', content: 'found' }])].join('\n'));
    await put('agent-x1.jsonl', [say('a-1', null, 'user', 'Look it up', side), say('a-2', 'a-1', 'assistant', 'found', side)].join('\n'));
    await page.drop([path.join(folder, 'session.jsonl')]);
    await page.idle();
    traces = await home('agent-x1.jsonl');
    assert.equal(traces.length, 3, 'the subagent is in its session’s trace');
    assert.match(JSON.stringify(traces), /scout/);
  });

  test('exports of two systems in one drop stay two entries, whatever one quotes of the other', async (t) => {
    const page = await t.open();
    const run = { id: 'run-000001', trace_id: 'run-000001', dotted_order: '20260101T000000Zrun', run_type: 'chain', name: 'smith',
      start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-01T00:00:01Z', inputs: { q: 'hi' }, outputs: { a: 'yo' } };
    const row = { id: 'row-000001', span_id: 'row-000001', root_span_id: 'row-000001', _is_merge: false, span_attributes: { name: 'brain', type: 'task' },
      metrics: { start: 1767225600, end: 1767225601 }, input: 'hi', output: 'yo', metadata: { run_id: 'r', run_type: 'chain' } };
    await page.drop([{ name: 'smith.jsonl', content: JSON.stringify(run) }, { name: 'brain.json', content: JSON.stringify([row]) }]);
    await page.idle();
    await page.waitFor('traces.row[row-000001]');
    await page.waitFor('traces.row[run-000001]');
    await page.command('ui.import_report');
    await page.waitFor('import.report.title');
    const said = await page.texts();
    assert.match(said, /smith\.jsonl/);
    assert.match(said, /brain\.json/);
    assert.doesNotMatch(said, /smith\.jsonl \+ 1/);
  });

  test('a file that no format knows gets its line in the report, and the page goes on', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(path.join(folder, 'odd.json'), '{"what": "is this", "list": [1, 2]}');
    await writeFile(path.join(folder, 'good.json'), otlp(span(TRACE, '00f067aa0ba902b7', '', 'root')));
    const page = await t.open();
    await page.drop([path.join(folder, 'odd.json'), path.join(folder, 'good.json')]);
    await page.idle();
    assert.deepEqual(await traceIds(page), [`tr-${TRACE}`]);
    await page.command('view.import_report').catch(() => {});
    const texts = (await page.semantics()).map((node) => `${node.name} ${node.value}`).join('\n');
    assert.match(texts, /odd\.json/);
  });

  test('Parquet of a DataFrame', async (t) => {
    const sample = path.join(root, '../shared/samples/mlflow-real/search_traces/crm-email-prod/json_strings.parquet');
    if (!existsSync(sample)) t.skip('no samples beside the repository');
    const page = await t.open();
    await page.drop([sample]);
    await page.idle();
    assert.ok((await traceIds(page)).length > 3, 'traces are listed');
  });

  test('the traces go home as OTLP JSON', async (t) => {
    const page = await t.openExample();
    const waiting = page.page.waitForEvent('download');
    await page.command('export.traces', { scope: 'all', form: 'otlp' });
    const download = await waiting;
    const lines = (await readFile(await download.path(), 'utf8')).trim().split('\n').map((line) => JSON.parse(line));
    assert.equal(lines.length, 7);
    assert.ok(lines.every((line) => line.resourceSpans[0].scopeSpans[0].spans.length > 0));
    assert.match(download.suggestedFilename(), /\.otlp\.jsonl$/);
    // And back again.
    const folder = await tempFolder(t);
    await writeFile(path.join(folder, 'home.jsonl'), lines.map((line) => JSON.stringify(line)).join('\n'));
    const again = await t.open();
    await again.drop([path.join(folder, 'home.jsonl')]);
    await eventually(async () => (await traceIds(again)).length === 7);
  });
};
