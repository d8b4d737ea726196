/*
 * The check of a trade's proof in a browser: the third program that does it, beside the platform's own and
 * static/verify/verify_trade.py. The three share no code, and agree on every forgery that the tests know.
 */

/**
 * @import { Check, Facts, Subject, Told } from "./checks.js"
 * @import { Fault } from "./faults.js"
 * @import { Json } from "./json.js"
 *
 * @typedef {"holds" | "fails" | "unable" | "none"} State
 * @typedef {{ name: string, state: State, facts: Facts, faults: Fault[], reason: string }} Step
 * @typedef {"agrees" | "disagrees" | "incomplete"} Verdict
 * @typedef {{ verdict: Verdict, steps: Step[], faults: Fault[], notes: string[], trade: Json }} Result
 */

import { CHECKS } from "./checks.js";
import { Report, Unable, Unreadable } from "./faults.js";
import { readJson } from "./json.js";
import { pricesShape, proofShape } from "./shape.js";
import { readStatement } from "./signature.js";

/**
 * Checks a downloaded proof.
 *
 * @param {string} document
 * @param {string} jwks the platform's public keys
 * @param {string} [published] its published digests
 * @returns {Promise<Result>}
 * @throws {Unreadable}
 */
export async function verify(document, jwks, published) {
  const statement = readStatement(document);
  const days = published === undefined ? {} : { published: digestsIn(readJson(published)) };
  return check({ proof: statement.proof, statement, jwks: readJson(jwks), ...days }, CHECKS);
}

/**
 * The digests of an answer of /api/v1/digests.
 *
 * @param {Json} answer
 * @returns {Json[]}
 * @throws {Unreadable}
 */
export function digestsIn(answer) {
  if (!Array.isArray(answer?.results)) throw new Unreadable("not published digests");
  return answer.results;
}

/**
 * Runs the checks one after the other, and tells of each as it ends.
 *
 * @param {Subject} subject
 * @param {Check[]} checks
 * @param {(step: Step) => void} [tell]
 * @returns {Promise<Result>}
 * @throws {Unreadable}
 */
export async function check(subject, checks, tell = () => {}) {
  try {
    checkShape(subject, checks);
    return await run(subject, checks, tell);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const forged = await run(subject, checks.map(ofSignature), tell);
    if (forged.verdict !== "disagrees") throw error;
    return forged;
  }
}

/**
 * @param {Subject} subject
 * @param {Check[]} checks
 * @throws {Unreadable}
 */
function checkShape({ proof, statement }, checks) {
  if (!proof && !statement) return;
  const ofTrade = checks.some(({ name }) => name === "outcome");
  (ofTrade ? proofShape : pricesShape)(proof);
}

/**
 * The check, if it needs nothing but the signed text: a forged one may be no proof any more.
 *
 * @param {Check} check
 * @returns {Check}
 */
function ofSignature(check) {
  return check.name === "signature" ? check : { ...check, run: () => null };
}

/**
 * @param {Subject} subject
 * @param {Check[]} checks
 * @param {(step: Step) => void} tell
 * @returns {Promise<Result>}
 */
async function run(subject, checks, tell) {
  const report = new Report();
  /** @type {Step[]} */
  const steps = [];
  for (const each of checks) {
    const step = await stepOf(each, subject, report);
    steps.push(step);
    tell(step);
  }
  return { verdict: verdictOf(steps), steps, faults: report.faults, notes: report.notes, trade: subject.proof?.trade };
}

/**
 * @param {Check} check
 * @param {Subject} subject
 * @param {Report} report
 * @returns {Promise<Step>}
 */
async function stepOf({ name, run }, subject, report) {
  const own = new Report();
  const { facts, reason } = await ran(() => run(subject, own));
  for (const { code, detail } of own.faults) report.check(false, code, detail);
  for (const note of own.notes) report.note(note);
  return { name, state: stateOf(own, facts, reason), facts: facts ?? {}, faults: own.faults, reason };
}

/**
 * @param {() => Told} run
 * @returns {Promise<{ facts: Facts | null, reason: string }>} `reason` says why it couldn't run to its end
 */
async function ran(run) {
  try {
    return { facts: await run(), reason: "" };
  } catch (error) {
    if (error instanceof Unable) return { facts: null, reason: error.reason };
    throw error;
  }
}

/**
 * @param {Report} own
 * @param {Facts | null} facts
 * @param {string} reason
 * @returns {State}
 */
function stateOf(own, facts, reason) {
  if (own.faults.length) return "fails";
  if (reason) return "unable";
  return facts === null ? "none" : "holds";
}

/**
 * @param {Step[]} steps
 * @returns {Verdict}
 */
function verdictOf(steps) {
  if (steps.some(({ state }) => state === "fails")) return "disagrees";
  return steps.some(({ state }) => state === "unable") ? "incomplete" : "agrees";
}
