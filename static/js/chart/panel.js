/* The chart with its tools: interval and kind, what the crosshair points at, and the way back to the present. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Instrument } from "../core/wire.js"
 * @import { ChartData, Point } from "./data.js"
 * @import { Kind } from "./chart.js"
 */

import { now } from "../core/clock.js";
import { partsOf, write } from "../core/elements.js";
import { group, placesOf } from "../core/money.js";
import { device } from "../core/shelves.js";
import { dayAndTime, time } from "../core/times.js";
import { word } from "../core/words.js";
import { PriceChart } from "./chart.js";
import { drawnTrades } from "./drawn.js";

const REMEMBERED = "cryptotrader.chart";
const DAY_MS = 86_400_000;

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {Instrument} instrument
 * @param {ChartData} data
 * @returns {() => void} to be called a few times a second
 */
export function showChart(root, store, instrument, data) {
  const part = partsOf(root);
  const chart = new PriceChart(part("chart"), instrument.pip);
  /** @type {{ kind: Kind, step: number }} */
  const shown = { kind: "line", step: 1, ...JSON.parse(device.read(REMEMBERED) ?? "{}") };

  const redraw = () => chart.reset(data.points, { ...shown, now: now() });
  data.on("replaced", redraw);
  data.on("added", (points) => chart.append(points));
  data.on("older", () => chart.prepend(data.points));
  chart.on("back", () => void data.askOlder());
  chart.on("following", (follows) => {
    part("chart-latest").hidden = follows;
  });
  chart.on("pointed", (second) => write(part("chart-legend"), second ? legend(second, data, store, instrument) : ""));
  part("chart-latest").addEventListener("click", () => chart.follow());
  listen(root, shown, () => {
    device.keep(REMEMBERED, JSON.stringify(shown));
    if (data.step === shown.step) redraw();
    else data.choose(shown.step);
  });
  if (shown.step !== 1) data.choose(shown.step);
  else if (data.points.length) redraw();

  return () => {
    if (!store.price) return;
    chart.showTrades(drawnTrades(store, instrument));
    chart.advance(now());
  };
}

/**
 * @param {HTMLElement} root
 * @param {{ kind: Kind, step: number }} shown
 * @param {() => void} changed
 */
function listen(root, shown, changed) {
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (
    root.querySelectorAll("[data-interval], button[data-kind]")
  );
  const mark = () => {
    for (const button of buttons) {
      const { interval, kind } = button.dataset;
      button.setAttribute("aria-pressed", String(interval ? Number(interval) === shown.step : kind === shown.kind));
    }
  };
  for (const button of buttons) {
    button.disabled = false;
    button.addEventListener("click", () => {
      choose(button.dataset, shown);
      mark();
      changed();
    });
  }
  mark();
}

/**
 * A candle of one second is a single price: there the chart is a line.
 *
 * @param {DOMStringMap} button
 * @param {{ kind: Kind, step: number }} shown
 */
function choose({ interval, kind }, shown) {
  if (interval) shown.step = Number(interval);
  if (kind) shown.kind = kind === "candles" ? "candles" : "line";
  if (shown.step > 1 || shown.kind === "line") return;
  if (interval) shown.kind = "line";
  else shown.step = 5;
}

/**
 * What was at that second: its price and venues, or its candle.
 *
 * @param {number} second
 * @param {ChartData} data
 * @param {Store} store
 * @param {Instrument} instrument
 */
function legend(second, data, store, instrument) {
  const at = second * 1000;
  const when = now() - at > DAY_MS ? dayAndTime(new Date(at).toISOString()) : time(at);
  const point = data.points.find(({ time: each }) => each === second);
  if (!point) return when;
  const show = (/** @type {number} */ price) => group(price.toFixed(placesOf(instrument.pip)));
  if (data.step > 1) return `${when}  ${candleText(point, show)}`;
  const price = store.prices.find(({ priced_at: each }) => Date.parse(each) === at);
  const venues = price?.venues.filter(({ out }) => !out).length;
  const told = venues ? `  ${word(venues === 1 ? "venue" : "venues", { n: venues })}` : "";
  return `${when}  ${show(point.close)}${told}`;
}

/**
 * @param {Point} point
 * @param {(price: number) => string} show
 */
function candleText({ open, high, low, close }, show) {
  return word("candle", { open: show(open), high: show(high), low: show(low), close: show(close) });
}
