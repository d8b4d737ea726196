/* Trades on the chart: entry line, expiry line, the winning side shaded between them, the exit. */

import { endedAt, endPrice } from "./ends.js";
import { group, signed } from "./money.js";

/* The start of a line that begins before the chart's first second: left of the view, so that its dot is invisible. */
const OFF_LEFT = -10;

export class TradeOverlay {
  #trades = [];
  #attached = null;
  #colour = () => "#888888";
  #font = "sans-serif";

  attached(parts) {
    this.#attached = parts;
  }

  detached() {
    this.#attached = null;
  }

  show(trades) {
    this.#trades = trades;
    this.#attached?.requestUpdate();
  }

  paint(colour, font) {
    this.#colour = colour;
    this.#font = font;
    this.#attached?.requestUpdate();
  }

  /** Keeps every entry price in view. */
  autoscaleInfo() {
    const prices = this.#trades.flatMap((trade) => [trade.entry_price, endPrice(trade)]).filter(Boolean).map(Number);
    if (!prices.length) return null;
    return { priceRange: { minValue: Math.min(...prices), maxValue: Math.max(...prices) } };
  }

  paneViews() {
    const draw = (target) =>
      target.useMediaCoordinateSpace(({ context, mediaSize }) => {
        context.font = `600 11px ${this.#font}`;
        for (const trade of this.#trades) this.#draw(context, mediaSize, trade);
      });
    return [{ zOrder: () => "top", renderer: () => ({ draw }) }];
  }

  #draw(context, size, trade) {
    const colour = this.#colour(trade.direction === "up" ? "--up" : "--down");
    const end = this.#x(endedAt(trade));
    if (trade.state === "settled" && (end === null || end < 0)) return;
    if (end !== null && trade.state !== "settled") expiryLine(context, end, size.height, colour);
    if (!trade.entry_price) return;
    const start = this.#x(trade.entry_at) ?? OFF_LEFT;
    const level = this.#y(trade.entry_price);
    const right = end ?? size.width;
    if (trade.state === "open") shade(context, { start, right, level, size, trade, colour });
    entryLine(context, { start, right, level, colour });
    this.#label(context, entryText(trade), Math.max(4, start + 8), level - 7, colour);
    if (endPrice(trade) && end !== null) this.#exit(context, end, trade);
  }

  #exit(context, end, trade) {
    const level = this.#y(endPrice(trade));
    dot(context, end, level, this.#colour("--text"), this.#colour("--surface"));
    this.#label(context, signed(trade.profit), end + 9, level + 4, this.#colour("--text"));
  }

  /* The text has a halo in the background's colour: lines run behind it. */
  #label(context, text, x, y, colour) {
    context.strokeStyle = this.#colour("--surface");
    context.lineWidth = 4;
    context.lineJoin = "round";
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  #x(instant) {
    return this.#attached.chart.timeScale().timeToCoordinate(Date.parse(instant) / 1000);
  }

  #y(price) {
    return this.#attached.series.priceToCoordinate(Number(price));
  }
}

function entryText(trade) {
  return `${trade.direction === "up" ? "▲" : "▼"} ${group(trade.amount)}`;
}

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

function shade(context, { start, right, level, size, trade, colour }) {
  const up = trade.direction === "up";
  context.globalAlpha = 0.1;
  context.fillStyle = colour;
  context.fillRect(start, up ? 0 : level, right - start, up ? level : size.height - level);
  context.globalAlpha = 1;
}

function entryLine(context, { start, right, level, colour }) {
  context.strokeStyle = colour;
  context.lineWidth = 1.5;
  context.beginPath();
  context.moveTo(start, level);
  context.lineTo(right, level);
  context.stroke();
  dot(context, start, level, colour, colour);
}

function dot(context, x, y, stroke, fill) {
  context.beginPath();
  context.arc(x, y, 4, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.lineWidth = 2;
  context.stroke();
}
