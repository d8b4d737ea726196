/* Trades on the chart: the selected one with its entry, its expiry and how it stands; the others as a few marks. */

/**
 * @import {
 *   AutoscaleInfo, IPrimitivePaneRenderer, IPrimitivePaneView, ISeriesPrimitive, Logical, SeriesAttachedParameter, Time
 * } from "lightweight-charts"
 * @import { Trade } from "../core/wire.js"
 * @import { Box } from "./labels.js"
 * @import { Mark } from "./clusters.js"
 *
 * @typedef {Parameters<IPrimitivePaneRenderer["draw"]>[0]} Target
 * @typedef {{ width: number, height: number }} Size
 * @typedef {(name: string) => string} Palette
 * @typedef {object} Drawn
 * @property {Trade | null} selected not settled
 * @property {string} standing a class of how it stands: "up", "down" or none
 * @property {string} left until its expiry: "0:12"
 * @property {string | null} price the newest, while it is fresh
 * @property {Trade[]} others not settled
 * @property {Trade[]} settled lately
 */

import { exact, signed, write } from "../core/money.js";
import { clusters } from "./clusters.js";
import { endedAt, endPrice } from "./ends.js";
import { placed } from "./labels.js";
import { dot, line, pill, zone } from "./strokes.js";

const EDGE = 10;
/** @type {Drawn} */
const NOTHING = { selected: null, standing: "", left: "", price: null, others: [], settled: [] };

/** @implements {ISeriesPrimitive<Time>} */
export class TradeOverlay {
  #drawn = NOTHING;
  /** @type {SeriesAttachedParameter<Time> | null} */
  #attached = null;
  /** @type {Palette} */
  #colour = () => "#888888";
  #font = "sans-serif";
  #first = 0;
  #step = 1;
  /** @type {Box[]} */
  #labels = [];

  /** @param {SeriesAttachedParameter<Time>} parts */
  attached(parts) {
    this.#attached = parts;
  }

  detached() {
    this.#attached = null;
  }

  /**
   * @param {number} first second of the chart's first place
   * @param {number} step seconds from one place to the next
   */
  setScale(first, step) {
    this.#first = first;
    this.#step = step;
  }

  /** @param {Drawn} drawn */
  show(drawn) {
    this.#drawn = drawn;
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
   * Keeps the selected trade's entry in view; the others must not flatten the line.
   *
   * @returns {AutoscaleInfo | null}
   */
  autoscaleInfo() {
    const entry = this.#drawn.selected?.entry_price;
    return entry ? { priceRange: { minValue: Number(entry), maxValue: Number(entry) } } : null;
  }

  /** @returns {IPrimitivePaneView[]} */
  paneViews() {
    return [{ zOrder: () => "top", renderer: () => ({ draw: (target) => this.#drawAll(target) }) }];
  }

  /** @param {Target} target */
  #drawAll(target) {
    target.useMediaCoordinateSpace(({ context, mediaSize }) => {
      context.font = `600 12px ${this.#font}`;
      this.#labels = [];
      const others = clusters(this.#drawn.others.flatMap((trade) => this.#mark(trade)));
      for (const mark of others.flatMap(({ marks }) => marks)) this.#dot(context, mark);
      if (this.#drawn.selected) this.#drawSelected(context, mediaSize, this.#drawn.selected);
      for (const { x, y, text, direction } of others) {
        this.#label(context, mediaSize, text, { x: x + EDGE, y: y - 7 }, `--${direction}`);
      }
      this.#drawSettled(context, mediaSize);
    });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {Trade} trade
   */
  #drawSelected(context, size, trade) {
    const end = this.#x(trade.expires_at);
    const tone = this.#colour(this.#drawn.standing ? `--${this.#drawn.standing}` : "--muted");
    const level = this.#y(trade.entry_price);
    const start = Math.max(-EDGE, this.#x(trade.entry_at));
    if (level !== null) {
      const now = this.#y(this.#drawn.price);
      if (now !== null) zone(context, { x: start, y: level, right: end, bottom: now }, tone);
      line(context, { x: start, y: level, right: end, bottom: level }, this.#colour(`--${trade.direction}`), []);
      const mark = { x: start, y: level, direction: trade.direction, amount: trade.amount };
      this.#dot(context, mark);
      const [label] = clusters([mark]);
      if (label) this.#label(context, size, label.text, { x: start + EDGE, y: level - 7 }, `--${trade.direction}`);
    }
    const shown = Math.min(end, size.width - EDGE);
    if (shown === end) line(context, { x: end, y: 0, right: end, bottom: size.height }, tone, [3, 4]);
    pill(context, this.#drawn.left, shown, size, { fill: tone, text: this.#colour("--surface") });
  }

  /**
   * No label covers it.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Mark} mark
   */
  #dot(context, { x, y, direction }) {
    dot(context, x, y, this.#colour(`--${direction}`), this.#colour("--surface"));
    this.#labels.push({ x: x - 4, y: y + 5, width: 8 });
  }

  /**
   * Where a trade enters; one that is left of the view stands at the edge, one above or below it nowhere.
   *
   * @param {Trade} trade
   * @returns {Mark[]}
   */
  #mark(trade) {
    const y = this.#y(trade.entry_price);
    if (y === null) return [];
    return [{ x: Math.max(0, this.#x(trade.entry_at)), y, direction: trade.direction, amount: trade.amount }];
  }

  /**
   * The results of one moment, as one sum.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   */
  #drawSettled(context, size) {
    /** @type {Map<string, Trade[]>} */
    const byEnd = new Map();
    for (const trade of this.#drawn.settled) {
      const key = `${endedAt(trade)} ${endPrice(trade)}`;
      byEnd.set(key, [...(byEnd.get(key) ?? []), trade]);
    }
    for (const trades of byEnd.values()) this.#drawExit(context, size, trades);
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {Trade[]} trades which ended at one second and price
   */
  #drawExit(context, size, [trade, ...more]) {
    const level = trade ? this.#y(endPrice(trade)) : null;
    if (!trade || level === null) return;
    const end = this.#x(endedAt(trade));
    if (end < 0) return;
    dot(context, end, level, this.#colour("--text"), this.#colour("--surface"));
    const sum = sumOf([trade, ...more]);
    const text = more.length ? `${signed(sum)} (${more.length + 1})` : signed(sum);
    this.#label(context, size, text, { x: end + EDGE, y: level + 4 }, "--text");
  }

  /**
   * The text stands on a halo of the background: lines run behind it.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {string} text
   * @param {{ x: number, y: number }} wanted
   * @param {string} name of the colour
   */
  #label(context, size, text, wanted, name) {
    const { x, y } = placed({ ...wanted, width: context.measureText(text).width }, this.#labels, size);
    context.strokeStyle = this.#colour("--surface");
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
    context.fillStyle = this.#colour(name);
    context.fillText(text, x, y);
  }

  /**
   * Where an instant is: also one between two places, or outside the view.
   *
   * @param {string} instant
   */
  #x(instant) {
    const place = /** @type {Logical} */ ((Date.parse(instant) / 1000 - this.#first) / this.#step);
    return this.#attached?.chart.timeScale().logicalToCoordinate(place) ?? 0;
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

/** @param {Trade[]} trades settled */
function sumOf(trades) {
  const profits = trades.map(({ profit }) => profit ?? "0.00");
  const units = profits.reduce((sum, each) => sum + (each.startsWith("-") ? -exact(each.slice(1)) : exact(each)), 0n);
  return write(units, profits[0]?.split(".")[1]?.length ?? 2);
}
