/* The trade page: creates its parts, and passes the news to them. */

/** @import { CandleNews, Frame, InstrumentStatus, News, PageData, Price, Trade } from "../core/wire.js" */

import "../core/page.js";
import { showWallet } from "../account/wallet.js";
import { ChartData } from "../chart/data.js";
import { showChart } from "../chart/panel.js";
import { startInSteps } from "../chart/steps.js";
import { allow, getTrades, getWallets } from "../core/api.js";
import { Asking } from "../core/asking.js";
import { doubt, isKnown, now, synchronise } from "../core/clock.js";
import { find, partsOf } from "../core/elements.js";
import { tellMessages } from "../core/notices.js";
import { listenToSheets } from "../core/sheets.js";
import { Socket } from "../core/socket.js";
import { Store } from "../core/store.js";
import { Announcements } from "../notices/announcements.js";
import { showStatistics } from "../past/statistics.js";
import { showHints } from "../visitor/hints.js";
import { showDock } from "./dock.js";
import { priceAge } from "./gate.js";
import { listenToKeys } from "./keyboard.js";
import { showLiveStrip } from "./live_strip.js";
import { showMarket } from "./market.js";
import { showOpenTrades } from "./open_trades.js";
import { OwnState } from "./own_state.js";
import { showRecentTrades } from "./recent_trades.js";
import { announceResults } from "./results.js";
import { Ticket } from "./ticket.js";
import { statusReason } from "./ticket_words.js";
import { showWatchList } from "./watch_list.js";
import { Weather } from "./weather.js";

const TICK_MS = 200;
const PRIVATE = ["trades", "wallet"];
/** @type {PageData} */
const data = JSON.parse(find(document, "#page-data", HTMLScriptElement).text);
const { instrument, signed_in: signedIn } = data;
const part = partsOf(document);
const form = find(document, "[data-ticket-form]", HTMLFormElement);
const store = new Store();
const channels = ["instruments", "tickers", "announcements", `prices.${instrument.symbol}`];
const socket = new Socket([...channels, ...(signedIn ? ["trades", "wallet", "offers"] : [])]);
const announcements = new Announcements();
const asking = new Asking(() => socket.channels);
const own = new OwnState(data.state, store, instrument);
const weather = new Weather(part("states"), store, (name) => ({
  until: own.until(name),
  because: statusReason(instrument),
}));
const chartData = new ChartData(instrument.symbol, socket, store);
const ticket = new Ticket(form, store, { instrument, signedIn, own, isConnected: () => weather.isConnected });
const updates = [
  showMarket(part("market"), store, instrument),
  ...(signedIn ? showOwnTrades(instrument.price_age_max_seconds) : []),
  () => ticket.refresh(),
  () => announcements.refresh(),
  () => weather.show(ticket.why),
];

tellMessages();
showWatchList(part("rail"), store);
showWallet(store);
listenToSheets();
listenToKeys(form, find(document, "#help", HTMLDialogElement), ticket);
own.on("changed", () => ticket.refresh());

store.addWallets(data.wallets);
store.addTrades(data.trades, { quietly: true });

socket.on("message", hear);
socket.on("gap", (channel) => {
  if (PRIVATE.includes(channel)) void resynchronise();
});
socket.on("up", () => {
  asking.stop();
  connect("up");
});
socket.on("down", () => asking.isOn || connect("down"));
socket.on("barren", () => asking.start());
asking.on("message", hear);
asking.on("came", () => connect("asking"));
asking.on("lost", () => connect("down"));
socket.on("ended", (reason) => own.hearEnd(reason));
void synchronise();
socket.open();
setInterval(tick, TICK_MS);
void startInSteps([() => updates.push(showChart(part("market"), store, instrument, chartData)), start]);

/* The last step: when any before it fails, or the browser lacks something (`needs.js`), the ticket stays disabled. */
function start() {
  const { dataset } = document.documentElement;
  if ("lacks" in dataset) return;
  find(form, "[data-needs-script]", HTMLFieldSetElement).disabled = false;
  dataset.ready = "";
  showHints({ isNew: signedIn && data.trades.length === 0 });
}

/**
 * @param {number} ageMax seconds
 * @returns {(() => void)[]}
 */
function showOwnTrades(ageMax) {
  showDock(part("dock"));
  showRecentTrades(part("recent-trades"), store);
  showStatistics(part("statistics"), store);
  announceResults(store);
  const list = showOpenTrades(part("open-trades"), store, ageMax);
  store.on("trades", list);
  return [list, showLiveStrip(part("live"), store, ageMax)];
}

/** @param {Frame} frame */
function hear(frame) {
  if (frame.type === "snapshot" || frame.type === "update") take(frame, frame.type === "snapshot");
  else if (frame.type === "error" && frame.code === "not-authenticated") own.readSoon();
}

/**
 * @param {News} frame
 * @param {boolean} snapshot
 */
function take(frame, snapshot) {
  if (frame.channel === "wallet") store.addWallets(frame.data);
  else if (frame.channel === "offers") store.addOffers(frame.data);
  else if (frame.channel === "tickers") store.addTickers(frame.data);
  else if (frame.channel === "announcements") announcements.take(frame.data, snapshot);
  else if (frame.channel === "instruments") announce(frame.data, snapshot);
  else if (frame.channel === "trades") takeTrades(frame.data, snapshot);
  else if (isOfCandles(frame)) chartData.hear(frame.channel, frame.data, snapshot);
  else hearPrices(frame.data, snapshot);
}

/**
 * @param {News} frame
 * @returns {frame is CandleNews}
 */
function isOfCandles(frame) {
  return frame.channel.startsWith("candles.");
}

/**
 * @param {Trade[]} news
 * @param {boolean} snapshot
 */
function takeTrades(news, snapshot) {
  if (snapshot) store.resetTrades(news, now());
  else store.addTrades(news);
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
  if (!store.price) return;
  const late = priceAge(store.price, now()) > instrument.price_age_max_seconds;
  if (late || Date.parse(store.price.priced_at) > now()) doubt();
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

/** @param {"up" | "asking" | "down"} state */
function connect(state) {
  if (weather.connection === state) return;
  if (weather.connection === "down") {
    void synchronise();
    own.readSoon();
  }
  weather.connect(state);
  ticket.refresh();
}

/** Messages were missed: read the present state over REST, or else begin the stream anew, with snapshots. */
async function resynchronise() {
  try {
    const [wallets, trades] = await Promise.all([getWallets(), getTrades()]);
    store.addWallets(wallets.results);
    store.addTrades(trades.results);
    weather.resynced();
  } catch (error) {
    socket.renew();
    allow(error);
  }
}

function tick() {
  if (!isKnown()) doubt();
  for (const update of updates) update();
}
