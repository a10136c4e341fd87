// A screenshot as a PNG of at most 256 colours, a third of the size: what the interface draws has few of them.
import { deflateSync, inflateSync } from 'node:zlib';

function chunksOf(png) {
  const chunks = [];
  for (let at = 8; at < png.length;) {
    const size = png.readUInt32BE(at);
    chunks.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + size) });
    at += size + 12;
  }
  return chunks;
}

const CRC = new Uint32Array(256).map((_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xEDB88320 ^ (c >>> 1) : c >>> 1;
  return c;
});
function chunk(type, data) {
  const out = Buffer.alloc(data.length + 12);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  let crc = 0xFFFFFFFF;
  for (let i = 4; i < out.length - 4; i++) crc = CRC[(crc ^ out[i]) & 255] ^ (crc >>> 8);
  out.writeUInt32BE((crc ^ 0xFFFFFFFF) >>> 0, out.length - 4);
  return out;
}

// RGB or RGBA of eight bits, as browsers write it: a number 0xRRGGBB for each pixel.
function pixelsOf(png) {
  const chunks = chunksOf(png);
  const head = chunks.find(({ type }) => type === 'IHDR').data;
  const width = head.readUInt32BE(0), height = head.readUInt32BE(4), bytes = head[9] === 6 ? 4 : 3;
  if (head[8] !== 8 || (head[9] !== 6 && head[9] !== 2) || head[12] !== 0) return null;
  const raw = inflateSync(Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)));
  const stride = width * bytes;
  const rows = Buffer.alloc(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)];
    for (let x = 0; x < stride; x++) {
      const a = x >= bytes ? rows[y * stride + x - bytes] : 0;
      const b = y > 0 ? rows[(y - 1) * stride + x] : 0;
      const c = x >= bytes && y > 0 ? rows[(y - 1) * stride + x - bytes] : 0;
      const [pa, pb, pc] = [Math.abs(b - c), Math.abs(a - c), Math.abs(a + b - 2 * c)];
      const paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c;
      const guess = [0, a, b, (a + b) >> 1, paeth][filter];
      rows[y * stride + x] = raw[y * (stride + 1) + 1 + x] + guess;
    }
  }
  const pixels = new Uint32Array(width * height);
  for (let i = 0; i < pixels.length; i++) pixels[i] = (rows[i * bytes] << 16) | (rows[i * bytes + 1] << 8) | rows[i * bytes + 2];
  return { width, height, pixels };
}

export function smallPng(png) {
  const image = pixelsOf(png);
  if (!image) return png;
  const counts = new Map();
  for (const color of image.pixels) counts.set(color, (counts.get(color) ?? 0) + 1);
  // The most frequent of each neighbourhood first, so that a few pixels of a hue of their own keep it.
  const frequent = [...counts].sort((a, b) => b[1] - a[1]).map(([color]) => color);
  const taken = new Set(), seen = new Set();
  for (const color of frequent) {
    const place = color & 0xE0E0E0;
    if (!seen.has(place) && taken.size < 256) taken.add(color);
    seen.add(place);
  }
  for (const color of frequent) if (taken.size < 256) taken.add(color);
  const palette = [...taken];
  const index = new Map(palette.map((color, i) => [color, i]));
  for (const color of counts.keys()) {
    if (index.has(color)) continue;
    let best = 0, least = Infinity;
    palette.forEach((other, i) => {
      const d = ((color >> 16) - (other >> 16)) ** 2 + ((color >> 8 & 255) - (other >> 8 & 255)) ** 2 + ((color & 255) - (other & 255)) ** 2;
      if (d < least) [best, least] = [i, d];
    });
    index.set(color, best);
  }
  const { width, height, pixels } = image;
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++) rows[y * (width + 1) + 1 + x] = index.get(pixels[y * width + x]);
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 3, 0, 0, 0], 8);
  const colors = Buffer.from(palette.flatMap((color) => [color >> 16, color >> 8 & 255, color & 255]));
  const small = Buffer.concat([png.subarray(0, 8), chunk('IHDR', head), chunk('PLTE', colors), chunk('IDAT', deflateSync(rows, { level: 9 })),
    chunk('IEND', Buffer.alloc(0))]);
  return small.length < png.length ? small : png;
}
