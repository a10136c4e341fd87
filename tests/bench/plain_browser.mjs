// A browser that reports nothing on its own. Playwright listens to each request of each page, which costs some 2 ms of
// the machine a request (measured): more than what is measured here. This one talks to Chromium over a pipe and asks
// only what a measurement needs.
import { spawn } from 'node:child_process';
import { readFileSync, readdirSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';

const FLAGS = ['--headless=new', '--remote-debugging-pipe', '--no-sandbox', '--use-angle=swiftshader', '--enable-unsafe-swiftshader',
  '--disable-gpu-compositing', '--disable-background-networking', '--disable-component-update', '--disable-sync', '--no-first-run',
  '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
  '--ignore-certificate-errors', '--disable-features=MediaRouter,OptimizationHints,Translate'];

export class PlainBrowser {
  // A window of width x height CSS pixels; its page is empty.
  static async launch({ width = 1280, height = 800, scale = 1 } = {}) {
    const browser = new PlainBrowser();
    browser.folder = await mkdtemp(path.join(tmpdir(), 'assay-bench-'));
    browser.process = spawn(process.env.CHROMIUM || '/usr/bin/chromium', [...FLAGS, `--user-data-dir=${browser.folder}`, 'about:blank'],
      { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
    browser.waiting = new Map();
    browser.listeners = [];
    browser.last = 0;
    let text = '';
    const [, , , out, from] = browser.process.stdio;
    browser.out = out;
    from.setEncoding('utf8');
    from.on('data', (chunk) => {
      text += chunk;
      const messages = text.split('\0');
      text = messages.pop();
      for (const message of messages) browser.take(JSON.parse(message));
    });
    const { targetInfos } = await browser.send('Target.getTargets');
    const { targetId } = targetInfos.find(({ type }) => type === 'page');
    browser.session = (await browser.send('Target.attachToTarget', { targetId, flatten: true })).sessionId;
    await browser.ask('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: scale, mobile: false });
    return browser;
  }

  take({ id, result, error, method, params }) {
    if (id === undefined) {
      for (const listener of this.listeners) listener(method, params);
      return;
    }
    const { resolve, reject } = this.waiting.get(id);
    this.waiting.delete(id);
    if (error) reject(new Error(error.message));
    else resolve(result);
  }

  send(method, params = {}, sessionId = undefined) {
    const id = ++this.last;
    this.out.write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    return new Promise((resolve, reject) => { this.waiting.set(id, { resolve, reject }); });
  }

  // Of the page.
  ask(method, params) { return this.send(method, params, this.session); }

  // Runs `what` in the page; its value, awaited.
  async evaluate(what, argument) {
    const expression = `(${what.toString()})(${JSON.stringify(argument) ?? ''})`;
    const { result, exceptionDetails } = await this.ask('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
    if (exceptionDetails) throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
  }

  // Until `what` in the page is true; a page that is being left answers with an error, which is no answer.
  async until(what, timeoutMs = 60000) {
    const end = Date.now() + timeoutMs;
    for (;;) {
      if (await this.evaluate(what).catch(() => false)) return;
      if (Date.now() > end) throw new Error(`did not happen within ${timeoutMs} ms: ${what}`);
      await new Promise((resolve) => { setTimeout(resolve, 100); });
    }
  }

  async setFile(selector, file) {
    const { root } = await this.ask('DOM.getDocument');
    const { nodeId } = await this.ask('DOM.querySelector', { nodeId: root.nodeId, selector });
    await this.ask('DOM.setFileInputFiles', { nodeId, files: [path.resolve(file)] });
    await this.ask('DOM.disable');
  }

  // Seconds of processor time until now by kind of process: {browser, network, renderer, storage, gpu, …}.
  async cpu() {
    const sums = {};
    const { processInfo } = await this.send('SystemInfo.getProcessInfo');
    for (const { type, cpuTime } of processInfo) {
      const name = /Network/.test(type) ? 'network' : /Storage/.test(type) ? 'storage' : type.toLowerCase();
      sums[name] = (sums[name] ?? 0) + cpuTime;
    }
    return sums;
  }

  // Of this and all its children, from the system's own books: seconds by thread's name, for finding out what works.
  threads() {
    const sums = {};
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      try {
        if (!readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(this.folder)) continue;
        const kind = /--type=([\w-]+)/.exec(readFileSync(`/proc/${pid}/cmdline`, 'utf8'))?.[1] ?? 'browser';
        for (const tid of readdirSync(`/proc/${pid}/task`)) {
          const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'utf8');
          const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
          const name = `${kind} ${stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')'))}`;
          sums[name] = (sums[name] ?? 0) + (Number(fields[11]) + Number(fields[12])) / 100;
        }
      } catch {
        // It has ended meanwhile.
      }
    }
    return sums;
  }

  async close() {
    const ended = new Promise((resolve) => { this.process.once('exit', resolve); });
    this.send('Browser.close').catch(() => {});
    await Promise.race([ended, new Promise((resolve) => { setTimeout(resolve, 5000); })]);
    this.process.kill('SIGKILL');
    await rm(this.folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 }).catch(() => {});
  }
}
