// The text agent: an <input> at the caret that holds the page's focus while an ImGui field is active.
// The browser composes text in it (IME, dead keys, mobile keyboards); what is finished goes to ImGui as
// characters. It is visible only while something is being composed: ImGui has no preedit of its own.
const EM_OF_LINE = 1 / 1.21;

export class TextAgent {
  constructor(element, canvas, bridge, pacing) {
    this.element = element;
    this.canvas = canvas;
    this.bridge = bridge;
    this.pacing = pacing;
    this.wanted = false;
    this.composing = false;
    element.addEventListener('input', (event) => {
      if (!event.isComposing && !this.composing) this.flush();
    });
    element.addEventListener('compositionstart', () => this.setComposing(true));
    element.addEventListener('compositionend', () => {
      this.setComposing(false);
      this.flush();
    });
    element.addEventListener('blur', () => {
      if (this.composing) this.setComposing(false);
      this.flush();
    });
    document.addEventListener('focusin', (event) => {
      const target = event.target;
      if (target === element || target === canvas || target === document.body) return;
      if (this.wanted) {
        bridge.call('agent', 'dom_focus');
        pacing.dirty();
      }
    });
    pacing.afterFrame.push(() => this.keepFocus());
  }

  setComposing(on) {
    this.composing = on;
    this.element.classList.toggle('composing', on);
  }

  // From ImGui, when a field becomes active, its caret moves, or it stops.
  place(wanted, x, y, lineHeight) {
    this.wanted = wanted;
    if (wanted) {
      const style = this.element.style;
      style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
      style.height = style.lineHeight = `${lineHeight}px`;
      // Below 16 px a phone zooms the page in.
      style.fontSize = `${Math.max(16, lineHeight * EM_OF_LINE)}px`;
    }
    this.keepFocus();
  }

  // A press on the canvas takes the focus from the agent each time, hence after every frame.
  keepFocus() {
    const active = document.activeElement;
    if (active !== this.canvas && active !== this.element && active !== document.body) return;
    if (this.wanted && active !== this.element) this.element.focus({ preventScroll: true });
    else if (!this.wanted && active === this.element && !this.composing) this.canvas.focus({ preventScroll: true });
  }

  // Whatever stands in the element is finished text. It is emptied, so nothing can arrive twice.
  flush() {
    const text = this.element.value;
    if (!text) return;
    this.element.value = '';
    this.bridge.callTexts('agent', 'text', [text]);
    this.pacing.input();
  }
}
