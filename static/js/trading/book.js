/* The badge of a trade's book, demo or real. The row has both badges; this shows the right one. */

import { find } from "../core/elements.js";

/**
 * @param {ParentNode} row
 * @param {{ demo: boolean }} trade
 */
export function showBook(row, trade) {
  find(row, `[data-book=${trade.demo ? "demo" : "real"}]`, HTMLElement).hidden = false;
}
