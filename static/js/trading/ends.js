/* The end of a trade, its time and its price: at its expiry, or earlier if it was sold. */

/** @import { Trade } from "../core/wire.js" */

/** @param {Trade} trade */
export const endedAt = (trade) => trade.sold_priced_at ?? trade.expires_at;

/** @param {Trade} trade */
export const endPrice = (trade) => trade.exit_price ?? trade.sold_at_price;
