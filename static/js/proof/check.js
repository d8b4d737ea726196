/* The button that checks a settlement or a second's price on its page, and the steps that it tells of. */

/**
 * @import { Check, Subject } from "./checks.js"
 * @import { Step, Verdict } from "./verify.js"
 *
 * @typedef {() => Promise<{ subject: Subject, checks: Check[] }>} Ask what to check, asked for at the press
 */

import { find, partsOf, write } from "../core/elements.js";
import { group, signed } from "../core/money.js";
import { Unreadable } from "./faults.js";
import { Away } from "./sources.js";
import { check } from "./verify.js";

const MARKS = { holds: "✓", fails: "✕", unable: "!", none: "–" };
/** @type {Record<string, string>} */
const WITHOUT = { days: "undated", kept: "unkept" };
const FAULTS_MAX = 5;
/* The step of the published days says it, in the reader's language. */
const TOLD_ALREADY = /^the digest of .* was not published yet/;

/**
 * @param {HTMLElement} root
 * @param {Ask} ask
 * @param {{ enabled?: boolean }} [how] whether there is something to check at once
 */
export function showCheck(root, ask, { enabled = true } = {}) {
  const part = partsOf(root);
  const button = find(root, "[data-check-button]", HTMLButtonElement);
  const word = wordsOf(root);
  button.disabled = !enabled;
  button.addEventListener("click", async () => {
    button.disabled = true;
    reset(root);
    tell(part("check-verdict"), "none", word("running"));
    try {
      const { subject, checks } = await ask();
      const result = await check(subject, checks, (step) => showStep(root, step, word));
      const faults = result.faults.length;
      tell(part("check-verdict"), result.verdict, word(result.verdict, { n: faults }));
      showNotes(part, result.notes);
    } catch (error) {
      tell(part("check-verdict"), "failed", failure(error, word));
    } finally {
      button.disabled = false;
    }
  });
}

/**
 * Takes back what was told.
 *
 * @param {HTMLElement} root
 * @param {{ enabled: boolean }} how whether there is something to check now
 */
export function clearCheck(root, { enabled }) {
  find(root, "[data-check-button]", HTMLButtonElement).disabled = !enabled;
  reset(root);
  partsOf(root)("check-steps").hidden = true;
  tell(partsOf(root)("check-verdict"), "none", "");
}

/** @param {HTMLElement} root */
function reset(root) {
  const part = partsOf(root);
  part("check-steps").hidden = false;
  part("check-notes").hidden = true;
  for (const item of stepsIn(root)) item.dataset.state = "waiting";
}

/** @param {HTMLElement} root */
function stepsIn(root) {
  return /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-step]"));
}

/**
 * @param {HTMLElement} element
 * @param {Verdict | "none" | "failed"} verdict
 * @param {string} text
 */
function tell(element, verdict, text) {
  element.dataset.verdict = verdict;
  write(element, text);
}

/**
 * @param {HTMLElement} root
 * @param {Step} step
 * @param {ReturnType<typeof wordsOf>} word
 */
function showStep(root, step, word) {
  const item = [...stepsIn(root)].find(({ dataset }) => dataset.step === step.name);
  if (!item) return;
  const part = partsOf(item);
  const told = part("told");
  told.dataset.model ??= told.textContent ?? "";
  item.dataset.state = step.state;
  part("mark").textContent = MARKS[step.state];
  told.textContent = sentence(step, told.dataset.model, word);
  const faults = step.faults.slice(0, FAULTS_MAX).map(({ code, detail }) => faultItem(word(`fault-${code}`), detail));
  part("faults").replaceChildren(...faults);
}

/**
 * @param {Step} step
 * @param {string} model
 * @param {ReturnType<typeof wordsOf>} word
 */
function sentence(step, model, word) {
  if (step.state === "holds") return filled(model, shown(step.facts));
  if (step.state === "unable") return word(`reason-${step.reason}`);
  if (step.state === "none") return word(WITHOUT[step.name] ?? "none");
  return word("fails");
}

/**
 * Amounts and prices as people read them.
 *
 * @param {Record<string, string | number>} facts
 */
function shown(facts) {
  const { key = "", ...rest } = facts;
  const texts = Object.entries(rest).map(([name, fact]) => [
    name,
    name === "profit" ? signed(`${fact}`) : group(`${fact}`),
  ]);
  return { ...Object.fromEntries(texts), key: String(key).slice(0, 8) };
}

/**
 * @param {string} meaning
 * @param {string} detail
 */
function faultItem(meaning, detail) {
  const item = document.createElement("li");
  const exact = document.createElement("code");
  exact.lang = "en";
  exact.textContent = detail;
  item.append(meaning, " ", exact);
  return item;
}

/**
 * @param {(name: string) => HTMLElement} part
 * @param {string[]} notes
 */
function showNotes(part, notes) {
  const news = notes.filter((note) => !TOLD_ALREADY.test(note));
  const items = news.map((note) => {
    const item = document.createElement("li");
    item.textContent = note;
    return item;
  });
  part("notes").replaceChildren(...items);
  part("check-notes").hidden = news.length === 0;
}

/**
 * @param {unknown} error
 * @param {ReturnType<typeof wordsOf>} word
 */
function failure(error, word) {
  if (error instanceof Unreadable) return word("unreadable");
  if (error instanceof Away) return word("away");
  throw error;
}

/** @param {HTMLElement} root */
function wordsOf(root) {
  const { content } = find(root, "[data-check-words]", HTMLTemplateElement);
  return (/** @type {string} */ name, /** @type {Record<string, string | number>} */ values = {}) =>
    filled(content.querySelector(`[data-word="${name}"]`)?.textContent ?? name, values);
}

/**
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
function filled(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => String(values[name] ?? whole));
}
