/* What may be staked: the instrument's bounds, and within them a trader's own limits. */

/**
 * @import { Instrument, Limit, Wallet } from "../core/wire.js"
 *
 * @typedef {object} Bounds
 * @property {bigint} least
 * @property {bigint} most
 * @property {Limit | null} by the own limit that makes `most` what it is
 */

import * as money from "../core/money.js";

/**
 * The bounds of a stake, before what the wallet has.
 *
 * @param {Instrument} instrument
 * @param {Wallet | undefined} wallet
 * @param {Limit[]} limits
 * @returns {Bounds}
 */
export function boundsOf(instrument, wallet, limits) {
  const bounds = { least: money.exact(instrument.stake_min), most: money.exact(instrument.stake_max) };
  /** @type {Limit | null} */
  let by = null;
  for (const limit of limits) {
    if (!isOf(limit, wallet) || limit.kind === "open_trades") continue;
    const left = money.exact(limit.left ?? limit.amount);
    if (left >= bounds.most) continue;
    bounds.most = left;
    by = limit;
  }
  return { ...bounds, by };
}

/**
 * The own limit on the number of trades at a time, if it is used up.
 *
 * @param {Wallet | undefined} wallet
 * @param {Limit[]} limits
 * @returns {Limit | null}
 */
export function fullLimit(wallet, limits) {
  return limits.find((limit) => isOf(limit, wallet) && limit.kind === "open_trades" && Number(limit.left) <= 0) ?? null;
}

/**
 * @param {Limit} limit
 * @param {Wallet | undefined} wallet
 */
function isOf(limit, wallet) {
  return wallet !== undefined && limit.demo === wallet.demo && limit.currency === wallet.currency;
}
