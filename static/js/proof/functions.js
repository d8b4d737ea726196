/* Logarithm, exponential, root and normal distribution to 34 right digits: an early close is priced with them (rule 9). */

import { Decimal, DIGITS, inexact, ONE, whole, ZERO } from "./decimal.js";
import { Unreadable } from "./faults.js";

/* Fixed point with far more places than the 34 digits of a result need. */
const PLACES = 90;
const UNIT = 10n ** BigInt(PLACES);
const HALVINGS = 8n;
const ROOT_OF_TWO_PI = Decimal.of("2.506628274631000502415765284811045253");
const HALF = Decimal.of("0.5");
const NEGLIGIBLE = Decimal.of(`0.${"0".repeat(33)}1`);
const CERTAIN = whole(8);

/** @param {Decimal} value */
function fixed(value) {
  const shift = PLACES + value.exponent;
  return shift >= 0 ? value.units * 10n ** BigInt(shift) : value.units / 10n ** BigInt(-shift);
}

/**
 * 2 × artanh(z) in fixed point: the logarithm of (1 + z) / (1 − z).
 *
 * @param {bigint} z
 */
function twiceArtanh(z) {
  const square = (z * z) / UNIT;
  let [term, total] = [z, z];
  for (let odd = 3n; term !== 0n; odd += 2n) {
    term = (term * square) / UNIT;
    total += term / odd;
  }
  return 2n * total;
}

/** @type {bigint | undefined} */
let ten;

function logOfTen() {
  ten ??= 3n * twiceArtanh(UNIT / 3n) + twiceArtanh(UNIT / 9n);
  return ten;
}

/**
 * The natural logarithm.
 *
 * @param {Decimal} value
 */
export function ln(value) {
  if (value.sign <= 0) throw new Unreadable("a logarithm of nothing");
  let [shift, scaled] = [0, value];
  while (scaled.compare(whole(3)) > 0) {
    shift += 1;
    scaled = new Decimal(value.units, value.exponent - shift);
  }
  while (scaled.compare(new Decimal(3n, -1)) < 0) {
    shift -= 1;
    scaled = new Decimal(value.units, value.exponent - shift);
  }
  const x = fixed(scaled);
  const log = twiceArtanh(((x - UNIT) * UNIT) / (x + UNIT)) + BigInt(shift) * (shift === 0 ? 0n : logOfTen());
  return DIGITS.round(new Decimal(log, -PLACES));
}

/**
 * e to the power of a number between −40 and 40.
 *
 * @param {Decimal} value
 */
export function exp(value) {
  const x = fixed(value) >> HALVINGS;
  let [term, total] = [UNIT, UNIT];
  for (let n = 1n; term !== 0n; n += 1n) {
    term = (term * x) / UNIT / n;
    total += term;
  }
  for (let n = 0n; n < HALVINGS; n += 1n) total = (total * total) / UNIT;
  return DIGITS.round(new Decimal(total, -PLACES));
}

/** @param {Decimal} value */
export function sqrt(value) {
  if (value.sign < 0) throw new Unreadable("a root of less than nothing");
  const even = value.exponent % 2 === 0 ? value : new Decimal(value.units * 10n, value.exponent - 1);
  const units = even.units * 10n ** BigInt(2 * PLACES);
  const root = integerRoot(units);
  return DIGITS.round(inexact(root, root * root !== units, even.exponent / 2 - PLACES));
}

/** @param {bigint} square */
function integerRoot(square) {
  if (square < 2n) return square;
  let guess = 1n << BigInt((square.toString(2).length + 1) >> 1);
  for (;;) {
    const better = (guess + square / guess) >> 1n;
    if (better >= guess) return guess;
    guess = better;
  }
}

/**
 * The standard normal distribution function.
 *
 * @param {Decimal} x
 */
export function normal(x) {
  const size = x.magnitude;
  if (size.compare(CERTAIN) >= 0) return x.sign > 0 ? ONE : ZERO;
  let [term, total, odd] = [size, size, 1];
  while (term.compare(DIGITS.times(NEGLIGIBLE, total)) > 0) {
    odd += 2;
    term = DIGITS.over(DIGITS.times(term, DIGITS.times(x, x)), whole(odd));
    total = DIGITS.plus(total, term);
  }
  const density = exp(DIGITS.over(DIGITS.times(x, x).negated, whole(2)));
  const half = DIGITS.over(DIGITS.times(total, density), ROOT_OF_TWO_PI);
  return x.sign > 0 ? DIGITS.plus(HALF, half) : DIGITS.minus(HALF, half);
}
