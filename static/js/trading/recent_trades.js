/* The latest results as a table. */

/**
 * @import { Store } from "../core/store.js"
 * @import { SettledTrade } from "../core/wire.js"
 */

import { copier, find, partsOf } from "../core/elements.js";
import { group, signed } from "../core/money.js";
import { time } from "../core/times.js";
import { duration, word } from "../core/words.js";
import { showBook } from "./book.js";
import { endedAt, endPrice, settledLately } from "./ends.js";
import { resultPage, wayOf } from "./results.js";
import { paint, toneOf } from "./standing.js";

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function showRecentTrades(root, store) {
  const part = partsOf(root);
  const body = find(root, "tbody", HTMLTableSectionElement);
  const blank = copier(root);

  function refresh() {
    const settled = settledLately(store);
    body.replaceChildren(...settled.map((trade) => filled(blank(), trade)));
    part("empty").hidden = settled.length > 0;
    part("table").hidden = settled.length === 0;
  }

  store.on("trades", refresh);
  refresh();
}

/**
 * @param {HTMLElement} row
 * @param {SettledTrade} trade
 */
function filled(row, trade) {
  const part = partsOf(row);
  const exit = endPrice(trade);
  part("time").textContent = time(endedAt(trade));
  part("instrument").textContent = trade.instrument;
  part("direction").textContent = wayOf(trade);
  part("direction").classList.add(trade.direction);
  part("duration").textContent = duration(trade.duration);
  part("stake").textContent = group(trade.amount);
  showBook(row, trade);
  part("entry").textContent = trade.entry_price ? group(trade.entry_price) : "–";
  part("exit").textContent = exit ? group(exit) : "–";
  const outcome = find(row, "[data-outcome]", HTMLAnchorElement);
  outcome.textContent = word(`outcome-${trade.outcome}`) + (trade.correction ? ` · ${word("corrected")}` : "");
  outcome.href = resultPage(trade);
  part("profit").textContent = signed(trade.profit);
  paint(part("profit"), toneOf(trade.profit));
  return row;
}
