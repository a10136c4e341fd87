// Files: dropped, chosen, several, folders, kept over a reload, and forgotten again.
import assert from 'node:assert/strict';
import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually, tempFolder, traceIds } from './helper.mjs';

const trace = (id, text) => JSON.stringify({
  info: {
    trace_id: id, trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
    request_preview: `{"question": "${text}"}`, response_preview: '{"answer": "yes"}',
    request_time: '2026-11-23T09:00:00Z', execution_duration: '1.5s', state: 'OK', trace_metadata: {}, tags: {},
  },
  data: { spans: [] },
});


export default (test) => {
  test('a file dropped on the window is read, and is there again after a reload', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(path.join(folder, 'one.jsonl'), `${trace('tr-one', 'first')}\n${trace('tr-two', 'second')}\n`);
    const page = await t.open();
    await page.drop([path.join(folder, 'one.jsonl')]);
    assert.deepEqual(await traceIds(page), ['tr-one', 'tr-two']);
    await page.reload();
    assert.deepEqual(await traceIds(page), ['tr-one', 'tr-two'], 'after the reload');
  });

  test('several files and a folder at once; a second drop adds', async (t) => {
    const folder = await tempFolder(t);
    await mkdir(path.join(folder, 'inner/deeper'), { recursive: true });
    await writeFile(path.join(folder, 'a.jsonl'), trace('tr-a', 'a'));
    await writeFile(path.join(folder, 'b.json'), `[${trace('tr-b', 'b')}]`);
    await writeFile(path.join(folder, 'inner/c.jsonl'), trace('tr-c', 'c'));
    await writeFile(path.join(folder, 'inner/deeper/d.jsonl'), trace('tr-d', 'd'));
    await writeFile(path.join(folder, 'inner/picture.png'), 'no trace');
    const page = await t.open();
    await page.drop(['a.jsonl', 'b.json', 'inner'].map((name) => path.join(folder, name)));
    assert.deepEqual(await traceIds(page), ['tr-a', 'tr-b', 'tr-c', 'tr-d']);
    await writeFile(path.join(folder, 'e.jsonl'), trace('tr-e', 'e'));
    await page.drop([path.join(folder, 'e.jsonl')]);
    assert.deepEqual(await traceIds(page), ['tr-a', 'tr-b', 'tr-c', 'tr-d', 'tr-e']);
  });

  test('a file by the chooser (file.open)', async (t) => {
    const folder = await tempFolder(t);
    await writeFile(path.join(folder, 'one.jsonl'), trace('tr-chosen', 'first'));
    const page = await t.open();
    // A window beside others may not have the keyboard yet when the first key comes.
    await page.page.bringToFront();
    await page.idle();
    const chooser = page.page.waitForEvent('filechooser');
    await page.page.keyboard.press('Control+o');
    const pressAgain = setTimeout(() => page.page.keyboard.press('Control+o').catch(() => {}), 8000);
    chooser.finally(() => clearTimeout(pressAgain)).catch(() => {});
    await (await chooser).setFiles(path.join(folder, 'one.jsonl'));
    await eventually(async () => (await traceIds(page)).includes('tr-chosen'));
  });

  test('while files hang over the window it says so, and stops when they leave', async (t) => {
    const page = await t.open();
    const dispatch = (type) => page.page.evaluate((name) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['x'], 'x.json'));
      document.getElementById('canvas').dispatchEvent(new DragEvent(name, { dataTransfer: transfer, bubbles: true, cancelable: true }));
    }, type);
    await dispatch('dragenter');
    assert.equal(await page.page.isVisible('#drop'), true);
    await dispatch('dragleave');
    assert.equal(await page.page.isVisible('#drop'), false);
  });

  test('the example opens from beside the page and is remembered, not stored', async (t) => {
    const page = await t.open();
    await page.command('file.open_example');
    await page.idle();
    const ids = await traceIds(page);
    assert.ok(ids.length >= 5, `${ids.length} traces of the example are shown`);
    const kept = await page.page.evaluate(() => new Promise((resolve) => {
      const request = indexedDB.open(`assay:${new URL('.', location.href).pathname}`);
      request.onsuccess = () => {
        const all = request.result.transaction('files').objectStore('files').getAll();
        all.onsuccess = () => resolve(all.result.map((record) => ({ name: record.name, stored: Boolean(record.blob) })));
      };
    }));
    assert.equal(kept.length, 1);
    assert.equal(kept[0].stored, false);
    await page.reload();
    assert.deepEqual(await traceIds(page), ids);
  });

  test('a large file leaves the page alive while it is read', async (t) => {
    const folder = await tempFolder(t);
    const lines = [];
    const filler = 'x'.repeat(4000);
    for (let i = 0; i < 4000; i++) lines.push(trace(`tr-${i}`, filler));
    await writeFile(path.join(folder, 'large.jsonl'), lines.join('\n'));  // 16 MB
    const page = await t.open();
    await page.page.evaluate(() => {
      window.longest = 0;
      let last = performance.now();
      const look = () => {
        const now = performance.now();
        window.longest = Math.max(window.longest, now - last);
        last = now;
        setTimeout(look, 0);
      };
      look();
    });
    const frames = (await page.stats()).frames;
    await page.drop([path.join(folder, 'large.jsonl')]);
    assert.ok((await page.stats()).frames > frames);
    const longest = await page.page.evaluate(() => window.longest);
    assert.ok(longest < 1500, `the page stood still for ${Math.round(longest)} ms`);
  }, { serial: true });

  test('a file that the storage has no room for stays open, with a clear message', async (t) => {
    const page = await t.newPage();
    await page.page.addInitScript(() => {
      const add = IDBObjectStore.prototype.add;
      IDBObjectStore.prototype.add = function full(value, ...rest) {
        if (this.name === 'files') throw new DOMException('full', 'QuotaExceededError');
        return add.call(this, value, ...rest);
      };
    });
    await page.open();
    await page.drop([{ name: 'big.jsonl', content: trace('tr-big', 'x') }]);
    assert.deepEqual(await traceIds(page), ['tr-big']);
    await eventually(async () => /big\.jsonl.*too large for the storage/.test(await page.texts()));
  });

  test('closing all files forgets them for the next visit too', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'one.jsonl', content: trace('tr-one', 'first') }]);
    assert.deepEqual(await traceIds(page), ['tr-one']);
    await page.command('file.close_all');
    await page.idle();
    assert.deepEqual(await traceIds(page), []);
    await page.reload();
    assert.deepEqual(await traceIds(page), []);
  });

  test('every assessment goes home as a row, and a part of the traces under a name of its own', async (t) => {
    const said = (id, who, value) => ({ assessment_id: id, assessment_name: 'good', source: { source_type: 'HUMAN', source_id: who },
      create_time: '2026-01-01T00:00:00Z', feedback: { value } });
    const page = await t.open();
    const lines = ['a', 'b'].map((name) => JSON.stringify({ info: { trace_id: `tr-${name}`, request_time: '2026-01-01T00:00:00Z',
      state: 'OK', assessments: [said(`${name}-1`, 'ann', true), said(`${name}-2`, '李', false)] }, data: { spans: [] } }));
    await page.drop([{ name: 'two.jsonl', content: lines.join('\n') }]);
    assert.deepEqual(await traceIds(page), ['tr-a', 'tr-b']);
    await page.click('traces.export');
    const table = await page.download(() => page.click('export.assessments'));
    assert.equal(table.name, 'two.assessments.csv');
    const rows = table.text.trim().split('\r\n');
    assert.equal(rows.length, 5);
    assert.match(rows[0], /^\uFEFF?trace_id,span_id,name,kind,value,.*,scorer_version,assessment_id$/);
    assert.match(rows[1], /^tr-a,,good,feedback,true,.*,HUMAN,ann,.*,a-1$/);
    assert.match(rows[2], /^tr-a,,good,feedback,false,.*,HUMAN,李,.*,a-2$/);
    await page.click('traces.export');
    assert.equal((await page.download(() => page.click('export.all'))).name, 'two.assessed.jsonl');
    await page.command('select.toggle', { trace_id: 'tr-b' });
    await page.idle();
    await page.click('traces.export');
    const part = await page.download(() => page.click('export.selected'));
    assert.equal(part.name, 'two.selected.assessed.jsonl');
    assert.equal(part.text.trim().split('\n').length, 1);
  });

  test('one of several files is closed by the menu or the palette, is gone for the next visit, and comes back', async (t) => {
    const page = await t.open();
    const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.jsonl`, content: trace(`tr-${name}`, name) }));
    await page.drop(files);
    assert.deepEqual(await traceIds(page), ['tr-a', 'tr-b', 'tr-c']);
    const told = (await page.semantics()).filter(({ id }) => /^toast\[\d+\]$/.test(id));
    assert.deepEqual(told.map(({ name }) => name), ['Traces read from 3 files: 3'], 'one word for all of them');
    await page.command('assessment.add', { trace_id: 'tr-b', kind: 'feedback', name: 'good', value_type: 'boolean', value: 'true' });
    await page.idle();
    const saved = await page.download(() => page.command('export.traces'));
    assert.equal(saved.name, '3-files.assessed.jsonl');

    await page.click('top.data');
    await page.click((node) => /^data\.close_file/.test(node.id) && node.name.startsWith('Close b.jsonl'));
    await eventually(async () => (await traceIds(page)).join() === 'tr-a,tr-c');
    await page.key('Escape');
    await page.reload();
    assert.deepEqual(await traceIds(page), ['tr-a', 'tr-c'], 'after the reload');

    await page.drop([files[1]]);
    await eventually(async () => (await traceIds(page)).length === 3);
    const back = await page.download(() => page.command('export.traces'));
    assert.match(back.text.split('\n').find((line) => line.includes('"tr-b"')), /"good"/, 'what was said of it is there again');

    await page.key('Control+k');
    await page.waitFor('palette.input');
    await page.page.keyboard.type('close a.jsonl');
    await page.waitFor(/^palette\.item\[file\.close\./);
    await page.key('Enter');
    await eventually(async () => (await traceIds(page)).join() === 'tr-b,tr-c');
    // By the keyboard alone, in the menu.
    await page.click('top.data');
    const item = await page.waitFor((node) => /^data\.close_file/.test(node.id) && node.name.startsWith('Close b.jsonl'));
    for (let i = 0; i < 10 && !(await page.find(item.id)).focused; i++) await page.key('ArrowDown');
    assert.ok((await page.find(item.id)).focused, 'reached by the arrows');
    await page.key('Enter');
    await eventually(async () => (await traceIds(page)).join() === 'tr-c');
    assert.match((await page.find('top.data')).name, /^c\.jsonl · 1 trace/);
  });

  test('an import that is cancelled before it has brought anything leaves no name', async (t) => {
    const page = await t.open();
    await page.drop([{ name: 'a.jsonl', content: trace('tr-a', 'a') }]);
    // One long record, so that nothing of it is there before its end, and a press of the pill's cross at the first chance.
    await page.page.evaluate(() => {
      const transfer = new DataTransfer();
      const long = new Blob(['{"info": {"trace_id": "tr-long", "trace_metadata": {"x": "', ...Array(60).fill('x'.repeat(1 << 20)), '"}}, "data": {"spans": []}}\n']);
      transfer.items.add(new File([long], 'long.jsonl'));
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.getElementById('canvas').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
      return new Promise((resolve) => {
        const cancel = () => {
          try {
            resolve(window.assay.command('file.cancel_import', {}));
          } catch {
            setTimeout(cancel, 0);  // it has not begun
          }
        };
        cancel();
      });
    });
    await page.idle();
    await eventually(async () => /Import cancelled: long\.jsonl/.test(await page.texts()));
    assert.match((await page.find('top.data')).name, /^a\.jsonl · 1 trace/);
    await page.reload();
    assert.deepEqual(await traceIds(page), ['tr-a']);
  });

  test('an import goes on while the tab is hidden, without drawing', async (t) => {
    const page = await t.open();
    const lines = [];
    for (let i = 0; i < 6000; i++) {
      lines.push(JSON.stringify({ info: { trace_id: `tr-h${i}`, trace_location: { type: 'MLFLOW_EXPERIMENT', mlflow_experiment: { experiment_id: '0' } },
        request_time: '2026-11-23T09:00:00Z', state: 'OK', trace_metadata: { filler: 'word '.repeat(1500) }, tags: {} }, data: { spans: [] } }));
    }
    // Dropped and hidden in one go, so that the file is read with nobody looking.
    const begun = await page.page.evaluate((content) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([content], 'hidden.jsonl'));
      for (const type of ['dragenter', 'dragover', 'drop']) {
        document.getElementById('canvas').dispatchEvent(new DragEvent(type, { dataTransfer: transfer, bubbles: true, cancelable: true }));
      }
      Object.defineProperty(document, 'hidden', { configurable: true, get: () => true });
      document.dispatchEvent(new Event('visibilitychange'));
      return window.assay.stats();
    }, `${lines.join('\n')}\n`);
    // The records take room in the program's memory; reading them takes far less than this.
    await eventually(async () => (await page.stats()).heap_bytes > begun.heap_bytes + 15e6, { timeoutMs: 60000 });
    await page.page.waitForTimeout(3000);
    assert.ok((await page.stats()).frames <= begun.frames + 1, 'nothing was drawn');
    await page.page.evaluate(() => {
      delete document.hidden;
      document.dispatchEvent(new Event('visibilitychange'));
    });
    await eventually(async () => /6,000 traces/.test(await page.texts()), { timeoutMs: 1000 });
  });
};
