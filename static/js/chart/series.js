/* The prices in the chart, and the line of the newest one: its label stays with it while somebody looks back. */

/**
 * @import { IChartApi, IPriceLine, ISeriesApi, PriceFormatCustom, SeriesType } from "lightweight-charts"
 * @import { Kind } from "./chart.js"
 * @import { Point } from "./data.js"
 */

import { AreaSeries, CandlestickSeries } from "lightweight-charts";

/* The library's own label shows the last price in view, beside a line at the newest one. */
const OWN_LINE = { lastValueVisible: false, priceLineVisible: false };

/**
 * @param {IChartApi} chart
 * @param {Kind} kind
 * @param {PriceFormatCustom} priceFormat
 * @returns {ISeriesApi<SeriesType>}
 */
export function addPrices(chart, kind, priceFormat) {
  const common = { ...OWN_LINE, priceFormat };
  return kind === "line"
    ? chart.addSeries(AreaSeries, { ...common, lineWidth: 2 })
    : chart.addSeries(CandlestickSeries, { ...common, borderVisible: false });
}

/** @param {ISeriesApi<SeriesType>} series */
export function addNewestLine(series) {
  return series.createPriceLine({ price: 0, lineVisible: false, axisLabelVisible: false });
}

/**
 * @param {IPriceLine} line
 * @param {Point | undefined} newest nothing is shown before the first
 */
export function moveTo(line, newest) {
  const visible = newest !== undefined;
  line.applyOptions({ price: newest?.close ?? 0, lineVisible: visible, axisLabelVisible: visible });
}
