/* Where a check gets its evidence: this site's own public addresses. */

/** @import { Json } from "./json.js" */

import { readJson } from "./json.js";
import { digestsIn } from "./verify.js";

/** The platform's public keys. */
export const KEYS = "/.well-known/jwks.json";

/** No answer came, or none that is evidence. */
export class Away extends Error {}

/**
 * @param {string} address
 * @returns {Promise<string>}
 * @throws {Away}
 */
export async function getText(address) {
  try {
    const answer = await fetch(address, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Away(`${address}: ${answer.status}`);
    return await answer.text();
  } catch (error) {
    if (error instanceof TypeError) throw new Away(address);
    throw error;
  }
}

/**
 * The published digests of the days in which prices of this evidence lie or its windows end.
 *
 * @param {Json} proof
 * @returns {Promise<Json[]>}
 */
export async function publishedFor(proof) {
  const pieces = [...proof.windows, ...proof.conversions.flatMap((/** @type {Json} */ { pieces }) => pieces)];
  const prices = pieces.flatMap((piece) => piece.prices ?? piece);
  const times = [
    ...prices.map(({ priced_at: at }) => at),
    ...proof.windows.map((/** @type {Json} */ { until }) => until),
  ];
  const days = [...new Set(times.map((at) => String(at).slice(0, 10)))];
  const answers = await Promise.all(days.map((day) => getText(`/api/v1/digests?day=${day}&limit=1000`)));
  return answers.flatMap((answer) => digestsIn(readJson(answer)));
}
