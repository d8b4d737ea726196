/* The quotes in another currency: each was converted by the newest price of a chain of its own. */

/**
 * @import { Chain } from "./chain.js"
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 */

import { goesOn, inside, seriesOf } from "./chain.js";
import { instant } from "./instants.js";
import { titleOf } from "./price.js";
import { RULES } from "./rules.js";
import { number } from "./shape.js";

/** @param {Json} price */
export const conversionsIn = (price) => price.venues.flatMap((/** @type {Json} */ { conversion }) => conversion ?? []);

/**
 * The windows with quotes that this instrument converted.
 *
 * @param {Json} proof
 * @param {string} symbol
 * @returns {Json[]}
 */
export function windowsWith(proof, symbol) {
  const uses = (/** @type {Json} */ price) =>
    conversionsIn(price).some((/** @type {Json} */ used) => used.instrument === symbol);
  return proof.windows.filter((/** @type {Json} */ window) => inside(window).some(uses));
}

/**
 * That each quote in the seconds looked at was converted by the newest price of a chain of its own.
 *
 * @param {Json} proof
 * @param {Report} report
 * @returns {number} of the converted quotes
 */
export function checkConversions(proof, report) {
  const currency = proof.trade.instrument.split("-").slice(1).join("-");
  const chains = new Map(proof.conversions.map((/** @type {Chain} */ chain) => [chain.instrument, chain]));
  report.check(chains.size === proof.conversions.length, "conversion", "two chains of one instrument");
  for (const chain of proof.conversions) {
    const pure = seriesOf(chain).every((price) => conversionsIn(price).length === 0);
    report.check(pure, "conversion", `${chain.instrument} converts others, and is converted itself`);
    const told = `${chain.instrument} doesn't say what a ${currency} is worth`;
    report.check(chain.instrument.split("-")[0] === currency, "conversion", told);
  }
  let count = 0;
  for (const price of proof.windows.flatMap(inside)) {
    if (!RULES.has(price.rule_version)) continue;
    for (const used of conversionsIn(price)) {
      checkConversion(price, used, chains.get(used.instrument), report);
      count += 1;
    }
  }
  return count;
}

/**
 * That this price existed at that time, had this value, and was the newest.
 *
 * @param {Json} price
 * @param {Json} used
 * @param {Chain | undefined} chain
 * @param {Report} report
 */
function checkConversion(price, used, chain, report) {
  const name = `${titleOf(price)}, converted by ${used.instrument} ${used.sequence} at ${number(used.price)}`;
  const rate = chain && numbered(chain, used.sequence);
  if (!report.check(rate !== undefined, "conversion", `${name}: it is not in the proof`) || !chain) return;
  const age = instant(price.priced_at) - instant(rate.priced_at);
  const same = number(rate.price).equals(number(used.price)) && rate.source === price.source;
  const told = `${name}: it is ${rate.price} of ${rate.priced_at}, ${rate.source}`;
  const right = report.check(same && isInTime(age, price), "conversion", told);
  if (right && age > 0n) checkNewest(name, price, used, chain, report);
}

/**
 * @param {bigint} age
 * @param {Json} price
 */
function isInTime(age, price) {
  return 0n <= age && age <= (RULES.get(price.rule_version)?.tickAgeMax ?? 0n);
}

/**
 * @param {string} name
 * @param {Json} price
 * @param {Json} used
 * @param {Chain} chain
 * @param {Report} report
 */
function checkNewest(name, price, used, chain, report) {
  const after = numbered(chain, used.sequence + 1n);
  if (after) {
    const later = instant(after.priced_at) > instant(price.priced_at);
    report.check(later, "conversion", `${name}: it was not the newest`);
  } else if (report.check(!goesOn(chain, used.sequence), "conversion", `${name}: what came after it is missing`)) {
    report.note(`${name}: none after it was known when the proof was made`);
  }
}

/**
 * @param {Chain} chain
 * @param {bigint} sequence
 */
const numbered = (chain, sequence) => seriesOf(chain).find((each) => each.sequence === sequence);
