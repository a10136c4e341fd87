// The program reads UTF-8 and UTF-16. Excel in China saves a CSV as GB18030 (GBK), which the browser can decode.
const ENOUGH_BYTES = 65536;

// Whether the first blocks of a file are text in GB18030. Latin-1 is taken for it by a decoder as well, but there a
// byte beyond ASCII mostly stands between ASCII letters, while Chinese text has them in pairs.
export function isGb18030(blocks) {
  if (!fails('utf-8', blocks) || fails('gb18030', blocks)) return false;
  const bytes = [...blocks[0].subarray(0, ENOUGH_BYTES)];
  if (bytes[0] >= 0xfe || bytes.includes(0)) return false;  // UTF-16, or no text at all
  let pairs = 0, singles = 0;
  for (let i = 0; i + 1 < bytes.length; i++) {
    if (bytes[i] < 0x80) continue;
    if (bytes[++i] >= 0x80) pairs++;
    else singles++;
  }
  return pairs > 3 * singles;
}

function fails(encoding, blocks) {
  const decoder = new TextDecoder(encoding, { fatal: true });
  try {
    for (const block of blocks) decoder.decode(block, { stream: true });
    return false;
  } catch {
    return true;
  }
}

export async function inUtf8(blob, encoding) {
  const stream = blob.stream().pipeThrough(new TextDecoderStream(encoding)).pipeThrough(new TextEncoderStream());
  const text = await new Response(stream).blob();
  return new File([text], blob.name ?? '', { lastModified: blob.lastModified ?? 0 });
}
