/* Points as the chart's library draws them. Where there was no price, the line breaks off: nothing is drawn between. */

/**
 * @import { UTCTimestamp } from "lightweight-charts"
 * @import { Kind } from "./chart.js"
 * @import { Point } from "./data.js"
 */

/* A line of seconds may lack two: venues that fall silent for a moment leave no hole. */
const GAP_SECONDS = 3;
const BROKEN = { lineColor: "transparent", topColor: "transparent", bottomColor: "transparent" };

/**
 * @param {Point[]} points ascending
 * @param {Kind} kind
 * @param {number} step seconds from one point to the next
 */
export function pointsDrawn(points, kind, step) {
  return points.map((point, index) => {
    const time = /** @type {UTCTimestamp} */ (point.time);
    if (kind === "candles") return { ...point, time };
    const next = points[index + 1];
    const missing = next && next.time - point.time > Math.max(GAP_SECONDS, step);
    return missing ? { time, value: point.close, ...BROKEN } : { time, value: point.close };
  });
}
