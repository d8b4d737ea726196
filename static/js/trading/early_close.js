/* Early close: each open trade's sale offer, and a button that sells for a little less at the least. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Offer, Trade } from "../core/wire.js"
 */

import { closeTrade, Problem } from "../core/api.js";
import { now } from "../core/clock.js";
import { find, partsOf, write } from "../core/elements.js";
import { group } from "../core/money.js";
import { toast } from "../core/notices.js";
import { word } from "../core/words.js";

const OFFER_AGE_MAX_MS = 3000;
/**
 * While an order to close is on its way here or to the server, by trade.
 *
 * @type {Set<string>}
 */
const asking = new Set();

/**
 * Wires a card's button once; what is asked for is what the card showed.
 *
 * @param {HTMLElement} card
 * @param {Trade} trade
 * @param {Store} store
 */
export function listenToClose(card, trade, store) {
  const button = buttonOf(card);
  button.addEventListener("click", () => {
    const offer = store.offers.get(trade.id);
    if (!offer?.offer || asking.has(trade.id)) return;
    show(button, "closing");
    void close(trade, offer, store);
  });
}

/**
 * @param {Trade} trade
 * @param {Offer} offer
 * @param {Store} store
 */
async function close(trade, offer, store) {
  asking.add(trade.id);
  try {
    store.addTrades([await closeTrade(trade.id, offer.min_price)]);
  } catch (error) {
    toast({ title: error instanceof Problem ? error.message : word("unreachable"), text: refusedText(error, trade) });
  } finally {
    asking.delete(trade.id);
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
  const part = partsOf(card);
  const waiting = trade.close?.state === "waiting" || asking.has(trade.id);
  const shown = trade.state === "open" && (waiting || isFresh(offer));
  part("closing").hidden = !shown;
  if (!shown) return;
  show(buttonOf(card), waiting ? "closing" : "offered");
  if (waiting) return;
  write(part("offer"), group(offer?.offer ?? ""));
  write(part("min-price"), word("closeAtLeast", { amount: group(offer?.min_price ?? "") }));
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
 * @param {unknown} error
 * @param {Trade} trade
 */
function refusedText(error, trade) {
  if (!(error instanceof Problem) || error.code !== "offer-moved") return word("closeRefused");
  return word("offerNow", { amount: `${group(error.body.offer ?? "")} ${trade.currency}` });
}
