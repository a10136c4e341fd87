// The worker behind convert.js: reads a file in blocks, pushes them through the converter program, and
// sends its lines back. Parquet files become lines of JSON rows first, by hyparquet.
const MAX_UNTAKEN = 2;
const FULL_BYTES = 3.75 * 2 ** 30;  // of the 4 GB that the program can address: what failed, failed for memory
const encoder = new TextEncoder();
const decoder = new TextDecoder();

let parts = null;
let programPromise = null;
let untaken = 0;
let wake = null;

self.onmessage = ({ data }) => {
  if (data.glue) {
    parts = data;
  } else if (data.taken) {
    untaken--;
    wake?.();
  } else {
    const work = data.heads ? join(data.heads).then((joins) => ({ joins })) : run(data).then((report) => ({ report }));
    work.then((answer) => self.postMessage(answer), (error) => self.postMessage({ error: error.message || String(error) }));
  }
};

async function loadProgram() {
  const { default: make } = await import(parts.glue);
  return make({
    instantiateWasm(imports, done) {
      fetch(parts.wasm, { credentials: 'same-origin' })
        .then(async (response) => {
          if (!response.ok) throw new Error(`the server answered ${response.status} for ${parts.wasm}`);
          return WebAssembly.instantiate(await response.arrayBuffer(), imports);
        })
        .then(({ instance, module }) => done(instance, module));
      return {};
    },
  });
}

// Which of the files are parts of one export: lists of their places in `heads` ({name, size, bytes, wantsIds}); and of
// which, with the ids that they name.
async function join(heads) {
  programPromise ??= loadProgram();
  const program = await programPromise;
  const joiner = program._assay_convert_join_new();
  for (const { name, size, bytes, wantsIds } of heads) {
    const nameBytes = encoder.encode(name);
    const text = program._assay_convert_alloc(nameBytes.length + bytes.length + 1);
    program.HEAPU8.set(nameBytes, text);
    program.HEAPU8.set(bytes, text + nameBytes.length);
    program._assay_convert_join_add(joiner, text, nameBytes.length, text + nameBytes.length, bytes.length, size,
      wantsIds ? 1 : 0);
    program._assay_convert_free(text);
  }
  const lists = copyText(program, program._assay_convert_join_lists(joiner), program._assay_convert_join_lists_size(joiner));
  const about = copyText(program, program._assay_convert_join_parts(joiner), program._assay_convert_join_parts_size(joiner));
  program._assay_convert_join_delete(joiner);
  let at = 0;  // in `about`: of each its name, a line; ids, a line each; an empty line
  return {
    lists: lists.trim().split('\n').map((line) => line.split(' ').map(Number)),
    parts: heads.map(() => {
      const ids = about.indexOf('\n', at) + 1;
      const end = about[ids] === '\n' ? ids : about.indexOf('\n\n', ids) + 1;
      const part = { exportName: about.slice(at, ids - 1), ids: about.slice(ids, end) };
      at = end + 1;
      return part;
    }),
  };
}

// `parts`: the files ({name, blob}) of which `name` and `blob` are one, where there are several.
async function run({ name, blob, parts = [{ name, blob }], form, options }) {
  programPromise ??= loadProgram();
  const program = await programPromise;
  untaken = 0;
  if (form) return runExport(program, blob, form);
  const nameBytes = encoder.encode(parts[0].name);
  const optionBytes = encoder.encode(JSON.stringify(options));
  const texts = program._assay_convert_alloc(nameBytes.length + optionBytes.length + 1);
  program.HEAPU8.set(nameBytes, texts);
  program.HEAPU8.set(optionBytes, texts + nameBytes.length);
  const converter = program._assay_convert_new(texts, nameBytes.length, parts[0].blob.size, texts + nameBytes.length, optionBytes.length);
  program._assay_convert_free(texts);
  try {
    let before = 0;  // bytes of the files that are read
    for (const part of parts) {
      if (part !== parts[0]) nextFile(program, converter, part);
      if (await isParquet(part.blob)) await pushParquet(program, converter, part.blob, before);
      else await pushFile(program, converter, part.blob, before);
      before += part.blob.size;
    }
    program._assay_convert_finish(converter);
    await sendOutput(program, converter, before);
    const report = copyText(program, program._assay_convert_report(converter), program._assay_convert_report_size(converter));
    program._assay_convert_delete(converter);
    return report;
  } catch (error) {
    if (program.HEAPU8.length >= FULL_BYTES) throw new Error('out of memory in the converter');
    throw error;  // the page ends this worker, and with it the program
  }
}

function nextFile(program, converter, { name, blob }) {
  const bytes = encoder.encode(name);
  const text = program._assay_convert_alloc(bytes.length + 1);
  program.HEAPU8.set(bytes, text);
  program._assay_convert_next(converter, text, bytes.length, blob.size);
  program._assay_convert_free(text);
}

async function runExport(program, blob, form) {
  const bytes = encoder.encode(form);
  const text = program._assay_convert_alloc(bytes.length);
  program.HEAPU8.set(bytes, text);
  const exporter = program._assay_convert_new_export(text, bytes.length);
  program._assay_convert_free(text);
  if (!exporter) throw new Error(`there is no form ${form}`);
  try {
    await pushFile(program, exporter, blob);
    program._assay_convert_finish(exporter);
    await sendOutput(program, exporter, blob.size);
    return '';
  } finally {
    program._assay_convert_delete(exporter);
  }
}

function copyText(program, address, size) {
  return decoder.decode(program.HEAPU8.slice(address >>> 0, (address >>> 0) + size));
}

async function pushFile(program, converter, blob, before = 0) {
  const reader = blob.stream().getReader();
  let read = before;
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    await push(program, converter, value);
    read += value.length;
    await sendOutput(program, converter, read);
    if (program._assay_convert_is_done(converter)) {
      reader.cancel();
      return;
    }
  }
}

async function push(program, converter, bytes) {
  const capacity = program._assay_convert_buffer_size();
  for (let at = 0; at < bytes.length; at += capacity) {
    const part = bytes.subarray(at, at + capacity);
    program.HEAPU8.set(part, program._assay_convert_buffer(converter) >>> 0);
    program._assay_convert_push(converter, part.length);
  }
}

// What has been made so far goes out in blocks that the page can swallow one at a time.
async function sendOutput(program, converter, read) {
  const size = program._assay_convert_output_size(converter);
  const begin = program._assay_convert_output(converter) >>> 0;
  self.postMessage({ read });
  for (let at = 0; at < size; at += 1 << 20) {
    while (untaken >= MAX_UNTAKEN) await new Promise((resolve) => { wake = resolve; });
    const block = program.HEAPU8.slice(begin + at, begin + Math.min(size, at + (1 << 20)));
    untaken++;
    self.postMessage({ lines: block.buffer }, [block.buffer]);
  }
  if (size > 0) program._assay_convert_clear(converter);
}

// --- Parquet ------------------------------------------------------------------------------------------

async function isParquet(blob) {
  if (blob.size < 12) return false;
  const mark = async (begin) => decoder.decode(await blob.slice(begin, begin + 4).arrayBuffer());
  return await mark(0) === 'PAR1' && await mark(blob.size - 4) === 'PAR1';
}

// Whole row groups at a time; each row as one line of JSON.
async function pushParquet(program, converter, blob, before) {
  const { parquetMetadataAsync, parquetReadObjects } = await import(parts.parquet);
  const file = { byteLength: blob.size, slice: (begin, end = blob.size) => blob.slice(begin, end).arrayBuffer() };
  const metadata = await parquetMetadataAsync(file);
  const rows = Number(metadata.num_rows);
  const step = 1000;
  for (let begin = 0; begin < rows; begin += step) {
    const end = Math.min(rows, begin + step);
    const objects = await parquetReadObjects({ file, metadata, rowStart: begin, rowEnd: end });
    for (const row of objects) await push(program, converter, encoder.encode(`${jsonOfRow(row)}\n`));
    await sendOutput(program, converter, before + Math.floor(blob.size * (end / rows)));
    if (program._assay_convert_is_done(converter)) return;
  }
}

function jsonOfRow(row) {
  return JSON.stringify(row, (key, value) => {
    if (typeof value === 'bigint') return JSON.rawJSON?.(String(value)) ?? String(value);  // every digit
    if (value instanceof Date) return value.toISOString();
    if (value instanceof Uint8Array) return decoder.decode(value);
    return value;
  });
}
