// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_lock_request: () => Module['host'].lock.request(),
  assay_js_lock_release: () => Module['host'].lock.release(),
});
