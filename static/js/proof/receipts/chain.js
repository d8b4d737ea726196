/* A wallet's chain of receipts, as the platform shows it now, and the receipts of it that a reader has kept. */

/**
 * @import { Check, Subject } from "../checks.js"
 * @import { Report } from "../faults.js"
 * @import { Json } from "../json.js"
 *
 * @typedef {{ linked: Json[], kept: Json[] }} Read the receipts that can be read
 * @typedef {{ text: string, beside: Record<string, Json> }} Given a receipt, and the members that a page has beside it
 */

import { pairs } from "../chain.js";
import { Unreadable } from "../faults.js";
import { canonical, readJson } from "../json.js";
import { readReceipt } from "./of_trade.js";

const NOTHING = "0".repeat(64);
const NONE = "no receipts are in it";
const BESIDE = ["wallet", "number", "digest"];

/**
 * The receipts of a file: an answer of /api/v1/receipts, or one receipt a line; none in an empty one.
 *
 * @param {string} content
 * @returns {Given[]}
 * @throws {Unreadable}
 */
export function receiptsIn(content) {
  const trimmed = content.trim();
  const words = trimmed === "" ? [] : trimmed.split(/\s+/);
  const found = trimmed.startsWith("{") ? ofPage(readJson(trimmed)) : words.map((text) => ({ text, beside: {} }));
  if (found.length && !found.some(({ text }) => text.split(".").length === 3)) throw new Unreadable(NONE);
  return found;
}

/**
 * The receipts of a file that the reader has kept.
 *
 * @param {string} content
 * @returns {Given[]}
 * @throws {Unreadable} without one
 */
export function keptIn(content) {
  const found = receiptsIn(content);
  if (found.length === 0) throw new Unreadable(NONE);
  return found;
}

/**
 * @param {Json} page
 * @returns {Given[]}
 */
function ofPage(page) {
  const { results } = page;
  const isRow = (/** @type {Json} */ row) => typeof row?.receipt === "string";
  if (!Array.isArray(results) || !results.every(isRow)) throw new Unreadable(NONE);
  const wallet = "wallet" in page ? { wallet: page.wallet } : {};
  return results.map((row) => ({ text: row.receipt, beside: { ...row, ...wallet } }));
}

/** @type {Check} */
const signatures = {
  name: "receipts",
  async run(subject, report) {
    if (!subject.chain?.length && !subject.kept?.length) throw new Unreadable(NONE);
    const { linked } = await readOf(subject, report);
    return linked.length || report.faults.length ? { receipts: linked.length } : null;
  },
};

/** @type {Check} */
const links = {
  name: "links",
  async run(subject, report) {
    const { linked, kept } = await readOf(subject, report);
    checkLinks(linked, report);
    checkStart(linked, kept, report);
    return linked.length ? { first: String(linked[0].number), last: String(linked.at(-1).number) } : null;
  },
};

/** @type {Check} */
const kept = {
  name: "kept",
  async run(subject, report) {
    const read = await readOf(subject, report);
    for (const receipt of read.kept) checkInChain(receipt, read.linked, report);
    const left = (subject.kept?.length ?? 0) - read.kept.length;
    report.check(left === 0, "receipt", `receipts that you kept and that can't be compared: ${left}`);
    return subject.kept?.length ? { receipts: read.kept.length } : null;
  },
};

/** Of a wallet's receipts. */
export const CHAIN = [signatures, links, kept];

/** @type {WeakMap<Subject, Promise<Read>>} */
const reading = new WeakMap();

/**
 * Reads all receipts once; the first check that asks reports the faults.
 *
 * @param {Subject} subject
 * @param {Report} report
 */
function readOf(subject, report) {
  const known = reading.get(subject) ?? read(subject, report);
  reading.set(subject, known);
  return known;
}

/**
 * @param {Subject} subject
 * @param {Report} report
 * @returns {Promise<Read>}
 */
async function read({ chain = [], kept = [], jwks }, report) {
  const all = async (/** @type {Given[]} */ given, /** @type {string} */ place) => {
    const found = [];
    for (const [index, { text, beside }] of given.entries()) {
      const name = `${place}, number ${index + 1}`;
      const content = await readReceipt({ name, receipt: text }, jwks, report);
      if (!content) continue;
      checkBeside(content, beside, name, report);
      found.push({ ...content, text });
    }
    return found;
  };
  const ofReader = await all(kept, "the receipts that you kept");
  return { linked: await all(chain, "the chain"), kept: ofReader };
}

/**
 * A page says the same beside a receipt as the receipt.
 *
 * @param {Json} receipt
 * @param {Record<string, Json>} beside
 * @param {string} name
 * @param {Report} report
 */
function checkBeside(receipt, beside, name, report) {
  for (const member of BESIDE) {
    if (!(member in beside)) continue;
    const [said, signed] = [beside[member], receipt[member]].map(canonical);
    report.check(
      said === signed,
      "receipt",
      `${name}: ${member} is ${said} beside the receipt, by the receipt it is ${signed}`,
    );
  }
}

/**
 * No receipt is missing, changed, or there twice.
 *
 * @param {Json[]} chain
 * @param {Report} report
 */
function checkLinks(chain, report) {
  if (chain[0]?.number === 1n) {
    report.check(chain[0].previous === NOTHING, "receipt-chain", "the first receipt follows another one");
  }
  for (const [before, after] of pairs(chain)) {
    const { number } = after;
    const same = after.wallet === before.wallet;
    if (!report.check(same, "receipt-chain", `receipt ${number} is of another wallet`)) continue;
    const linked = number === before.number + 1n && after.previous === before.digest;
    report.check(linked, "receipt-chain", `receipt ${number} does not follow receipt ${before.number}`);
  }
}

/**
 * A chain that begins later continues the last kept receipt.
 *
 * @param {Json[]} chain
 * @param {Json[]} kept
 * @param {Report} report
 */
function checkStart([first], kept, report) {
  if (!first || first.number === 1n) return;
  const earlier = kept.filter(({ wallet, number }) => wallet === first.wallet && number < first.number);
  checkNeighbours([...earlier, first], report);
  const last = kept.reduce(
    (most, { wallet, number }) => (wallet === first.wallet && number > most ? number : most),
    0n,
  );
  if (last > 0n && last < first.number - 1n) {
    const told = `receipts are missing between receipt ${last} that you kept and the chain`;
    report.check(false, "receipt-chain", `${told}, which begins with ${first.number}`);
  } else if (!earlier.some(({ number }) => number === first.number - 1n)) {
    const told = `the chain that you gave begins with receipt ${first.number}`;
    report.note(`${told}; the ones before it can't be checked`);
  }
}

/**
 * Each number of a wallet is of one receipt, which follows the number before.
 *
 * @param {Json[]} receipts of one wallet
 * @param {Report} report
 */
function checkNeighbours(receipts, report) {
  /** @type {Map<bigint, Map<string, Json>>} */
  const byNumber = new Map();
  for (const receipt of receipts) {
    byNumber.set(receipt.number, (byNumber.get(receipt.number) ?? new Map()).set(receipt.text, receipt));
  }
  for (const [number, found] of byNumber) {
    const told = `there are ${found.size} receipts of number ${number}: of two chains`;
    report.check(found.size === 1, "receipt-chain", told);
    const digests = [...(byNumber.get(number - 1n)?.values() ?? [])].map(({ digest }) => digest);
    for (const { previous } of found.values()) {
      const linked = digests.length === 0 || digests.includes(previous);
      report.check(linked, "receipt-chain", `receipt ${number} does not follow receipt ${number - 1n}`);
    }
  }
}

/**
 * @param {Json} receipt that the reader has kept
 * @param {Json[]} chain
 * @param {Report} report
 */
function checkInChain(receipt, chain, report) {
  const name = `receipt ${receipt.number} that you kept`;
  const [first] = chain;
  if (!report.check(first !== undefined, "receipt-chain", `${name} is not in the chain, which is empty`)) return;
  const same = receipt.wallet === first.wallet;
  if (!report.check(same, "receipt-chain", `${name} is of another wallet than the chain`)) return;
  if (receipt.number === first.number - 1n) return; // `checkStart` looks whether the chain continues it
  if (receipt.number < first.number) {
    report.note(`${name} is before the chain that you gave, which begins with ${first.number}`);
    return;
  }
  const there = chain.some(({ text }) => text === receipt.text);
  report.check(there, "receipt-chain", `${name} was dropped from the chain, or another one has its place`);
}
