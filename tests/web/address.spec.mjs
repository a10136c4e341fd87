// ?url=: a link names a file of another host. It is fetched only after the person has agreed.
import assert from 'node:assert/strict';
import http from 'node:http';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { eventually } from './helper.mjs';

async function otherHost(t, { cors = true, status = 200 } = {}) {
  const body = await readFile(path.join(t.root, 'public/example/crm-email-assistant.jsonl'));
  const asked = [];
  const server = http.createServer((request, response) => {
    asked.push({ url: request.url, headers: request.headers });
    response.writeHead(status, { 'content-type': 'application/x-ndjson', ...(cors ? { 'access-control-allow-origin': '*' } : {}) });
    response.end(status === 200 ? body : 'no');
  });
  await new Promise((resolve) => { server.listen(0, '127.0.0.1', resolve); });
  t.onEnd(() => new Promise((resolve) => { server.closeAllConnections(); server.close(resolve); }));
  return { asked, url: `http://127.0.0.1:${server.address().port}/some/traces%201.jsonl` };
}

const openWith = (t, url) => t.open({ query: `url=${encodeURIComponent(url)}` });

export default (test) => {
  test('asks first, then fetches, shows, and keeps the file for the next visit', async (t) => {
    const host = await otherHost(t);
    const page = await openWith(t, host.url);
    await page.waitFor('address.open');
    assert.ok((await page.texts()).includes(host.url));
    assert.equal(host.asked.length, 0, 'nothing before the answer');
    await page.click('address.open');
    await page.idle();
    await page.waitFor(/^traces\.row/);
    assert.equal(host.asked.length, 1);
    assert.equal(host.asked[0].headers.referer, undefined);
    assert.equal(host.asked[0].headers.cookie, undefined);
    assert.ok((await page.texts()).includes('traces 1.jsonl'));
    await page.command('go.settings');
    await page.idle();
    assert.ok((await page.texts()).includes(new URL(host.url).host), 'the list of hosts names it');
    await page.command('go.traces');
    await page.reload();
    await page.waitFor(/^traces\.row/);
    assert.equal(host.asked.length, 1, 'the kept file is enough');
  });

  test('a no means that nothing is fetched', async (t) => {
    const host = await otherHost(t);
    const page = await openWith(t, host.url);
    await page.click('address.leave');
    await page.idle();
    await page.waitGone('address.open');
    assert.equal(host.asked.length, 0);
  });

  test('a host that does not allow it, and one that has no such file, are told with what to do', async (t) => {
    for (const [settings, wanted] of [[{ cors: false }, /CORS/], [{ status: 404 }, /404/]]) {
      const host = await otherHost(t, settings);
      const page = await openWith(t, host.url);
      await page.click('address.open');
      await page.idle();
      await eventually(async () => wanted.test(await page.texts()), { timeoutMs: 5000 }).catch(async () => {
        await page.command('ui.import_report');
        await page.idle();
        assert.match(await page.texts(), wanted);
      });
    }
  });

  test('addresses that are none of a file on the web are refused', async (t) => {
    for (const hostile of ['javascript:alert(1)', 'file:///etc/passwd', 'https://user:secret@example.org/x', 'http://example.org/x', 'data:text/plain,x']) {
      const page = await openWith(t, hostile);
      await page.idle();
      assert.ok(!(await page.semantics()).some(({ id }) => id === 'address.open'), hostile);
      assert.match(await page.texts(), /https/, hostile);
    }
  });
};
