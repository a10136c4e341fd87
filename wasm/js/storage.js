// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_storage_append: (lines, size, token) =>
    Module['host'].storage.append(Module['host'].text(lines, size), token),
  assay_js_storage_erase: () => Module['host'].storage.erase(),
});
