/* Decides whether an order may be placed now: one answer for the buttons, the note beside them and the keyboard. */

/**
 * @import { Instrument, Limit, Price, Restriction, Wallet } from "../core/wire.js"
 *
 * @typedef {object} Situation
 * @property {boolean} signedIn
 * @property {boolean} signedOut whether this page's reader is signed in no more
 * @property {boolean} connected
 * @property {Restriction[]} restrictions
 * @property {Limit[]} limits
 * @property {Instrument} instrument
 * @property {Price | undefined} price
 * @property {Wallet | undefined} wallet
 * @property {bigint | null} stake in money units, null when unreadable
 * @property {number} now milliseconds by the server's clock
 */

import * as money from "../core/money.js";
import { boundsOf, fullLimit } from "./bounds.js";

/**
 * Seconds since the newest price's own second, by the server's clock; Infinity before the first.
 *
 * @param {Price | undefined} price
 * @param {number} now
 */
export function priceAge(price, now) {
  return price ? Math.max(0, (now - Date.parse(price.priced_at)) / 1000) : Number.POSITIVE_INFINITY;
}

/**
 * The name of the reason why no order can be placed, or null.
 *
 * @param {Situation} situation
 * @returns {string | null}
 */
export function reason(situation) {
  const { restrictions, instrument, connected, price, now, signedOut } = situation;
  const restriction = restrictions.find(({ from, until }) => holds(from, until, now));
  if (restriction) return restriction.code;
  if (signedOut) return "signed-out";
  if (instrument.status !== "open") return instrument.status;
  if (!connected) return "disconnected";
  if (priceAge(price, now) > instrument.price_age_max_seconds) return "stale";
  return ownReason(situation);
}

/**
 * What people have set against themselves: an exclusion has an end, a session that is too long has a beginning.
 *
 * @param {string | undefined} from
 * @param {string | undefined} until
 * @param {number} now
 */
function holds(from, until, now) {
  return (!from || Date.parse(from) <= now) && (!until || now < Date.parse(until));
}

/**
 * Why this trader can't place this stake, while others could trade.
 *
 * @param {Situation} situation
 */
function ownReason({ signedIn, instrument, price, wallet, stake, limits }) {
  if (!signedIn) return "anonymous";
  if (wallet && !wallet.demo && price?.simulated) return "simulated";
  if (fullLimit(wallet, limits)) return "own-trades";
  return stakeReason(instrument, wallet, stake, limits);
}

/**
 * @param {Instrument} instrument
 * @param {Wallet | undefined} wallet
 * @param {bigint | null} stake
 * @param {Limit[]} limits
 */
function stakeReason(instrument, wallet, stake, limits) {
  if (stake === null) return "unreadable";
  const places = money.placesOf(instrument.stake_min);
  if (stake % 10n ** BigInt(money.PLACES - places) !== 0n) return "places";
  const outside = boundsReason(boundsOf(instrument, wallet, limits), stake);
  if (outside) return outside;
  if (!wallet || stake > money.exact(wallet.available)) return "funds";
  return null;
}

/**
 * @param {import("./bounds.js").Bounds} bounds
 * @param {bigint} stake
 */
function boundsReason({ least, most, by }, stake) {
  if (by && (most < least || stake > most)) return "own-limit";
  return stake < least || stake > most ? "bounds" : null;
}

/**
 * The stake if an order may have it; else null, so that no gain is shown for an order that can't be. A visitor has no
 * wallet: there the instrument alone decides.
 *
 * @param {Instrument} instrument
 * @param {Wallet | undefined} wallet
 * @param {bigint | null} stake
 * @param {Limit[]} limits
 */
export function possibleStake(instrument, wallet, stake, limits) {
  const why = stakeReason(instrument, wallet, stake, limits);
  return why === null || (why === "funds" && !wallet) ? stake : null;
}

/**
 * Whether the reason lies in what was typed, so that the field is marked.
 *
 * @param {string | null} name
 */
export function isAboutStake(name) {
  return name !== null && ["unreadable", "places", "bounds", "funds", "own-limit"].includes(name);
}
