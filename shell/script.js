// A person's own scorers: run in public/sandbox.html, a frame of an opaque origin whose security policy
// allows no network, made when the first one comes.
export class ScriptRunner {
  constructor() {
    this.frame = null;
  }

  ready() {
    this.frame ??= new Promise((resolve, reject) => {
      const element = document.createElement('iframe');
      element.sandbox = 'allow-scripts';
      element.src = 'sandbox.html';
      element.hidden = true;
      element.title = '';
      const listen = ({ source, data }) => {
        if (source !== element.contentWindow || data !== 'sandbox ready') return;
        removeEventListener('message', listen);
        resolve(element);
      };
      addEventListener('message', listen);
      setTimeout(() => {
        removeEventListener('message', listen);
        element.remove();
        this.frame = null;
        reject(new Error('no sandbox'));
      }, 10000);
      document.body.append(element);
    });
    return this.frame;
  }

  // The reply as JSON text; null: the program did not end in time.
  async run(body, timeoutMs) {
    const element = await this.ready();
    const { port1, port2 } = new MessageChannel();
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer')), timeoutMs + 5000);
      port1.onmessage = ({ data }) => {
        clearTimeout(timer);
        port1.close();
        resolve(data);
      };
      element.contentWindow.postMessage({ body, timeoutMs }, '*', [port2]);
    });
  }
}
