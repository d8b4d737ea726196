/* What the ticket says: what an order may bring, why none is taken, why one was refused. */

/**
 * @import { Toast } from "../core/notices.js"
 * @import { Context } from "./ticket.js"
 * @import { Instrument, Limit, ProblemDocument, Wallet } from "../core/wire.js"
 *
 * @typedef {{ up: string, down: string }} Rates
 */

import { allow, Problem, Unreachable } from "../core/api.js";
import * as money from "../core/money.js";
import { word } from "../core/words.js";
import { boundsOf } from "./bounds.js";

/**
 * The texts of the terms, by the name of the part that they are for.
 *
 * @param {bigint | null} stake
 * @param {Rates} rates
 * @param {number} places of the currency
 */
export function termsTexts(stake, rates, places) {
  const show = (/** @type {bigint} */ units) => money.write(units, places);
  return {
    win: eachWay(rates, (rate) => (stake === null ? "–" : money.signed(show(gainOf(stake, rate, places))))),
    loss: stake === null ? "–" : money.signed(show(-stake)),
    "order-stake": stake === null ? "–" : money.group(show(stake)),
    "break-even": eachWay(rates, money.breakEven),
  };
}

/**
 * @param {bigint | null} stake
 * @param {string} rate
 * @param {number} places of the currency
 */
export function payoutText(stake, rate, places) {
  return stake === null ? "–" : money.group(money.write(stake + gainOf(stake, rate, places), places));
}

/**
 * @param {bigint} stake
 * @param {string} rate
 * @param {number} places of the currency
 */
function gainOf(stake, rate, places) {
  return money.gain(stake, money.exact(rate), places);
}

/**
 * Once where both directions have the same, else for each of them.
 *
 * @param {Rates} rates
 * @param {(rate: string) => string} show
 */
function eachWay({ up, down }, show) {
  return up === down ? show(up) : `▲ ${show(up)}\n▼ ${show(down)}`;
}

/**
 * @param {string} why what `reason` found
 * @param {Context} context
 * @param {{ wallet: Wallet | undefined, limits: Limit[] }} store
 */
export function gateText(why, { instrument, own }, { wallet, limits }) {
  const [min, max] = [money.group(instrument.stake_min), money.group(instrument.stake_max)];
  const { currency } = instrument;
  const known = { min, max, currency, until: own.until(why), because: statusReason(instrument) };
  const { by } = boundsOf(instrument, wallet, limits);
  if (why !== "own-limit" || !by) return word(`gate-${why}`, known).trim();
  const left = by.left ?? by.amount;
  return word("gate-own-limit", { ...known, kind: kindText(by.kind, by.period_days), max: money.group(left) });
}

/**
 * Why staff have changed the status of an instrument, in the reader's language where they wrote it.
 *
 * @param {Instrument} instrument
 */
export function statusReason({ status_reason, status_reason_ko }) {
  return (document.documentElement.lang === "ko" && status_reason_ko) || status_reason;
}

/**
 * "1–1,000 USDT", within the trader's own limits.
 *
 * @param {Instrument} instrument
 * @param {Wallet | undefined} wallet
 * @param {Limit[]} limits
 */
export function boundsText(instrument, wallet, limits) {
  const { least, most, by } = boundsOf(instrument, wallet, limits);
  const show = (/** @type {bigint} */ units) =>
    money.group(money.write(units, money.placesOf(instrument.stake_min)).replace(/\.0+$/, ""));
  const text = `${show(least)}–${show(most)} ${instrument.currency}`;
  return by ? word("boundsOwn", { bounds: text }) : text;
}

/**
 * "85%", or of different rates "83–85%".
 *
 * @param {string[]} rates
 */
export function rangeText(rates) {
  const sorted = rates.map(money.exact).sort((one, other) => (one < other ? -1 : 1));
  const [lowest, highest] = [sorted[0] ?? 0n, sorted.at(-1) ?? 0n];
  const show = (/** @type {bigint} */ units) => money.percent(money.write(units, money.PLACES));
  return lowest === highest ? show(highest) : `${show(lowest).slice(0, -1)}–${show(highest)}`;
}

/**
 * Why an order was refused, or what is known when no answer came. A fault of ours is told as one, and thrown on.
 *
 * @param {unknown} error
 * @returns {Toast}
 */
export function explain(error) {
  const kind = "problem";
  if (error instanceof Unreachable) return { kind, title: word("unreachable"), text: word("unreachableText") };
  if (!(error instanceof Problem)) {
    queueMicrotask(() => allow(error));
    return { kind, title: word("fault"), text: word("faultText") };
  }
  if (["not-authenticated", "forbidden"].includes(error.code))
    return { kind, title: word("signedOut"), ...way("signed-out") };
  return { kind, title: error.message || word("refused"), text: refusedText(error), ...way(error.code) };
}

/**
 * The way out of a refusal: the link that the page has for its code.
 *
 * @param {string} code
 */
function way(code) {
  const ways = document.getElementById("ways");
  const found =
    ways instanceof HTMLTemplateElement ? ways.content.querySelector(`[data-way~="${CSS.escape(code)}"]`) : null;
  return found instanceof HTMLAnchorElement ? { link: found.href, way: found.textContent.trim() } : {};
}

/** @param {Problem} problem */
function refusedText({ code, body }) {
  if (code === "limit-reached") return limitText(body);
  if (code === "price-moved" && body.payout_rate) return word("rateNow", { rate: money.percent(body.payout_rate) });
  return word("nothingHeld");
}

/**
 * "Loss, 7 days: 100.00 USDT. Used: 60.00. Left: 40.00."
 *
 * @param {ProblemDocument} limit
 */
function limitText({ limit, period_days: days, currency, amount = "", used = "", left = "" }) {
  const kind = kindText(limit ?? "", days ?? 0);
  const unit = limit === "open_trades" ? "" : ` ${currency}`;
  return word("limitText", {
    kind,
    amount: money.group(amount) + unit,
    used: money.group(used),
    left: money.group(left),
  });
}

/**
 * "Loss, 7 days".
 *
 * @param {string} kind
 * @param {number} days
 */
function kindText(kind, days) {
  return word(`limit-${kind}`) + (days ? `, ${word(`limitDays-${days}`)}` : "");
}
