/* Whether a trade is of demo or of real money: the badge of its book, both of which its row has. */

import { find } from "./elements.js";

/**
 * @param {ParentNode} row
 * @param {{ demo: boolean }} trade
 */
export function showBook(row, trade) {
  find(row, `[data-book=${trade.demo ? "demo" : "real"}]`, HTMLElement).hidden = false;
}
