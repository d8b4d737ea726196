/* Banners show a problem for as long as it lasts; toasts announce an event once. */

import { copier, find, partsOf } from "./elements.js";

/**
 * @typedef {object} Toast
 * @property {string} title
 * @property {string} [text]
 * @property {string} [sum] shown large
 * @property {string} [tone] a class of the sum: "up", "down" or none
 * @property {"news" | "problem"} [kind]
 * @property {string} [link] leads to more
 * @property {string} [way] the words of the link, where they aren't those of the template
 */

const TOAST_MS = 7000;

/**
 * @param {string} name
 * @param {boolean} shown
 */
export function showBanner(name, shown) {
  const banner = find(document, `[data-banner="${name}"]`, HTMLElement);
  if (banner.hidden === shown) banner.hidden = !shown;
}

/**
 * A toast in the polite live region, which can be taken away before its time.
 *
 * @param {Toast} toast
 * @returns {HTMLElement}
 */
export function toast({ title, text = "", sum = "", tone = "", kind = "news", link = "", way = "" }) {
  const element = copier(document, "#toast")();
  const part = partsOf(element);
  element.dataset.kind = kind;
  part("title").textContent = title;
  part("text").textContent = text;
  part("sum").textContent = sum;
  const more = find(element, "[data-link]", HTMLAnchorElement);
  if (link) more.href = link;
  if (way) more.textContent = way;
  more.hidden = !link;
  if (tone) part("sum").classList.add(tone);
  partsOf(document)("toasts").append(element);
  begin(element);
  return element;
}

/* Those that the page came with, of what the page before has done: one after the other, as a small screen has room for
   one. They are put in anew, since a screen reader announces only what changes in a live region. */
export function tellMessages() {
  const toasts = partsOf(document)("toasts");
  const waiting = [...toasts.querySelectorAll(".toast")].filter((each) => each instanceof HTMLElement);
  for (const each of waiting) each.remove();
  const tellNext = () => {
    const element = waiting.shift();
    if (!element) return;
    toasts.append(element);
    begin(element, tellNext);
  };
  tellNext();
}

/**
 * @param {HTMLElement} element
 * @param {() => void} [gone] called when it has gone
 */
function begin(element, gone = () => {}) {
  const end = () => {
    if (!element.isConnected) return;
    element.remove();
    gone();
  };
  partsOf(element)("close").addEventListener("click", end);
  forget(element, end);
}

/**
 * A reader who points at a toast, or is in it, is given the time to read.
 *
 * @param {HTMLElement} element
 * @param {() => void} end
 */
function forget(element, end) {
  setTimeout(() => {
    if (element.matches(":hover, :focus-within")) forget(element, end);
    else end();
  }, TOAST_MS);
}
