/* Instants as microseconds since 1970 in UTC, and their one written form. */

/** @import { Json } from "./json.js" */

import { refuse } from "./faults.js";

export const SECOND = 1_000_000n;
export const DAY = 86_400n * SECOND;
const FORM = /^[0-9-]{10}T[0-9:]{8}([.][0-9]{6})?Z$/;

/**
 * Only in the one form that is hashed.
 *
 * @param {Json} text
 * @returns {bigint}
 */
export function instant(text) {
  const found = typeof text === "string" && FORM.exec(text);
  if (!found || text.startsWith("0000")) return refuse(text);
  const seconds = Date.parse(`${text.slice(0, 19)}Z`);
  if (Number.isNaN(seconds)) return refuse(text);
  const moment = BigInt(seconds) * 1000n + BigInt((found[1] ?? ".0").slice(1));
  return written(moment) === text ? moment : refuse(text);
}

/** @param {bigint} moment */
export function written(moment) {
  const fraction = ((moment % SECOND) + SECOND) % SECOND;
  const text = new Date(Number((moment - fraction) / 1000n)).toISOString().slice(0, 19);
  return `${text}${fraction ? `.${String(fraction).padStart(6, "0")}` : ""}Z`;
}

/**
 * This second, or the next one if it has begun.
 *
 * @param {bigint} moment
 */
export function wholeSecond(moment) {
  const begun = ((moment % SECOND) + SECOND) % SECOND;
  return begun ? moment - begun + SECOND : moment;
}
