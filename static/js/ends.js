/* The end of a trade, its time and its price: at its expiry, or earlier if it was sold. */

export const endedAt = (trade) => trade.sold_priced_at ?? trade.expires_at;
export const endPrice = (trade) => trade.exit_price ?? trade.sold_at_price;
