// Glyphs by the browser: one character painted into a 2D canvas in the reader's fonts, read back as
// pixels. The usual CJK and emoji families are named because the browser's own search for a font that
// has a character takes longer than everything else together.
const FALLBACKS = '"Noto Sans CJK SC", "PingFang SC", "Hiragino Sans", "Microsoft YaHei", "Yu Gothic", ' +
  '"Malgun Gothic", "WenQuanYi Micro Hei", "Apple Color Emoji", "Segoe UI Emoji", "Noto Color Emoji"';
const FAMILIES = [
  `system-ui, ${FALLBACKS}, sans-serif`,
  `system-ui, ${FALLBACKS}, sans-serif`,
  `ui-monospace, monospace, ${FALLBACKS}`,
];
const WEIGHTS = ['400', '600', '400'];
const EMOJI = /\p{Emoji_Presentation}/u;
const MAX_SIDE_PX = 512;

export class Glyphs {
  constructor() {
    this.canvas = document.createElement('canvas');
    this.canvas.width = this.canvas.height = 128;
    this.context = this.canvas.getContext('2d', { willReadFrequently: true });
    this.font = '';
  }

  glyph(codePoint, emPx, style, measureOnly) {
    const context = this.context;
    const font = `${WEIGHTS[style]} ${emPx}px ${FAMILIES[style]}`;
    if (font !== this.font) context.font = this.font = font;
    let text = String.fromCodePoint(codePoint);
    // A text font that has the emoji in black and white would win without the selector.
    if (EMOJI.test(text)) text += '\uFE0F';
    const metrics = context.measureText(text);
    const result = { advance: metrics.width, pixels: null };
    if (measureOnly) return result;
    const left = Math.ceil(metrics.actualBoundingBoxLeft) + 1;
    const above = Math.ceil(metrics.actualBoundingBoxAscent) + 1;
    const width = Math.min(left + Math.ceil(metrics.actualBoundingBoxRight) + 1, MAX_SIDE_PX);
    const height = Math.min(above + Math.ceil(metrics.actualBoundingBoxDescent) + 1, MAX_SIDE_PX);
    if (width <= 2 || height <= 2) return result;
    this.grow(width, height, font);
    context.clearRect(0, 0, width, height);
    context.fillStyle = '#fff';
    context.textBaseline = 'alphabetic';
    context.fillText(text, left, above);
    const pixels = context.getImageData(0, 0, width, height).data;
    return { advance: metrics.width, pixels, left, above, width, height, colored: hasColour(pixels) };
  }

  grow(width, height, font) {
    if (width <= this.canvas.width && height <= this.canvas.height) return;
    this.canvas.width = Math.max(width, this.canvas.width);
    this.canvas.height = Math.max(height, this.canvas.height);
    this.context.font = font;  // a new size forgets the state
  }
}

// White was painted; anything else came from a colour font.
function hasColour(pixels) {
  for (let i = 0; i < pixels.length; i += 4) {
    if (pixels[i + 3] > 8 && (pixels[i] < 250 || pixels[i + 1] < 250 || pixels[i + 2] < 250)) return true;
  }
  return false;
}
