/* Exact decimals: strings outside, BigInt inside, never a float. */

export const PLACES = 8;
export const UNIT = 10n ** BigInt(PLACES);

/** "100.5" → units of 10⁻⁸; null for anything that isn't a plain non-negative decimal. */
export function parse(text) {
  const match = /^([0-9]{1,12})(?:\.([0-9]{0,8}))?$/.exec(text.trim());
  if (!match) return null;
  return BigInt(match[1]) * UNIT + BigInt((match[2] ?? "").padEnd(PLACES, "0"));
}

/** A typed amount, with commas between groups of three digits or without; any other comma is a mistake: null. */
export function parseTyped(text) {
  const isGrouped = /^[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\.[0-9]*)?$/.test(text.trim());
  return parse(isGrouped ? text.replaceAll(",", "") : text);
}

/** Units → "-1234.50" with this many places; further places are cut off. */
export function write(units, places) {
  const sign = units < 0n ? "-" : "";
  const digits = (units < 0n ? -units : units).toString().padStart(PLACES + 1, "0");
  const whole = digits.slice(0, -PLACES);
  return sign + whole + (places ? `.${digits.slice(-PLACES).slice(0, places)}` : "");
}

/** The gain of a win: stake × rate, rounded down to the currency's places, like the server. */
export function gain(stake, rate, places) {
  const step = 10n ** BigInt(PLACES - places);
  return ((stake * rate) / UNIT / step) * step;
}

/** The number of decimal places of a decimal string. */
export function placesOf(text) {
  return (text.split(".")[1] ?? "").length;
}

/** "10000.00" → "10,000.00". */
export function group(text) {
  const [whole, fraction] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? grouped : `${grouped}.${fraction}`;
}

/** "85.00" → "+85.00", "-100.00" → "−100.00", "0.00" as it is; grouped. */
export function signed(text) {
  if (text.startsWith("-")) return `−${group(text.slice(1))}`;
  return /[1-9]/.test(text) ? `+${group(text)}` : group(text);
}

/** "0.85" → "85%", "0.8125" → "81.25%". */
export function percent(rate) {
  return `${write(parse(rate) * 100n, 2).replace(/\.?0+$/, "")}%`;
}

/** The win rate at which a trader neither gains nor loses: 1 / (1 + rate), in percent with one decimal. */
export function breakEven(rate) {
  return `${(100 / (1 + Number(rate))).toFixed(1)}%`;
}
