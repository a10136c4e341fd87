// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_history_go: (push, fragment, size) => Module['host'].history.go(!!push, Module['host'].text(fragment, size)),
});
