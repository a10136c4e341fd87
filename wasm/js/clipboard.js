// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_clipboard_write: (text, size) => Module['host'].clipboard.write(Module['host'].text(text, size)),
});
