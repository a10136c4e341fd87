// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_mirror_update: (json, size) => Module['host'].mirror.update(Module['host'].text(json, size)),
  assay_js_mirror_remove: () => Module['host'].mirror.remove(),
  assay_js_announce: (text, size) => Module['host'].announce(Module['host'].text(text, size)),
});
