/* The end of a trade, its time and its price: at its expiry, or earlier if it was sold. */

/**
 * @import { Store } from "../core/store.js"
 * @import { SettledTrade, Trade } from "../core/wire.js"
 */

const LATEST = 20;

/** @param {Trade} trade */
export const endedAt = (trade) => trade.sold_priced_at ?? trade.expires_at;

/** @param {Trade} trade */
export const endPrice = (trade) => trade.exit_price ?? trade.sold_at_price;

/**
 * The trades that aren't settled; the one that ends next is the first.
 *
 * @param {Store} store
 */
export function openOf(store) {
  const open = [...store.trades.values()].filter(({ state }) => state !== "settled");
  return open.sort((one, other) => one.expires_at.localeCompare(other.expires_at));
}

/**
 * The latest results, newest first.
 *
 * @param {Store} store
 * @returns {SettledTrade[]}
 */
export function settledLately(store) {
  /** @type {SettledTrade[]} */
  const settled = [];
  for (const trade of store.trades.values()) if (trade.state === "settled") settled.push(trade);
  settled.sort((a, b) => endedAt(b).localeCompare(endedAt(a)) || b.id.localeCompare(a.id));
  return settled.slice(0, LATEST);
}
