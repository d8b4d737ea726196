/* The trade page: creates its parts, and passes the news to them. */

import { getTrades, getWallets } from "./api.js";
import { doubt, now, synchronise } from "./clock.js";
import { priceAge } from "./gate.js";
import { listenToKeys } from "./keyboard.js";
import { showMarket } from "./market.js";
import { showBanner } from "./notices.js";
import { showOpenTrades } from "./open_trades.js";
import { showRecentTrades } from "./recent_trades.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { Ticket } from "./ticket.js";
import { showWallet } from "./wallet.js";

const TICK_MS = 200;
const PRIVATE = ["trades", "wallet"];
const data = JSON.parse(document.getElementById("page-data").textContent);
const { instrument, signed_in: signedIn } = data;
const root = (name) => document.querySelector(`[data-${name}]`);
const store = new Store();
const channels = ["instruments", `prices.${instrument.symbol}`, ...(signedIn ? ["trades", "wallet", "offers"] : [])];
const socket = new Socket(channels);
let connection = "opening";

const market = showMarket(root("market"), store, instrument);
const ticket = new Ticket(root("ticket-form"), store, {
  instrument,
  signedIn,
  restrictions: data.restrictions,
  isConnected: () => connection === "up",
});
const openTrades = signedIn ? showOpenTrades(root("open-trades"), store, isStale) : () => {};
if (signedIn) showRecentTrades(root("recent-trades"), store);
showWallet(store);
listenToKeys(root("ticket-form"), document.getElementById("help"), ticket);

store.walletId = data.wallet;
store.addWallets(data.wallets);
store.addTrades(data.trades, { quietly: true });
store.addEventListener("trades", openTrades);

socket.addEventListener("message", ({ detail }) => hear(detail));
socket.addEventListener("gap", ({ detail }) => PRIVATE.includes(detail.channel) && resynchronise());
socket.addEventListener("up", () => connect("up"));
socket.addEventListener("down", () => connect("down"));
synchronise();
socket.open();
setInterval(tick, TICK_MS);

function hear({ type, channel, data: news }) {
  if (type !== "snapshot" && type !== "update") return;
  const snapshot = type === "snapshot";
  if (channel === "wallet") store.addWallets(news);
  else if (channel === "offers") store.addOffers(news);
  else if (channel === "trades") snapshot ? store.resetTrades(news, now()) : store.addTrades(news);
  else if (channel === "instruments") announce(news, snapshot);
  else hearPrices(news, snapshot);
}

/* A price that is old on arrival, or of a future second, may mean that our clock is wrong. */
function hearPrices(news, snapshot) {
  snapshot ? store.resetPrices(news) : store.addPrices(news);
  if (store.price && (isStale() || Date.parse(store.price.priced_at) > now())) doubt();
}

/* The instrument's new status. An instrument that a snapshot leaves out is retired. */
function announce(news, snapshot) {
  const retired = { status: "retired", status_reason: "", status_since: instrument.status_since };
  const said = news.find(({ symbol }) => symbol === instrument.symbol) ?? (snapshot ? retired : null);
  if (!said || (said.status_since ?? "") < (instrument.status_since ?? "")) return;
  Object.assign(instrument, said);
  ticket.refresh();
}

function connect(state) {
  if (connection === state) return;
  if (connection === "down") synchronise();
  connection = state;
  showBanner("disconnected", state === "down");
  ticket.refresh();
}

/** Messages were missed: read the present state over REST. */
async function resynchronise() {
  const [wallets, trades] = await Promise.all([getWallets(), getTrades()]);
  store.addWallets(wallets.results);
  store.addTrades(trades.results);
}

function tick() {
  market();
  openTrades();
  ticket.refresh();
  showBanner("stale", connection === "up" && store.price !== undefined && isStale());
}

function isStale() {
  return priceAge(store.price, now()) > instrument.price_age_max_seconds;
}
