/* The form of a proof. What isn't in this form isn't read. */

/** @import { Json } from "./json.js" */

import { Decimal } from "./decimal.js";
import { refuse, Unreadable } from "./faults.js";
import { instant } from "./instants.js";

/** @typedef {(value: Json) => unknown} Kind throws Unreadable for a value that is none of its kind */

const NUMBER = /^-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,18})?$/;

/**
 * @param {Json} value
 * @returns {Decimal}
 */
export function number(value) {
  return typeof value === "string" && NUMBER.test(value) ? Decimal.of(value) : refuse(value);
}

/**
 * A member that has to be there, though it may be null.
 *
 * @param {Json} content
 * @param {string} name
 * @returns {Json}
 */
export function member(content, name) {
  if (!(name in content)) throw new Unreadable(`something is missing: ${name}`);
  return content[name];
}

/**
 * @param {Json} content
 * @param {string} name
 * @returns {Decimal | null}
 */
export function maybeNumber(content, name) {
  const value = member(content, name);
  return value === null ? null : number(value);
}

/** @param {Kind} kind */
const optional = (kind) => (/** @type {Json} */ value) => value === null || value === undefined || kind(value);

/** @type {Kind} */
export const text = (value) => (typeof value === "string" ? value : refuse(value));

/** @type {Kind} */
const wholeNumber = (value) => typeof value === "bigint" || refuse(value);

/** @type {Kind} */
const flag = (value) => typeof value === "boolean" || refuse(value);

/** @type {Kind} */
const aboveZero = (value) => number(value).sign > 0 || refuse(value);

/** @type {Kind} */
const sha = (value) => (typeof value === "string" && /^[0-9a-f]{64}$/.test(value)) || refuse(value);

/** @type {Kind} */
const dayName = (value) => instant(`${text(value)}T00:00:00Z`);

/** @type {Kind} */
const versionOne = (value) => value === 1n || refuse(value);

/** @param {string[]} words */
const oneOf =
  (...words) =>
  (/** @type {Json} */ value) =>
    words.includes(value) || refuse(value);

/** @param {Kind} kind */
const listOf = (kind) => (/** @type {Json} */ values) => {
  if (!Array.isArray(values)) refuse(values);
  for (const each of values) kind(each);
};

/** @param {Record<string, Kind>} members */
const shaped = (members) => (/** @type {Json} */ content) => {
  if (typeof content !== "object" || content === null || Array.isArray(content)) refuse(content);
  for (const [name, kind] of Object.entries(members)) kind(content[name]);
};

const conversion = shaped({ instrument: text, sequence: wholeNumber, price: aboveZero });
const venue = shaped({
  venue: text,
  bid: number,
  ask: number,
  received_at: instant,
  venue_at: optional(instant),
  out: optional(oneOf("deviating", "skewed")),
  conversion: optional(conversion),
  mirror: optional(text),
});
const price = shaped({
  instrument: text,
  sequence: wholeNumber,
  priced_at: instant,
  price: number,
  source: text,
  venues: listOf(venue),
  rule_version: wholeNumber,
  pip: aboveZero,
  venues_min: optional(wholeNumber),
  previous: sha,
  digest: sha,
});
const day = shaped({
  instrument: text,
  day: dayName,
  count: wholeNumber,
  first_sequence: optional(wholeNumber),
  last_sequence: optional(wholeNumber),
  first_digest: optional(sha),
  last_digest: optional(sha),
  root: sha,
  previous: sha,
  digest: sha,
});
const trade = shaped({
  id: text,
  instrument: text,
  direction: oneOf("up", "down"),
  amount: number,
  currency: oneOf("USDT", "USD", "KRW", "BTC"),
  duration: wholeNumber,
  payout_rate: number,
  payout: number,
  state: oneOf("settled"),
  outcome: text,
  void_reason: optional(text),
  accepted_at: instant,
  entry_at: instant,
  expires_at: instant,
  entry_price: optional(number),
  exit_price: optional(number),
  exit_samples: optional(wholeNumber),
  profit: number,
  demo: flag,
  rule_version: wholeNumber,
  sale: optional(number),
  sold_at_price: optional(number),
  sold_priced_at: optional(instant),
  settled_at: instant,
  correction: optional(shaped({ reason: text, amount: number })),
  receipt: optional(text),
});
const close = shaped({
  state: text,
  asked_at: instant,
  close_at: instant,
  min_price: optional(number),
  lapse_reason: optional(text),
  offer: optional(number),
  receipt: optional(text),
});
const prices = listOf(price);
const windowOf = (/** @type {Kind} */ purpose) => shaped({ purpose, since: instant, until: instant, prices });
const path = shaped({ day: dayName, sequence: wholeNumber, path: listOf(sha) });
const chained = { days: listOf(day), paths: listOf(path) };
const conversions = listOf(shaped({ instrument: text, pieces: listOf(prices), ...chained }));

/** A trade's proof. */
export const proofShape = shaped({
  version: versionOne,
  issued_at: instant,
  trade,
  closes: listOf(close),
  pip: aboveZero,
  windows: listOf(windowOf(oneOf("entry", "exit", "sale"))),
  conversions,
  ...chained,
});

/** @param {Json} content */
export function isProof(content) {
  try {
    proofShape(content);
    return true;
  } catch (error) {
    if (error instanceof Unreadable) return false;
    throw error;
  }
}

/** The part of it that shows prices: it needs no trade. */
export const pricesShape = shaped({
  issued_at: instant,
  trade: shaped({ instrument: text }),
  pip: aboveZero,
  windows: listOf(windowOf(text)),
  conversions,
  ...chained,
});

/** The content of a receipt. */
export const receiptShape = shaped({
  version: versionOne,
  kind: text,
  wallet: wholeNumber,
  number: (value) => (typeof value === "bigint" && value >= 1n) || refuse(value),
  previous: text,
  trade: text,
  accepted_at: instant,
  price_sequence: wholeNumber,
  price_digest: text,
});
