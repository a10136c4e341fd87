// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_attach: (name, size, adapter) => Module['host'].attach(name, size, adapter),
  assay_js_return_text: (text, size) => Module['host'].returnText(text, size),
  assay_js_dirty: (frames) => Module['host'].dirty(frames),
  assay_js_tick_soon: () => Module['host'].tickSoon(),
  assay_js_page_look: (dark, language, size, scale, rgb) =>
    Module['host'].pageLook(!!dark, language, size, scale, rgb >>> 0),
  assay_js_page_title: (title, size) => Module['host'].pageTitle(Module['host'].text(title, size)),
  assay_js_open_page: (address, size) => Module['host'].openPage(Module['host'].text(address, size)),
  assay_js_page_text: (fields, size) => Module['host'].openPageText(Module['host'].fields(fields, size)),
  assay_js_choose_settings: () => Module['host'].chooseSettings(),
  assay_js_take_update: () => Module['host'].takeUpdate(),
  assay_js_random: (bytes, count) => Module['host'].random(bytes, count),
});
