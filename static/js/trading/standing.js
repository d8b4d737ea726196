/* How a trade stands at this moment, by the newest price of its own instrument; one home for list, chart and strip. */

/**
 * @import { Store } from "../core/store.js"
 * @import { OpenTrade, Trade } from "../core/wire.js"
 *
 * @typedef {object} Standing
 * @property {string} label in words
 * @property {string} profit if it ended so, with its sign; empty where nobody can tell
 * @property {string} tone "up", "down" or none
 * @property {string} distance from the entry to the price, with its sign
 */

import { now } from "../core/clock.js";
import * as money from "../core/money.js";
import { word } from "../core/words.js";

/**
 * The newest price of a trade's instrument, or null when there is none or it is late.
 *
 * @param {Store} store
 * @param {string} symbol
 * @param {number} ageMax seconds
 */
export function freshPrice(store, symbol, ageMax) {
  const newest = store.price?.instrument === symbol ? store.price : store.tickers.get(symbol);
  if (!newest || now() - Date.parse(newest.priced_at) > 1000 * ageMax) return null;
  return newest.price;
}

/** @param {Trade} trade */
export function secondsLeft(trade) {
  return Math.max(0, (Date.parse(trade.expires_at) - now()) / 1000);
}

/**
 * @param {number} left seconds → "12", "4:05", "1:00:00"
 * @param {number} [plain] seconds that are written as a plain number
 */
export function countdown(left, plain = 99) {
  const seconds = Math.ceil(left);
  if (seconds <= plain) return String(seconds);
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60];
  const rest = String(seconds % 60).padStart(2, "0");
  return hours ? `${hours}:${String(minutes).padStart(2, "0")}:${rest}` : `${minutes}:${rest}`;
}

/**
 * At this moment while it is open, for good once it is settled.
 *
 * @param {Trade} trade
 * @param {string | null} price
 * @returns {Standing}
 */
export function standingOf(trade, price) {
  if (trade.state === "settled") {
    return {
      ...plain(word(`outcome-${trade.outcome}`)),
      profit: money.signed(trade.profit),
      tone: toneOf(trade.profit),
    };
  }
  if (trade.state === "pending") return plain(word("statePending"));
  if (secondsLeft(trade) <= 0) return plain(word("settling"));
  if (price === null) return plain(word("stateOpen"));
  return standingAt(trade, money.exact(price) - money.exact(trade.entry_price));
}

/**
 * @param {OpenTrade} trade
 * @param {bigint} movement since its entry
 * @returns {Standing}
 */
function standingAt(trade, movement) {
  const stake = money.exact(trade.amount);
  const show = (/** @type {bigint} */ profit) => money.signed(money.write(profit, money.placesOf(trade.amount)));
  const distance = money.signed(money.write(movement, money.placesOf(trade.entry_price)));
  if (movement === 0n) return { label: word("standingLevel"), profit: show(0n), tone: "", distance };
  const winning = movement > 0n === (trade.direction === "up");
  const profit = show(winning ? money.exact(trade.payout) - stake : -stake);
  return {
    label: word(winning ? "standingWinning" : "standingLosing"),
    profit,
    tone: winning ? "up" : "down",
    distance,
  };
}

/**
 * @param {string} label
 * @returns {Standing}
 */
function plain(label) {
  return { label, profit: "", tone: "", distance: "" };
}

/**
 * The colour of a profit: "up", "down" or none.
 *
 * @param {string} profit
 */
export function toneOf(profit) {
  if (profit.startsWith("-")) return "down";
  return /[1-9]/.test(profit) ? "up" : "";
}

/**
 * @param {Element} element
 * @param {string} tone
 */
export function paint(element, tone) {
  for (const each of ["up", "down"]) element.classList.toggle(each, each === tone);
}
