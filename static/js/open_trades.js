/* Open trades: each with a countdown by the server's clock, and its present result. */

import { showBook } from "./book.js";
import { now } from "./clock.js";
import { announceLapse, listenToClose, showClose } from "./early_close.js";
import { endedAt } from "./ends.js";
import { group, parse, placesOf, signed, write } from "./money.js";
import { duration, word } from "./words.js";

const CIRCUMFERENCE = 2 * Math.PI * 20;
const RESULT_SHOWN_MS = 6000;
const MARKS = { won: "✓", lost: "✕", tied: "=", voided: "=", sold: "✓" };

export function showOpenTrades(root, store, isStale) {
  const list = root.querySelector("[data-list]");
  const empty = root.querySelector("[data-empty]");
  const count = root.querySelector("[data-count]");
  const model = root.querySelector("template").content.firstElementChild;
  const cards = new Map();
  const results = new Map();

  store.addEventListener("moved", ({ detail }) => {
    announceLapse(detail.trade, detail.before);
    if (detail.before && detail.trade.state === "settled") results.set(detail.trade.id, Date.now());
  });

  function shown() {
    const current = (trade) => trade.state !== "settled" || Date.now() - (results.get(trade.id) ?? 0) < RESULT_SHOWN_MS;
    return [...store.trades.values()].filter(current).sort((a, b) => endedAt(a).localeCompare(endedAt(b)));
  }

  function card(trade) {
    if (!cards.has(trade.id)) cards.set(trade.id, filled(model, trade, store));
    return cards.get(trade.id);
  }

  /** Called when trades change, and a few times a second. */
  return function refresh() {
    const trades = shown();
    const elements = trades.map(card);
    if (elements.length !== list.children.length || elements.some((element, i) => element !== list.children[i])) {
      list.replaceChildren(...elements);
    }
    for (const trade of trades) {
      update(cards.get(trade.id), trade, isStale() ? undefined : store.price);
      showClose(cards.get(trade.id), trade, store.offers.get(trade.id));
    }
    for (const id of cards.keys()) if (!trades.some((trade) => trade.id === id)) cards.delete(id);
    empty.hidden = trades.length > 0;
    put(count, String(trades.filter((trade) => trade.state !== "settled").length));
  };
}

function filled(model, trade, store) {
  const element = model.cloneNode(true);
  const part = (name) => element.querySelector(`[data-${name}]`);
  const up = trade.direction === "up";
  part("what").textContent = word(up ? "upMark" : "downMark");
  part("what").classList.add(up ? "up" : "down");
  part("stake").textContent = `${group(trade.amount)} ${trade.currency}`;
  part("terms").textContent = `${trade.instrument} · ${duration(trade.duration)}`;
  showBook(element, trade);
  element.dataset.new = "";
  listenToClose(element, trade, store);
  return element;
}

function update(element, trade, price) {
  const part = (name) => element.querySelector(`[data-${name}]`);
  const left = Math.max(0, (Date.parse(trade.expires_at) - now()) / 1000);
  const elapsed = 1 - Math.min(1, left / trade.duration);
  part("left").setAttribute("stroke-dashoffset", (CIRCUMFERENCE * elapsed).toFixed(1));
  put(part("countdown"), MARKS[trade.outcome] ?? countdown(left));
  put(part("entry"), entryText(trade));
  const { label, profit } = standing(trade, price, left);
  put(part("label"), label);
  put(part("profit"), profit);
  part("profit").classList.toggle("up", profit.startsWith("+"));
  part("profit").classList.toggle("down", profit.startsWith("−"));
  element.dataset.state = trade.state;
  if (trade.outcome) element.dataset.outcome = trade.outcome;
}

function countdown(left) {
  const seconds = Math.ceil(left);
  if (seconds < 100) return String(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function entryText(trade) {
  if (!trade.entry_price) return word(trade.state === "settled" ? "noEntry" : "entryPending");
  return word("entryAt", { price: group(trade.entry_price) });
}

/** The trade's result: the present one while it is open, the final one once it is settled. */
function standing(trade, price, left) {
  if (trade.state === "settled") return { label: word(`outcome-${trade.outcome}`), profit: signed(trade.profit) };
  if (trade.state === "pending") return { label: word("statePending"), profit: "" };
  if (left <= 0) return { label: word("settling"), profit: "" };
  if (price?.instrument !== trade.instrument) return { label: word("stateOpen"), profit: "" };
  return standingAt(trade, parse(price.price) - parse(trade.entry_price));
}

function standingAt(trade, movement) {
  const places = placesOf(trade.amount);
  if (movement === 0n) return { label: word("standingLevel"), profit: signed(write(0n, places)) };
  const winning = movement > 0n === (trade.direction === "up");
  const gain = parse(trade.payout) - parse(trade.amount);
  const profit = signed(write(winning ? gain : -parse(trade.amount), places));
  return { label: word(winning ? "standingWinning" : "standingLosing"), profit };
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
