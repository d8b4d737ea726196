/* Results on the chart: those that follow each other closely are one. */

/** @import { Trade } from "../core/wire.js" */

import { exact, write } from "../core/money.js";
import { endedAt } from "../trading/ends.js";

const TOGETHER_MS = 8000;

/** @param {Trade[]} trades settled */
export function sumOf(trades) {
  const profits = trades.map(({ profit }) => profit ?? "0.00");
  const units = profits.reduce((sum, each) => sum + (each.startsWith("-") ? -exact(each.slice(1)) : exact(each)), 0n);
  return write(units, profits[0]?.split(".")[1]?.length ?? 2);
}

/**
 * @param {Trade[]} trades settled
 * @returns {Trade[][]} those that ended within seconds of each other, in order
 */
export function together(trades) {
  /** @type {Trade[][]} */
  const groups = [];
  for (const trade of [...trades].sort((one, other) => endedAt(one).localeCompare(endedAt(other)))) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (last && Date.parse(endedAt(trade)) - Date.parse(endedAt(last)) < TOGETHER_MS) group?.push(trade);
    else groups.push([trade]);
  }
  return groups;
}
