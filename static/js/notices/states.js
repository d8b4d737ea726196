/* The states over the chart: at most one at a time is shown, the weightiest one that holds. */

import { write } from "../core/elements.js";

/**
 * @typedef {object} Told
 * @property {string} [until] when it ends
 * @property {string} [because] why it is so, in the words of staff
 */

/**
 * @param {HTMLElement} root with an element for each state
 * @returns {(name: string | null, told?: Told) => void} shows this one, and no other
 */
export function showStates(root) {
  const elements = /** @type {NodeListOf<HTMLElement>} */ (root.querySelectorAll("[data-state]"));
  return (name, told = {}) => {
    for (const element of elements) {
      const shown = element.dataset.state === name;
      if (element.hidden === shown) element.hidden = !shown;
      if (shown) fill(element, told);
    }
  };
}

/**
 * @param {HTMLElement} element
 * @param {Told} told
 */
function fill(element, { until = "", because = "" }) {
  for (const [name, text] of Object.entries({ until, because })) {
    const place = element.querySelector(`[data-${name}]`);
    if (place) write(place, text);
  }
}
