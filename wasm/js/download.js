// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_download_begin: (name, nameSize, type, typeSize, form, formSize) =>
    Module['host'].download.begin(Module['host'].text(name, nameSize), Module['host'].text(type, typeSize),
      Module['host'].text(form, formSize)),
  assay_js_download_write: (bytes, size) => Module['host'].download.write(Module['host'].copy(bytes, size)),
  assay_js_download_finish: () => Module['host'].download.finish(),
});
