/* Rule 9: an early close is priced by a second that nobody knew, from the volatility of the last 300. */

/**
 * @import { Decimal } from "./decimal.js"
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 * @import { Rules } from "./rules.js"
 * @import { Point } from "./settlement.js"
 *
 * @typedef {{ state: string, reason: string | null, offer: Decimal | null, point: Point | null }} Decision
 */

import { pairs } from "./chain.js";
import { DIGITS as D, least, most, ONE, roundedDown, whole, ZERO } from "./decimal.js";
import { Unreadable } from "./faults.js";
import { ln, normal, sqrt } from "./functions.js";
import { instant, SECOND, written } from "./instants.js";
import { canonical } from "./json.js";
import { SCALES, samplesOf } from "./rules.js";
import { closingSecond, entryOf, isSame, pointsOf, timesOf } from "./settlement.js";
import { maybeNumber, member, number } from "./shape.js";

/**
 * The end of each close order; only the last one may have sold the trade.
 *
 * @param {Json} proof
 * @param {Json[]} series
 * @param {Rules} rules
 * @param {Report} report
 */
export function checkCloses(proof, series, rules, report) {
  const { trade, closes } = proof;
  checkOrder(trade, closes, report);
  const points = pointsOf(series);
  const entry = entryOf(points, timesOf(trade).entry, rules);
  if (!closes.length || !report.check(entry !== null, "outcome", "closed without an entry price") || !entry) return;
  for (const close of closes) {
    const found = checkClose(close, { proof, entry, points, rules }, report);
    if (close.state === "sold") checkSale(trade, entry, found, report);
  }
}

/**
 * @param {Json} trade
 * @param {Json[]} closes
 * @param {Report} report
 */
function checkOrder(trade, closes, report) {
  const shown = canonical(member(trade, "close")) === canonical(closes.at(-1) ?? null);
  report.check(shown, "terms", "the trade shows another close order than the last one");
  for (const [before, after] of pairs(closes)) {
    const inOrder = instant(before.close_at) <= instant(after.asked_at);
    report.check(inOrder, "terms", "a close order was given before the one before it was decided");
  }
  const sold = closes.map(({ state }) => state === "sold");
  const byTheLast = !sold.slice(0, -1).includes(true) && (sold.at(-1) ?? false) === (trade.outcome === "sold");
  report.check(byTheLast, "outcome", "the last close order sells the trade, or none does");
}

/**
 * @typedef {{ proof: Json, entry: Point, points: Point[], rules: Rules }} Position
 *
 * @param {Json} close
 * @param {Position} position
 * @param {Report} report
 */
function checkClose(close, position, report) {
  const { proof, entry, rules } = position;
  const [asked, at, { entry: second, expiry }] = [
    instant(close.asked_at),
    closingSecond(close, rules),
    timesOf(proof.trade),
  ];
  const name = `the close order of ${close.asked_at}`;
  const quarter = quarterOf(expiry - second);
  const cutoff = rules.closeCutoff < quarter ? rules.closeCutoff : quarter;
  report.check(entry.at < asked && at <= expiry - cutoff, "terms", `${name} was not given in time (rule 9)`);
  report.check(instant(close.close_at) === at, "terms", `${name}: ${written(at)} should decide it (rule 9)`);
  const found = decide(close, at, position);
  const [reason, offer] = [member(close, "lapse_reason"), maybeNumber(close, "offer")];
  const same = close.state === found.state && reason === found.reason && isSame(offer, found.offer);
  const told = `${name}: ${close.state}, ${reason} at ${offer}, by rule 9 ${found.state}, ${found.reason} at ${found.offer}`;
  report.check(same, "outcome", told);
  return found;
}

/** To the microsecond, half to even. @param {bigint} duration */
function quarterOf(duration) {
  const [kept, rest] = [duration / 4n, duration % 4n];
  return rest > 2n || (rest === 2n && kept % 2n === 1n) ? kept + 1n : kept;
}

/**
 * @param {Json} close
 * @param {bigint} at
 * @param {Position} position
 * @returns {Decision}
 */
function decide(close, at, { proof, entry, points, rules }) {
  const point = points.find((each) => at <= each.at && each.at <= at + rules.closeWaitMax) ?? null;
  if (point === null) return { state: "lapsed", reason: "no-price", offer: null, point };
  let known = points.filter((each) => each.at <= point.at);
  if (!proof.trade.demo) {
    const { entry: second, expiry } = timesOf(proof.trade);
    const first = expiry - (samplesOf(rules, expiry - second) - 1n) * SECOND;
    const deciding = [entry, point, ...known.filter((each) => each.at >= first)];
    if (!deciding.every(({ live }) => live)) return { state: "lapsed", reason: "simulated-price", offer: null, point };
    known = known.filter(({ live }) => live);
  }
  const offer = offerOf(proof, entry.price, known, rules);
  if (offer.sign === 0) return { state: "lapsed", reason: "nothing-offered", offer, point };
  const minimum = maybeNumber(close, "min_price");
  const below = minimum !== null && offer.compare(minimum) < 0;
  return below
    ? { state: "lapsed", reason: "below-minimum", offer, point }
    : { state: "sold", reason: null, offer, point };
}

/**
 * That the trade's sale is the result of the close order.
 *
 * @param {Json} trade
 * @param {Point} entry
 * @param {Decision} found
 * @param {Report} report
 */
function checkSale(trade, entry, { offer, point }, report) {
  const told = "sold without a price in time";
  if (!report.check(point !== null && trade.outcome === "sold", "outcome", told) || !point) return;
  const second = member(trade, "sold_priced_at");
  /** @type {[string, unknown, unknown][]} */
  const expected = [
    ["sale", maybeNumber(trade, "sale"), offer],
    ["sold_at_price", maybeNumber(trade, "sold_at_price"), point.price],
    ["entry_price", maybeNumber(trade, "entry_price"), entry.price],
    ["second", second === null ? null : instant(second), point.at],
  ];
  for (const [name, said, right] of expected) {
    report.check(isSame(said, right), "outcome", `${name} is ${said}, by rule 9 it is ${right}`);
  }
  const unused = ["exit_price", "exit_samples", "void_reason"].every((name) => member(trade, name) === null);
  const whole = offer !== null && number(trade.profit).equals(D.minus(offer, number(trade.amount)));
  report.check(whole && unused, "outcome", "not the profit of the sale");
}

/**
 * The fair value at the last of these prices less the spread, rounded down.
 *
 * @param {Json} proof
 * @param {Decimal} entry
 * @param {Point[]} points
 * @param {Rules} rules
 */
function offerOf({ trade, pip }, entry, points, rules) {
  const { at, price: spot } = /** @type {Point} */ (points.at(-1));
  const sigma = volatility(
    points.filter((each) => each.at > at - rules.sigmaSeconds * SECOND),
    rules,
  );
  if (sigma === null) return ZERO;
  const [half, { entry: second, expiry }] = [D.over(number(pip), whole(2)), timesOf(trade)];
  const begin = expiry - (samplesOf(rules, expiry - second) - 1n) * SECOND;
  const known = points.filter((each) => each.at >= begin).map(({ price }) => price);
  const first = begin > at + SECOND ? begin : at + SECOND;
  const count = (expiry - first) / SECOND + 1n;
  const rest = D.over(whole((count - 1n) * (2n * count - 1n)), whole(6n * count));
  const variance = D.times(D.times(sigma, sigma), D.plus(whole((first - at) / SECOND), rest));
  const above = (/** @type {Decimal} */ level) => {
    const total = D.times(whole(BigInt(known.length) + count), level);
    const needed = D.over(D.minus(total, D.sum(known)), whole(count));
    if (needed.sign <= 0) return ONE;
    const drift = D.minus(ln(D.over(spot, needed)), D.over(variance, whole(2)));
    return normal(D.over(drift, sqrt(variance)));
  };
  const [over, notUnder] = [above(D.plus(entry, half)), above(D.minus(entry, half))];
  return fairValue(trade, over, notUnder, rules);
}

/**
 * @param {Json} trade
 * @param {Decimal} over the probability of an exit above the entry
 * @param {Decimal} notUnder
 * @param {Rules} rules
 */
function fairValue(trade, over, notUnder, rules) {
  const [payout, stake] = [number(trade.payout), number(trade.amount)];
  const win = trade.direction === "up" ? over : D.minus(ONE, notUnder);
  const tie = D.times(stake, D.minus(notUnder, over));
  const value = D.minus(D.plus(D.times(payout, win), tie), D.times(rules.closeSpread, payout));
  return roundedDown(most(value, ZERO), SCALES[trade.currency] ?? 0);
}

/**
 * The volatility of a second's log return: exponentially weighted, from the plain mean on, floored and capped.
 *
 * @param {Point[]} points
 * @param {Rules} rules
 */
function volatility(points, rules) {
  const [first, last] = [points[0], points.at(-1)];
  if (!first || !last || points.length < 2 || last.at - first.at < rules.sigmaSecondsMin * SECOND) return null;
  const steps = points.slice(1).map((after, index) => stepOf(/** @type {Point} */ (points[index]), after));
  const squares = D.sum(steps.map(({ square }) => square));
  let variance = D.over(squares, whole(steps.reduce((total, { seconds }) => total + seconds, 0n)));
  for (const { square, seconds } of steps) {
    let weight = ONE;
    for (let n = 0n; n < seconds; n += 1n) weight = D.times(weight, rules.decay);
    const news = D.over(D.times(D.minus(ONE, weight), square), whole(seconds));
    variance = D.plus(D.times(weight, variance), news);
  }
  return least(most(sqrt(variance), rules.sigmaMin), rules.sigmaMax);
}

/**
 * @param {Point} before
 * @param {Point} after
 */
function stepOf(before, after) {
  const log = after.price.equals(before.price) ? ZERO : ln(D.over(after.price, before.price));
  const seconds = (after.at - before.at) / SECOND;
  if (seconds < 1n) throw new Unreadable("two prices of one second");
  return { square: D.times(log, log), seconds };
}
