/* The trade page: creates its parts, and passes the news to them. */

/** @import { Frame, InstrumentStatus, PageData, Price } from "../core/wire.js" */

import { showWallet } from "../account/wallet.js";
import { allow, getTrades, getWallets } from "../core/api.js";
import { doubt, isKnown, now, synchronise } from "../core/clock.js";
import { find, partsOf } from "../core/elements.js";
import { showBanner } from "../core/notices.js";
import { Socket } from "../core/socket.js";
import { Store } from "../core/store.js";
import { priceAge } from "./gate.js";
import { listenToKeys } from "./keyboard.js";
import { showMarket } from "./market.js";
import { showOpenTrades } from "./open_trades.js";
import { showRecentTrades } from "./recent_trades.js";
import { Ticket } from "./ticket.js";

const TICK_MS = 200;
const PRIVATE = ["trades", "wallet"];
/** @type {PageData} */
const data = JSON.parse(find(document, "#page-data", HTMLScriptElement).text);
const { instrument, signed_in: signedIn } = data;
const part = partsOf(document);
const form = find(document, "[data-ticket-form]", HTMLFormElement);
const store = new Store();
const channels = ["instruments", `prices.${instrument.symbol}`, ...(signedIn ? ["trades", "wallet", "offers"] : [])];
const socket = new Socket(channels);
/** @type {"opening" | "up" | "down"} */
let connection = "opening";

const market = showMarket(part("market"), store, instrument);
const ticket = new Ticket(form, store, {
  instrument,
  signedIn,
  restrictions: data.restrictions,
  isConnected: () => connection === "up" && isKnown(),
});
const openTrades = signedIn ? showOpenTrades(part("open-trades"), store, isStale) : () => {};
if (signedIn) showRecentTrades(part("recent-trades"), store);
showWallet(store);
listenToKeys(form, find(document, "#help", HTMLDialogElement), ticket);

store.walletId = data.wallet;
store.addWallets(data.wallets);
store.addTrades(data.trades, { quietly: true });
store.on("trades", openTrades);

socket.on("message", hear);
socket.on("gap", (channel) => {
  if (PRIVATE.includes(channel)) void resynchronise();
});
socket.on("up", () => connect("up"));
socket.on("down", () => connect("down"));
void synchronise();
socket.open();
setInterval(tick, TICK_MS);
start();

/* The last step: when any before it fails, or the browser lacks something (`needs.js`), the ticket stays disabled. */
function start() {
  const { dataset } = document.documentElement;
  if ("lacks" in dataset) return;
  find(form, "[data-needs-script]", HTMLFieldSetElement).disabled = false;
  dataset.ready = "";
}

/** @param {Frame} frame */
function hear(frame) {
  if (frame.type !== "snapshot" && frame.type !== "update") return;
  const snapshot = frame.type === "snapshot";
  if (frame.channel === "wallet") store.addWallets(frame.data);
  else if (frame.channel === "offers") store.addOffers(frame.data);
  else if (frame.channel === "instruments") announce(frame.data, snapshot);
  else if (frame.channel !== "trades") hearPrices(frame.data, snapshot);
  else if (snapshot) store.resetTrades(frame.data, now());
  else store.addTrades(frame.data);
}

/**
 * A price that is old when it comes, or of a second that has yet to come, may mean that our clock is wrong.
 *
 * @param {Price[]} news
 * @param {boolean} snapshot
 */
function hearPrices(news, snapshot) {
  if (snapshot) store.resetPrices(news);
  else store.addPrices(news);
  if (store.price && (isStale() || Date.parse(store.price.priced_at) > now())) doubt();
}

/**
 * What may be done on the instrument, from now on. One that a snapshot leaves out is retired.
 *
 * @param {InstrumentStatus[]} news
 * @param {boolean} snapshot
 */
function announce(news, snapshot) {
  const retired = { status: "retired", status_reason: "", status_reason_ko: "", status_since: instrument.status_since };
  const said = news.find(({ symbol }) => symbol === instrument.symbol) ?? (snapshot ? retired : null);
  if (!said || (said.status_since ?? "") < (instrument.status_since ?? "")) return;
  Object.assign(instrument, said);
  ticket.refresh();
}

/** @param {"up" | "down"} state */
function connect(state) {
  if (connection === state) return;
  if (connection === "down") void synchronise();
  connection = state;
  showBanner("disconnected", state === "down");
  ticket.refresh();
}

/** Messages were missed: read the present state over REST, or else begin the stream anew, with snapshots. */
async function resynchronise() {
  try {
    const [wallets, trades] = await Promise.all([getWallets(), getTrades()]);
    store.addWallets(wallets.results);
    store.addTrades(trades.results);
  } catch (error) {
    socket.renew();
    allow(error);
  }
}

function tick() {
  if (!isKnown()) doubt();
  market();
  openTrades();
  ticket.refresh();
  showBanner("stale", connection === "up" && isKnown() && store.price !== undefined && isStale());
}

function isStale() {
  return priceAge(store.price, now()) > instrument.price_age_max_seconds;
}
