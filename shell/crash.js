// The end of the road: a panel of ordinary HTML with what happened, the build, and the last lines of
// the log. The user's work is in the journal already; a reload goes on from there.
const LOG_LINES = 100;

export class Crash {
  constructor(build, texts) {
    this.build = build;
    this.texts = texts;
    this.lines = [];
    this.shown = false;
    for (const level of ['log', 'info', 'warn', 'error']) {
      const original = console[level].bind(console);
      console[level] = (...args) => {
        this.log(`${level}: ${args.map(String).join(' ')}`);
        original(...args);
      };
    }
    window.addEventListener('error', (event) => this.log(`error: ${event.message} (${event.filename}:${event.lineno})`));
    window.addEventListener('unhandledrejection', (event) => this.log(`unhandled: ${event.reason?.stack ?? event.reason}`));
  }

  log(line) {
    const seconds = (performance.now() / 1000).toFixed(3);
    this.lines.push(`${seconds} ${line.slice(0, 2000)}`);
    if (this.lines.length > LOG_LINES) this.lines.shift();
  }

  show(error) {
    const message = error?.message ?? String(error);
    this.log(`crash: ${error?.stack ?? message}`);
    const memory = message.includes('out-of-memory') || message.includes('OOM') || error instanceof RangeError;
    this.panel(memory ? this.texts.memoryTitle : this.texts.crashTitle,
      memory ? this.texts.memoryText : this.texts.crashText, message);
  }

  showContextGone() {
    this.panel(this.texts.contextTitle, this.texts.contextText, 'WebGL context lost');
  }

  report(message) {
    return [`Assay ${this.build.version}, build ${this.build.id}`, navigator.userAgent,
      `${location.pathname}${location.search}`, '', message, '', ...this.lines].join('\n');
  }

  panel(title, text, message) {
    if (this.shown) return;
    this.shown = true;
    const panel = document.createElement('div');
    panel.id = 'crash';
    panel.setAttribute('role', 'alertdialog');
    panel.setAttribute('aria-labelledby', 'crash-title');
    let report = this.report(message);
    const heading = element('h1', title);
    heading.id = 'crash-title';
    const details = element('pre', report);
    details.tabIndex = 0;
    const reload = element('button', this.texts.reload);
    reload.className = 'primary';
    reload.addEventListener('click', () => location.reload());
    const copy = element('button', this.texts.copy);
    copy.addEventListener('click', async () => {
      try {
        await navigator.clipboard.writeText(report);
        copy.textContent = this.texts.copied;
      } catch {
        getSelection().selectAllChildren(details);
      }
    });
    const buttons = element('p', '');
    buttons.append(reload, ' ', copy);
    const box = element('div', '');
    box.append(heading, element('p', text), buttons, details);
    panel.append(box);
    document.body.append(panel);
    document.getElementById('boot')?.remove();
    reload.focus();
    this.nameFunctions(report).then((named) => { details.textContent = report = named; }, () => {});
  }

  // The program carries no names; the files that have them, one for each part, are fetched only here.
  async nameFunctions(report) {
    let named = report;
    for (const [program, symbols] of Object.entries(this.build.symbols)) {
      const mark = `${program}:wasm-function[`;
      if (!named.includes(mark)) continue;
      const response = await fetch(new URL(symbols, document.baseURI));
      if (!response.ok) continue;
      const names = new Map((await response.text()).split('\n').map((line) => {
        const colon = line.indexOf(':');
        return [line.slice(0, colon), line.slice(colon + 1).replace(/\\([0-9a-f]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)))];
      }));
      named = named.split(mark).map((part, index) => {
        const number = index > 0 && /^(\d+)\]/.exec(part);
        if (!number) return part;
        return names.has(number[1]) ? names.get(number[1]) + part.slice(number[0].length) : mark + part;
      }).join('');
    }
    return named;
  }
}

function element(name, text) {
  const made = document.createElement(name);
  made.textContent = text;
  return made;
}
