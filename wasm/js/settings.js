// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_settings_save: (text, size) => Module['host'].settings.save(Module['host'].text(text, size)),
  assay_js_drafts_erase: () => Module['host'].drafts.eraseAll(),
  assay_js_draft_save: (place, placeSize, text, size) =>
    Module['host'].drafts.save(Module['host'].text(place, placeSize), Module['host'].text(text, size)),
});
