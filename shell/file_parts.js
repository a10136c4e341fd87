// Files of one drop that are parts of one export (traces in one file, their observations or scores in others,
// spans that a collector wrote into the next one) become one source: {name, parts: [{name, blob}, …]}. Which
// these are, the converter tells by their first bytes.
const HEAD_BYTES = 16384;  // enough to tell what a file is
const PART_HEAD_BYTES = 65536;  // and what it is a part of

// sources: {name, blob}. needsConversion({blocks, size}): whether a file that begins so is of another system.
export async function joinedSources(sources, converter, needsConversion) {
  if (sources.length < 2) return sources;
  try {
    const others = [];  // of other systems: their places and first bytes
    for (let at = 0; at < sources.length; at++) {
      const { name, blob } = sources[at];
      const bytes = await bytesOf(blob.slice(0, PART_HEAD_BYTES));
      const block = bytes.subarray(0, HEAD_BYTES);
      if (!needsConversion({ blocks: [block], size: block.length })) continue;
      const isParquet = String.fromCharCode(...bytes.subarray(0, 4)) === 'PAR1';  // its columns stand at the end
      others.push({ at, name, size: blob.size, bytes: isParquet ? await bytesOf(blob.slice(-PART_HEAD_BYTES)) : bytes });
    }
    if (others.length < 2) return sources;
    return merged(sources, others, await converter.join(others.map(({ name, size, bytes }) => ({ name, size, bytes }))));
  } catch {
    return sources;  // each is read by itself, and that says what is wrong
  }
}

function merged(sources, others, lists) {
  const out = [...sources];
  for (const list of lists) {
    if (list.length < 2) continue;
    const parts = list.map((place) => sources[others[place].at]);
    for (const place of list) out[others[place].at] = null;
    out[others[list[0]].at] = { name: `${parts[0].name} + ${parts.length - 1}`, parts };
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
