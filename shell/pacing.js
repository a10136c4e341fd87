// When to draw and when to work. There is no loop: a frame is requested when something has changed and
// for a few frames after, or when ImGui has told a time (caret, tooltip). Work (imports, queries, judge
// runs) goes on in ticks, which need no frame and run in a hidden tab too.
//
//   dirty(n)    something changed: draw n frames from now on
//   tickSoon()  there may be work: tick, and go on as the session asks
const SETTLE_FRAMES = 3;
const BUSY_SLICE_MS = 25;      // nobody is waiting for a frame
const INTERACTIVE_SLICE_MS = 7;
const INTERACTIVE_MS = 500;    // after an input the slices stay short
const PROGRESS_MS = 100;       // how often work in the background shows its progress
// While files are read, texts searched or judges asked nobody needs every frame, and where graphics are slow one costs more
// than reading several megabytes: frames that no input asked for get about a seventh of the time.
const CALM_MS = [50, 1500];    // between two of them, at least and at most
const CALM_SHARE = 6, JUDGES_SHARE = 10;  // times as long as one took; software graphics take both processors, and judges need them

export class Pacing {
  constructor(bridge) {
    this.bridge = bridge;
    this.running = false;
    this.contextLost = false;
    this.settle = 0;
    this.raf = 0;
    this.timer = 0;
    this.tickTimer = 0;
    this.tickPosted = false;
    this.lastInputMs = -1e9;
    this.lastFrameMs = -1e9;
    this.lastActiveMs = performance.now();
    this.inFrame = false;
    this.calmFor = new Set();
    this.working = false;  // the last tick left work for the next one
    this.calmTimer = 0;
    this.calmUntilMs = 0;
    this.stats = { frames: 0, rafs: 0, frame_ms: 0 };
    this.afterFrame = [];
    this.firstFrame = null;
    this.channel = new MessageChannel();
    this.channel.port1.onmessage = () => this.onTick();
    document.addEventListener('visibilitychange', () => {
      if (!document.hidden) this.dirty(SETTLE_FRAMES);
    });
  }

  start() {
    this.running = true;
    this.dirty(SETTLE_FRAMES);
    this.tickSoon();
  }

  dirty(frames = SETTLE_FRAMES) {
    this.settle = Math.max(this.settle, frames);
    this.request();
  }

  // An input: draw, and keep the slices of background work short for a while.
  input() {
    this.lastInputMs = performance.now();
    this.dirty(SETTLE_FRAMES);
  }

  request() {
    if (this.raf || !this.running || this.contextLost || document.hidden || this.bridge.dead) return;
    const now = performance.now();
    if (this.calm && now < this.calmUntilMs && now - this.lastInputMs > INTERACTIVE_MS) {
      clearTimeout(this.calmTimer);
      this.calmTimer = setTimeout(() => this.request(), this.calmUntilMs - now);
      return;
    }
    this.stats.rafs++;
    this.raf = requestAnimationFrame(() => {
      this.raf = 0;
      this.frame(true);
    });
  }

  // One frame now. Without `draw` the interface runs but nothing is painted (inside events).
  frame(draw) {
    if (!this.running || this.bridge.dead || this.inFrame) return;
    clearTimeout(this.timer);
    this.timer = 0;
    if (draw && this.settle > 0) this.settle--;
    if (draw && this.calm) this.measureFrame();
    this.inFrame = true;
    const begunMs = performance.now();
    const wakeSeconds = this.bridge.call('app', 'frame', draw ? 1 : 0);
    this.inFrame = false;
    if (this.bridge.dead) return;
    this.lastFrameMs = this.lastActiveMs = performance.now();
    if (draw) {
      this.stats.frames++;
      this.stats.frame_ms = this.lastFrameMs - begunMs;
    }
    for (const listener of this.afterFrame) listener();
    if (draw && this.firstFrame) {
      this.firstFrame();
      this.firstFrame = null;
    }
    if (this.settle > 0 || wakeSeconds === 0 || !draw) this.dirty(1);
    else if (wakeSeconds > 0) this.timer = setTimeout(() => this.dirty(1), wakeSeconds * 1000);
    this.plan(this.bridge.call('app', 'wants_tick'));
  }

  // The browser may hold the page after a frame until the graphics have caught up: a frame lasts until the next task.
  async measureFrame() {
    const begunMs = performance.now();
    this.calmUntilMs = begunMs + CALM_MS[1];
    await this.breathe();
    const now = performance.now();
    this.calmUntilMs = now + Math.min(CALM_MS[1], Math.max(CALM_MS[0], (this.calmFor.has('judges') ? JUDGES_SHARE : CALM_SHARE) * (now - begunMs)));
    if (this.settle > 0) this.request();
  }

  get calm() {
    return this.calmFor.size > 0 || this.working;
  }

  // Whether much is going on just now, by who says so. The first frame of reading waits for the first rows.
  setCalm(on, who = 'files') {
    const before = this.calmFor.size > 0;
    if (on) this.calmFor.add(who);
    else this.calmFor.delete(who);
    if (before === this.calmFor.size > 0) return;
    this.calmUntilMs = on ? performance.now() + CALM_MS[0] : 0;
    clearTimeout(this.calmTimer);
    if (this.settle > 0) this.request();
  }

  // There is something to see at last: the program takes it up, and the next frame need not wait.
  showNow() {
    this.calmUntilMs = 0;
    clearTimeout(this.calmTimer);
    this.onTick();
    this.dirty(1);
  }

  tickSoon() {
    if (this.tickPosted || !this.running || this.bridge.dead) return;
    this.tickPosted = true;
    this.lastActiveMs = performance.now();
    this.channel.port2.postMessage(0);
  }

  onTick() {
    this.tickPosted = false;
    if (!this.running || this.bridge.dead) return;
    const now = performance.now();
    this.lastActiveMs = now;
    const waited = this.raf !== 0 || now - this.lastInputMs < INTERACTIVE_MS;
    const wants = this.bridge.call('app', 'tick', waited ? INTERACTIVE_SLICE_MS : BUSY_SLICE_MS);
    if (this.bridge.dead) return;
    const ends = this.working && wants !== 0;
    this.working = wants === 0;
    if (ends && this.calmFor.size === 0) {
      this.calmUntilMs = 0;  // the result is shown at once
      clearTimeout(this.calmTimer);
    }
    if (wants !== 0) this.dirty(SETTLE_FRAMES);
    else if (performance.now() - this.lastFrameMs >= PROGRESS_MS) this.dirty(1);
    this.plan(wants);
  }

  plan(wantsMs) {
    clearTimeout(this.tickTimer);
    this.tickTimer = 0;
    if (wantsMs === undefined || wantsMs < 0) return;
    if (wantsMs === 0) this.tickSoon();
    else this.tickTimer = setTimeout(() => this.tickSoon(), Math.min(wantsMs, 2 ** 30));
  }

  // Something came from outside (a reply, an acknowledgement, a chunk of a file).
  event() {
    this.tickSoon();
  }

  quietForMs() {
    if (this.raf || this.tickPosted || this.settle > 0) return 0;
    return performance.now() - this.lastActiveMs;
  }

  // Resolves in a later task, so that frames and inputs come in between.
  breathe() {
    return new Promise((resolve) => {
      const channel = new MessageChannel();
      channel.port1.onmessage = () => {
        channel.port1.close();
        resolve();
      };
      channel.port2.postMessage(0);
    });
  }
}
