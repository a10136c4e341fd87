// The canvas element: size in device pixels, changes of the pixel ratio, loss of the WebGL context, and
// two cures for the mouse, and what a finger means.
const RESTORE_WAIT_MS = 5000;
const TAP_SLOP = 10;            // CSS pixels that a finger may slip within a tap
const REST_MS = 400;            // resting this long it drags
const WHEEL_PER_PIXEL = 1.04;   // a wheel of 100 scrolls 96 pixels
const GLIDE_START = 0.3, GLIDE_END = 0.03;  // pixels per ms
const GLIDE_MS = 325;           // time in which the glide falls to 1/e

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
    this.watchTouch();
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
  }

  // A finger that taps clicks, one that moves scrolls, and one that rests first drags as a mouse does (to select
  // text, to move a splitter). SDL would press the mouse button with every touch, so that moving over a list opened
  // a row and nothing scrolled: it sees the mouse that is meant instead of the touch.
  watchTouch() {
    const canvas = this.element;
    let finger = null, gliding = 0;
    const mouse = (type, x, y, buttons = 0) => canvas.dispatchEvent(new MouseEvent(type,
      { bubbles: true, cancelable: true, view: window, clientX: x, clientY: y, button: 0, buttons }));
    const wheel = (x, y, moved) => canvas.dispatchEvent(new WheelEvent('wheel',
      { bubbles: true, cancelable: true, clientX: x, clientY: y, deltaMode: 0,
        deltaX: share(moved, 'x'), deltaY: share(moved, 'y') }));
    const share = (moved, axis) => (moved.axis === axis ? -moved.pixels * WHEEL_PER_PIXEL : 0);
    const forget = () => {
      clearTimeout(finger?.timer);
      finger = null;
    };
    // No finger hovers: what it touched last must not stay lit, nor keep its tooltip.
    const leave = (x, y) => mouse('mouseleave', x, y);
    const glide = (from, axis, speed) => {
      let before = performance.now(), v = speed;
      const step = (now) => {
        const ms = Math.max(0, now - before);
        before = now;
        wheel(from.x, from.y, { axis, pixels: v * ms });
        v *= Math.exp(-ms / GLIDE_MS);
        if (Math.abs(v) > GLIDE_END) gliding = requestAnimationFrame(step);
        else leave(from.x, from.y);
      };
      gliding = requestAnimationFrame(step);
    };
    const on = (type, act) => canvas.addEventListener(type, (event) => {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.pacing.input();
      act(event);
    }, { capture: true, passive: false });
    on('touchstart', (event) => {
      cancelAnimationFrame(gliding);
      if (event.touches.length > 1) {
        if (finger?.mode === 'drag') mouse('mouseup', finger.x, finger.y);
        return forget();
      }
      const { identifier, clientX: x, clientY: y } = event.changedTouches[0];
      const at = performance.now();
      finger = { identifier, mode: 'open', x0: x, y0: y, x, y, at, speed: 0 };
      mouse('mousemove', x, y);
      finger.timer = setTimeout(() => {
        finger.mode = 'drag';
        mouse('mousedown', finger.x0, finger.y0, 1);
      }, REST_MS);
    });
    on('touchmove', (event) => {
      const touch = [...event.changedTouches].find((one) => one.identifier === finger?.identifier);
      if (!touch) return;
      const { clientX: x, clientY: y } = touch;
      if (finger.mode === 'drag') mouse('mousemove', x, y, 1);
      const dx = x - finger.x0, dy = y - finger.y0;
      if (finger.mode === 'open' && Math.hypot(dx, dy) > TAP_SLOP) {
        clearTimeout(finger.timer);
        finger.mode = 'scroll';
        finger.axis = Math.abs(dx) > Math.abs(dy) ? 'x' : 'y';
      }
      if (finger.mode === 'open') return;
      if (finger.mode === 'scroll') {
        const pixels = finger.axis === 'x' ? x - finger.x : y - finger.y;
        const now = performance.now();
        finger.speed = 0.6 * (pixels / Math.max(1, now - finger.at)) + 0.4 * finger.speed;
        finger.at = now;
        wheel(finger.x0, finger.y0, { axis: finger.axis, pixels });
      }
      finger.x = x;
      finger.y = y;
    });
    on('touchend', (event) => {
      if (![...event.changedTouches].some((one) => one.identifier === finger?.identifier)) return;
      const { mode, x, y, x0, y0, axis, speed, at } = finger;
      forget();
      if (mode === 'scroll') {
        if (Math.abs(speed) > GLIDE_START && performance.now() - at < REST_MS / 4) return glide({ x: x0, y: y0 }, axis, speed);
        return leave(x0, y0);
      }
      if (mode === 'open') mouse('mousedown', x, y, 1);
      // The keyboard of a phone opens only for a field that is focused inside the touch event.
      this.pacing.frame(false);
      mouse('mouseup', x, y);
      this.pacing.frame(false);
      leave(x, y);
    });
    on('touchcancel', () => {
      if (finger?.mode === 'drag') mouse('mouseup', finger.x, finger.y);
      forget();
    });
  }
}
