/* Open trades: each with a countdown by the server's clock, how it stands, and what it could be sold for now. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Trade } from "../core/wire.js"
 */

import { copier, find, partsOf, write } from "../core/elements.js";
import { group } from "../core/money.js";
import { duration, word } from "../core/words.js";
import { showBook } from "./book.js";
import { announceLapse, listenToClose, showClose } from "./early_close.js";
import { endedAt } from "./ends.js";
import { countdown, freshPrice, paint, secondsLeft, standingOf } from "./standing.js";

const CIRCUMFERENCE = 2 * Math.PI * 20;
const RESULT_SHOWN_MS = 6000;
const MARKS = { won: "✓", lost: "✕", tied: "=", voided: "=", sold: "✓" };

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {number} ageMax seconds after which a price is late
 * @returns {() => void} to be called when trades change and a few times a second
 */
export function showOpenTrades(root, store, ageMax) {
  const part = partsOf(root);
  const blank = copier(root);
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();
  /** @type {Map<string, number>} */
  const results = new Map();

  store.on("moved", ({ trade, before }) => {
    announceLapse(trade, before);
    if (before && trade.state === "settled") results.set(trade.id, performance.now());
    if (!before) cardOf(trade).dataset.new = "";
  });

  /** @param {Trade} trade */
  function cardOf(trade) {
    const card = cards.get(trade.id) ?? filled(blank(), trade, store);
    cards.set(trade.id, card);
    return card;
  }

  /** @param {Trade[]} trades */
  function forgetAllBut(trades) {
    const kept = new Set(trades.map((trade) => trade.id));
    for (const id of cards.keys()) if (!kept.has(id)) cards.delete(id);
  }

  return () => {
    const trades = shown(store, results);
    place(part("list"), trades.map(cardOf));
    for (const trade of trades) {
      update(cardOf(trade), trade, freshPrice(store, trade.instrument, ageMax));
      cardOf(trade).toggleAttribute("data-selected", trade.id === store.selected);
      showClose(cardOf(trade), trade, store.offers.get(trade.id));
    }
    forgetAllBut(trades);
    part("empty").hidden = trades.length > 0;
    showCount(trades.filter((trade) => trade.state !== "settled").length);
  };
}

/**
 * The unsettled trades, and for a moment those that have just been settled; the one that ends next is the first.
 *
 * @param {Store} store
 * @param {Map<string, number>} results when which trade was settled, by the steady clock
 */
function shown(store, results) {
  const since = performance.now() - RESULT_SHOWN_MS;
  return [...store.trades.values()]
    .filter(({ id, state }) => state !== "settled" || (results.get(id) ?? Number.NEGATIVE_INFINITY) > since)
    .sort((a, b) => endedAt(a).localeCompare(endedAt(b)));
}

/** @param {number} number of trades */
function showCount(number) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-count]"))) {
    write(element, String(number));
    element.hidden = number === 0;
  }
}

/**
 * Lays out the cards, unless they lie so already: a card that is put in anew loses its focus.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} cards
 */
function place(list, cards) {
  const same = cards.length === list.children.length && cards.every((card, index) => card === list.children[index]);
  if (!same) list.replaceChildren(...cards);
}

/**
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Store} store
 */
function filled(card, trade, store) {
  const part = partsOf(card);
  const up = trade.direction === "up";
  part("what").textContent = word(up ? "upMark" : "downMark");
  part("what").classList.add(up ? "up" : "down");
  part("stake").textContent = `${group(trade.amount)} ${trade.currency}`;
  part("terms").textContent = `${trade.instrument} · ${duration(trade.duration)}`;
  part("show").addEventListener("click", () => store.select(trade.id));
  showBook(card, trade);
  card.addEventListener("animationend", () => delete card.dataset.new);
  listenToClose(card, trade, store);
  return card;
}

/**
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {string | null} price
 */
function update(card, trade, price) {
  const part = partsOf(card);
  const left = secondsLeft(trade);
  const elapsed = 1 - Math.min(1, left / trade.duration);
  find(card, "[data-left]", SVGElement).setAttribute("stroke-dashoffset", (CIRCUMFERENCE * elapsed).toFixed(1));
  write(part("countdown"), trade.outcome ? MARKS[trade.outcome] : countdown(left));
  write(part("entry"), entryText(trade));
  const { label, profit, tone, distance } = standingOf(trade, price);
  write(part("label"), label);
  write(part("profit"), profit && trade.state !== "settled" ? word("atExpiry", { profit }) : profit);
  write(part("distance"), distance);
  paint(part("label"), tone);
  paint(part("distance"), tone);
  card.dataset.state = trade.state;
  if (trade.outcome) card.dataset.outcome = trade.outcome;
}

/** @param {Trade} trade */
function entryText(trade) {
  if (!trade.entry_price) return word(trade.state === "settled" ? "noEntry" : "entryPending");
  return word("entryAt", { price: group(trade.entry_price) });
}
