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

/** @typedef {{ header: Json, proof: Json, signature: Uint8Array<ArrayBuffer>, signed: string, readable: string | null }} Statement */

/**
 * Reads a downloaded document, or the bare statement in it.
 *
 * @param {string} document
 * @returns {Statement}
 * @throws {Unreadable}
 */
export function readStatement(document) {
  const trimmed = document.trim();
  if (!trimmed.startsWith("{")) return statementOf(trimmed, null);
  const { proof, jws } = readJson(trimmed);
  if (proof === undefined || typeof jws !== "string") throw new Unreadable("no proof is in it");
  return statementOf(jws, canonical(proof));
}

/**
 * @param {string} jws
 * @param {string | null} readable
 * @returns {Statement}
 * @throws {Unreadable}
 */
export function statementOf(jws, readable) {
  const [head = "", payload = "", signature = "", ...more] = jws.split(".");
  if (more.length || jws.split(".").length < 3) throw new Unreadable("not a signed statement");
  const [header, proof] = [head, payload].map((part) => object(readJson(utf8(unbase64(part)))));
  return { header, proof, signature: unbase64(signature), signed: `${head}.${payload}`, readable };
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
export async function checkSigned({ header, signature, signed }, jwks, { typ, code, name }, report) {
  const kind = header.alg === "EdDSA" && header.typ === typ && !("crit" in header);
  report.check(kind, code, `the header is not that of ${name}`);
  const key = keysOf(jwks).get(header.kid);
  const told = `${name}: signed with a key that is not the platform's: ${canonical(header.kid ?? null)}`;
  if (!report.check(key !== undefined, code, told)) return;
  const bytes = publicBytes(key ?? "");
  const holds = bytes !== null && (await signatureHolds(bytes, signature, new TextEncoder().encode(signed)));
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

/** @param {string} key */
function publicBytes(key) {
  try {
    return unbase64(key);
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
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
