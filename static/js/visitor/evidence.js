/* The evidence for a practice trade: the public prices that decided it, in the form of a proof. Nothing of it is signed. */

/**
 * @import { Json } from "../proof/json.js"
 * @import { Practised } from "./practice.js"
 */

import { now } from "../core/clock.js";
import { inside } from "../proof/chain.js";
import { conversionsIn } from "../proof/conversions.js";
import { instant, SECOND, written } from "../proof/instants.js";
import { readJson } from "../proof/json.js";
import { RULES } from "../proof/rules.js";
import { spans } from "../proof/settlement.js";
import { getText } from "../proof/sources.js";

/* Room for the neighbours of a window. */
const ROOM = 6n * SECOND;

/**
 * @param {Practised} ended
 * @returns {Promise<Json>}
 */
export async function evidenceOf(ended) {
  const { duration, exit_samples: samples, rule_version: version, ...rest } = ended;
  const whole = (/** @type {unknown} */ count) => (count === null ? null : BigInt(/** @type {number} */ (count)));
  const trade = { ...rest, duration: whole(duration), exit_samples: whole(samples), rule_version: whole(version) };
  const looked = spans(trade, [], RULES.get(whole(version) ?? 0n) ?? unknown(version));
  const first = looked.reduce((least, { since }) => (since < least ? since : least), looked[0]?.since ?? 0n);
  const last = looked.reduce((most, { until }) => (until > most ? until : most), 0n);
  const prices = await pricesOf(ended.instrument, first - ROOM, last + ROOM);
  const windows = looked.map(({ purpose, since, until }) => ({
    purpose,
    since: written(since),
    until: written(until),
    prices: pieceOf(prices, since, until),
  }));
  return {
    version: 1n,
    issued_at: written(BigInt(Math.floor(now())) * 1000n),
    trade,
    closes: [],
    pip: prices[0]?.pip ?? "1",
    windows,
    conversions: await conversionsOf(windows),
    days: [],
    paths: [],
  };
}

/**
 * @param {unknown} version
 * @returns {never}
 */
function unknown(version) {
  throw new RangeError(`rules ${version} are unknown here`);
}

/**
 * @param {string} symbol
 * @param {bigint} since
 * @param {bigint} until
 * @returns {Promise<Json[]>}
 */
async function pricesOf(symbol, since, until) {
  const span = `since=${written(since)}&until=${written(until)}&limit=1000`;
  return readJson(await getText(`/api/v1/instruments/${symbol}/prices?${span}`)).results;
}

/**
 * The prices of a span, with a neighbour at each end where none lies on the border.
 *
 * @param {Json[]} prices ascending
 * @param {bigint} since
 * @param {bigint} until
 */
function pieceOf(prices, since, until) {
  const begun = prices.filter((price) => instant(price.priced_at) <= since).length;
  const last = prices.findIndex((price) => instant(price.priced_at) >= until);
  return prices.slice(Math.max(begun - 1, 0), last < 0 ? undefined : last + 1);
}

/**
 * The pieces of the chains that converted quotes in these windows.
 *
 * @param {Json[]} windows
 */
async function conversionsOf(windows) {
  const used = windows.flatMap(inside).flatMap(conversionsIn);
  const symbols = [...new Set(used.map((/** @type {Json} */ { instrument }) => instrument))].sort();
  return Promise.all(symbols.map((symbol) => chainOf(symbol, windows)));
}

/**
 * @param {string} symbol
 * @param {Json[]} windows
 */
async function chainOf(symbol, windows) {
  const uses = (/** @type {Json} */ price) =>
    conversionsIn(price).some((/** @type {Json} */ { instrument }) => instrument === symbol);
  const converted = windows.map((window) => inside(window).filter(uses)).filter(({ length }) => length > 0);
  const pieces = converted.map(async (prices) => {
    const [since, until] = [instant(prices[0].priced_at) - 3n * SECOND, instant(prices.at(-1)?.priced_at)];
    const rates = await pricesOf(symbol, since, until + ROOM);
    return pieceOf(rates, since, until);
  });
  return { instrument: symbol, pieces: await Promise.all(pieces), days: [], paths: [] };
}
