// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_fetch_send: (id, head, headSize, body, bodySize, timeoutMs, inTurn) =>
    Module['host'].transport.send(id, Module['host'].fields(head, headSize), Module['host'].copy(body, bodySize),
      timeoutMs, inTurn !== 0),
  assay_js_fetch_allow: (most) => Module['host'].transport.allow(most),
  assay_js_fetch_recall: () => Module['host'].transport.recall(),
  assay_js_fetch_abort: (id) => Module['host'].transport.abort(id),
});
