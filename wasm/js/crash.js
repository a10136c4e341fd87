// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_crash: (message, size) => Module['host'].crash(message, size),
  assay_js_log: (line, size) => Module['host'].log(line, size),
});
