/* Decides whether an order may be placed now: one answer for the buttons, the note beside them and the keyboard. */

import * as money from "./money.js";

/** Seconds since the newest price's own second, by the server's clock; Infinity before the first. */
export function priceAge(price, now) {
  return price ? Math.max(0, (now - Date.parse(price.priced_at)) / 1000) : Infinity;
}

/** The name of the reason against an order, or null. `stake` is in money units, null when unreadable. */
export function reason({ signedIn, connected, restrictions, instrument, price, wallet, stake, now }) {
  const restriction = restrictions.find(({ from, until }) => holds(from, until, now));
  if (restriction) return restriction.code;
  if (instrument.status !== "open") return instrument.status;
  if (!connected) return "disconnected";
  if (priceAge(price, now) > instrument.price_age_max_seconds) return "stale";
  if (!signedIn) return "anonymous";
  if (wallet && !wallet.demo && price.simulated) return "simulated";
  return stakeReason({ instrument, wallet, stake });
}

/* People's own restrictions: an exclusion has an end, the limit of a session has a beginning. */
function holds(from, until, now) {
  return (!from || Date.parse(from) <= now) && (!until || now < Date.parse(until));
}

function stakeReason({ instrument, wallet, stake }) {
  if (stake === null) return "unreadable";
  const places = money.placesOf(instrument.stake_min);
  if (stake % 10n ** BigInt(8 - places) !== 0n) return "places";
  if (stake < money.parse(instrument.stake_min) || stake > money.parse(instrument.stake_max)) return "bounds";
  if (!wallet || stake > money.parse(wallet.available)) return "funds";
  return null;
}

/** Whether the input is the reason, so that the field is marked. */
export function isAboutStake(name) {
  return ["unreadable", "places", "bounds", "funds"].includes(name);
}
