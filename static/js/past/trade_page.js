/* The page of one trade: its chart, which moves on while the trade is open. Once it has settled, the page is read anew. */

/**
 * @import { TradePageData } from "../core/pages.js"
 * @import { Candle, Frame, Price, Trade } from "../core/wire.js"
 * @import { Drawn } from "../chart/overlay.js"
 */

import "../core/page.js";
import { PriceChart } from "../chart/chart.js";
import { ChartData, pointOfCandle } from "../chart/data.js";
import { allow, getCandles } from "../core/api.js";
import { doubt, isKnown, now, synchronise } from "../core/clock.js";
import { find, partsOf, write } from "../core/elements.js";
import { Socket } from "../core/socket.js";
import { Store } from "../core/store.js";
import { endedAt, endPrice } from "../trading/ends.js";
import { countdown, freshPrice, paint, secondsLeft, standingOf, toneOf } from "../trading/standing.js";

const TICK_MS = 200;
/* So many points are on a chart at most, and so much of the trade's own time is before and after it. */
const POINTS = 500;
const ASIDE = 0.3;
const ASIDE_MIN = 15;
const STEPS = [1, 5, 60, 300];
const NAMES = ["1s", "5s", "1m", "5m"];

/** @type {TradePageData} */
const { trade, instrument } = JSON.parse(find(document, "#trade-data", HTMLScriptElement).text);
const part = partsOf(document);
const [entry, end] = [seconds(trade.entry_at), seconds(endedAt(trade))];
const aside = Math.max(ASIDE_MIN, Math.round((end - entry) * ASIDE));
const [from, to] = [entry - aside, end + aside];
const place = Math.max(
  0,
  STEPS.findIndex((step) => (to - from) / step <= POINTS),
);
const step = STEPS[place] ?? 1;

if (trade.state === "settled") void showPast();
else showLive();

/** The prices around the trade; where none are kept any more there is no chart. */
async function showPast() {
  try {
    const until = new Date((to + step) * 1000).toISOString();
    const { results } = await getCandles(instrument.symbol, NAMES[place] ?? "1s", until);
    const points = results.map(pointOfCandle).filter(({ time }) => time >= from);
    part("trade-chart").hidden = points.length === 0;
    if (points.length === 0) return;
    const chart = new PriceChart(part("chart"), instrument.pip);
    chart.reset(points, { kind: "line", step, now: 1000 * to });
    chart.showTrades(drawnPast());
    chart.view(from, to);
  } catch (error) {
    part("trade-chart").hidden = true;
    allow(error);
  }
}

/** @returns {Drawn} */
function drawnPast() {
  const tone = trade.profit ? toneOf(trade.profit) : "";
  const selected = { ...trade, expires_at: endedAt(trade) };
  return { selected, standing: tone, left: "", price: endPrice(trade), others: [], settled: [trade] };
}

function showLive() {
  const store = new Store();
  const socket = new Socket(["trades", `prices.${instrument.symbol}`]);
  const data = new ChartData(instrument.symbol, socket, store);
  const chart = new PriceChart(part("chart"), instrument.pip);
  const needsMore = () => (data.points[0]?.time ?? from) > from;
  data.on("replaced", () => {
    chart.reset(data.points, { kind: "line", step, now: now() });
    if (needsMore()) void data.askOlder();
  });
  data.on("older", () => {
    chart.prepend(data.points);
    if (needsMore()) void data.askOlder();
  });
  data.on("added", (points) => chart.append(points));
  if (step > 1) data.choose(step);
  store.addTrades([trade], { quietly: true });
  store.on("trades", () => {
    if (current(store).state === "settled") location.reload();
  });
  socket.on("message", (frame) => hear(frame, store, data));
  void synchronise();
  socket.open();
  setInterval(() => tick(store, chart), TICK_MS);
}

/**
 * @param {Frame} frame
 * @param {Store} store
 * @param {ChartData} data
 */
function hear(frame, store, data) {
  if (frame.type !== "snapshot" && frame.type !== "update") return;
  const { channel } = frame;
  if (channel === "trades") store.addTrades(/** @type {Trade[]} */ (frame.data).filter(({ id }) => id === trade.id));
  else if (channel.startsWith("candles.")) {
    const candles = /** @type {Candle[]} */ (frame.data);
    data.hear(channel, candles, frame.type === "snapshot");
  } else {
    const prices = /** @type {Price[]} */ (frame.data);
    if (frame.type === "snapshot") store.resetPrices(prices);
    else store.addPrices(prices);
  }
}

/**
 * @param {Store} store
 * @param {PriceChart} chart
 */
function tick(store, chart) {
  if (!isKnown()) doubt();
  const shown = current(store);
  const price = freshPrice(store, instrument.symbol, instrument.price_age_max_seconds);
  const { label, profit, tone } = standingOf(shown, price);
  write(part("standing"), label);
  write(part("standing-profit"), profit);
  paint(part("standing-profit"), tone);
  const left = countdown(secondsLeft(shown), -1);
  chart.showTrades({ selected: shown, standing: tone, left, price, others: [], settled: [] });
  if (store.price) chart.view(from, to);
}

/** @param {Store} store */
function current(store) {
  return store.trades.get(trade.id) ?? trade;
}

/** @param {string} instant */
function seconds(instant) {
  return Date.parse(instant) / 1000;
}
