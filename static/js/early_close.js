/* Early close: each open trade's sale offer, and a button that sells for a little less at the least. */

import { closeTrade, Problem } from "./api.js";
import { now } from "./clock.js";
import { group } from "./money.js";
import { toast } from "./notices.js";
import { word } from "./words.js";

const OFFER_AGE_MAX_MS = 3000;
/* Trades whose close order is under way to the server. */
const asking = new Set();

/** Wires a card's button once. The close order has the minimum that the card showed. */
export function listenToClose(element, trade, store) {
  const button = element.querySelector("[data-close-early]");
  button.addEventListener("click", async () => {
    const offer = store.offers.get(trade.id);
    if (!offer?.offer || asking.has(trade.id)) return;
    asking.add(trade.id);
    show(button, "closing");
    try {
      store.addTrades([await closeTrade(trade.id, offer.min_price)]);
    } catch (error) {
      toast({ title: error instanceof Problem ? error.message : word("unreachable"), text: refusedText(error, trade) });
    } finally {
      asking.delete(trade.id);
    }
  });
}

/** Called a few times a second: shows the present offer, or that the close is under way, or nothing. */
export function showClose(element, trade, offer) {
  const box = element.querySelector("[data-closing]");
  const waiting = trade.close?.state === "waiting" || asking.has(trade.id);
  const fresh = offer?.offer && now() - Date.parse(offer.priced_at) < OFFER_AGE_MAX_MS;
  box.hidden = trade.state !== "open" || !(waiting || fresh);
  if (box.hidden) return;
  const button = box.querySelector("[data-close-early]");
  show(button, waiting ? "closing" : "offered");
  if (waiting) return;
  put(button.querySelector("[data-offer]"), group(offer.offer));
  put(box.querySelector("[data-min-price]"), word("closeAtLeast", { amount: group(offer.min_price) }));
}

/** Announces a close order that lapsed: the trade continues. */
export function announceLapse(trade, before) {
  if (trade.close?.state !== "lapsed" || before?.close?.state !== "waiting") return;
  const offer = trade.close.offer ? `${group(trade.close.offer)} ${trade.currency}` : "–";
  toast({ title: word("lapsed"), text: word(`lapsed-${trade.close.lapse_reason}`, { offer }) });
}

function show(button, state) {
  button.disabled = state === "closing";
  button.dataset.state = state;
}

function refusedText(error, trade) {
  if (error.code !== "offer-moved") return word("closeRefused");
  return word("offerNow", { amount: `${group(error.body.offer)} ${trade.currency}` });
}

function put(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
