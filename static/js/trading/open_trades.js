/* Open trades: each with a countdown by the server's clock, and its present result. */

/**
 * @import { Store } from "../core/store.js"
 * @import { OpenTrade, Price, Trade } from "../core/wire.js"
 */

import { now } from "../core/clock.js";
import { copier, find, partsOf, write } from "../core/elements.js";
import * as money from "../core/money.js";
import { duration, word } from "../core/words.js";
import { showBook } from "./book.js";
import { announceLapse, listenToClose, showClose } from "./early_close.js";
import { endedAt } from "./ends.js";

const CIRCUMFERENCE = 2 * Math.PI * 20;
const RESULT_SHOWN_MS = 6000;
const MARKS = { won: "✓", lost: "✕", tied: "=", voided: "=", sold: "✓" };

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {() => boolean} isStale
 * @returns {() => void} to be called when trades change and a few times a second
 */
export function showOpenTrades(root, store, isStale) {
  const part = partsOf(root);
  const blank = copier(root);
  /** @type {Map<string, HTMLElement>} */
  const cards = new Map();
  /** @type {Map<string, number>} */
  const results = new Map();

  store.on("moved", ({ trade, before }) => {
    announceLapse(trade, before);
    if (before && trade.state === "settled") results.set(trade.id, performance.now());
  });

  /** @param {Trade} trade */
  function isShown({ id, state }) {
    const settled = results.get(id) ?? Number.NEGATIVE_INFINITY;
    return state !== "settled" || performance.now() - settled < RESULT_SHOWN_MS;
  }

  function shown() {
    return [...store.trades.values()].filter(isShown).sort((a, b) => endedAt(a).localeCompare(endedAt(b)));
  }

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
    const trades = shown();
    const price = isStale() ? undefined : store.price;
    place(part("list"), trades.map(cardOf));
    for (const trade of trades) {
      update(cardOf(trade), trade, price);
      showClose(cardOf(trade), trade, store.offers.get(trade.id));
    }
    forgetAllBut(trades);
    part("empty").hidden = trades.length > 0;
    write(part("count"), String(trades.filter((trade) => trade.state !== "settled").length));
  };
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
  part("stake").textContent = `${money.group(trade.amount)} ${trade.currency}`;
  part("terms").textContent = `${trade.instrument} · ${duration(trade.duration)}`;
  showBook(card, trade);
  card.dataset.new = "";
  listenToClose(card, trade, store);
  return card;
}

/**
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Price | undefined} price
 */
function update(card, trade, price) {
  const part = partsOf(card);
  const left = Math.max(0, (Date.parse(trade.expires_at) - now()) / 1000);
  const elapsed = 1 - Math.min(1, left / trade.duration);
  find(card, "[data-left]", SVGElement).setAttribute("stroke-dashoffset", (CIRCUMFERENCE * elapsed).toFixed(1));
  write(part("countdown"), trade.outcome ? MARKS[trade.outcome] : countdown(left));
  write(part("entry"), entryText(trade));
  const { label, profit } = standing(trade, price, left);
  write(part("label"), label);
  write(part("profit"), profit);
  part("profit").classList.toggle("up", profit.startsWith("+"));
  part("profit").classList.toggle("down", profit.startsWith("−"));
  card.dataset.state = trade.state;
  if (trade.outcome) card.dataset.outcome = trade.outcome;
}

/** @param {number} left seconds */
function countdown(left) {
  const seconds = Math.ceil(left);
  if (seconds < 100) return String(seconds);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

/** @param {Trade} trade */
function entryText(trade) {
  if (!trade.entry_price) return word(trade.state === "settled" ? "noEntry" : "entryPending");
  return word("entryAt", { price: money.group(trade.entry_price) });
}

/**
 * How the trade stands: at this moment while it is open, for good once it is settled.
 *
 * @param {Trade} trade
 * @param {Price | undefined} price
 * @param {number} left seconds
 */
function standing(trade, price, left) {
  if (trade.state === "settled") return { label: word(`outcome-${trade.outcome}`), profit: money.signed(trade.profit) };
  if (trade.state === "pending") return { label: word("statePending"), profit: "" };
  if (left <= 0) return { label: word("settling"), profit: "" };
  if (price?.instrument !== trade.instrument) return { label: word("stateOpen"), profit: "" };
  return standingAt(trade, money.exact(price.price) - money.exact(trade.entry_price));
}

/**
 * @param {OpenTrade} trade
 * @param {bigint} movement since its entry
 */
function standingAt(trade, movement) {
  const stake = money.exact(trade.amount);
  const show = (/** @type {bigint} */ profit) => money.signed(money.write(profit, money.placesOf(trade.amount)));
  if (movement === 0n) return { label: word("standingLevel"), profit: show(0n) };
  const winning = movement > 0n === (trade.direction === "up");
  const profit = winning ? money.exact(trade.payout) - stake : -stake;
  return { label: word(winning ? "standingWinning" : "standingLosing"), profit: show(profit) };
}
