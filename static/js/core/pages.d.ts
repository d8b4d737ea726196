/* What pages of the past begin with; test_scripts.py compares it with real pages, as it does wire.d.ts. */

import type { Trade } from "./wire.js";

/** What the page of one trade begins with. */
export interface TradePageData {
  trade: Trade;
  instrument: ChartedInstrument;
}

export interface ChartedInstrument {
  symbol: string;
  pip: string;
  price_age_max_seconds: number;
}

/** What the portfolio's curve is drawn from: seconds and money to date, as decimal strings. */
export interface CurveData {
  currency: string;
  points: CurvePoint[];
}

export interface CurvePoint {
  time: number;
  total: string;
}
