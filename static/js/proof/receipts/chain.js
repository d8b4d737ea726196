/* A wallet's chain of receipts, as the platform shows it now, and the receipts of it that a reader has kept. */

/**
 * @import { Check, Subject } from "../checks.js"
 * @import { Report } from "../faults.js"
 * @import { Json } from "../json.js"
 *
 * @typedef {{ linked: Json[], kept: Json[] }} Read the receipts that can be read
 */

import { pairs } from "../chain.js";
import { Unreadable } from "../faults.js";
import { readJson } from "../json.js";
import { readReceipt } from "./of_trade.js";

const NOTHING = "0".repeat(64);

/**
 * The receipts of a file: an answer of /api/v1/receipts, or one receipt a line.
 *
 * @param {string} content
 * @returns {string[]}
 * @throws {Unreadable}
 */
export function receiptsIn(content) {
  const trimmed = content.trim();
  const found = trimmed.startsWith("{")
    ? readJson(trimmed).results?.map?.((/** @type {Json} */ each) => each?.receipt)
    : trimmed.split(/\s+/);
  const isOne = (/** @type {Json} */ each) => typeof each === "string" && each.split(".").length === 3;
  if (!found?.some(isOne)) throw new Unreadable("no receipts are in it");
  return found.map(String);
}

/** @type {Check} */
const signatures = {
  name: "receipts",
  async run(subject, report) {
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
  const all = async (/** @type {string[]} */ texts, /** @type {string} */ place) => {
    const found = [];
    for (const [index, receipt] of texts.entries()) {
      const content = await readReceipt({ name: `${place}, number ${index + 1}`, receipt }, jwks, report);
      if (content) found.push({ ...content, text: receipt });
    }
    return found;
  };
  const ofReader = await all(kept, "the receipts that you kept");
  return { linked: await all(chain, "the chain"), kept: ofReader };
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
 * A chain that begins later continues the receipt before it, if that is among the kept ones.
 *
 * @param {Json[]} chain
 * @param {Json[]} kept
 * @param {Report} report
 */
function checkStart([first], kept, report) {
  if (!first || first.number === 1n) return;
  const earlier = kept.filter(({ wallet, number }) => wallet === first.wallet && number < first.number);
  checkNeighbours([...earlier, first], report);
  if (!earlier.some(({ number }) => number === first.number - 1n)) {
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
