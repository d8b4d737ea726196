/* Rule 11: the published digests of the days. A path leads from a price to the root of its day (RFC 6962). */

/**
 * @import { Chain } from "./chain.js"
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 */

import { pairs } from "./chain.js";
import { bytesOf, hexOf, sha256, sha256OfBytes } from "./hashes.js";
import { DAY, instant, written } from "./instants.js";
import { canonical } from "./json.js";
import { member } from "./shape.js";

const NAMES = [
  "instrument",
  "day",
  "count",
  "first_sequence",
  "last_sequence",
  "first_digest",
  "last_digest",
  "root",
  "previous",
];

/**
 * The days of a chain, and those in which the windows end: these show whether later prices exist.
 *
 * @param {Chain} chain
 * @param {Json[]} windows
 * @param {Report} report
 */
export async function checkDays(chain, windows, report) {
  const days = new Map(chain.days.map((day) => [day.day, day]));
  for (const day of chain.days) await checkDay(day, chain.instrument, report);
  for (const [before, after] of pairs(chain.days)) {
    const next = written(instant(`${before.day}T00:00:00Z`) + DAY).slice(0, 10);
    const linked = after.day !== next || after.previous === before.digest;
    report.check(linked, "day", `${after.day} does not follow ${before.day}`);
  }
  await checkPaths(chain, days, report);
  for (const day of daysWanted(chain, windows).filter((each) => !days.has(each))) {
    report.note(`the digest of ${chain.instrument} of ${day} was not published yet when the proof was made`);
  }
}

/**
 * One path from the last price of each piece and day is enough: the chain leads from it to those before.
 *
 * @param {Chain} chain
 * @param {Map<string, Json>} days
 * @param {Report} report
 */
async function checkPaths(chain, days, report) {
  const paths = new Map(chain.paths.map(({ day, sequence, path }) => [`${day} ${sequence}`, path]));
  for (const [name, price] of lastOfDays(chain)) {
    const day = days.get(name);
    if (!day) continue;
    const leads = await climbs(price, day, paths.get(`${name} ${price.sequence}`));
    report.check(leads, "day", `${chain.instrument} ${price.sequence} is not in the digest of ${name}`);
  }
}

/**
 * @param {Json} day
 * @param {string} instrument
 * @param {Report} report
 */
async function checkDay(day, instrument, report) {
  const name = `${instrument}, ${day.day}`;
  const content = Object.fromEntries(NAMES.map((each) => [each, member(day, each)]));
  const told = (await sha256(canonical(content))) === day.digest;
  report.check(told, "day", `${name}: the digest is not that of its content`);
  report.check(day.instrument === instrument, "day", `${name}: of another instrument`);
  report.check(isSound(day), "day", `${name}: its count is not that of its numbers`);
}

/**
 * Whether there are as many prices as numbers from the first to the last; without prices, none.
 *
 * @param {Json} day
 */
function isSound({ count, first_sequence: first, last_sequence: last, first_digest, last_digest }) {
  const ends = [first, last, first_digest, last_digest];
  if (ends.includes(null)) return count === 0n && ends.every((end) => end === null);
  return count > 0n && count === BigInt(last - first) + 1n;
}

/**
 * The last price of each piece and day, with the day's name.
 *
 * @param {Chain} chain
 * @returns {[string, Json][]}
 */
function lastOfDays({ pieces }) {
  return pieces.flatMap((piece) => [...new Map(piece.map((price) => [price.priced_at.slice(0, 10), price]))]);
}

/**
 * The days whose digests a proof shows, if they were published when the proof was made.
 *
 * @param {Chain} chain
 * @param {Json[]} windows
 * @returns {string[]}
 */
export function daysWanted({ pieces }, windows) {
  const shown = pieces.flat().map((price) => price.priced_at.slice(0, 10));
  return [...new Set([...shown, ...windows.map((window) => window.until.slice(0, 10))])].sort();
}

/**
 * Whether the path leads from the price's digest to the day's root.
 *
 * @param {Json} price
 * @param {Json} day
 * @param {string[] | undefined} path
 */
async function climbs(price, day, path) {
  if (!path || day.first_sequence === null) return false;
  const index = BigInt(price.sequence - day.first_sequence);
  const sides = sidesOf(index, day.count);
  if (index < 0n || index >= day.count || sides.length !== path.length) return false;
  let node = await sha256OfBytes(joined([0], bytesOf(price.digest)));
  for (const [level, side] of sides.entries()) {
    const other = bytesOf(path[level] ?? "");
    node = await sha256OfBytes(side === "left" ? joined([1], other, node) : joined([1], node, other));
  }
  return hexOf(node) === day.root;
}

/**
 * On which side of the way up its neighbours stand; the last node of an odd row has none.
 *
 * @param {bigint} leaf
 * @param {bigint} count
 */
function sidesOf(leaf, count) {
  const sides = [];
  for (let [index, size] = [leaf, count]; size > 1n; index /= 2n, size = (size + 1n) / 2n) {
    if (index % 2n) sides.push("left");
    else if (index + 1n < size) sides.push("right");
  }
  return sides;
}

/** @param {ArrayLike<number>[]} parts */
function joined(...parts) {
  return Uint8Array.from(parts.flatMap((part) => Array.from(part)));
}

/**
 * Compares the days with digests that the platform has published, or that somebody has kept.
 *
 * @param {Chain} chain
 * @param {Json[]} windows
 * @param {Json[]} published
 * @param {Report} report
 */
export function checkPublished(chain, windows, published, report) {
  const kept = new Map(published.map((row) => [`${row.instrument} ${row.day}`, row]));
  const told = new Set(chain.days.map(({ day }) => day));
  for (const day of daysWanted(chain, windows)) {
    const left = !told.has(day) && kept.has(`${chain.instrument} ${day}`);
    const way = "was published, and the proof does not lead to it; take the proof again";
    report.check(!left, "day", `the digest of ${chain.instrument} of ${day} ${way}`);
  }
  for (const shown of chain.days) {
    const name = `${chain.instrument}, ${shown.day}`;
    const row = kept.get(`${chain.instrument} ${shown.day}`);
    if (row === undefined) {
      report.note(`${name}: not among the digests that were given`);
      continue;
    }
    const same = NAMES.every((each) => !(each in row) || isSame(row[each], shown[each]));
    report.check(
      same && row.digest === shown.digest,
      "day",
      `${name}: another digest was published, or other facts beside it`,
    );
  }
}

/**
 * @param {Json} one
 * @param {Json} two
 */
function isSame(one, two) {
  return canonical(one) === canonical(two ?? null);
}
