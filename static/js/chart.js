/* The chart: the index line, second by second, with room for the seconds to come. */

import { AreaSeries, CrosshairMode, LineSeries, createChart } from "../vendor/lightweight-charts.mjs";
import { TradeOverlay } from "./chart_overlay.js";
import { group, placesOf } from "./money.js";
import { time as clockTime } from "./times.js";

const PAST_SECONDS_MAX = 290;
const PIXELS_A_SECOND = 3.4;
const AHEAD_SECONDS = 20;
const AHEAD_SECONDS_MAX = 90;
const GAP_SECONDS = 3;
const BROKEN = { lineColor: "transparent", topColor: "transparent", bottomColor: "transparent" };

export class PriceChart {
  #element;
  #chart;
  #line;
  #seconds;
  #overlay = new TradeOverlay();
  #last = null;
  #end = 0;
  #ahead = AHEAD_SECONDS;

  constructor(element, pip) {
    this.#element = element;
    this.#chart = createChart(element, options());
    this.#line = this.#chart.addSeries(AreaSeries, { priceFormat: priceFormat(pip), lineWidth: 2 });
    this.#seconds = this.#chart.addSeries(LineSeries, { lastValueVisible: false, priceLineVisible: false });
    this.#line.attachPrimitive(this.#overlay);
    this.#paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  /** Draws the series anew. */
  reset(prices) {
    const points = prices.map((price, index) => point(price, prices[index + 1]));
    this.#last = prices.at(-1);
    const last = points.at(-1)?.time ?? Math.floor(Date.now() / 1000);
    this.#end = last + this.#ahead;
    this.#seconds.setData(range(Math.min(points[0]?.time ?? last, last - PAST_SECONDS_MAX), this.#end));
    this.#line.setData(points);
  }

  append(prices) {
    for (const price of prices) {
      if (this.#last) this.#line.update(point(this.#last, price));
      this.#line.update(point(price));
      this.#last = price;
    }
  }

  /** Draws these trades: unsettled ones, and recently settled ones. */
  showTrades(trades, now) {
    const left = trades.map((trade) => Date.parse(trade.expires_at) / 1000 - now / 1000 + 6);
    this.#ahead = Math.round(Math.min(AHEAD_SECONDS_MAX, Math.max(AHEAD_SECONDS, ...left)));
    this.#overlay.show(trades);
  }

  /** Moves the window to the server's `now`. */
  advance(now) {
    const second = Math.floor(now / 1000);
    if (!this.#end) return;
    while (this.#end < second + this.#ahead) {
      this.#end += 1;
      this.#seconds.update({ time: this.#end });
    }
    const width = this.#element.clientWidth;
    const shown = Math.min(PAST_SECONDS_MAX, Math.max(60, Math.round(width / PIXELS_A_SECOND) - this.#ahead));
    this.#chart.timeScale().setVisibleRange({ from: second - shown, to: second + this.#ahead });
  }

  #paint() {
    const colour = palette(this.#element);
    this.#chart.applyOptions({
      layout: { background: { color: "transparent" }, textColor: colour("--muted"), fontFamily: font() },
      grid: { vertLines: { color: colour("--raised") }, horzLines: { color: colour("--raised") } },
      crosshair: {
        vertLine: { color: colour("--control"), labelBackgroundColor: colour("--muted") },
        horzLine: { color: colour("--control"), labelBackgroundColor: colour("--muted") },
      },
    });
    this.#line.applyOptions({
      lineColor: colour("--text"),
      topColor: `${colour("--text")}1f`,
      bottomColor: `${colour("--text")}00`,
      priceLineColor: colour("--control"),
    });
    this.#overlay.paint(colour, font());
  }
}

function options() {
  return {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 11 },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.14, bottom: 0.1 } },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: true,
      minBarSpacing: 0.1,
      tickMarkFormatter: (second) => clockTime(second * 1000),
    },
    localization: { timeFormatter: (second) => clockTime(second * 1000) },
    crosshair: { mode: CrosshairMode.Magnet },
    handleScroll: false,
    handleScale: false,
  };
}

function priceFormat(pip) {
  const places = placesOf(pip);
  return { type: "custom", minMove: Number(pip), formatter: (price) => group(price.toFixed(places)) };
}

/* Seconds without a price break the line: nothing is drawn between. */
function point(price, next) {
  const drawn = { time: Date.parse(price.priced_at) / 1000, value: Number(price.price) };
  const missing = next && Date.parse(next.priced_at) / 1000 - drawn.time > GAP_SECONDS;
  return missing ? { ...drawn, ...BROKEN } : drawn;
}

function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ time: first + index }));
}

function palette(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

function font() {
  return getComputedStyle(document.body).fontFamily;
}
