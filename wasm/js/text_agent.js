// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_agent_place: (wanted, x, y, lineHeight) => Module['host'].agent.place(!!wanted, x, y, lineHeight),
});
