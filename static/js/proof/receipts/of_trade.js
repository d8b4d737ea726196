/* The receipts of the order and the close orders: each says the same as the trade, and names a price of its moment. */

/**
 * @import { Report } from "../faults.js"
 * @import { Json } from "../json.js"
 */

import { pairs } from "../chain.js";
import { Unreadable } from "../faults.js";
import { sha256 } from "../hashes.js";
import { instant } from "../instants.js";
import { canonical } from "../json.js";
import { RULES } from "../rules.js";
import { receiptShape } from "../shape.js";
import { checkSigned, statementOf } from "../signature.js";

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

/** @typedef {{ name: string, receipt: Json, told: Record<string, Json>, from: string }} Accepted `from`: decided from then on */

/**
 * @param {Json} proof
 * @param {Json} jwks
 * @param {Report} report
 * @returns {Promise<number>} of the receipts
 */
export async function checkReceipts(proof, jwks, report) {
  const shown = [];
  for (const accepted of acceptedIn(proof)) {
    if (accepted.receipt === null) {
      report.note(`${accepted.name} has no receipt: it is older than receipts`);
      continue;
    }
    const receipt = await readReceipt(accepted, jwks, report);
    if (!receipt) continue;
    checkAccepted(proof, accepted, receipt, report);
    shown.push(receipt);
  }
  checkChained(shown, report);
  return shown.length;
}

/**
 * Of one wallet, rising, and each linked to the one before if that is there too.
 *
 * @param {Json[]} shown
 * @param {Report} report
 */
function checkChained(shown, report) {
  for (const [before, after] of pairs(shown)) {
    const rising = before.wallet === after.wallet && before.number < after.number;
    report.check(rising, "receipt-chain", "the receipts are not in the order of what they accept");
    if (!rising || after.number !== before.number + 1n) continue;
    const linked = after.previous === before.digest;
    report.check(linked, "receipt-chain", `receipt ${after.number} does not follow receipt ${before.number}`);
  }
}

/**
 * The order and the close orders, each with what its receipt has to say.
 *
 * @param {Json} proof
 * @returns {Accepted[]}
 */
function acceptedIn({ trade, closes }) {
  const terms = Object.fromEntries(TERMS.map((name) => [name, trade[name] ?? null]));
  const order = { name: "the order", receipt: trade.receipt ?? null, from: trade.entry_at };
  const ordered = closes.map((/** @type {Json} */ { asked_at, close_at, min_price, receipt = null }) => ({
    name: `the close order of ${asked_at}`,
    receipt,
    told: { kind: "close", trade: trade.id, accepted_at: asked_at, close_at, min_price: min_price ?? null },
    from: close_at,
  }));
  return [{ ...order, told: { kind: "order", trade: trade.id, ...terms } }, ...ordered];
}

/**
 * The receipt with its digest; null if it isn't one, or no key of the platform signed it.
 *
 * @param {{ name: string, receipt: Json }} accepted
 * @param {Json} jwks
 * @param {Report} report
 * @returns {Promise<Json | null>}
 */
export async function readReceipt({ name, receipt }, jwks, report) {
  const before = report.faults.length;
  try {
    const statement = statementOf(receipt, null);
    await checkSigned(statement, jwks, { typ: TYP, code: "receipt", name }, report);
    if (report.faults.length > before) return null;
    receiptShape(statement.proof);
    return { ...statement.proof, digest: await sha256(receipt) };
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    report.check(false, "receipt", `${name}: ${error.message}`);
    return null;
  }
}

/**
 * @param {Json} proof
 * @param {Accepted} accepted
 * @param {Json} receipt
 * @param {Report} report
 */
function checkAccepted(proof, { name, told, from }, receipt, report) {
  for (const [member, value] of Object.entries(told)) {
    const said = canonical(receipt[member] ?? null);
    const same = said === canonical(value);
    report.check(same, "receipt", `${name}: ${member} is ${canonical(value)}, its receipt says ${said}`);
  }
  const rules = RULES.get(proof.trade.rule_version);
  if (!rules) return;
  const [since, until] = [instant(told.accepted_at) - rules.priceAgeMax, instant(from)];
  const isNamed = (/** @type {Json} */ { sequence, digest, priced_at: at }) =>
    sequence === receipt.price_sequence &&
    digest === receipt.price_digest &&
    since <= instant(at) &&
    instant(at) < until;
  const seen = proof.windows.some((/** @type {Json} */ { prices }) => prices.some(isNamed));
  report.check(seen, "receipt", `${name}: its receipt names a price that the proof doesn't have at that time`);
}
