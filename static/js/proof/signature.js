/* The signed statement (a compact JWS, RFC 7515), and whether the readable part says the same. */

/**
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 */

import { refuse, Unreadable } from "./faults.js";
import { signatureHolds } from "./hashes.js";
import { canonical, readJson } from "./json.js";
import { text } from "./shape.js";

const TYP = "trade-proof+jws";

/**
 * @typedef {object} Statement
 * @property {string[]} parts
 * @property {Json} header null where no JSON object is: a forged letter may leave none
 * @property {Json} proof null likewise
 * @property {string | null} readable the text of the readable part beside it
 */

/**
 * Reads a downloaded document, or the bare statement in it.
 *
 * @param {string} document
 * @returns {Statement}
 * @throws {Unreadable}
 */
export function readStatement(document) {
  const trimmed = document.trim();
  if (!trimmed.startsWith("{")) {
    const bare = statementOf(trimmed, null);
    if (bare.parts.length !== 3 || !(bare.header || bare.proof)) throw new Unreadable("not a signed statement");
    return bare;
  }
  const { proof, jws } = readJson(trimmed);
  if (proof === undefined || typeof jws !== "string") throw new Unreadable("no proof is in it");
  return statementOf(jws, canonical(proof));
}

/**
 * @param {string} jws
 * @param {string | null} readable
 * @returns {Statement}
 */
export function statementOf(jws, readable) {
  const parts = jws.split(".");
  const [header, proof] = [parts[0], parts[1]].map((part = "") => orNull(() => objectIn(part)));
  return { parts, header, proof, readable };
}

/** @param {string} part */
function objectIn(part) {
  return object(readJson(utf8(unbase64(part))));
}

/**
 * @template T
 * @param {() => T} read
 * @returns {T | null} null for content that can't be read
 */
function orNull(read) {
  try {
    return read();
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** @param {Json} value */
function object(value) {
  if (typeof value !== "object" || value === null || Array.isArray(value)) refuse(value);
  return value;
}

/**
 * @param {Statement} statement
 * @param {Json} jwks the platform's public keys
 * @param {Report} report
 */
export async function checkSignature(statement, jwks, report) {
  const same = statement.readable === null || statement.readable === canonical(statement.proof);
  report.check(same, "signature", "the readable part is not what was signed");
  await checkSigned(statement, jwks, { typ: TYP, code: "signature", name: "the proof" }, report);
}

/**
 * @param {Statement} statement
 * @param {Json} jwks
 * @param {{ typ: string, code: string, name: string }} kind of the statement, the code of its faults, and its name in them
 * @param {Report} report
 */
export async function checkSigned({ parts, header }, jwks, { typ, code, name }, report) {
  const { alg, typ: told, kid } = header ?? {};
  const kind = parts.length === 3 && alg === "EdDSA" && told === typ && !("crit" in header);
  report.check(kind, code, `the header is not that of ${name}`);
  const key = keysOf(jwks).get(kid);
  const strange = `${name}: signed with a key that is not the platform's: ${canonical(kid ?? null)}`;
  if (!report.check(key !== undefined, code, strange)) return;
  const [bytes, signature] = [key, parts[2]].map((part = "") => orNull(() => unbase64(part)));
  const signed = new TextEncoder().encode(parts.slice(0, 2).join("."));
  const holds = bytes && signature ? await signatureHolds(bytes, signature, signed) : false;
  report.check(holds, code, `${name}: the signature is wrong`);
}

/**
 * The keys of the type that signs proofs, by their names; a key set may have other keys too.
 *
 * @param {Json} jwks
 * @returns {Map<string, string>}
 */
function keysOf(jwks) {
  if (!Array.isArray(object(jwks).keys)) refuse(jwks.keys);
  const ours = jwks.keys.filter((/** @type {Json} */ key) => key?.kty === "OKP" && key.crv === "Ed25519");
  return new Map(ours.map((/** @type {Json} */ key) => [text(key.kid), text(key.x)]));
}

/**
 * @param {string} part
 * @returns {Uint8Array<ArrayBuffer>}
 */
function unbase64(part) {
  if (!/^[A-Za-z0-9_-]*$/.test(part) || part.length % 4 === 1) throw new Unreadable("not base64url");
  const bytes = atob(part.replaceAll("-", "+").replaceAll("_", "/"));
  const again = btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  if (again !== part) throw new Unreadable("not base64url");
  return Uint8Array.from(bytes, (sign) => sign.charCodeAt(0));
}

/** @param {Uint8Array} bytes */
function utf8(bytes) {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (error) {
    if (error instanceof TypeError) throw new Unreadable("not UTF-8");
    throw error;
  }
}
