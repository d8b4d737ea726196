/* The strokes that the chart's overlay is drawn with. */

/** @typedef {{ x: number, y: number, right: number, bottom: number }} Area in pixels; `bottom` may be above `y` */

const PILL_HEIGHT = 20;
const PILL_PADDING = 8;
const PILL_TOP = 6;

/**
 * A dashed or solid line from one corner to the other.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {string} colour
 * @param {number[]} dashes
 */
export function line(context, { x, y, right, bottom }, colour, dashes) {
  context.strokeStyle = colour;
  context.lineWidth = dashes.length ? 1 : 1.5;
  context.setLineDash(dashes);
  context.beginPath();
  context.moveTo(Math.round(x) + 0.5, Math.round(y) + 0.5);
  context.lineTo(Math.round(right) + 0.5, Math.round(bottom) + 0.5);
  context.stroke();
  context.setLineDash([]);
}

/**
 * What lies between the entry and the present price, in the colour of how the trade stands.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {Area} area
 * @param {string} colour
 */
export function zone(context, { x, y, right, bottom }, colour) {
  context.globalAlpha = 0.16;
  context.fillStyle = colour;
  context.fillRect(x, Math.min(y, bottom), right - x, Math.abs(bottom - y));
  context.globalAlpha = 1;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {number} x
 * @param {number} y
 * @param {string} stroke
 * @param {string} fill
 */
export function dot(context, x, y, stroke, fill) {
  context.beginPath();
  context.arc(x, y, 3.5, 0, 2 * Math.PI);
  context.fillStyle = fill;
  context.fill();
  context.strokeStyle = stroke;
  context.lineWidth = 2;
  context.stroke();
}

/**
 * What a text stands on: what lies behind it shines through only faintly.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {{ x: number, y: number, width: number }} text its baseline begins at (x, y)
 * @param {string} colour
 */
export function ground(context, { x, y, width }, colour) {
  context.globalAlpha = 0.8;
  context.fillStyle = colour;
  context.beginPath();
  context.roundRect(x - 3, y - 12, width + 6, 16, 4);
  context.fill();
  context.globalAlpha = 1;
}

/**
 * A text in a pill at the top, centred on `x` and inside the chart.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {string} text
 * @param {number} x
 * @param {{ width: number, height: number }} size
 * @param {{ fill: string, text: string }} colours
 */
export function pill(context, text, x, size, colours) {
  if (!text) return;
  const width = context.measureText(text).width + 2 * PILL_PADDING;
  const left = Math.max(0, Math.min(x - width / 2, size.width - width - 2));
  const [round, middle] = [PILL_HEIGHT / 2, PILL_TOP + PILL_HEIGHT / 2];
  context.beginPath();
  context.arc(left + round, middle, round, Math.PI / 2, (3 * Math.PI) / 2);
  context.arc(left + width - round, middle, round, (3 * Math.PI) / 2, Math.PI / 2);
  context.closePath();
  context.fillStyle = colours.fill;
  context.fill();
  context.fillStyle = colours.text;
  context.fillText(text, left + PILL_PADDING, middle + 4);
}
