/* Early close: each open trade's sale offer, and a button that sells for no more than 2 % less. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Offer, Trade } from "../core/wire.js"
 */

import { closeTrade, Problem } from "../core/api.js";
import { now } from "../core/clock.js";
import { find, partsOf, write } from "../core/elements.js";
import { Gesture } from "../core/gesture.js";
import { group } from "../core/money.js";
import { toast } from "../core/notices.js";
import { word } from "../core/words.js";
import { explain } from "./ticket_words.js";

const OFFER_AGE_MAX_MS = 3000;
/**
 * By card: the offer that it shows, and the guard of its button.
 *
 * @type {WeakMap<HTMLElement, { shown: Offer | undefined, gesture: Gesture }>}
 */
const closings = new WeakMap();

/**
 * Wires a card's button once; what is asked for is what the card shows, and not what has come since.
 *
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Store} store
 */
export function listenToClose(card, trade, store) {
  const button = buttonOf(card);
  button.addEventListener("click", (press) => {
    const { shown, gesture } = closingOf(card);
    if (shown?.offer) void gesture.take(press, () => close(button, trade, shown, store));
  });
}

/**
 * @param {HTMLButtonElement} button
 * @param {Trade} trade
 * @param {Offer} offer
 * @param {Store} store
 */
async function close(button, trade, offer, store) {
  show(button, "closing");
  try {
    store.addTrades([await closeTrade(trade.id, offer.min_price)]);
  } catch (error) {
    toast({ ...explain(error), ...(error instanceof Problem && { text: refusedText(error, trade) }) });
  }
}

/**
 * Called a few times a second: the offer of this moment, that it is being closed, or nothing.
 *
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Offer | undefined} offer
 */
export function showClose(card, trade, offer) {
  const closing = closingOf(card);
  if (isPressed(card)) return;
  const open = trade.state === "open";
  const waiting = open && (trade.close?.state === "waiting" || closing.gesture.holds());
  closing.shown = open && !waiting && isFresh(offer) ? offer : undefined;
  partsOf(card)("closing").hidden = !waiting && !closing.shown;
  if (waiting) show(buttonOf(card), "closing");
  if (closing.shown) showOffer(card, closing.shown);
}

/**
 * @param {HTMLElement} card
 * @param {Offer} offered
 */
function showOffer(card, { offer, min_price: least }) {
  const part = partsOf(card);
  show(buttonOf(card), "offered");
  write(part("offer"), group(offer ?? ""));
  write(part("min-price"), word("closeAtLeast", { amount: group(least ?? "") }));
}

/**
 * What is under a finger stays: the offer that was aimed at is the one that is asked for.
 *
 * @param {HTMLElement} card
 */
function isPressed(card) {
  const { shown, gesture } = closingOf(card);
  return shown !== undefined && !gesture.holds() && buttonOf(card).matches(":active");
}

/** @param {HTMLElement} card */
function closingOf(card) {
  const closing = closings.get(card) ?? { shown: undefined, gesture: new Gesture() };
  closings.set(card, closing);
  return closing;
}

/** @param {Offer | undefined} offer */
function isFresh(offer) {
  return Boolean(offer?.offer && offer.priced_at && now() - Date.parse(offer.priced_at) < OFFER_AGE_MAX_MS);
}

/**
 * Tells of an order to close that lapsed: the trade goes on.
 *
 * @param {Trade} trade
 * @param {Trade | undefined} before
 */
export function announceLapse(trade, before) {
  if (trade.close?.state !== "lapsed" || before?.close?.state !== "waiting") return;
  const offer = trade.close.offer ? `${group(trade.close.offer)} ${trade.currency}` : "–";
  toast({ title: word("lapsed"), text: word(`lapsed-${trade.close.lapse_reason}`, { offer }) });
}

/** @param {HTMLElement} card */
function buttonOf(card) {
  return find(card, "[data-close-early]", HTMLButtonElement);
}

/**
 * @param {HTMLButtonElement} button
 * @param {"offered" | "closing"} state
 */
function show(button, state) {
  button.disabled = state === "closing";
  button.dataset.state = state;
}

/**
 * @param {Problem} error
 * @param {Trade} trade
 */
function refusedText(error, trade) {
  if (error.code !== "offer-moved") return word("closeRefused");
  return word("offerNow", { amount: `${group(error.body.offer ?? "")} ${trade.currency}` });
}
