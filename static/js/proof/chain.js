/* The chain of prices: no gap, no change, every second that the rules look at. */

/**
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 *
 * @typedef {{ instrument: string, pieces: Json[][], days: Json[], paths: Json[] }} Chain pieces of one instrument's chain
 */

import { instant, SECOND } from "./instants.js";
import { canonical } from "./json.js";
import { checkPrice, titleOf } from "./price.js";
import { member, number } from "./shape.js";

const NOTHING = "0".repeat(64);

/**
 * The part of the proof about the chain of the trade's own instrument.
 *
 * @param {Json} proof
 * @returns {Chain}
 */
export function ownChain(proof) {
  const pieces = proof.windows.map((/** @type {Json} */ window) => window.prices);
  return { instrument: proof.trade.instrument, pieces, days: proof.days, paths: proof.paths };
}

/**
 * @param {Json} proof
 * @returns {Chain[]} that of the trade's instrument, and those that converted
 */
export const chainsOf = (proof) => [ownChain(proof), ...proof.conversions];

/**
 * The prices of a chain, ascending.
 *
 * @param {Chain} chain
 * @returns {Json[]}
 */
export function seriesOf({ pieces }) {
  const byNumber = new Map(pieces.flat().map((price) => [price.sequence, price]));
  return [...byNumber.values()].sort((one, two) => (one.sequence < two.sequence ? -1 : 1));
}

/**
 * Rule 1 for each price of a chain.
 *
 * @param {Chain} chain
 * @param {Report} report
 */
export async function checkPrices(chain, report) {
  for (const piece of chain.pieces) {
    for (const [index, price] of piece.entries()) {
      await checkPrice(price, piece[index - 1] ?? null, chain.instrument, report);
    }
  }
  const series = seriesOf(chain);
  const onePip = series.every((price) => number(price.pip).equals(number(series[0].pip)));
  report.check(onePip, "price", `${chain.instrument}: not all prices were rounded to the same pip`);
  const needs = series.filter((price) => price.rule_version > 1n).map((price) => member(price, "venues_min") ?? 0n);
  const different = [...new Set(needs)].sort((one, two) => (one < two ? -1 : 1));
  if (different.length > 1) {
    report.note(`how many venues a price of ${chain.instrument} needs changed: ${different.join(", ")}`);
  }
}

/**
 * That no piece has a gap or a change, and that all belong to one chain.
 *
 * @param {Chain} chain
 * @param {Report} report
 */
export function checkLinks(chain, report) {
  const series = seriesOf(chain);
  const byNumber = new Map(series.map((price) => [price.sequence, price]));
  const same = chain.pieces.flat().every((price) => factsOf(byNumber.get(price.sequence)) === factsOf(price));
  report.check(same, "chain", `${chain.instrument}: two prices with one sequence number`);
  for (const piece of chain.pieces) {
    for (const [before, after] of pairs(piece)) {
      const linked = after.sequence === before.sequence + 1n && after.previous === before.digest;
      report.check(linked, "chain", `${titleOf(after)} does not follow ${before.sequence}`);
    }
  }
  for (const [before, after] of pairs(series)) {
    const told = `${titleOf(after)} does not come after ${before.sequence} in time`;
    report.check(isInOrder(before, after), "chain", told);
  }
}

/**
 * @template T
 * @param {T[]} values
 * @returns {[T, T][]}
 */
export function pairs(values) {
  return values.slice(1).map((value, index) => [/** @type {T} */ (values[index]), value]);
}

/**
 * @param {Json} before
 * @param {Json} after
 */
function isInOrder(before, after) {
  const numbers = BigInt(after.sequence - before.sequence);
  const between = instant(after.priced_at) - instant(before.priced_at);
  const inTime = numbers * SECOND <= between && after.rule_version >= before.rule_version;
  return inTime && (numbers > 1n || after.previous === before.digest);
}

/**
 * The content of a price, independent of the form of its numbers.
 *
 * @param {Json} price
 */
function factsOf(price) {
  const { instrument, sequence, priced_at, source, venues, rule_version, previous, digest } = price;
  const facts = [instrument, sequence, priced_at, source, venues, rule_version, previous, digest];
  const told = [String(number(price.price)), String(number(price.pip)), member(price, "venues_min")];
  return canonical([...facts, ...told]);
}

/**
 * Whether the proof knows prices with a higher sequence number.
 *
 * @param {Chain} chain
 * @param {bigint} after
 */
export function goesOn({ days, pieces }, after) {
  const inDays = days.some((day) => (member(day, "last_sequence") ?? 0n) > after);
  return inDays || pieces.flat().some((price) => price.sequence > after);
}

/**
 * That a window has every second that the rules look at.
 *
 * @param {Json} window
 * @param {Json} proof
 * @param {Report} report
 */
export function checkEnds(window, proof, report) {
  const chain = ownChain(proof);
  const name = `${window.purpose} window`;
  const [first, last] = [window.prices[0], window.prices.at(-1)];
  if (!report.check(first !== undefined, "window", `${name}: there are no prices`)) return;
  if (instant(first.priced_at) > instant(window.since)) {
    const starts = first.sequence === 1n && first.previous === NOTHING;
    report.check(starts, "window", `${name}: prices before ${first.priced_at} are missing`);
  }
  if (instant(last.priced_at) >= instant(window.until)) return;
  const later = chain.pieces.flat().some((price) => instant(price.priced_at) > instant(last.priced_at));
  const ends = !later && !goesOn(chain, last.sequence);
  if (report.check(ends, "window", `${name}: prices after ${last.priced_at} are missing`)) {
    const known = `${name}: no price after ${last.priced_at} was known`;
    report.note(`${known} when the proof was made, at ${proof.issued_at}`);
  }
}

/**
 * The window's prices without the neighbours, which decide nothing.
 *
 * @param {Json} window
 * @returns {Json[]}
 */
export function inside({ since, until, prices }) {
  const [first, last] = [instant(since), instant(until)];
  return prices.filter((/** @type {Json} */ { priced_at: at }) => first <= instant(at) && instant(at) <= last);
}
