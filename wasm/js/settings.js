// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_settings_save: (text, size) => Module['host'].settings.save(Module['host'].text(text, size)),
});
