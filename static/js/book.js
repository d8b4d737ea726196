/* Whether a trade is of demo or of real money: the badge of its book, both of which its row has. */

export function showBook(element, trade) {
  element.querySelector(`[data-book=${trade.demo ? "demo" : "real"}]`).hidden = false;
}
