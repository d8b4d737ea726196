/* How many places of time a chart has in view, and how many of them are of the time to come. */

/** @import { Kind } from "./chart.js" */

const PIXELS_A_POINT = { line: 3.4, candles: 9 };
const AHEAD_MIN = { line: 20, candles: 5 };
const AHEAD_PART_MAX = 0.34;

/**
 * @param {number} width of the chart in pixels
 * @param {Kind} kind
 */
export function roomOf(width, kind) {
  const most = Math.max(30, Math.round(width / PIXELS_A_POINT[kind]));
  return { most, aheadMin: AHEAD_MIN[kind], aheadMax: Math.round(most * AHEAD_PART_MAX) };
}
