/* The badge of a trade's book, demo or real. The row has both badges; this shows the right one. */

export function showBook(element, trade) {
  element.querySelector(`[data-book=${trade.demo ? "demo" : "real"}]`).hidden = false;
}
