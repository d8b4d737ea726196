/* The portfolio's curve: the result to date, above and below nothing gained. The page's table says the same in words. */

/** @import { CurveData, CurvePoint } from "../core/pages.js" */

import { BaselineSeries, createChart, TickMarkType } from "lightweight-charts";
import "../core/page.js";
import { chartOptions, stamp } from "../chart/options.js";
import { find, partsOf, write } from "../core/elements.js";
import { group, placesOf, signed } from "../core/money.js";
import { dayAndTime, dayInYear, dayOf, minuteOf, time } from "../core/times.js";

const FILL = "30";
const NO_FILL = "05";
/* Seconds: a curve of up to two days has times at its axis. */
const DAYS_WITH_TIMES = 172_800;
const element = document.querySelector("[data-curve]");
if (element instanceof HTMLElement) draw(element);

/** @param {HTMLElement} at */
function draw(at) {
  /** @type {CurveData} */
  const { currency, points } = JSON.parse(find(document, "#curve-data", HTMLScriptElement).text);
  const places = placesOf(points[0]?.total ?? "0.00");
  const chart = createChart(at, options(isShort(points)));
  const series = chart.addSeries(BaselineSeries, {
    baseValue: { type: "price", price: 0 },
    lineWidth: 2,
    lastValueVisible: false,
    priceLineVisible: false,
    priceFormat: {
      type: "custom",
      minMove: 10 ** -places,
      formatter: (/** @type {number} */ sum) => group(sum.toFixed(places)).replace("-", "−"),
    },
  });
  const paint = () => {
    const style = getComputedStyle(at);
    const colour = (/** @type {string} */ name) => style.getPropertyValue(name).trim();
    const [up, down] = [colour("--up"), colour("--down")];
    series.applyOptions({
      topLineColor: up,
      topFillColor1: up + FILL,
      topFillColor2: up + NO_FILL,
      bottomLineColor: down,
      bottomFillColor1: down + NO_FILL,
      bottomFillColor2: down + FILL,
    });
    chart.applyOptions({
      layout: {
        background: { color: "transparent" },
        textColor: colour("--muted"),
        fontFamily: getComputedStyle(document.body).fontFamily,
      },
      grid: { vertLines: { visible: false }, horzLines: { color: colour("--raised") } },
    });
  };
  paint();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", paint);
  series.setData(points.map(({ time: at, total }) => ({ time: stamp(at), value: Number(total) })));
  chart.timeScale().fitContent();
  new ResizeObserver(() => chart.timeScale().fitContent()).observe(at);
  const legend = partsOf(document)("curve-legend");
  chart.subscribeCrosshairMove(({ time: at }) => {
    const point = points.find((each) => each.time === Number(at));
    const text = point && `${dayAndTime(instant(point.time))}  ${signed(point.total)} ${currency}`;
    write(legend, text ?? "");
  });
}

/** @param {CurvePoint[]} points */
function isShort(points) {
  return (points.at(-1)?.time ?? 0) - (points[0]?.time ?? 0) < DAYS_WITH_TIMES;
}

/** @param {boolean} hasTimes */
function options(hasTimes) {
  const written = (/** @type {unknown} */ second) => (hasTimes ? time : dayOf)(instant(Number(second)));
  /* A day where one begins, and the time between: the same day again and again would tell nothing. */
  const mark = (/** @type {unknown} */ second, /** @type {TickMarkType} */ kind) => {
    return (kind <= TickMarkType.DayOfMonth ? dayInYear : minuteOf)(instant(Number(second)));
  };
  const common = chartOptions();
  return {
    ...common,
    timeScale: { ...common.timeScale, tickMarkFormatter: mark, fixLeftEdge: true, fixRightEdge: true },
    localization: { timeFormatter: written },
    handleScroll: false,
    handleScale: false,
  };
}

/** @param {number} second */
function instant(second) {
  return new Date(second * 1000).toISOString();
}
