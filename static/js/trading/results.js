/* Announces results: one toast for those that come together, and where wanted one tone. */

/**
 * @import { Toast } from "../core/notices.js"
 * @import { Store } from "../core/store.js"
 * @import { Correction, SettledTrade, Trade } from "../core/wire.js"
 */

import { find } from "../core/elements.js";
import { exact, group, placesOf, signed, write } from "../core/money.js";
import { toast } from "../core/notices.js";
import { allowSounds, play } from "../core/sounds.js";
import { duration, word } from "../core/words.js";
import { endPrice } from "./ends.js";
import { toneOf } from "./standing.js";

/* Results that come within this time of each other are one piece of news. */
const TOGETHER_MS = 2500;

/** @param {Store} store */
export function announceResults(store) {
  allowSounds();
  const group = new ResultGroup();
  store.on("moved", ({ trade, before }) => {
    if (before) announce(trade, group);
    else if (trade.state === "pending") announceQuietly(trade);
  });
}

/**
 * @param {Trade} trade which was known before
 * @param {ResultGroup} group
 */
function announce(trade, group) {
  if (trade.correction) toast(correctionOf(trade.correction));
  else if (trade.state === "settled") group.add(trade);
}

class ResultGroup {
  /** @type {SettledTrade[]} */
  #trades = [];
  /** @type {HTMLElement | null} */
  #shown = null;
  #last = Number.NEGATIVE_INFINITY;

  /**
   * Tells of a result; together with those just before, in place of what was told of them.
   *
   * @param {SettledTrade} trade
   */
  add(trade) {
    const goesOn = performance.now() - this.#last < TOGETHER_MS;
    if (!goesOn) play(trade.outcome);
    this.#trades = goesOn ? [...this.#trades, trade] : [trade];
    this.#last = performance.now();
    if (goesOn) this.#shown?.remove();
    this.#shown = toast(this.#trades.length === 1 ? resultOf(trade) : sumOf(this.#trades));
  }
}

/**
 * @param {SettledTrade} trade
 * @returns {Toast}
 */
function resultOf(trade) {
  return {
    title: word(`outcome-${trade.outcome}`),
    text: `${trade.instrument} ${wayOf(trade)} · ${resultText(trade)}`,
    sum: signed(trade.profit),
    tone: toneOf(trade.profit),
    link: resultPage(trade),
  };
}

/**
 * "7 settled −70.00"; of both books apart, since their money is not the same.
 *
 * @param {SettledTrade[]} trades
 * @returns {Toast}
 */
function sumOf(trades) {
  const of = (/** @type {boolean} */ demo) => trades.filter((trade) => trade.demo === demo);
  const sums = [of(true), of(false)].filter((each) => each.length).map(total);
  const won = trades.filter(({ profit }) => toneOf(profit) === "up").length;
  const lost = trades.filter(({ profit }) => toneOf(profit) === "down").length;
  const instruments = [...new Set(trades.map(({ instrument }) => instrument))].join(", ");
  return {
    title: word("settledTogether", { n: trades.length }),
    text: `${instruments} · ${word("wonAndLost", { won, lost })}`,
    sum: sums.map(signed).join(" / "),
    tone: sums.length === 1 ? toneOf(sums[0] ?? "") : "",
    link: "/history/",
    way: word("history"),
  };
}

/** @param {SettledTrade[]} trades of one book */
export function total(trades) {
  const units = trades.reduce((sum, { profit }) => sum + unitsOf(profit), 0n);
  return write(units, placesOf(trades[0]?.profit ?? "0.00"));
}

/** @param {string} profit */
export function unitsOf(profit) {
  return profit.startsWith("-") ? -exact(profit.slice(1)) : exact(profit);
}

/** @param {SettledTrade} trade */
function resultText(trade) {
  if (trade.outcome === "voided") return word("voidedText");
  const prices = { entry: group(trade.entry_price ?? ""), exit: group(endPrice(trade) ?? "") };
  return word(trade.outcome === "sold" ? "soldText" : "resultText", prices);
}

/**
 * Where its prices and its proof are.
 *
 * @param {Trade} trade
 */
export function resultPage(trade) {
  return `/trades/${trade.id}/`;
}

/**
 * @param {Correction} correction
 * @returns {Toast}
 */
function correctionOf({ amount, reason }) {
  return { title: word("corrected"), text: reason, sum: signed(amount), tone: amount.startsWith("-") ? "down" : "up" };
}

/**
 * A placed order is seen in the list; who can't see it is told.
 *
 * @param {Trade} trade
 */
function announceQuietly(trade) {
  find(document, "[data-announcer]", HTMLElement).textContent = word("placedText", {
    direction: wayOf(trade),
    amount: group(trade.amount),
    currency: trade.currency,
    duration: duration(trade.duration),
  });
}

/** @param {Trade} trade */
export function wayOf(trade) {
  return word(trade.direction === "up" ? "upMark" : "downMark");
}
