// Starts the page: checks what the browser must have, loads program and fonts with real progress, and
// hands over. Everything that can go wrong before the program runs ends in a sentence on the boot screen.
import { Bridge } from './bridge.js';
import { Crash } from './crash.js';
import { Host, drafts, settings } from './host.js';
import { SecondPart, compiled } from './second_part.js';
import { textsFor } from './texts.js';

const query = new URLSearchParams(location.search);
const build = JSON.parse(document.querySelector('meta[name=assay-build]').content);
const texts = textsFor(navigator.language);
const crash = new Crash(build, texts);
const bar = document.getElementById('boot-bar');
const line = document.getElementById('boot-line');

// A module whose only function uses a SIMD instruction; valid bytes exactly where SIMD is supported.
const SIMD_PROBE = new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0, 1, 5, 1, 96, 0, 1, 123, 3, 2, 1, 0, 10, 10, 1, 8, 0, 65, 0,
  253, 15, 253, 98, 11]);

class StartError extends Error {}

function checkBrowser() {
  if (window.top !== window.self && !sameOriginParent()) throw new StartError('framed');
  if (typeof WebAssembly !== 'object') throw new StartError('noWasm');
  if (!WebAssembly.validate(SIMD_PROBE)) throw new StartError('noSimd');
  // Whether it gives a context is seen when the program asks for its own: making one only to look costs a frame's time.
  if (typeof WebGL2RenderingContext !== 'function') throw new StartError('noWebgl');
}

function sameOriginParent() {
  try {
    return Boolean(window.top.location.href);
  } catch {
    return false;
  }
}

// Progress in bytes of the unpacked files: Content-Length counts packed ones, so sizes come from the build.
const progress = {
  total: build.wasm_bytes + build.fonts.reduce((sum, font) => sum + font.bytes, 0),
  done: 0,
  add(bytes) {
    this.done += bytes;
    const part = Math.min(1, this.done / this.total);
    bar.value = part;
    bar.setAttribute('aria-valuetext', `${Math.round(part * 100)} %`);
  },
};

async function fetchPart(name) {
  let response;
  try {
    response = await fetch(new URL(name, document.baseURI), { credentials: 'same-origin' });
  } catch (error) {
    throw new StartError('download', { cause: `${name} (${error.message})` });
  }
  if (!response.ok) throw new StartError('download', { cause: `${name} (${response.status})` });
  countBytes(response.clone());
  return response;
}

// Of a copy: browsers keep the machine code of a program only for a response that comes straight from the network.
async function countBytes(copy) {
  const reader = copy.body.getReader();
  try {
    for (let part = await reader.read(); !part.done; part = await reader.read()) progress.add(part.value.length);
  } catch {
    // Who reads the original says so.
  }
}

async function loadProgram() {
  return compiled(await fetchPart(build.wasm));
}

async function loadFonts() {
  const fonts = await Promise.all(build.fonts.map(async (font) => (await fetchPart(font.file)).arrayBuffer()));
  return fonts.map((buffer) => new Uint8Array(buffer));
}

function systemOptions() {
  const platform = navigator.userAgentData?.platform ?? navigator.platform ?? '';
  const now = new Date();
  return {
    dark: matchMedia('(prefers-color-scheme: dark)').matches ? '1' : '0',
    reduced_motion: matchMedia('(prefers-reduced-motion: reduce)').matches ? '1' : '0',
    coarse_pointer: matchMedia('(pointer: coarse)').matches ? '1' : '0',
    language: navigator.language || 'en',
    os: /mac|iphone|ipad/i.test(platform) ? 'mac' : /win/i.test(platform) ? 'windows' : 'other',
    gallery: query.get('gallery') === '1' ? '1' : '0',
    mirror: query.get('a11y') === '1' ? '1' : '0',
    testing: query.get('testing') === '1' ? '1' : '0',
    memory_gb: String(navigator.deviceMemory ?? 0),
    utc_offset_minutes: String(-now.getTimezoneOffset()),
    this_year: String(now.getFullYear()),
    settings: settings.load(),
    drafts: drafts.load(),
    route: location.hash,
    version: build.version,
    build: build.id,
  };
}

function watchPreferences(host) {
  const watch = (media, option) => {
    matchMedia(media).addEventListener('change', (event) => {
      host.tell(option, event.matches ? '1' : '0');
    });
  };
  watch('(prefers-color-scheme: dark)', 'dark');
  watch('(prefers-reduced-motion: reduce)', 'reduced_motion');
  watch('(pointer: coarse)', 'coarse_pointer');
}

// A mistake in our own scripts leaves things half done: better to stop than to go on. Those of browser
// extensions are none of ours.
function watchErrors(bridge) {
  const folder = new URL('.', import.meta.url).href;
  window.addEventListener('error', (event) => {
    if (event.filename?.startsWith(folder) && event.error) bridge.die(event.error);
  });
  window.addEventListener('unhandledrejection', (event) => {
    if (String(event.reason?.stack ?? '').includes(folder)) bridge.die(event.reason);
  });
}

async function instantiate(bridge, host, program, secondPart) {
  const { default: createModule } = await import(new URL(build.glue, document.baseURI).href);
  const module = {
    host,
    canvas: host.canvasElement,
    print: (text) => crash.log(text),
    printErr: (text) => console.error(text),
    onAbort: (what) => bridge.die(new Error(`abort: ${what}`)),
    instantiateWasm(imports, done) {
      imports.second = secondPart.standIns();
      program.then((compiled) => WebAssembly.instantiate(compiled, imports).then((instance) => {
        secondPart.first = instance.exports;
        done(instance, compiled);
      })).catch(fail);
      return {};
    },
  };
  bridge.module = module;  // the program calls home while it starts
  return createModule(module);
}

function startProgram(bridge, host, options, fonts) {
  bridge.raw('_assay_create');
  for (const [key, value] of Object.entries(options)) bridge.callTexts('app', 'option', [key, value]);
  const blocks = fonts.map((bytes, index) => {
    const address = bridge.raw('_assay_alloc', bytes.length);
    bridge.module.HEAPU8.set(bytes, address >>> 0);
    bridge.call('app', 'font', index, address, bytes.length);
    return address;
  });
  bridge.call('app', 'start');
  const problem = bridge.takeReturned();
  for (const block of blocks) bridge.raw('_assay_free', block);
  if (problem) throw new StartError('noWebgl', { cause: problem });
}

function fail(error) {
  if (crash.shown) return;
  crash.log(`start: ${error?.stack ?? error}`);
  // What browsers say when the program's memory cannot be had.
  const known = error instanceof RangeError && /memory/i.test(error.message) ? texts.noMemory
    : error instanceof StartError ? texts[error.message] : null;
  const screen = document.getElementById('boot');
  if (!screen) {
    crash.show(error);
    return;
  }
  screen.classList.add('failed');
  screen.querySelector('h1').textContent = texts.failed;
  line.textContent = known ? known.replace('{0}', String(error.cause ?? '')) : String(error?.message ?? error);
  bar.hidden = true;
  if (error instanceof StartError && error.message === 'framed') {
    const link = document.createElement('a');
    link.href = location.href;
    link.target = '_blank';
    link.rel = 'noopener';
    link.textContent = texts.openAlone;
    line.append(' ', link);
  }
  document.documentElement.dataset.state = 'failed';
}

async function boot() {
  document.documentElement.dataset.state = 'loading';
  line.textContent = texts.loading;
  checkBrowser();
  const options = systemOptions();
  const program = loadProgram();
  const fontsLoading = loadFonts();
  program.catch(() => {});
  fontsLoading.catch(() => {});
  let host = null;
  const bridge = new Bridge((error) => {
    host?.sealOff();
    crash.show(error);
  });
  watchErrors(bridge);
  host = new Host(bridge, crash, { os: options.os, texts, build });
  const secondPart = new SecondPart(build.second_wasm);
  const module = instantiate(bridge, host, program, secondPart);
  let markReady;
  const ready = new Promise((resolve) => { markReady = resolve; });
  if (options.testing === '1') {
    const { offerTesting } = await import('./testing.js');
    offerTesting(host, ready);
  }
  const [, fonts] = await Promise.all([module, fontsLoading]);
  line.textContent = texts.starting;
  startProgram(bridge, host, options, fonts);
  watchPreferences(host);
  const drawn = new Promise((resolve) => { host.pacing.firstFrame = resolve; });
  host.files.onOpen = () => secondPart.fetchSoon();
  // A page that was kept for a visit without a network has it at hand, and a synchronous request does not look there.
  if (navigator.serviceWorker?.controller) await secondPart.fetchSoon();
  const begun = host.begin();
  await drawn;
  performance.mark('first-frame');
  document.getElementById('boot').remove();
  document.documentElement.dataset.state = 'running';
  document.getElementById('mirror-on').hidden = options.mirror === '1';
  host.canvasElement.focus({ preventScroll: true });
  // The first file that is opened shall not wait for it; the service worker would fetch it in any case.
  if (!navigator.connection?.saveData) secondPart.fetchSoon();
  await begun;
  // Tests count requests and replace files: there the worker comes only when it is asked for.
  if (options.testing !== '1' || query.get('offline') === '1') host.offline.begin();
  if (query.get('url')) askForAddress(host, query.get('url'));
  markReady();
}

// A link may name a file to open; the program asks before anything is fetched.
function askForAddress(host, text) {
  let address = text;
  try {
    address = new URL(text, document.baseURI).href;
  } catch {
    // Told as it is.
  }
  host.tell('open_address', address);
}

boot().catch(fail);
