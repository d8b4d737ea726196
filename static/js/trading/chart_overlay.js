/* Trades on the chart: entry line, expiry line, the winning side shaded between them, the exit. */

/**
 * @import {
 *   AutoscaleInfo, IPrimitivePaneRenderer, IPrimitivePaneView, ISeriesPrimitive, SeriesAttachedParameter, Time,
 *   UTCTimestamp
 * } from "lightweight-charts"
 * @import { Trade } from "../core/wire.js"
 * @import { Box } from "./labels.js"
 *
 * @typedef {Parameters<IPrimitivePaneRenderer["draw"]>[0]} Target
 * @typedef {{ width: number, height: number }} Size
 * @typedef {(name: string) => string} Palette
 * @typedef {{ start: number, right: number, level: number, colour: string }} Line an entry line, in pixels
 */

import { group, signed } from "../core/money.js";
import { endedAt, endPrice } from "./ends.js";
import { placed } from "./labels.js";

/* The start of a line that begins before the chart's first second: left of the view, so that its dot is invisible. */
const OFF_LEFT = -10;

/** @implements {ISeriesPrimitive<Time>} */
export class TradeOverlay {
  /** @type {Trade[]} */
  #trades = [];
  /** @type {SeriesAttachedParameter<Time> | null} */
  #attached = null;
  /** @type {Palette} */
  #colour = () => "#888888";
  #font = "sans-serif";
  /** @type {Box[]} */
  #labels = [];

  /** @param {SeriesAttachedParameter<Time>} parts */
  attached(parts) {
    this.#attached = parts;
  }

  detached() {
    this.#attached = null;
  }

  /** @param {Trade[]} trades */
  show(trades) {
    this.#trades = trades;
    this.#attached?.requestUpdate();
  }

  /**
   * @param {Palette} colour
   * @param {string} font
   */
  paint(colour, font) {
    this.#colour = colour;
    this.#font = font;
    this.#attached?.requestUpdate();
  }

  /**
   * Keeps every entry price in view.
   *
   * @returns {AutoscaleInfo | null}
   */
  autoscaleInfo() {
    const prices = this.#trades.flatMap((trade) => [trade.entry_price, endPrice(trade)].filter(Boolean).map(Number));
    if (!prices.length) return null;
    return { priceRange: { minValue: Math.min(...prices), maxValue: Math.max(...prices) } };
  }

  /** @returns {IPrimitivePaneView[]} */
  paneViews() {
    return [{ zOrder: () => "top", renderer: () => ({ draw: (target) => this.#drawAll(target) }) }];
  }

  /** @param {Target} target */
  #drawAll(target) {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.font = `600 11px ${this.#font}`;
      this.#labels = [];
      for (const trade of this.#trades) this.#draw(context, mediaSize, trade);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {Trade} trade
   */
  #draw(context, size, trade) {
    const end = this.#x(endedAt(trade));
    if (trade.state === "settled" && (end ?? -1) < 0) return;
    const colour = this.#colour(`--${trade.direction}`);
    if (end !== null && trade.state !== "settled") expiryLine(context, end, size.height, colour);
    const level = this.#y(trade.entry_price);
    if (level === null) return;
    const start = this.#x(trade.entry_at) ?? OFF_LEFT;
    this.#entry(context, size, trade, { start, right: end ?? size.width, level, colour });
    this.#exit(context, size, end, trade);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {Trade} trade
   * @param {Line} line
   */
  #entry(context, size, trade, line) {
    if (trade.state === "open") shade(context, line, trade.direction === "up", size.height);
    entryLine(context, line);
    this.#label(context, size, entryText(trade), { x: line.start + 8, y: line.level - 7 }, line.colour);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {number | null} end
   * @param {Trade} trade
   */
  #exit(context, size, end, trade) {
    const level = this.#y(endPrice(trade));
    if (end === null || level === null || trade.profit === null) return;
    dot(context, end, level, this.#colour("--text"), this.#colour("--surface"));
    this.#label(context, size, signed(trade.profit), { x: end + 9, y: level + 4 }, this.#colour("--text"));
  }

  /**
   * The text stands on a halo of the background: lines run behind it.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {string} text
   * @param {{ x: number, y: number }} wanted
   * @param {string} colour
   */
  #label(context, size, text, wanted, colour) {
    const { x, y } = placed({ ...wanted, width: context.measureText(text).width }, this.#labels, size);
    context.strokeStyle = this.#colour("--surface");
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  /**
   * Where an instant is, or null when the chart doesn't know it.
   *
   * @param {string} instant
   */
  #x(instant) {
    const second = /** @type {UTCTimestamp} */ (Date.parse(instant) / 1000);
    return this.#attached?.chart.timeScale().timeToCoordinate(second) ?? null;
  }

  /**
   * Where a price is, or null when there is none or the chart is empty.
   *
   * @param {string | null} price
   */
  #y(price) {
    return price ? (this.#attached?.series.priceToCoordinate(Number(price)) ?? null) : null;
  }
}

/** @param {Trade} trade */
function entryText(trade) {
  return `${trade.direction === "up" ? "▲" : "▼"} ${group(trade.amount)}`;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} height
 * @param {string} colour
 */
function expiryLine(context, x, height, colour) {
  context.strokeStyle = colour;
  context.lineWidth = 1;
  context.setLineDash([3, 4]);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, 0);
  context.lineTo(Math.round(x) + 0.5, height);
  context.stroke();
  context.setLineDash([]);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Line} line
 * @param {boolean} up whether the winning side is above the line
 * @param {number} height of the chart
 */
function shade(context, { start, right, level, colour }, up, height) {
  context.globalAlpha = 0.1;
  context.fillStyle = colour;
  context.fillRect(start, up ? 0 : level, right - start, up ? level : height - level);
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {Line} line
 */
function entryLine(context, { start, right, level, colour }) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(start, level);
  context.lineTo(right, level);
  context.stroke();
  dot(context, start, level, colour, colour);
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} stroke
 * @param {string} fill
 */
function dot(context, x, y, stroke, fill) {
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.lineWidth = 2;
  context.stroke();
}
