// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_fetch_send: (id, head, headSize, body, bodySize, timeoutMs) =>
    Module['host'].transport.send(id, Module['host'].fields(head, headSize), Module['host'].copy(body, bodySize),
      timeoutMs),
  assay_js_fetch_abort: (id) => Module['host'].transport.abort(id),
});
