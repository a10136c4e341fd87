// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_canvas_fit: (width, height, ratio) => {
    const fit = Module['host'].canvas.fit();
    HEAP32[width >>> 2] = fit.width;
    HEAP32[height >>> 2] = fit.height;
    HEAPF64[ratio >>> 3] = fit.ratio;
  },
});
