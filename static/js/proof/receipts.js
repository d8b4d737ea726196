/* The receipts in a proof: the platform's signed acceptance of the order and of each close order. */

/**
 * @import { Report } from "./faults.js"
 * @import { Json } from "./json.js"
 * @import { Rules } from "./rules.js"
 *
 * @typedef {{ name: string, text: string | null, told: Json, decidedFrom: bigint }} Acceptance
 */

import { refuse, Unreadable } from "./faults.js";
import { instant } from "./instants.js";
import { canonical } from "./json.js";
import { receiptShape } from "./shape.js";
import { checkSignature, readStatement } from "./signature.js";

const TYP = "trade-receipt+jws";
const TERMS = [
  "instrument",
  "direction",
  "amount",
  "currency",
  "demo",
  "duration",
  "payout_rate",
  "payout",
  "payout_version",
  "rule_version",
  "accepted_at",
  "entry_at",
  "expires_at",
];

/**
 * @param {Json} proof
 * @param {Json} jwks the platform's public keys
 * @param {Rules | null} rules null for unknown ones
 * @param {Report} report
 * @returns {Promise<number>} how many there are
 */
export async function checkReceipts(proof, jwks, rules, report) {
  /** @type {Json[]} */
  const shown = [];
  for (const acceptance of acceptancesOf(proof)) {
    if (acceptance.text === null) {
      report.note(`${acceptance.name} has no receipt: it is older than receipts`);
      continue;
    }
    const receipt = await readReceipt(acceptance.text, acceptance.name, jwks, report);
    if (receipt === null) continue;
    checkAcceptance(proof, acceptance, receipt, rules, report);
    shown.push(receipt);
  }
  shown.slice(1).forEach((after, at) => {
    const rising = after.wallet === shown[at].wallet && after.number > shown[at].number;
    report.check(rising, "receipt-chain", "the receipts are not in the order of what they accept");
  });
  return shown.length;
}

/**
 * @param {Json} proof
 * @returns {Acceptance[]}
 */
function acceptancesOf({ trade, closes }) {
  const told = Object.fromEntries(TERMS.map((name) => [name, trade[name] ?? null]));
  const order = {
    name: "the order",
    text: trade.receipt ?? null,
    told: { ...told, kind: "order", trade: trade.id },
    decidedFrom: instant(trade.entry_at),
  };
  const others = closes.map((/** @type {Json} */ close) => ({
    name: `the close order of ${close.asked_at}`,
    text: close.receipt ?? null,
    told: {
      kind: "close",
      trade: trade.id,
      accepted_at: close.asked_at,
      close_at: close.close_at,
      min_price: close.min_price ?? null,
    },
    decidedFrom: instant(close.close_at),
  }));
  return [order, ...others];
}

/**
 * @param {string} text
 * @param {string} name
 * @param {Json} jwks
 * @param {Report} report
 * @returns {Promise<Json | null>} null without a valid signature
 */
async function readReceipt(text, name, jwks, report) {
  const before = report.faults.length;
  try {
    if (text.trim().startsWith("{")) refuse(text);
    const statement = readStatement(text);
    await checkSignature(statement, jwks, report, { typ: TYP, code: "receipt", name });
    if (report.faults.length > before) return null;
    receiptShape(statement.proof);
    if (statement.proof.number < 1n) refuse(statement.proof.number);
    return statement.proof;
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    report.check(false, "receipt", `${name}: ${error.message}`);
    return null;
  }
}

/**
 * @param {Json} proof
 * @param {Acceptance} acceptance
 * @param {Json} receipt
 * @param {Rules | null} rules
 * @param {Report} report
 */
function checkAcceptance(proof, { name, told, decidedFrom }, receipt, rules, report) {
  for (const [member, value] of Object.entries(told)) {
    const said = receipt[member] ?? null;
    const wrong = `${name}: ${member} is ${value}, its receipt says ${canonical(said)}`;
    report.check(canonical(said) === canonical(value), "receipt", wrong);
  }
  if (rules === null) return;
  const since = instant(told.accepted_at) - rules.priceAgeMax;
  const seen = proof.windows
    .flatMap((/** @type {Json} */ window) => window.prices)
    .some((/** @type {Json} */ price) => {
      const at = instant(price.priced_at);
      const same = price.sequence === receipt.price_sequence && price.digest === receipt.price_digest;
      return same && since <= at && at < decidedFrom;
    });
  report.check(seen, "receipt", `${name}: its receipt names a price that the proof doesn't have at that time`);
}
