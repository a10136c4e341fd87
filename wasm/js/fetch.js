// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_fetch_script: (id, body, size, timeoutMs) =>
    Module['host'].transport.runScript(id, Module['host'].copy(body, size), timeoutMs),
  assay_js_fetch_pending: () => Module['host'].transport.message(),
  assay_js_fetch_send: (requests, size) => Module['host'].transport.send(Module['host'].copy(requests, size)),
  assay_js_fetch_allow: (most) => Module['host'].transport.allow(most),
  assay_js_fetch_recall: () => Module['host'].transport.recall(),
  assay_js_fetch_abort: (id) => Module['host'].transport.abort(id),
});
