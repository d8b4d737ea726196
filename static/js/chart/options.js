/* How the chart looks and what it does by itself, in the words of its library. */

/**
 * @import { ChartOptions, DeepPartial, PriceFormatCustom, UTCTimestamp } from "lightweight-charts"
 */

import { CrosshairMode } from "lightweight-charts";
import { group, placesOf } from "../core/money.js";
import { time as clockTime } from "../core/times.js";

/* Places between two labels of the time axis, by interval: half a minute, a minute. Longer ones have round times anyway. */
const LABEL_EVERY = /** @type {Record<number, number>} */ ({ 1: 30, 5: 12 });
/* The width of a character that the library reckons with, at our size of type. */
const CHARACTER_PX = 10;

/**
 * How long a label of the time axis is to be taken for, so that labels stand at round times.
 *
 * @param {number} step seconds from one place to the next
 * @param {number} spacing pixels from one place to the next
 */
export function labelCharacters(step, spacing) {
  const places = LABEL_EVERY[step] ?? 0;
  return places ? ((places - 0.1) * spacing) / CHARACTER_PX : 8;
}

/** @param {(name: string) => string} colour */
export function lineColours(colour) {
  return {
    lineColor: colour("--text"),
    topColor: `${colour("--text")}14`,
    bottomColor: `${colour("--text")}00`,
  };
}

/** @param {(name: string) => string} colour */
export function candleColours(colour) {
  const [up, down] = [colour("--up"), colour("--down")];
  return { upColor: up, downColor: down, wickUpColor: up, wickDownColor: down };
}

/** @returns {DeepPartial<ChartOptions>} */
export function chartOptions() {
  const write = (/** @type {unknown} */ second) => clockTime(Number(second) * 1000);
  return {
    autoSize: true,
    layout: { attributionLogo: false, fontSize: 12 },
    rightPriceScale: {
      borderVisible: false,
      entireTextOnly: true,
      scaleMargins: { top: 0.16, bottom: 0.08 },
    },
    timeScale: {
      borderVisible: false,
      timeVisible: true,
      secondsVisible: true,
      minBarSpacing: 0.1,
      allowBoldLabels: false,
      tickMarkFormatter: write,
      shiftVisibleRangeOnNewBar: false,
    },
    localization: { timeFormatter: write },
    crosshair: { mode: CrosshairMode.Magnet },
    handleScroll: { vertTouchDrag: false },
    handleScale: { axisPressedMouseMove: { price: false, time: true } },
  };
}

/**
 * @param {string} pip
 * @returns {PriceFormatCustom}
 */
export function priceFormat(pip) {
  const places = placesOf(pip);
  return {
    type: "custom",
    minMove: Number(pip),
    formatter: (/** @type {number} */ price) => group(price.toFixed(places)),
  };
}

/**
 * @param {number} first second
 * @param {number} last second
 * @param {number} step
 */
export function range(first, last, step) {
  return Array.from({ length: Math.round((last - first) / step) + 1 }, (_, index) => ({
    time: stamp(first + index * step),
  }));
}

/**
 * The chart's own name for seconds since the epoch.
 *
 * @param {number} second
 */
export function stamp(second) {
  return /** @type {UTCTimestamp} */ (second);
}
