/* Exact decimals: strings outside, BigInt inside, never a float. */

export const PLACES = 8;
export const UNIT = 10n ** BigInt(PLACES);

/**
 * "100.5" → units of 10⁻⁸; null for anything that isn't a plain non-negative decimal.
 *
 * @param {string} text
 */
export function parse(text) {
  const match = /^([0-9]{1,40})(?:\.([0-9]{0,8}))?$/.exec(text.trim());
  if (!match) return null;
  const [, whole = "", fraction = ""] = match;
  return BigInt(whole) * UNIT + BigInt(fraction.padEnd(PLACES, "0"));
}

/**
 * The units of an amount, a price or a rate that the server wrote.
 *
 * @param {string} text
 * @throws {RangeError} when it is none
 */
export function exact(text) {
  const units = parse(text);
  if (units === null) throw new RangeError(`${text} is no amount`);
  return units;
}

/**
 * Units → "-1234.50" with so many places; what is left over is dropped.
 *
 * @param {bigint} units
 * @param {number} places
 */
export function write(units, places) {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, "0");
  const whole = digits.slice(0, -PLACES);
  return sign + whole + (places ? `.${digits.slice(-PLACES).slice(0, places)}` : "");
}

/**
 * What a win gains: stake × rate, rounded down to the currency's places, as the server does.
 *
 * @param {bigint} stake
 * @param {bigint} rate
 * @param {number} places
 */
export function gain(stake, rate, places) {
  const step = 10n ** BigInt(PLACES - places);
  return ((stake * rate) / UNIT / step) * step;
}

/**
 * How many decimal places a decimal string carries.
 *
 * @param {string} text
 */
export function placesOf(text) {
  return (text.split(".")[1] ?? "").length;
}

/**
 * "10000.00" → "10,000.00".
 *
 * @param {string} text
 */
export function group(text) {
  const [whole = "", fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/**
 * "85.00" → "+85.00", "-100.00" → "−100.00", "0.00" as it is; grouped.
 *
 * @param {string} text
 */
export function signed(text) {
  if (text.startsWith("-")) return `−${group(text.slice(1))}`;
  return /[1-9]/.test(text) ? `+${group(text)}` : group(text);
}

/**
 * "0.85" → "85%", "0.8125" → "81.25%".
 *
 * @param {string} rate
 */
export function percent(rate) {
  return `${write(exact(rate) * 100n, 2).replace(/\.?0+$/, "")}%`;
}

/**
 * The win rate at which a trader neither gains nor loses: 1 / (1 + rate), in percent with one decimal.
 *
 * @param {string} rate
 */
export function breakEven(rate) {
  return `${(100 / (1 + Number(rate))).toFixed(1)}%`;
}
