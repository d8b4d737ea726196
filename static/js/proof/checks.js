/* The checks of a proof, in the order in which a page tells of them. */

/**
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 * @import { Given } from "./receipts/chain.js"
 * @import { Rules } from "./rules.js"
 * @import { Statement } from "./signature.js"
 *
 * @typedef {object} Subject what is checked, and with what
 * @property {Json} proof null for receipts alone
 * @property {Statement} [statement] without one, nothing is signed
 * @property {Json} [jwks]
 * @property {Json[]} [published] digests of days
 * @property {Given[]} [chain] a wallet's receipts
 * @property {Given[]} [kept] those of them that the reader has kept
 *
 * @typedef {Record<string, string | number>} Facts what a check has looked at, for its sentence
 * @typedef {Promise<Facts | null> | Facts | null} Told null when there is nothing of its kind to check
 * @typedef {{ name: string, run: (subject: Subject, report: Report) => Told }} Check
 */

import { chainsOf, checkEnds, checkLinks, checkPrices, ownChain, seriesOf } from "./chain.js";
import { checkCloses } from "./closes.js";
import { checkConversions, windowsWith } from "./conversions.js";
import { checkDays, checkPublished } from "./days.js";
import { instant } from "./instants.js";
import { checkReceipts } from "./receipts/of_trade.js";
import { RULES } from "./rules.js";
import { checkAcceptance, checkCorrection, checkOutcome, checkSettledBefore, checkTerms, spans } from "./settlement.js";
import { number } from "./shape.js";
import { checkSignature } from "./signature.js";

/** @type {Check} */
const signature = {
  name: "signature",
  async run({ statement, jwks }, report) {
    if (!statement) return null;
    await checkSignature(statement, jwks, report);
    const kid = statement.header?.kid;
    return { key: typeof kid === "string" ? kid : "" };
  },
};

/** @type {Check} */
const receipts = {
  name: "receipts",
  async run({ proof, jwks }, report) {
    const count = await checkReceipts(proof, jwks, report);
    return count || report.faults.length ? { receipts: count } : null;
  },
};

/** @type {Check} */
const prices = {
  name: "prices",
  async run({ proof }, report) {
    for (const chain of chainsOf(proof)) await checkPrices(chain, report);
    const all = chainsOf(proof).flatMap(seriesOf);
    const ofTrade = seriesOf(ownChain(proof)).every((price) => number(price.pip).equals(number(proof.pip)));
    report.check(ofTrade, "price", "a price was rounded to another pip than the trade's");
    return { prices: all.length, quotes: all.reduce((count, price) => count + price.venues.length, 0) };
  },
};

/** @type {Check} */
const chain = {
  name: "chain",
  run({ proof }, report) {
    for (const each of chainsOf(proof)) checkLinks(each, report);
    return { prices: chainsOf(proof).flatMap(seriesOf).length };
  },
};

/** @type {Check} */
const windows = {
  name: "windows",
  run({ proof }, report) {
    for (const window of proof.windows) checkEnds(window, proof, report);
    const rules = rulesOf(proof);
    if (rules) {
      const right = spans(proof.trade, proof.closes, rules);
      const same = (/** @type {Json} */ window, /** @type {number} */ index) =>
        window.purpose === right[index]?.purpose &&
        instant(window.since) === right[index]?.since &&
        instant(window.until) === right[index]?.until;
      const told = proof.windows.length === right.length && proof.windows.every(same);
      report.check(told, "window", "not the seconds that the rules look at");
    }
    return { windows: proof.windows.length };
  },
};

/** @type {Check} */
const conversions = {
  name: "conversions",
  run({ proof }, report) {
    const quotes = checkConversions(proof, report);
    return quotes || proof.conversions.length ? { quotes } : null;
  },
};

/** @type {Check} */
const days = {
  name: "days",
  async run({ proof, published }, report) {
    for (const each of chainsOf(proof)) {
      const own = each.instrument === proof.trade.instrument ? proof.windows : windowsWith(proof, each.instrument);
      await checkDays(each, own, report);
      if (published) checkPublished(each, own, published, report);
    }
    const shown = chainsOf(proof).flatMap((each) => each.days);
    return shown.length || report.faults.length ? { days: shown.length } : null;
  },
};

/** @type {Check} */
const terms = {
  name: "terms",
  run({ proof }, report) {
    const rules = rulesOf(proof);
    if (!report.check(rules !== null, "rule-version", `unknown rules: ${proof.trade.rule_version}`) || !rules)
      return {};
    checkTerms(proof.trade, rules, report);
    checkAcceptance(proof.trade, seriesOf(ownChain(proof)), rules, report);
    return { payout: proof.trade.payout, currency: proof.trade.currency };
  },
};

/** @type {Check} */
const closes = {
  name: "closes",
  run({ proof }, report) {
    const rules = rulesOf(proof);
    if (!rules) return null;
    checkCloses(proof, seriesOf(ownChain(proof)), rules, report);
    return proof.closes.length ? { orders: proof.closes.length } : null;
  },
};

/** @type {Check} */
const outcome = {
  name: "outcome",
  run({ proof }, report) {
    const rules = rulesOf(proof);
    if (!rules) return null;
    checkSettledBefore(proof, report);
    checkCorrection(proof.trade, report);
    if (proof.trade.outcome !== "sold") checkOutcome(proof, seriesOf(ownChain(proof)), rules, report);
    const { entry_price: entry, exit_price: exit, sold_at_price: sold, profit } = proof.trade;
    return { entry: entry ?? "–", exit: exit ?? sold ?? "–", profit };
  },
};

/** Of a signed proof; a new kind of evidence is one more check in this list. */
export const CHECKS = [signature, receipts, prices, chain, windows, conversions, days, terms, closes, outcome];

/** Of a practice trade: nothing of it is signed or stored, and its prices are public. */
export const PRACTICE = [prices, chain, windows, conversions, days, terms, outcome];

/** Of a single second's price. */
export const SECOND = [prices, chain, conversions, days];

/**
 * The rules of the trade.
 *
 * @param {Json} proof
 * @returns {Rules | null}
 */
function rulesOf(proof) {
  return RULES.get(proof.trade.rule_version) ?? null;
}
