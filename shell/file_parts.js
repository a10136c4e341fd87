// Files that are parts of one export (traces in one file, their observations or scores in others, spans that a
// collector wrote into the next one) become one source: {name, parts: [{name, blob}, …]}. Which these are, the
// converter tells by their first bytes: of one drop all of one system, of several drops those that name an id of what
// is open.
const HEAD_BYTES = 16384;  // enough to tell what a file is
const PART_HEAD_BYTES = 65536;  // and what it is a part of
const ID_HEAD_BYTES = 1 << 20;  // and which ids it names
const MAX_HEADS_BYTES = 64 * 2 ** 20;  // of all files of a drop
const MAX_JOINED_BYTES = 512 * 2 ** 20;  // kMaxJoinedBytes of core/convert/export_parts.h

// sources: {name, blob}. needsConversion({blocks, size}): 1 where a file that begins so is of another system, 2 where it
// is feedback on traces that may also be a part of an export.
// `opened`: what is open, {name, blob or parts, token}. Each source that comes back may have `tie` ({exportName, ids}),
// for joinOpened().
export async function joinedSources(sources, converter, needsConversion, opened = []) {
  if (sources.length < 2 && opened.length === 0) return sources;
  try {
    const share = Math.floor(MAX_HEADS_BYTES / sources.length);
    const headBytes = opened.length > 0 ? Math.max(PART_HEAD_BYTES, Math.min(ID_HEAD_BYTES, share)) : PART_HEAD_BYTES;
    const others = await headsOf(sources, needsConversion, headBytes);
    if (others.length < 2 && (opened.length === 0 || others.length === 0)) return sources;
    const { lists, parts } = await converter.join(others.map((other) => ({ ...other, wantsIds: opened.length > 0 })));
    return merged(sources, others, lists, parts);
  } catch {
    return sources;  // each is read by itself, and that says what is wrong
  }
}

// Which open source each of `sources` (of joinedSources) belongs to: a map from source to open one. `tieOf(token, ids)`:
// whether the open one holds what they name: 0, 1, or 2 where it cannot be read again now.
export async function joinOpened(sources, opened, converter, needsConversion, tieOf) {
  const ties = new Map();
  const wanted = sources.filter((source) => source.tie?.exportName);
  const candidates = opened.filter((source) => source.blob || source.parts);
  if (wanted.length === 0 || candidates.length === 0) return ties;
  const firsts = candidates.map((source) => source.parts?.[0] ?? source);
  // Feedback that is open has been joined to the traces already.
  const heads = (await headsOf(firsts, needsConversion, PART_HEAD_BYTES)).filter(({ kind }) => kind === 1);
  if (heads.length === 0) return ties;
  const { parts } = await converter.join(heads);
  for (const source of wanted) {
    for (const [place, { at }] of heads.entries()) {
      const open = candidates[at];
      if (parts[place].exportName !== source.tie.exportName && !isZip(heads[place].bytes)) continue;
      if (sizeOf(open) + sizeOf(source) > MAX_JOINED_BYTES || shareFile(open, source)) continue;
      const tie = await tieOf(open, source.tie.ids);
      if (tie === 0) continue;
      ties.set(source, { open, busy: tie === 2 });
      break;
    }
  }
  return ties;
}

// The open source with the files that have joined it.
export function withJoined(open, later) {
  const parts = [...partsOf(open), ...later.flatMap(partsOf)];
  const names = [...open.joined ?? [], ...later.flatMap(partsOf).map((part) => part.name)];
  return { name: `${parts[0].name} + ${parts.length - 1}`, parts, joined: names, ...(open.part ? { part: open.part } : {}) };
}

export function partsOf({ name, blob, parts }) {
  return parts ?? [{ name, blob }];
}

// The same file once more is no part that was missing.
function shareFile(a, b) {
  const key = ({ name, blob }) => `${blob.size} ${blob.lastModified ?? 0} ${name}`;
  const keys = new Set(partsOf(a).map(key));
  return partsOf(b).some((part) => keys.has(key(part)));
}

// Of the sources that are exports of other systems: their places and first bytes.
async function headsOf(sources, needsConversion, headBytes) {
  const others = [];
  for (let at = 0; at < sources.length; at++) {
    const { name, blob } = sources[at];
    const bytes = await bytesOf(blob.slice(0, headBytes));
    const block = bytes.subarray(0, HEAD_BYTES);
    const kind = needsConversion({ blocks: [block], size: block.length });
    if (kind === 0) continue;
    const isParquet = String.fromCharCode(...bytes.subarray(0, 4)) === 'PAR1';  // its columns stand at the end
    others.push({ at, kind, name, size: blob.size, bytes: isParquet ? await bytesOf(blob.slice(-PART_HEAD_BYTES)) : bytes });
  }
  return others;
}

function isZip(bytes) {
  return bytes[0] === 0x50 && bytes[1] === 0x4b;
}

function merged(sources, others, lists, tiesOf) {
  const out = [...sources];
  // Scores alone are no export: each file of them is feedback, unless it belongs to what is open.
  const together = lists.flatMap((list) => (list.some((place) => others[place].kind === 1) ? [list] : list.map((place) => [place])));
  for (const list of together) {
    const first = others[list[0]].at;  // its place in the drop
    list.sort((a, b) => others[a].kind - others[b].kind);
    const parts = list.map((place) => sources[others[place].at]);
    for (const place of list) out[others[place].at] = null;
    const tie = { exportName: tiesOf[list[0]].exportName, ids: list.map((place) => tiesOf[place].ids).join('') };
    out[first] = list.length < 2 ? { ...parts[0], tie } : { name: `${parts[0].name} + ${parts.length - 1}`, parts, tie };
  }
  return out.filter((source) => source !== null);
}

async function bytesOf(blob) {
  return new Uint8Array(await blob.arrayBuffer());
}

export function sizeOf({ blob, parts, size = 0 }) {
  return parts ? parts.reduce((sum, part) => sum + part.blob.size, 0) : blob ? blob.size : size;
}

export function modifiedOf({ blob, parts = [{ blob }] }) {
  return Math.max(...parts.map((part) => part.blob.lastModified ?? 0));
}
