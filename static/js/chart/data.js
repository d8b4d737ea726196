/* The points of the chart: of seconds from the stream of prices, of longer intervals from that of candles; older ones by REST. */

/**
 * @import { Socket } from "../core/socket.js"
 * @import { Store } from "../core/store.js"
 * @import { Candle, Price } from "../core/wire.js"
 *
 * @typedef {{ time: number, open: number, high: number, low: number, close: number }} Point `time` in seconds
 * @typedef {{ replaced: null, added: Point[], older: number }} News `older`: so many points have come before the first
 */

import { allow, getCandles } from "../core/api.js";
import { Emitter } from "../core/emitter.js";

const NAMES = /** @type {Record<number, string>} */ ({ 1: "1s", 5: "5s", 60: "1m", 300: "5m", 900: "15m" });
const POINTS_MAX = 8000;

/**
 * Tells by events: `replaced` when all points may be others, `added` with those that are new or changed, `older`.
 *
 * @extends {Emitter<News>}
 */
export class ChartData extends Emitter {
  /** @type {Point[]} */
  points = [];
  step = 1;
  #symbol;
  #socket;
  #store;
  #asking = false;
  #complete = false;

  /**
   * @param {string} symbol
   * @param {Socket} socket
   * @param {Store} store
   */
  constructor(symbol, socket, store) {
    super();
    this.#symbol = symbol;
    this.#socket = socket;
    this.#store = store;
    store.on("prices", ({ fresh }) => {
      if (this.step !== 1) return;
      if (fresh) this.#add(fresh.map(pointOfPrice));
      else this.#replace(store.prices.map(pointOfPrice));
    });
  }

  /**
   * Shows another interval from now on.
   *
   * @param {number} step seconds
   */
  choose(step) {
    if (step === this.step) return;
    if (this.step !== 1) this.#socket.leave(this.#channel);
    this.step = step;
    if (step === 1) return this.#replace(this.#store.prices.map(pointOfPrice));
    this.#replace([]);
    this.#socket.join(this.#channel);
  }

  /**
   * A frame of candles; those of another interval come late and are let go.
   *
   * @param {string} channel
   * @param {Candle[]} candles
   * @param {boolean} snapshot
   */
  hear(channel, candles, snapshot) {
    if (channel !== this.#channel) return;
    if (snapshot) this.#replace(candles.map(pointOfCandle));
    else this.#add(candles.map(pointOfCandle));
  }

  /** Asks for what was before the first point. */
  async askOlder() {
    const [first] = this.points;
    if (!first || this.#asking || this.#complete || this.points.length > POINTS_MAX) return;
    this.#asking = true;
    const { step } = this;
    try {
      const until = new Date(first.time * 1000).toISOString();
      const { results } = await getCandles(this.#symbol, NAMES[step] ?? "1s", until);
      if (step === this.step && this.points[0] === first) this.#prepend(results.map(pointOfCandle));
    } catch (error) {
      allow(error);
    } finally {
      this.#asking = false;
    }
  }

  get #channel() {
    return `candles.${this.#symbol}.${NAMES[this.step]}`;
  }

  /** @param {Point[]} points ascending */
  #replace(points) {
    this.points = points;
    this.#complete = false;
    this.emit("replaced", null);
  }

  /** @param {Point[]} news ascending */
  #add(news) {
    const [first] = news;
    if (!first) return;
    this.points = [...this.points.filter(({ time }) => time < first.time), ...news];
    this.emit("added", news);
  }

  /** @param {Point[]} older ascending */
  #prepend(older) {
    this.#complete = older.length === 0;
    if (this.#complete) return;
    this.points = [...older, ...this.points];
    this.emit("older", older.length);
  }
}

/**
 * @param {Price} price
 * @returns {Point}
 */
function pointOfPrice({ priced_at: at, price }) {
  const close = Number(price);
  return { time: Date.parse(at) / 1000, open: close, high: close, low: close, close };
}

/**
 * @param {Candle} candle
 * @returns {Point}
 */
export function pointOfCandle({ opened_at: at, open, high, low, close }) {
  return {
    time: Date.parse(at) / 1000,
    open: Number(open),
    high: Number(high),
    low: Number(low),
    close: Number(close),
  };
}
