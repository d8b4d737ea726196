/* The proof of a trade, and the price of a second: checked on their own pages. */

import { find } from "../core/elements.js";
import { showCheck } from "./check.js";
import { CHECKS, SECOND } from "./checks.js";
import { Unreadable } from "./faults.js";
import { readJson } from "./json.js";
import { isProof, pricesShape } from "./shape.js";
import { readStatement } from "./signature.js";
import { getText, KEYS, publishedFor } from "./sources.js";

/** @param {DOMStringMap} data */
async function settlement({ evidence = "", of = "" }) {
  const statement = readStatement(await getText(evidence));
  const { proof } = statement;
  const readable = isProof(proof);
  if (readable && proof.trade.id !== of) throw new Unreadable("the proof of another trade");
  const [jwks, published] = await Promise.all([getText(KEYS), readable ? publishedFor(proof) : []]);
  return { subject: { proof, statement, jwks: readJson(jwks), published }, checks: CHECKS };
}

/** @param {DOMStringMap} data */
async function second({ evidence = "" }) {
  const proof = readJson(await getText(evidence));
  pricesShape(proof);
  return { subject: { proof, published: await publishedFor(proof) }, checks: SECOND };
}

const root = find(document, "[data-evidence]", HTMLElement);
const ask = root.dataset.of ? settlement : second;
showCheck(root, () => ask(root.dataset));
