// The clipboard by the browser's own events. Their targets may be the canvas, the text agent or the
// page itself; a real field keeps its own.
export class Clipboard {
  constructor(bridge, pacing, keys, announce) {
    this.bridge = bridge;
    this.pacing = pacing;
    this.announce = announce;
    document.addEventListener('paste', (event) => {
      if (!keys.isOurs(event.target)) return;
      event.preventDefault();  // or the agent would get the text a second time
      const text = event.clipboardData.getData('text/plain');
      if (!text) return;
      bridge.callTexts('clipboard', 'paste', [text]);
      pacing.input();
    });
    for (const kind of ['copy', 'cut']) {
      document.addEventListener(kind, (event) => {
        if (!keys.isOurs(event.target)) return;
        const text = this.collect(kind === 'cut');
        if (text === null) return;
        event.clipboardData.setData('text/plain', text);
        event.preventDefault();
      });
    }
  }

  // Runs frames inside the event until ImGui has put something there; the browser takes it no later.
  collect(cut) {
    this.bridge.call('clipboard', 'copy_begin', cut ? 1 : 0);
    for (let frame = 0; frame < 6 && !this.bridge.call('clipboard', 'taken'); frame++) this.pacing.frame(false);
    const taken = this.bridge.call('clipboard', 'taken');
    const text = taken
      ? this.bridge.text(this.bridge.call('clipboard', 'text'), this.bridge.call('clipboard', 'text_size'))
      : null;
    this.bridge.call('clipboard', 'copy_end');
    this.pacing.input();
    return text;
  }

  // A copy button: no event of the browser to answer, so its permission rests on the click.
  write(text) {
    if (!navigator.clipboard) {
      this.copyByCommand(text);
      return;
    }
    navigator.clipboard.writeText(text).catch(() => this.copyByCommand(text));
  }

  copyByCommand(text) {
    const field = document.createElement('textarea');
    field.value = text;
    field.className = 'off-screen';
    document.body.append(field);
    const before = document.activeElement;
    field.select();
    document.execCommand('copy');
    field.remove();
    before?.focus?.({ preventScroll: true });
  }
}
