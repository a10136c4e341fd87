// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  // BrowserGlyph of fonts_browser.cpp: advance f32, left i32, above i32, width i32, height i32,
  // colored i32, rgba pointer.
  assay_js_glyph__deps: ['malloc', 'free'],
  assay_js_glyph: (codePoint, emPx, style, measureOnly, out) => {
    const glyph = Module['host'].glyphs.glyph(codePoint >>> 0, emPx, style, !!measureOnly);
    const at = out >>> 2;
    HEAPF32[at] = glyph.advance;
    if (!glyph.pixels) return 0;
    const bytes = glyph.pixels.length;
    // One block is kept between calls and grows: glyphs come in hundreds.
    const host = Module['host'];
    if (host.glyphBlockBytes < bytes) {
      if (host.glyphBlock) _free(host.glyphBlock);
      host.glyphBlock = _malloc(bytes);
      host.glyphBlockBytes = bytes;
    }
    HEAPU8.set(glyph.pixels, host.glyphBlock >>> 0);
    HEAP32[at + 1] = glyph.left;
    HEAP32[at + 2] = glyph.above;
    HEAP32[at + 3] = glyph.width;
    HEAP32[at + 4] = glyph.height;
    HEAP32[at + 5] = glyph.colored ? 1 : 0;
    HEAPU32[at + 6] = host.glyphBlock;
    return 1;
  },
});
