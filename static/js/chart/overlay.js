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

import { signed } from "../core/money.js";
import { endedAt, endPrice } from "../trading/ends.js";
import { clusters, textOf } from "./clusters.js";
import { alike } from "./drawn.js";
import { sumOf, together } from "./exits.js";
import { placed } from "./labels.js";
import { dot, ground, line, pill, zone } from "./strokes.js";

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

  /**
   * Draws anew only when something has changed: this is called a few times a second.
   *
   * @param {Drawn} drawn
   */
  show(drawn) {
    const before = this.#drawn;
    this.#drawn = drawn;
    if (!alike(before, drawn)) this.#attached?.requestUpdate();
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
   * Keeps the selected trade's entry in view while its time is; the others must not flatten the line.
   *
   * @param {Logical} from
   * @param {Logical} to
   * @returns {AutoscaleInfo | null}
   */
  autoscaleInfo(from, to) {
    const { selected } = this.#drawn;
    if (!selected?.entry_price) return null;
    if (this.#place(selected.expires_at) < from || this.#place(selected.entry_at) > to) return null;
    return { priceRange: { minValue: Number(selected.entry_price), maxValue: Number(selected.entry_price) } };
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
      const others = clusters(this.#drawn.others.flatMap((trade) => this.#mark(trade, mediaSize)));
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
    if (end < 0 || this.#x(trade.entry_at) > size.width) return;
    const tone = this.#colour(this.#drawn.standing ? `--${this.#drawn.standing}` : "--muted");
    const level = this.#y(trade.entry_price);
    if (level !== null) this.#drawEntry(context, size, trade, { level, end, tone });
    const shown = Math.min(end, size.width - EDGE);
    if (shown === end) line(context, { x: end, y: 0, right: end, bottom: size.height }, tone, [3, 4]);
    pill(context, this.#drawn.left, shown, size, { fill: tone, text: this.#colour("--surface") });
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {Trade} trade
   * @param {{ level: number, end: number, tone: string }} at
   */
  #drawEntry(context, size, trade, { level, end, tone }) {
    const { direction, amount } = trade;
    const start = Math.max(-EDGE, this.#x(trade.entry_at));
    const now = this.#y(this.#drawn.price);
    if (now !== null) zone(context, { x: start, y: level, right: end, bottom: now }, tone);
    line(context, { x: start, y: level, right: end, bottom: level }, this.#colour(`--${direction}`), []);
    // No label lies on the line: it would look struck out.
    this.#labels.push({ x: start, y: level + 7, width: end - start });
    this.#dot(context, { x: start, y: level, direction, amount });
    this.#label(context, size, textOf(direction, [amount]), { x: start + EDGE, y: level - 7 }, `--${direction}`);
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
   * Where a trade enters; one that is left of the view stands at its edge, one elsewhere outside nowhere.
   *
   * @param {Trade} trade
   * @param {Size} size
   * @returns {Mark[]}
   */
  #mark(trade, size) {
    const [x, y] = [this.#x(trade.entry_at), this.#y(trade.entry_price)];
    if (y === null || y < 0 || y > size.height || x > size.width) return [];
    return [{ x: Math.max(0, x), y, direction: trade.direction, amount: trade.amount }];
  }

  /**
   * Results that follow each other closely, as one sum at the last of them.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   */
  #drawSettled(context, size) {
    for (const trades of together(this.#drawn.settled)) {
      const exits = trades.flatMap((trade) => this.#exit(trade, size));
      for (const { x, y } of exits) dot(context, x, y, this.#colour("--text"), this.#colour("--surface"));
      const last = exits.at(-1);
      if (!last) continue;
      const text = signed(sumOf(trades)) + (trades.length > 1 ? ` (${trades.length})` : "");
      this.#label(context, size, text, { x: last.x + EDGE, y: last.y + 4 }, "--text");
    }
  }

  /**
   * @param {Trade} trade
   * @param {Size} size
   * @returns {{ x: number, y: number }[]} none outside the view
   */
  #exit(trade, size) {
    const [x, y] = [this.#x(endedAt(trade)), this.#y(endPrice(trade))];
    return y === null || x < 0 || x > size.width ? [] : [{ x, y }];
  }

  /**
   * The text stands on the background: lines run behind it.
   *
   * @param {CanvasRenderingContext2D} context
   * @param {Size} size
   * @param {string} text
   * @param {{ x: number, y: number }} wanted
   * @param {string} name of the colour
   */
  #label(context, size, text, wanted, name) {
    const { x, y, width } = placed({ ...wanted, width: context.measureText(text).width }, this.#labels, size);
    ground(context, { x, y, width }, this.#colour("--surface"));
    context.fillStyle = this.#colour(name);
    context.fillText(text, x, y);
  }

  /**
   * Where an instant is: also one between two places, or outside the view.
   *
   * @param {string} instant
   */
  #x(instant) {
    const place = this.#place(instant);
    const whole = /** @type {Logical} */ (Math.floor(place));
    const scale = this.#attached?.chart.timeScale();
    return scale ? (scale.logicalToCoordinate(whole) ?? 0) + (place - whole) * scale.options().barSpacing : 0;
  }

  /** @param {string} instant */
  #place(instant) {
    return (Date.parse(instant) / 1000 - this.#first) / this.#step;
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
