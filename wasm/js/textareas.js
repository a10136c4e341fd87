// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_textareas_begin: () => Module['host'].textareas.begin(),
  assay_js_textarea: (texts, size, box, revision, fontSizePx, flags) =>
    Module['host'].textareas.put(Module['host'].text(texts, size), HEAPF32.slice(box >>> 2, (box >>> 2) + 8),
      revision, fontSizePx, flags),
  assay_js_textareas_end: () => Module['host'].textareas.end(),
});
