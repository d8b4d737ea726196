/* The numbers of the market's rules (docs/rules.md), by version. */

import { Decimal } from "./decimal.js";
import { SECOND } from "./instants.js";

const MINUTE = 60n * SECOND;
const SHARED = {
  tickAgeMax: 3n * SECOND,
  priceAgeMax: 2n * SECOND,
  entryDelay: SECOND,
  entryWaitMax: 5n * SECOND,
  durationMin: 15n * SECOND,
  exitAgeMax: 2n * SECOND,
  grace: 300n * SECOND,
  clockSkewMax: SECOND,
  /* From this duration on the exit is a mean of so many prices. */
  averages: /** @type {[bigint, bigint][]} */ ([
    [60n * MINUTE, 60n],
    [5n * MINUTE, 5n],
  ]),
  closeDelay: SECOND,
  closeWaitMax: 2n * SECOND,
  closeCutoff: 15n * SECOND,
  closeSpread: Decimal.of("0.03"),
  decay: Decimal.of("0.94"),
  sigmaSeconds: 300n,
  sigmaSecondsMin: 30n,
  sigmaMin: Decimal.of("0.00002"),
  sigmaMax: Decimal.of("0.002"),
};

/** @typedef {typeof SHARED & { clamp: Decimal, deviationMax: Decimal | null }} Rules */

/** @type {Map<bigint, Rules>} */
export const RULES = new Map([
  [1n, { ...SHARED, clamp: Decimal.of("0.005"), deviationMax: null }],
  [2n, { ...SHARED, clamp: Decimal.of("0.001"), deviationMax: Decimal.of("0.005") }],
]);

export const SCALES = /** @type {Record<string, number>} */ ({ USDT: 2, USD: 2, KRW: 0, BTC: 8 });

/**
 * How many prices the exit is the mean of.
 *
 * @param {Rules} rules
 * @param {bigint} duration
 */
export function samplesOf(rules, duration) {
  return rules.averages.find(([least]) => duration >= least)?.[1] ?? 1n;
}
