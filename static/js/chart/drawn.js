/* Which trades the chart draws: those of its instrument and of the wallet in use, one of them in full. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Instrument, Trade } from "../core/wire.js"
 * @import { Drawn } from "./overlay.js"
 */

import { now } from "../core/clock.js";
import { endedAt, openOf, settledLately } from "../trading/ends.js";
import { countdown, freshPrice, secondsLeft, standingOf } from "../trading/standing.js";

const EXIT_SHOWN_MS = 45_000;

/**
 * The selected trade is the one that its owner chose, else the one that ends next.
 *
 * @param {Store} store
 * @param {Instrument} instrument
 * @returns {Drawn}
 */
export function drawnTrades(store, instrument) {
  const ours = (/** @type {Trade} */ trade) => isOurs(trade, store, instrument);
  const open = openOf(store).filter(ours);
  const selected = open.find(({ id }) => id === store.selected) ?? open[0] ?? null;
  const price = freshPrice(store, instrument.symbol, instrument.price_age_max_seconds);
  return {
    selected,
    standing: selected ? standingOf(selected, price).tone : "",
    left: selected ? countdown(secondsLeft(selected), -1) : "",
    price,
    others: open.filter((trade) => trade !== selected),
    settled: settledLately(store).filter((trade) => ours(trade) && now() - Date.parse(endedAt(trade)) < EXIT_SHOWN_MS),
  };
}

/**
 * A trade of the other book, or of another currency, is never on the chart.
 *
 * @param {Trade} trade
 * @param {Store} store
 * @param {Instrument} instrument
 */
function isOurs(trade, { wallet }, instrument) {
  const ofBook = wallet && trade.demo === wallet.demo && trade.currency === wallet.currency;
  return Boolean(ofBook) && trade.instrument === instrument.symbol;
}

/**
 * Whether the chart would draw the same of both.
 *
 * @param {Drawn} one
 * @param {Drawn} other
 */
export function alike(one, other) {
  const same = (/** @type {Trade[]} */ some, /** @type {Trade[]} */ others) => {
    return some.length === others.length && some.every((trade, index) => trade === others[index]);
  };
  const { selected, standing, left, price } = one;
  const isSame = selected === other.selected && standing === other.standing && left === other.left;
  return isSame && price === other.price && same(one.others, other.others) && same(one.settled, other.settled);
}
