// Argument marshalling only: the work is done in shell/. Module.host is shell/host.js.
addToLibrary({
  assay_js_key_store: (secret, secretSize, passphrase, passphraseSize, label, labelSize) =>
    Module['host'].keyStore.store(Module['host'].copy(secret, secretSize),
      Module['host'].copy(passphrase, passphraseSize), Module['host'].text(label, labelSize)),
  assay_js_key_unlock: (passphrase, size) => Module['host'].keyStore.unlock(Module['host'].copy(passphrase, size)),
  assay_js_key_forget: () => Module['host'].keyStore.forget(),
});
