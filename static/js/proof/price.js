/* Rule 1: each price follows from the quotes of its venues, and its hash from its content. */

/**
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 * @import { Rules } from "./rules.js"
 *
 * @typedef {{ name: string, mid: Decimal, out: string | null }} Heard a venue's mid price, and why it doesn't count
 */

import { Decimal, EXACT, least, most, ONE, toPip, whole, ZERO } from "./decimal.js";
import { sha256 } from "./hashes.js";
import { instant, SECOND } from "./instants.js";
import { canonical } from "./json.js";
import { RULES } from "./rules.js";
import { member, number } from "./shape.js";

/** @param {Json} price */
export const titleOf = (price) => `${price.instrument} ${price.sequence} of ${price.priced_at}`;

/**
 * @param {Json} price
 * @param {Json | null} before the price before it, if the proof shows it
 * @param {string} instrument
 * @param {Report} report
 */
export async function checkPrice(price, before, instrument, report) {
  const name = titleOf(price);
  report.check(price.instrument === instrument, "price", `${name}: of another instrument than ${instrument}`);
  report.check(instant(price.priced_at) % SECOND === 0n, "price", `${name}: not at a whole second`);
  const rules = RULES.get(price.rule_version);
  if (report.check(rules !== undefined, "rule-version", `${name}: unknown rules`) && rules) {
    const made = madeOf(price, before, rules);
    const told = `${name}: its venues make ${made ?? "no price"}, not ${price.price}`;
    report.check(made?.equals(number(price.price)) ?? false, "price", told);
    checkClocks(name, price, rules, report);
  }
  const digest = await digestOf(price);
  report.check(digest === price.digest, "digest", `${name}: the digest is not that of its content`);
}

/**
 * @param {Json} price
 * @param {Json | null} before
 * @param {Rules} rules
 * @returns {Decimal | null}
 */
function madeOf(price, before, rules) {
  if (price.rule_version > 1n && (member(price, "venues_min") ?? 0n) < 1n) return null;
  const made = indexOf(price, rules);
  if (made === null || before === null || before.sequence + 1n !== price.sequence) return made;
  return rightlyDeviating(price, before, rules) ? made : null;
}

/**
 * The price that follows from the inputs; null without one.
 *
 * @param {Json} price
 * @param {Rules} rules
 * @returns {Decimal | null}
 */
export function indexOf(price, rules) {
  const at = instant(price.priced_at);
  if (!price.venues.every((/** @type {Json} */ venue) => isFresh(venue, at, rules))) return null;
  const heard = heardOf(price);
  const mids = heard.filter(({ out }) => out === null).map(({ mid }) => mid);
  const names = heard.map(({ name }) => name);
  const needed = BigInt(Math.max(1, Number(member(price, "venues_min") ?? 1n)));
  if (!ascends(names) || BigInt(mids.length) < needed || !rightlyOut(heard, rules)) return null;
  const middle = EXACT.median(mids);
  const low = EXACT.times(middle, EXACT.minus(ONE, rules.clamp));
  const high = EXACT.times(middle, EXACT.plus(ONE, rules.clamp));
  return toPip(EXACT.mean(mids.map((mid) => least(most(mid, low), high))), number(price.pip));
}

/**
 * @param {Json} venue
 * @param {bigint} at
 * @param {Rules} rules
 */
function isFresh(venue, at, rules) {
  const [bid, ask, received] = [number(venue.bid), number(venue.ask), instant(venue.received_at)];
  return bid.sign > 0 && bid.compare(ask) <= 0 && received <= at && at - received <= rules.tickAgeMax;
}

/** @param {string[]} names */
function ascends(names) {
  return names.every((name, index) => index === 0 || codePoints(names[index - 1] ?? "") < codePoints(name));
}

/** In an order that is the same in every language. @param {string} name */
function codePoints(name) {
  return Array.from(name, (sign) => (sign.codePointAt(0) ?? 0).toString(16).padStart(6, "0")).join("");
}

/**
 * @param {Json} price
 * @returns {Heard[]}
 */
export function heardOf(price) {
  return price.venues.map((/** @type {Json} */ venue) => ({
    name: venue.venue,
    mid: midOf(venue),
    out: venue.out ?? null,
  }));
}

/** @param {Json} venue */
export function midOf(venue) {
  const middle = EXACT.over(EXACT.plus(number(venue.bid), number(venue.ask)), whole(2));
  return venue.conversion ? EXACT.over(middle, number(venue.conversion.price)) : middle;
}

/**
 * The venues whose clock is right, each with its distance from the middle of them all.
 *
 * @param {Heard[]} heard
 */
function distances(heard) {
  const timely = heard.filter(({ out }) => out !== "skewed");
  const middle = timely.length ? EXACT.median(timely.map(({ mid }) => mid)) : ZERO;
  return { middle, off: timely.map((each) => ({ ...each, gap: EXACT.minus(each.mid, middle).magnitude })) };
}

/**
 * Whether the `out` marks are possible: a venue that counts is within the bound, others are outside half of it.
 *
 * @param {Heard[]} heard
 * @param {Rules} rules
 */
function rightlyOut(heard, { deviationMax: bound }) {
  if (bound === null) return heard.every(({ out }) => out === null);
  const { middle, off } = distances(heard);
  const [far, near] = bounds(middle, bound);
  return off.every(({ gap, out }) => (out ? gap.compare(near) > 0 : gap.compare(far) <= 0));
}

/**
 * Whether exactly those venues are marked that deviate, given the venues that counted in the price before.
 *
 * @param {Json} price
 * @param {Json} before
 * @param {Rules} rules
 */
function rightlyDeviating(price, before, { deviationMax: bound }) {
  if (bound === null) return true;
  const counted = new Set(heardOf(before).flatMap(({ name, out }) => (out === null ? [name] : [])));
  const { middle, off } = distances(heardOf(price));
  const [far, near] = bounds(middle, bound);
  return off.every(({ name, gap, out }) => gap.compare(counted.has(name) ? far : near) > 0 === (out !== null));
}

/**
 * @param {Decimal} middle
 * @param {Decimal} bound
 */
function bounds(middle, bound) {
  return /** @type {const} */ ([EXACT.times(middle, bound), EXACT.times(middle, EXACT.over(bound, whole(2)))]);
}

/** @param {Json} price */
async function digestOf(price) {
  const { instrument, sequence, priced_at, source, venues, previous, rule_version, pip } = price;
  const content = { instrument, sequence, priced_at, source, venues, previous, price: String(number(price.price)) };
  if (rule_version < 2n) return sha256(canonical(content));
  const ruled = { rule_version, pip: String(number(pip)), venues_min: member(price, "venues_min") };
  return sha256(canonical({ ...content, ...ruled }));
}

/**
 * A clock's error is the least (receipt − venue's time) of 10 seconds, and a price shows one of these differences. That
 * one can prove a clock ahead. It can't prove a clock right.
 *
 * @param {string} name
 * @param {Json} price
 * @param {Rules} rules
 * @param {Report} report
 */
function checkClocks(name, price, rules, report) {
  if (rules.deviationMax === null) return;
  for (const venue of price.venues) {
    const offset = offsetOf(venue);
    if (venue.out === "skewed") noteClock(name, venue.venue, offset, rules, report);
    else if (offset !== null && price.source === "live") {
      const told = `${name}: the clock of ${venue.venue} was ahead, yet it counts`;
      report.check(offset >= -rules.clockSkewMax, "price", told);
    }
  }
}

/** @param {Json} venue */
function offsetOf({ venue_at: own, received_at: received }) {
  return own ? instant(received) - instant(own) : null;
}

/**
 * @param {string} name
 * @param {string} venue
 * @param {bigint | null} offset
 * @param {Rules} rules
 * @param {Report} report
 */
function noteClock(name, venue, offset, { clockSkewMax: most }, report) {
  const shown = offset !== null && (offset > most || offset < -most);
  if (!shown) report.note(`${name}: its own times don't show that the clock of ${venue} was wrong`);
}
