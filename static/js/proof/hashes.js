/* SHA-256 and Ed25519 by the browser's own WebCrypto; no library computes them. */

import { Unable } from "./faults.js";

/* A public key of RFC 8032: it tells whether the browser knows the algorithm at all. */
const ANY_KEY = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a";

/** @throws {Unable} on a page without encryption on its way: there browsers have no WebCrypto */
function subtle() {
  const { crypto } = globalThis;
  if (!crypto?.subtle) throw new Unable("secure-context");
  return crypto.subtle;
}

/**
 * @param {string} content ASCII
 * @returns {Promise<string>} in hexadecimal
 */
export async function sha256(content) {
  return hexOf(await sha256OfBytes(new TextEncoder().encode(content)));
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
export async function sha256OfBytes(bytes) {
  return new Uint8Array(await subtle().digest("SHA-256", bytes));
}

/** @param {Uint8Array} bytes */
export function hexOf(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** @param {string} hex */
export function bytesOf(hex) {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/**
 * @param {Uint8Array<ArrayBuffer>} key
 * @param {Uint8Array<ArrayBuffer>} signature
 * @param {Uint8Array<ArrayBuffer>} signed
 * @returns {Promise<boolean>}
 * @throws {Unable} in a browser without Ed25519
 */
export async function signatureHolds(key, signature, signed) {
  if (!(await publicKey(bytesOf(ANY_KEY)))) throw new Unable("ed25519");
  const read = await publicKey(key);
  return read !== null && (await subtle().verify("Ed25519", read, signature, signed));
}

/** @param {Uint8Array<ArrayBuffer>} bytes */
async function publicKey(bytes) {
  const crypto = subtle();
  try {
    return await crypto.importKey("raw", bytes, "Ed25519", false, ["verify"]);
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return null;
    throw error;
  }
}
