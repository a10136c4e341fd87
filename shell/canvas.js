// The canvas element: size in device pixels, changes of the pixel ratio, loss of the WebGL context, and
// two cures for the mouse.
const RESTORE_WAIT_MS = 5000;

export class Canvas {
  constructor(element, bridge, pacing, onContextGone) {
    this.element = element;
    this.bridge = bridge;
    this.pacing = pacing;
    this.exact = null;  // device pixels as the browser itself counts them, where it says so
    this.ratio = window.devicePixelRatio;
    this.movedSinceFrame = false;
    this.mouseForgotten = false;
    this.watchSize();
    this.watchRatio();
    this.watchContext(onContextGone);
    this.watchMouse();
  }

  watchSize() {
    const observer = new ResizeObserver((entries) => {
      const box = entries[0].devicePixelContentBoxSize?.[0];
      this.exact = box ? { width: box.inlineSize, height: box.blockSize } : null;
      this.pacing.dirty();
    });
    try {
      observer.observe(this.element, { box: 'device-pixel-content-box' });
    } catch {
      observer.observe(this.element);
    }
    window.addEventListener('resize', () => this.pacing.dirty());
  }

  // A change of the ratio alone (another screen, zoom) fires no resize event; SDL reads it only there.
  watchRatio() {
    const check = () => {
      if (window.devicePixelRatio === this.ratio) return;
      this.ratio = window.devicePixelRatio;
      window.dispatchEvent(new UIEvent('resize'));
      arm();
    };
    const arm = () => {
      matchMedia(`(resolution: ${window.devicePixelRatio}dppx)`).addEventListener('change', check, { once: true });
    };
    arm();
    this.pacing.afterFrame.push(() => {
      this.movedSinceFrame = false;
      check();
    });
  }

  // Called in each frame, before anything is drawn.
  fit() {
    const ratio = window.devicePixelRatio || 1;
    const side = (css, box) => {
      const computed = css * ratio;
      // The browser's own count knows how it rounds; it is believed where it can be true (an emulated
      // ratio does not reach it).
      return Math.max(1, box && Math.abs(box - computed) < 1.5 ? box : Math.floor(computed));
    };
    const width = side(this.element.clientWidth, this.exact?.width);
    const height = side(this.element.clientHeight, this.exact?.height);
    if (this.element.width !== width) this.element.width = width;
    if (this.element.height !== height) this.element.height = height;
    return { width, height, ratio };
  }

  watchContext(onContextGone) {
    let timer = 0;
    this.element.addEventListener('webglcontextlost', (event) => {
      event.preventDefault();
      this.pacing.contextLost = true;
      this.bridge.call('canvas', 'lost');
      timer = setTimeout(onContextGone, RESTORE_WAIT_MS);
    });
    this.element.addEventListener('webglcontextrestored', () => {
      clearTimeout(timer);
      this.bridge.call('canvas', 'restored');
      this.pacing.contextLost = false;
      this.pacing.dirty();
    });
  }

  watchMouse() {
    const canvas = this.element;
    canvas.addEventListener('mousemove', () => {
      this.movedSinceFrame = true;
      this.pacing.lastInputMs = performance.now();
    }, true);
    // ImGui forgets the mouse when the window loses the focus, and SDL reports it again only once it moves.
    window.addEventListener('blur', () => { this.mouseForgotten = true; });
    // ImGui's overlapping items must have been hovered in the frame before they are pressed; a quick
    // hand (or a test) moves and presses in one.
    canvas.addEventListener('mousedown', (event) => {
      this.pacing.input();
      if (this.mouseForgotten) this.bridge.call('input', 'mouse', event.offsetX, event.offsetY);
      if (this.movedSinceFrame || this.mouseForgotten) this.pacing.frame(false);
      this.mouseForgotten = false;
    }, true);
    canvas.addEventListener('contextmenu', (event) => event.preventDefault());
    canvas.addEventListener('wheel', (event) => {
      // Zooming the page is the browser's; SDL would prevent it.
      if (event.ctrlKey || event.metaKey) event.stopImmediatePropagation();
      else this.pacing.input();
    }, { passive: true, capture: true });
    canvas.addEventListener('touchend', () => {
      // The keyboard of a phone opens only for a field that is focused inside the touch event.
      this.pacing.input();
      setTimeout(() => this.pacing.frame(false), 0);
    });
  }
}
