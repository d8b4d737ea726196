/* Rules 3 to 8 and 10: entry second, expiry, payout, the prices that decide, the outcome and its profit. */

/**
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 * @import { Rules } from "./rules.js"
 *
 * @typedef {{ at: bigint, price: Decimal, live: boolean }} Point
 * @typedef {{ outcome: string, reason: string | null, entry: Decimal | null, exit: Decimal | null, samples: bigint | null }} Ending
 */

import { Decimal, EXACT, ONE, roundedDown, toPip, ZERO } from "./decimal.js";
import { refuse } from "./faults.js";
import { instant, SECOND, wholeSecond, written } from "./instants.js";
import { canonical } from "./json.js";
import { SCALES, samplesOf } from "./rules.js";
import { maybeNumber, member, number } from "./shape.js";

const LONGEST = 86_399_999_999_999n;

/** @param {Json} trade */
export function timesOf(trade) {
  return { accepted: instant(trade.accepted_at), entry: instant(trade.entry_at), expiry: instant(trade.expires_at) };
}

/**
 * The seconds that the rules look at.
 *
 * @param {Json} trade
 * @param {Json[]} closes
 * @param {Rules} rules
 * @returns {{ purpose: string, since: bigint, until: bigint }[]}
 */
export function spans(trade, closes, rules) {
  const { accepted, entry, expiry } = timesOf(trade);
  /** @type {{ purpose: string, since: bigint, until: bigint }[]} */
  const sales = [];
  for (const close of closes) {
    const at = closingSecond(close, rules);
    const [since, until] = [at - (rules.sigmaSeconds - 1n) * SECOND, at + rules.closeWaitMax];
    const last = sales.at(-1);
    if (last && since <= last.until) last.until = until;
    else sales.push({ purpose: "sale", since, until });
  }
  const mean = (samplesOf(rules, expiry - entry) - 1n) * SECOND;
  const back = mean > rules.exitAgeMax ? mean : rules.exitAgeMax;
  const entered = { purpose: "entry", since: accepted - rules.priceAgeMax, until: entry + rules.entryWaitMax };
  return [
    entered,
    ...sales,
    ...(trade.outcome === "sold" ? [] : [{ purpose: "exit", since: expiry - back, until: expiry }]),
  ];
}

/**
 * @param {Json} close
 * @param {Rules} rules
 */
export const closingSecond = (close, rules) => wholeSecond(instant(close.asked_at) + rules.closeDelay);

/**
 * @param {Json} trade
 * @param {Rules} rules
 * @param {Report} report
 */
export function checkTerms(trade, rules, report) {
  const { accepted, entry, expiry } = timesOf(trade);
  const second = wholeSecond(accepted + rules.entryDelay);
  report.check(entry === second, "terms", `the entry second should be ${written(second)} (rule 4)`);
  if (trade.duration > LONGEST || trade.duration < -LONGEST) refuse(trade.duration);
  const duration = trade.duration * SECOND;
  const inTime = expiry === entry + duration && duration >= rules.durationMin;
  report.check(inTime, "terms", "the expiry second is not entry second + duration (rule 5)");
  const [stake, rate] = [number(trade.amount), number(trade.payout_rate)];
  const payout = roundedDown(EXACT.times(stake, EXACT.plus(ONE, rate)), SCALES[trade.currency] ?? 0);
  report.check(number(trade.payout).equals(payout), "terms", `the payout should be ${payout} (rule 7)`);
  report.check(stake.sign > 0 && rate.sign > 0, "terms", "not a trade");
}

/**
 * Rule 3: there was a fresh price, and the trade is under the rules that were in force with it.
 *
 * @param {Json} trade
 * @param {Json[]} series
 * @param {Rules} rules
 * @param {Report} report
 */
export function checkAcceptance(trade, series, rules, report) {
  const { accepted, entry } = timesOf(trade);
  const isKnown = (/** @type {bigint} */ at) => accepted - rules.priceAgeMax <= at && at < entry;
  const known = series.filter(({ priced_at: at }) => isKnown(instant(at)));
  if (!report.check(known.length > 0, "terms", "there was no fresh price when the order was taken (rule 3)")) return;
  const inForce = known.some((price) => price.rule_version === trade.rule_version);
  report.check(inForce, "rule-version", `rules ${trade.rule_version} were not in force at acceptance`);
}

/**
 * @param {Json[]} series
 * @returns {Point[]} ascending
 */
export function pointsOf(series) {
  const points = series.map(({ priced_at: at, price, source }) => ({
    at: instant(at),
    price: number(price),
    live: source === "live",
  }));
  return points.sort((one, two) => Number(one.at - two.at) || one.price.compare(two.price));
}

/**
 * @param {Point[]} points
 * @param {bigint} entry the entry second
 * @param {Rules} rules
 */
export function entryOf(points, entry, rules) {
  return points.find(({ at }) => entry <= at && at <= entry + rules.entryWaitMax) ?? null;
}

/**
 * What the rules and prices give.
 *
 * @param {Json} trade
 * @param {Decimal} pip
 * @param {Point[]} points
 * @param {Rules} rules
 * @returns {Ending}
 */
export function settle(trade, pip, points, rules) {
  const { entry: second, expiry } = timesOf(trade);
  const entry = entryOf(points, second, rules);
  if (entry === null) return voided("no-entry-price", null);
  const before = points.filter(({ at }) => at <= expiry);
  const last = before.at(-1);
  if (!last || expiry - last.at > rules.exitAgeMax) return voided("no-exit-price", entry.price);
  if (last.at <= entry.at) return voided("exit-not-after-entry", entry.price);
  const wanted = samplesOf(rules, expiry - second);
  const sample = wanted > 1n ? before.filter(({ at }) => at > expiry - wanted * SECOND) : [last];
  if (!trade.demo && ![entry, ...sample].every(({ live }) => live)) return voided("simulated-price", entry.price);
  const mean = EXACT.mean(sample.map(({ price }) => price));
  const exit = sample.length === 1 ? mean : toPip(mean, pip);
  const outcome = outcomeOf(exit.compare(entry.price), trade.direction);
  return { outcome, reason: null, entry: entry.price, exit, samples: BigInt(sample.length) };
}

/**
 * @param {string} reason
 * @param {Decimal | null} entry
 * @returns {Ending}
 */
function voided(reason, entry) {
  return { outcome: "voided", reason, entry, exit: null, samples: null };
}

/**
 * @param {number} way
 * @param {string} direction
 */
function outcomeOf(way, direction) {
  if (way === 0) return "tied";
  return way > 0 === (direction === "up") ? "won" : "lost";
}

/**
 * Rule 8, of a trade that wasn't sold.
 *
 * @param {Json} proof
 * @param {Json[]} series
 * @param {Rules} rules
 * @param {Report} report
 * @returns {Ending}
 */
export function checkOutcome(proof, series, rules, report) {
  const { trade } = proof;
  const { entry, expiry } = timesOf(trade);
  const found = settle(trade, number(proof.pip), pointsOf(series), rules);
  const awaited = found.entry === null ? entry + rules.entryWaitMax : expiry;
  const come = series.some(({ priced_at: at }) => instant(at) >= awaited);
  const over = expiry + rules.grace;
  const told = `decided before ${written(over)} with no price after the seconds looked at (rule 8)`;
  report.check(come || instant(trade.settled_at) >= over, "outcome", told);
  const stake = number(trade.amount);
  const profit = { won: EXACT.minus(number(trade.payout), stake), lost: stake.negated }[found.outcome] ?? ZERO;
  /** @type {[string, unknown, unknown][]} */
  const expected = [
    ["outcome", trade.outcome, found.outcome],
    ["void_reason", member(trade, "void_reason"), found.reason],
    ["entry_price", maybeNumber(trade, "entry_price"), found.entry],
    ["exit_price", maybeNumber(trade, "exit_price"), found.exit],
    ["exit_samples", member(trade, "exit_samples"), found.samples],
    ["profit", number(trade.profit), profit],
  ];
  for (const [name, said, right] of expected) {
    report.check(isSame(said, right), "outcome", `${name} is ${said}, by the rules and prices it is ${right}`);
  }
  return found;
}

/**
 * @param {unknown} one
 * @param {unknown} two
 */
export function isSame(one, two) {
  return one instanceof Decimal && two instanceof Decimal ? one.equals(two) : one === two;
}

/**
 * @param {Json} proof
 * @param {Report} report
 */
export function checkSettledBefore({ trade, issued_at: issued }, report) {
  const after = instant(trade.settled_at) - instant(issued) > SECOND;
  report.check(!after, "outcome", "the trade was settled after the proof of it was made");
}

/**
 * Rule 10: a void afterwards gives back what the trade moved.
 *
 * @param {Json} trade
 * @param {Report} report
 */
export function checkCorrection(trade, report) {
  const correction = member(trade, "correction");
  if (correction === null) return;
  const profit = number(trade.profit);
  const undone = number(correction.amount).equals(profit.negated) && profit.sign !== 0;
  report.check(undone, "correction", "the correction does not give back what the trade moved (rule 10)");
  const told = canonical(correction.reason).startsWith('"') ? correction.reason : "";
  report.note(`the trade was voided afterwards: ${told}`);
}
