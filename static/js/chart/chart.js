/* The chart: a line or candles, with room for the time to come; it follows the present until somebody looks back. */

/**
 * @import { LogicalRange } from "lightweight-charts"
 * @import { Drawn } from "./overlay.js"
 * @import { Point } from "./data.js"
 *
 * @typedef {"line" | "candles"} Kind
 */

import { createChart, LineSeries } from "lightweight-charts";
import { Emitter } from "../core/emitter.js";
import { candleColours, chartOptions, labelCharacters, lineColours, priceFormat, range, stamp } from "./options.js";
import { TradeOverlay } from "./overlay.js";
import { pointsDrawn } from "./points.js";
import { roomOf } from "./room.js";
import { addNewestLine, addPrices, moveTo } from "./series.js";

const NEAR_FIRST = 40;

/**
 * Tells by events: `back` when somebody has scrolled to the first points, `pointed` with the second under the crosshair
 * or null, `following` when it begins or ends to follow the present.
 *
 * @extends {Emitter<{ back: null, pointed: number | null, following: boolean }>}
 */
export class PriceChart extends Emitter {
  #element;
  #chart;
  #room;
  #series;
  #line;
  #format;
  #overlay = new TradeOverlay();
  /** @type {Kind} */
  #kind = "line";
  #step = 1;
  /** @type {Point[]} */
  #points = [];
  #first = 0;
  /** The second of the newest point that is drawn. */
  #newest = 0;
  #end = 0;
  /** The latest second that should be in view. */
  #wanted = 0;
  #follows = true;
  #characters = 8;

  /**
   * @param {HTMLElement} element
   * @param {string} pip
   */
  constructor(element, pip) {
    super();
    this.#element = element;
    this.#format = priceFormat(pip);
    this.#chart = createChart(element, chartOptions());
    this.#room = this.#chart.addSeries(LineSeries, {
      priceFormat: this.#format,
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#series = addPrices(this.#chart, this.#kind, this.#format);
    this.#series.attachPrimitive(this.#overlay);
    this.#line = addNewestLine(this.#series);
    this.#paint();
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#paint());
    this.#listen();
  }

  /**
   * Draws all points anew, in this kind and interval.
   *
   * @param {Point[]} points ascending
   * @param {{ kind: Kind, step: number, now: number }} how `now` in milliseconds by the server's clock
   */
  reset(points, { kind, step, now }) {
    if (kind !== this.#kind) {
      this.#kind = kind;
      this.#chart.removeSeries(this.#series);
      this.#series = addPrices(this.#chart, this.#kind, this.#format);
      this.#series.attachPrimitive(this.#overlay);
      this.#line = addNewestLine(this.#series);
      this.#paint();
    }
    this.#step = step;
    this.#setAll(points, Math.floor(now / 1000) + roomOf(this.#element.clientWidth, kind).aheadMax * step);
    this.#setFollows(true);
    this.advance(now);
  }

  /**
   * Draws points that have come before the first; what is seen stays where it is.
   *
   * @param {Point[]} points all of them
   */
  prepend(points) {
    const seen = this.#chart.timeScale().getVisibleLogicalRange();
    const first = this.#first;
    this.#setAll(points, this.#end);
    const moved = (first - this.#first) / this.#step;
    if (seen) this.#look({ from: seen.from + moved, to: seen.to + moved });
  }

  /** @param {Point[]} points ascending: the newest one may be another form of the last */
  append(points) {
    for (const point of points) this.#add(point);
    moveTo(this.#line, this.#points.at(-1));
    this.#reach((points.at(-1)?.time ?? 0) + this.#step);
  }

  /**
   * A point replaces the one of its time; news of candles begins with the one before the newest. What comes before a
   * point is drawn again with it: a gap breaks the line off there.
   *
   * @param {Point} point
   */
  #add(point) {
    this.#points = this.#points.filter(({ time }) => time < point.time);
    const before = this.#points.at(-1);
    this.#points.push(point);
    for (const drawn of pointsDrawn(before ? [before, point] : [point], this.#kind, this.#step)) {
      this.#series.update(drawn, drawn.time < this.#newest);
      this.#newest = Math.max(this.#newest, drawn.time);
    }
  }

  /** @param {Drawn} drawn the trades to draw; the selected one's expiry is kept in view where there is room */
  showTrades(drawn) {
    this.#wanted = drawn.selected ? Date.parse(drawn.selected.expires_at) / 1000 : 0;
    this.#overlay.show(drawn);
  }

  /**
   * Looks at these seconds, and leaves the present.
   *
   * @param {number} from
   * @param {number} to
   */
  view(from, to) {
    this.#setFollows(false);
    this.#reach(to);
    this.#look({ from: this.#indexOf(from), to: this.#indexOf(to) });
  }

  /** Goes back to the present, and stays there. */
  follow() {
    this.#setFollows(true);
  }

  /**
   * Moves the window on.
   *
   * @param {number} now milliseconds by the server's clock
   */
  advance(now) {
    const index = this.#indexOf(Math.floor(now / 1000 / this.#step) * this.#step);
    if (!this.#end) return;
    const { most, aheadMin, aheadMax } = roomOf(this.#element.clientWidth, this.#kind);
    const needed = Math.ceil(this.#indexOf(this.#wanted) - index) + 4;
    const ahead = Math.min(aheadMax, Math.max(aheadMin, needed));
    this.#reach(this.#first + (index + ahead) * this.#step);
    if (!this.#follows) return;
    this.#look({ from: index - (most - ahead), to: index + ahead });
    this.#labelRoundTimes();
  }

  /* The library labels every so-many-th place that has room: so many that it falls on round times. */
  #labelRoundTimes() {
    const characters = labelCharacters(this.#step, this.#chart.timeScale().options().barSpacing);
    if (Math.abs(characters - this.#characters) < 0.01) return;
    this.#characters = characters;
    this.#chart.applyOptions({ timeScale: { tickMarkMaxCharacterLength: characters } });
  }

  /**
   * @param {Point[]} points
   * @param {number} least the second that there must be room for
   */
  #setAll(points, least) {
    this.#points = [...points];
    this.#newest = points.at(-1)?.time ?? 0;
    const last = points.at(-1)?.time ?? least;
    const step = this.#step;
    this.#first = Math.floor((points[0]?.time ?? last) / step) * step;
    this.#end = Math.max(last, Math.floor(least / step) * step);
    this.#overlay.setScale(this.#first, step);
    this.#room.setData(range(this.#first, this.#end, step));
    this.#series.setData(pointsDrawn(points, this.#kind, step));
    moveTo(this.#line, points.at(-1));
  }

  /** @param {number} second up to which there must be room */
  #reach(second) {
    while (this.#end && this.#end < second) {
      this.#end += this.#step;
      this.#room.update({ time: stamp(this.#end) });
    }
  }

  /** @param {number} second */
  #indexOf(second) {
    return (second - this.#first) / this.#step;
  }

  /** @param {{ from: number, to: number }} wanted the library would draw all anew, even for what is in view */
  #look(wanted) {
    const seen = this.#chart.timeScale().getVisibleLogicalRange();
    const isSeen = seen && Math.abs(seen.from - wanted.from) < 0.01 && Math.abs(seen.to - wanted.to) < 0.01;
    if (!isSeen) this.#chart.timeScale().setVisibleLogicalRange(wanted);
  }

  #listen() {
    const leave = () => this.#setFollows(false);
    this.#element.addEventListener("wheel", leave, { passive: true });
    this.#element.addEventListener("pointermove", ({ buttons }) => buttons && leave(), { passive: true });
    this.#element.addEventListener("touchmove", leave, { passive: true });
    this.#element.addEventListener("dblclick", () => this.follow());
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((/** @type {LogicalRange | null} */ seen) => {
      if (!this.#follows && seen && seen.from < NEAR_FIRST) this.emit("back", null);
    });
    this.#chart.subscribeCrosshairMove(({ time }) => this.emit("pointed", time === undefined ? null : Number(time)));
  }

  /** @param {boolean} follows */
  #setFollows(follows) {
    if (follows !== this.#follows) {
      this.#follows = follows;
      this.emit("following", follows);
    }
  }

  #paint() {
    const style = getComputedStyle(this.#element);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const font = getComputedStyle(document.body).fontFamily;
    const label = { color: colour("--control"), labelBackgroundColor: colour("--muted") };
    this.#chart.applyOptions({
      layout: { background: { color: "transparent" }, textColor: colour("--muted"), fontFamily: font },
      grid: { vertLines: { color: colour("--raised") }, horzLines: { color: colour("--raised") } },
      crosshair: { vertLine: label, horzLine: label },
    });
    this.#series.applyOptions(this.#kind === "line" ? lineColours(colour) : candleColours(colour));
    this.#line.applyOptions({ color: colour("--text") });
    this.#overlay.paint(colour, font);
  }
}
