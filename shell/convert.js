// Files that are no MLflow trace JSON become MLflow lines in a worker, with a program of its own that is
// fetched when the first such file comes. One file at a time; lines come back in blocks, and the worker
// waits when two of them are not yet taken.
export class Converter {
  // `build` names the worker's parts (build.json).
  constructor(build) {
    this.build = build;
    this.worker = null;
    this.turn = Promise.resolve();
  }

  // Calls lines(Uint8Array) for each block (awaited), progress(bytes of the file read). Returns the report
  // as JSON text; throws what went wrong. `isCancelled` is asked between blocks.
  // `parts` ({name, blob}): the files that are one export, instead of `blob`.
  // With `form` it goes the other way: `blob` holds MLflow lines, and the blocks are that form's bytes.
  // Calls wait for those before them.
  convert(source, calls) {
    const turn = this.turn.then(() => this.convertNow(source, calls));
    this.turn = turn.catch(() => {});
    return turn;
  }

  // Which files are read together: {lists: of their places, parts: of each {exportName, ids}}. heads: {name, size, bytes
  // (the first ones), wantsIds}.
  join(heads) {
    return this.convert({ heads }, { lines: () => {}, progress: () => {}, isCancelled: () => false });
  }

  async convertNow({ name, blob, parts, form = '', options = {}, heads }, { lines, progress, isCancelled }) {
    this.worker ??= this.start();
    const worker = this.worker;
    try {
      return await new Promise((resolve, reject) => {
        worker.onmessage = async ({ data }) => {
          if (isCancelled()) {
            reject(new Error('cancelled'));
            return;
          }
          if (data.read !== undefined) progress(data.read);
          if (data.lines) {
            try {
              await lines(new Uint8Array(data.lines));
            } catch (error) {
              reject(error);
              return;
            }
            worker.postMessage({ taken: true });
          }
          if (data.report !== undefined) resolve(data.report);
          if (data.joins !== undefined) resolve(data.joins);
          if (data.error !== undefined) reject(new Error(data.error));
        };
        worker.onerror = (event) => reject(new Error(event.message || 'the converter could not be loaded'));
        worker.postMessage({ name, blob, parts, form, options, heads });
      });
    } catch (error) {
      this.stop();  // whatever it is doing ends with it, and its memory
      throw error;
    }
  }

  start() {
    const worker = new Worker(new URL(this.build.convert_worker, document.baseURI), { type: 'module' });
    const address = (part) => new URL(part, document.baseURI).href;
    worker.postMessage({ glue: address(this.build.converter_glue), wasm: address(this.build.converter_wasm),
      parquet: address(this.build.parquet) });
    return worker;
  }

  stop() {
    this.worker?.terminate();
    this.worker = null;
  }
}
