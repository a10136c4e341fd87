// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_files_forget: () => Module['host'].files.forget(),
  assay_js_files_dialog: () => Module['host'].files.dialog(),
  assay_js_files_example: () => Module['host'].files.example(),
  assay_js_files_address: (fields, size) => Module['host'].files.openAddress(...Module['host'].fields(fields, size)),
  assay_js_files_again: (token, part, size) => Module['host'].files.again(token, Module['host'].text(part, size)),
  assay_js_files_forget_one: (token) => Module['host'].files.forgetOne(token),
  assay_js_files_all_again: () => Module['host'].files.allAgain(),
});
