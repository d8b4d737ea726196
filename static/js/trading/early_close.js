/* Early close: each open trade's offer, and a button that closes for no more than 2 % less. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Offer, Trade } from "../core/wire.js"
 *
 * @typedef {{ shown: Offer | undefined, gesture: Gesture, waiting: boolean }} Closing
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
 * By card or line: the offer that it shows, and the guard of its button.
 *
 * @type {WeakMap<HTMLElement, Closing>}
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
  buttonOf(card).addEventListener("click", (press) => {
    show(buttonOf(card), "closing");
    sell(card, press, trade, store);
  });
}

/**
 * Asks to close for the offer that is shown, unless the press belongs to a gesture before.
 *
 * @param {HTMLElement} card
 * @param {MouseEvent} press
 * @param {Trade} trade
 * @param {Store} store
 */
export function sell(card, press, trade, store) {
  const { shown, gesture } = closings.get(card) ?? {};
  if (shown?.offer && gesture) void gesture.take(press, () => close(trade, shown, store));
}

/**
 * @param {Trade} trade
 * @param {Offer} offer
 * @param {Store} store
 */
async function close(trade, offer, store) {
  try {
    store.addTrades([await closeTrade(trade.id, offer.min_price)]);
  } catch (error) {
    toast({ ...explain(error), ...(error instanceof Problem && { text: refusedText(error, trade) }) });
  }
}

/**
 * The offer of this moment, that the trade is being closed, or neither. What is under a finger stays: the offer that was
 * aimed at is the one that is asked for.
 *
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Offer | undefined} offer
 * @returns {Closing}
 */
export function closingOf(card, trade, offer) {
  const closing = closings.get(card) ?? { shown: undefined, gesture: new Gesture(), waiting: false };
  closings.set(card, closing);
  if (closing.shown && !closing.gesture.holds() && buttonOf(card).matches(":active")) return closing;
  const open = trade.state === "open";
  closing.waiting = open && (trade.close?.state === "waiting" || closing.gesture.holds());
  closing.shown = open && !closing.waiting && isFresh(offer) ? offer : undefined;
  return closing;
}

/**
 * Called a few times a second.
 *
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Offer | undefined} offer
 */
export function showClose(card, trade, offer) {
  const { shown, waiting } = closingOf(card, trade, offer);
  partsOf(card)("closing").hidden = !waiting && !shown;
  if (waiting) show(buttonOf(card), "closing");
  if (shown) showOffer(card, shown, trade);
}

/**
 * @param {HTMLElement} card
 * @param {Offer} offered
 * @param {Trade} trade
 */
function showOffer(card, { offer, min_price: least }, trade) {
  const part = partsOf(card);
  show(buttonOf(card), "offered");
  write(part("offer"), `${group(offer ?? "")} ${trade.currency}`);
  write(part("min-price"), word("closeAtLeast", { amount: group(least ?? "") }));
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
