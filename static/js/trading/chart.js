/* The chart: the index line, second by second, with room for the seconds to come. */

/**
 * @import { AreaData, ChartOptions, DeepPartial, PriceFormatCustom, UTCTimestamp } from "lightweight-charts"
 * @import { Price, Trade } from "../core/wire.js"
 */

import { AreaSeries, CrosshairMode, createChart, LineSeries } from "../../vendor/lightweight-charts.mjs";
import { group, placesOf } from "../core/money.js";
import { time as clockTime } from "../core/times.js";
import { TradeOverlay } from "./chart_overlay.js";

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
  /** @type {Price | null} */
  #last = null;
  #end = 0;
  #ahead = AHEAD_SECONDS;

  /**
   * @param {HTMLElement} element
   * @param {string} pip
   */
  constructor(element, pip) {
    this.#element = element;
    this.#chart = createChart(element, options());
    this.#line = this.#chart.addSeries(AreaSeries, { priceFormat: priceFormat(pip), lineWidth: 2 });
    this.#seconds = this.#chart.addSeries(LineSeries, { lastValueVisible: false, priceLineVisible: false });
    this.#line.attachPrimitive(this.#overlay);
    this.#paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
  }

  /**
   * Draws the series anew.
   *
   * @param {Price[]} prices ascending
   * @param {number} now milliseconds by the server's clock
   */
  reset(prices, now) {
    const points = prices.map((price, index) => point(price, prices[index + 1]));
    this.#last = prices.at(-1) ?? null;
    const last = points.at(-1)?.time ?? Math.floor(now / 1000);
    this.#end = last + this.#ahead;
    this.#seconds.setData(range(Math.min(points[0]?.time ?? last, last - PAST_SECONDS_MAX), this.#end));
    this.#line.setData(points);
  }

  /** @param {Price[]} prices ascending */
  append(prices) {
    for (const price of prices) {
      if (this.#last) this.#line.update(point(this.#last, price));
      this.#line.update(point(price));
      this.#last = price;
    }
  }

  /**
   * @param {Trade[]} trades to draw: unsettled ones, and those settled lately
   * @param {number} now milliseconds by the server's clock
   */
  showTrades(trades, now) {
    const left = trades.map((trade) => Date.parse(trade.expires_at) / 1000 - now / 1000 + 6);
    this.#ahead = Math.round(Math.min(AHEAD_SECONDS_MAX, Math.max(AHEAD_SECONDS, ...left)));
    this.#overlay.show(trades);
  }

  /**
   * Moves the window on.
   *
   * @param {number} now milliseconds by the server's clock
   */
  advance(now) {
    const second = Math.floor(now / 1000);
    if (!this.#end) return;
    while (this.#end < second + this.#ahead) {
      this.#end += 1;
      this.#seconds.update({ time: stamp(this.#end) });
    }
    const width = this.#element.clientWidth;
    const shown = Math.min(PAST_SECONDS_MAX, Math.max(60, Math.round(width / PIXELS_A_SECOND) - this.#ahead));
    this.#chart.timeScale().setVisibleRange({ from: stamp(second - shown), to: stamp(second + this.#ahead) });
  }

  #paint() {
    const colour = palette(this.#element);
    const label = { color: colour("--control"), labelBackgroundColor: colour("--muted") };
    this.#chart.applyOptions({
      layout: { background: { color: "transparent" }, textColor: colour("--muted"), fontFamily: font() },
      grid: { vertLines: { color: colour("--raised") }, horzLines: { color: colour("--raised") } },
      crosshair: { vertLine: label, horzLine: label },
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

/** @returns {DeepPartial<ChartOptions>} */
function options() {
  const write = (/** @type {unknown} */ second) => clockTime(Number(second) * 1000);
  return {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 11 },
    rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.14, bottom: 0.1 } },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: true,
      minBarSpacing: 0.1,
      tickMarkFormatter: write,
    },
    localization: { timeFormatter: write },
    crosshair: { mode: CrosshairMode.Magnet },
    handleScroll: false,
    handleScale: false,
  };
}

/**
 * @param {string} pip
 * @returns {PriceFormatCustom}
 */
function priceFormat(pip) {
  const places = placesOf(pip);
  return {
    type: "custom",
    minMove: Number(pip),
    formatter: (/** @type {number} */ price) => group(price.toFixed(places)),
  };
}

/**
 * Where seconds are missing there was no price: the line breaks off, nothing is drawn between.
 *
 * @param {Price} price
 * @param {Price} [next]
 * @returns {AreaData<UTCTimestamp>}
 */
function point(price, next) {
  const drawn = { time: stamp(Date.parse(price.priced_at) / 1000), value: Number(price.price) };
  const missing = next && Date.parse(next.priced_at) / 1000 - drawn.time > GAP_SECONDS;
  return missing ? { ...drawn, ...BROKEN } : drawn;
}

/**
 * @param {number} first second
 * @param {number} last second
 */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, index) => ({ time: stamp(first + index) }));
}

/**
 * The chart's own name for seconds since the epoch.
 *
 * @param {number} second
 */
function stamp(second) {
  return /** @type {UTCTimestamp} */ (second);
}

/**
 * @param {HTMLElement} element
 * @returns {(name: string) => string}
 */
function palette(element) {
  const style = getComputedStyle(element);
  return (name) => style.getPropertyValue(name).trim();
}

function font() {
  return getComputedStyle(document.body).fontFamily;
}
