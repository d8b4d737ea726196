/* The latest results: a table, and for each new result one toast and, where wanted, one tone. */

import { showBook } from "./book.js";
import { endedAt, endPrice } from "./ends.js";
import { group, signed } from "./money.js";
import { toast } from "./notices.js";
import { allowSounds, play } from "./sounds.js";
import { time } from "./times.js";
import { duration, word } from "./words.js";

const ROWS = 20;
const RESULT_TEXTS = { sold: "soldText" };

export function showRecentTrades(root, store) {
  const body = root.querySelector("tbody");
  const empty = root.querySelector("[data-empty]");
  const table = root.querySelector("[data-table]");
  const model = root.querySelector("template").content.firstElementChild;

  allowSounds();
  store.addEventListener("trades", refresh);
  store.addEventListener("moved", ({ detail }) => announce(detail));

  function refresh() {
    const settled = [...store.trades.values()].filter((trade) => trade.state === "settled");
    settled.sort((a, b) => endedAt(b).localeCompare(endedAt(a)) || b.id.localeCompare(a.id));
    body.replaceChildren(...settled.slice(0, ROWS).map((trade) => row(model, trade)));
    empty.hidden = settled.length > 0;
    table.hidden = settled.length === 0;
  }

  refresh();
}

function row(model, trade) {
  const element = model.cloneNode(true);
  const put = (name, text, tone) => {
    const cell = element.querySelector(`[data-${name}]`);
    cell.textContent = text;
    if (tone) cell.classList.add(tone);
  };
  put("time", time(endedAt(trade)));
  put("instrument", trade.instrument);
  put("direction", word(trade.direction === "up" ? "upMark" : "downMark"), trade.direction);
  put("duration", duration(trade.duration));
  put("stake", group(trade.amount));
  showBook(element, trade);
  put("entry", trade.entry_price ? group(trade.entry_price) : "–");
  put("exit", endPrice(trade) ? group(endPrice(trade)) : "–");
  put("outcome", word(`outcome-${trade.outcome}`) + (trade.correction ? ` · ${word("corrected")}` : ""));
  element.querySelector("[data-outcome]").href = resultPage(trade);
  put("profit", signed(trade.profit), tone(trade));
  return element;
}

function announce({ trade, before }) {
  if (trade.correction && before) toast(correction(trade));
  else if (trade.state === "settled" && before) {
    toast(result(trade));
    play(trade.outcome);
  } else if (!before && trade.state === "pending") announceQuietly(trade);
}

function result(trade) {
  const values = { entry: group(trade.entry_price ?? ""), exit: group(endPrice(trade) ?? "") };
  return {
    title: word(`outcome-${trade.outcome}`),
    text: trade.outcome === "voided" ? word("voidedText") : word(RESULT_TEXTS[trade.outcome] ?? "resultText", values),
    sum: signed(trade.profit),
    tone: tone(trade),
    link: resultPage(trade),
  };
}

/* The page with the trade's prices and its proof. */
function resultPage(trade) {
  return `/trades/${trade.id}/`;
}

function correction(trade) {
  const { amount, reason } = trade.correction;
  return { title: word("corrected"), text: reason, sum: signed(amount), tone: amount.startsWith("-") ? "down" : "up" };
}

/* Readers see a placed order in the list; this announces it to screen readers. */
function announceQuietly(trade) {
  document.querySelector("[data-announcer]").textContent = word("placedText", {
    direction: word(trade.direction === "up" ? "upMark" : "downMark"),
    amount: group(trade.amount),
    currency: trade.currency,
    duration: duration(trade.duration),
  });
}

function tone(trade) {
  if (trade.profit.startsWith("-")) return "down";
  return /[1-9]/.test(trade.profit) ? "up" : "";
}
