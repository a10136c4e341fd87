// The service worker (sw.js): the page opens without a network after the first visit, and a newer version is offered,
// never forced.
const LOOK_AGAIN_MS = 60 * 60 * 1000;
const REST_MS = 4000;

export class Offline {
  // `offer` is called when a newer version is ready.
  constructor(offer) {
    this.offer = offer;
    this.waiting = null;
    this.asked = false;
  }

  // Refused registration (private windows, storage switched off) only means that there is no offline use.
  async begin() {
    if (!navigator.serviceWorker || !window.isSecureContext) return;
    const worker = navigator.serviceWorker;
    worker.addEventListener('controllerchange', () => {
      if (this.asked) location.reload();
    });
    try {
      const registration = await worker.register(new URL('sw.js', document.baseURI), { updateViaCache: 'none' });
      this.watch(registration);
      await worker.ready;
      setTimeout(() => this.fetchRest(registration), REST_MS);
      const look = () => registration.update().catch(() => {});
      setInterval(look, LOOK_AGAIN_MS);
    } catch (error) {
      console.info(`no offline use: ${error.message}`);
    }
  }

  watch(registration) {
    const ready = (found) => {
      if (!navigator.serviceWorker.controller) return;  // the first one: nothing to change to
      this.waiting = found;
      this.offer();
    };
    if (registration.waiting) ready(registration.waiting);
    registration.addEventListener('updatefound', () => {
      const found = registration.installing;
      found?.addEventListener('statechange', () => {
        if (found.state === 'installed') ready(found);
      });
    });
  }

  fetchRest(registration) {
    if (navigator.connection?.saveData) return;
    registration.active?.postMessage('fetch the rest');
  }

  takeOver() {
    if (!this.waiting) return;
    this.asked = true;
    this.waiting.postMessage('take over');
  }
}
