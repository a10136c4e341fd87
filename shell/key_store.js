// A judge's key in the browser's storage, encrypted under a passphrase, where the person asks for it: AES-GCM
// with a key that PBKDF2 (SHA-256) makes of the passphrase and a random salt. What is stored opens nothing by
// itself; the passphrase and the opened key are stored nowhere.
import { scope } from './storage.js';

const ROUNDS = 600000;  // what OWASP asks of PBKDF2 with SHA-256
const STORED = 0, UNLOCKED = 1, WRONG = 2, UNAVAILABLE = 3;  // Session::VaultAnswer
const NAME = `assay.key:${scope}`;
const encoder = new TextEncoder();
const base64 = (bytes) => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const bytesOf = (text) => Uint8Array.from(atob(text), (c) => c.charCodeAt(0));

async function keyOf(passphrase, salt, rounds) {
  const material = await crypto.subtle.importKey('raw', passphrase, 'PBKDF2', false, ['deriveKey']);
  passphrase.fill(0);
  return crypto.subtle.deriveKey({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, material,
    { name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt']);
}

export class KeyStore {
  constructor(bridge, pacing) {
    this.bridge = bridge;
    this.pacing = pacing;
  }

  read() {
    try {
      const kept = JSON.parse(localStorage.getItem(NAME));
      return kept?.v === 1 && kept.rounds >= 100000 && kept.rounds <= 1e8 ? kept : null;
    } catch {
      return null;
    }
  }

  // Tells the program what is stored; at the start, when another tab has changed it, and after each change.
  tell() {
    const kept = this.read();
    this.bridge.callTexts('key', 'stored', [String(kept?.label ?? '')], kept ? 1 : 0);
    this.pacing.dirty();
  }

  answer(kind, secret = '') {
    this.tell();
    this.bridge.callTexts('key', 'answer', [secret], kind);
    this.pacing.event();
    this.pacing.dirty();
  }

  async store(secret, passphrase, label) {
    try {
      const salt = crypto.getRandomValues(new Uint8Array(16)), iv = crypto.getRandomValues(new Uint8Array(12));
      const key = await keyOf(passphrase, salt, ROUNDS);
      // The label is shown: a changed one must not open.
      const data = await crypto.subtle.encrypt({ name: 'AES-GCM', iv, additionalData: encoder.encode(label) }, key, secret);
      secret.fill(0);
      localStorage.setItem(NAME, JSON.stringify(
        { v: 1, label, rounds: ROUNDS, salt: base64(salt), iv: base64(iv), data: base64(data) }));
      this.answer(STORED);
    } catch {
      this.answer(UNAVAILABLE);
    }
  }

  async unlock(passphrase) {
    const kept = this.read();
    let secret;
    try {
      if (!kept || !crypto.subtle) throw new TypeError();
      const key = await keyOf(passphrase, bytesOf(kept.salt), kept.rounds);
      const additionalData = encoder.encode(String(kept.label));
      secret = new Uint8Array(await crypto.subtle.decrypt({ name: 'AES-GCM', iv: bytesOf(kept.iv), additionalData },
        key, bytesOf(kept.data)));
    } catch (error) {
      this.answer(error.name === 'OperationError' ? WRONG : UNAVAILABLE);
      return;
    }
    this.answer(UNLOCKED, secret);
    secret.fill(0);
  }

  forget() {
    try {
      localStorage.removeItem(NAME);
    } catch {
      // There is no storage, so nothing is kept.
    }
    this.pacing.dirty();
  }
}
