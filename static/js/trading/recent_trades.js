/* The latest results: a table, and for each new result one toast and, where wanted, one tone. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Correction, SettledTrade, Trade } from "../core/wire.js"
 */

import { copier, find, partsOf } from "../core/elements.js";
import { group, signed } from "../core/money.js";
import { toast } from "../core/notices.js";
import { allowSounds, play } from "../core/sounds.js";
import { time } from "../core/times.js";
import { duration, word } from "../core/words.js";
import { showBook } from "./book.js";
import { endedAt, endPrice } from "./ends.js";

const ROWS = 20;

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function showRecentTrades(root, store) {
  const part = partsOf(root);
  const body = find(root, "tbody", HTMLTableSectionElement);
  const blank = copier(root);

  allowSounds();
  store.on("trades", refresh);
  store.on("moved", ({ trade, before }) => announce(trade, before));

  function refresh() {
    const settled = [...store.trades.values()].filter((trade) => trade.state === "settled");
    settled.sort((a, b) => endedAt(b).localeCompare(endedAt(a)) || b.id.localeCompare(a.id));
    body.replaceChildren(...settled.slice(0, ROWS).map((trade) => filled(blank(), trade)));
    part("empty").hidden = settled.length > 0;
    part("table").hidden = settled.length === 0;
  }

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
  if (toneOf(trade)) part("profit").classList.add(toneOf(trade));
  return row;
}

/**
 * @param {Trade} trade
 * @param {Trade | undefined} before
 */
function announce(trade, before) {
  if (!before) {
    if (trade.state === "pending") announceQuietly(trade);
  } else if (trade.correction) {
    toast(correctionOf(trade.correction));
  } else if (trade.state === "settled") {
    toast(resultOf(trade));
    play(trade.outcome);
  }
}

/** @param {SettledTrade} trade */
function resultOf(trade) {
  return {
    title: word(`outcome-${trade.outcome}`),
    text: resultText(trade),
    sum: signed(trade.profit),
    tone: toneOf(trade),
    link: resultPage(trade),
  };
}

/** @param {SettledTrade} trade */
function resultText(trade) {
  if (trade.outcome === "voided") return word("voidedText");
  const prices = { entry: group(trade.entry_price ?? ""), exit: group(endPrice(trade) ?? "") };
  return word(trade.outcome === "sold" ? "soldText" : "resultText", prices);
}

/**
 * Where its prices and its proof are.
 *
 * @param {Trade} trade
 */
function resultPage(trade) {
  return `/trades/${trade.id}/`;
}

/** @param {Correction} correction */
function correctionOf({ amount, reason }) {
  return { title: word("corrected"), text: reason, sum: signed(amount), tone: amount.startsWith("-") ? "down" : "up" };
}

/**
 * A placed order is seen in the list; who can't see it is told.
 *
 * @param {Trade} trade
 */
function announceQuietly(trade) {
  find(document, "[data-announcer]", HTMLElement).textContent = word("placedText", {
    direction: wayOf(trade),
    amount: group(trade.amount),
    currency: trade.currency,
    duration: duration(trade.duration),
  });
}

/** @param {Trade} trade */
function wayOf(trade) {
  return word(trade.direction === "up" ? "upMark" : "downMark");
}

/** @param {SettledTrade} trade */
function toneOf(trade) {
  if (trade.profit.startsWith("-")) return "down";
  return /[1-9]/.test(trade.profit) ? "up" : "";
}
