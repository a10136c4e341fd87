// window.assay for tests and automation; loaded only with ?testing=1.
//   ready            promise: the program draws, and stored work and files are there again
//   idle()           promise: no job, request, storage write, frame or timer of ours is under way for 100 ms
//   semantics()      what is on the screen: [{id, role, name, value, x, y, width, height, enabled, …}], CSS pixels
//   command(id, args) as the palette does; throws with the reason when it is not possible
//   stats()          {frames, rafs, frame_ms: the program's own time in the last frame, heap_bytes, requests_sent}
//   complaints()     lines about widgets without a name, names used twice, requests that no widget took
const QUIET_MS = 100;

export function offerTesting(host, ready) {
  const { bridge, pacing } = host;
  const busy = () => [...host.activities(), ...(pacing.quietForMs() < QUIET_MS ? ['frames'] : [])];
  window.assay = {
    ready,
    busy,
    async idle(timeoutMs = 30000) {
      await ready;
      // Whatever ends (a write, a request, a file) leads to a tick, so quiet pacing covers the time before, too.
      const end = performance.now() + timeoutMs;
      for (;;) {
        if (bridge.dead) throw new Error('the program has crashed');
        const active = busy();
        if (active.length === 0) return;
        if (performance.now() > end) throw new Error(`not idle after ${timeoutMs} ms: ${active.join(', ')}`);
        await new Promise((resolve) => { setTimeout(resolve, 10); });
      }
    },
    semantics() {
      bridge.call('mirror', 'json');
      return JSON.parse(bridge.takeReturned() || '[]').map(({ rect: [x0, y0, x1, y1], ...item }) => ({
        ...item, x: x0, y: y0, width: Math.max(0, x1 - x0), height: Math.max(0, y1 - y0),
      }));
    },
    command(id, args = {}) {
      const fields = Object.entries(args).map(([name, value]) => `${name}\0${value}\0`).join('');
      bridge.callTexts('app', 'command', [id, fields]);
      const problem = bridge.takeReturned();
      if (problem) throw new Error(problem);
    },
    stats() {
      return {
        ...pacing.stats,
        heap_bytes: bridge.module.HEAPU8.length,
        requests_sent: host.transport.sent,
      };
    },
    complaints() {
      bridge.call('mirror', 'complaints');
      return bridge.takeReturned().split('\n').filter(Boolean);
    },
    crash() { bridge.call('app', 'fail'); },  // a failed assertion inside the program
    host,  // for looking at in the console
  };
}
