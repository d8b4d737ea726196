/*
 * Decimal numbers that round as the rules say: half to even at a number of digits, which is 60, and 34 for the price of an
 * early close. A float would give another cent now and then.
 */

import { Unreadable } from "./faults.js";

/** The number units × 10^exponent. */
export class Decimal {
  /**
   * @param {bigint} units
   * @param {number} [exponent]
   */
  constructor(units, exponent = 0) {
    this.units = units;
    this.exponent = exponent;
  }

  /** @param {string} text a plain decimal number */
  static of(text) {
    const [whole = "", fraction = ""] = text.split(".");
    return new Decimal(BigInt(whole + fraction), -fraction.length);
  }

  get negated() {
    return new Decimal(-this.units, this.exponent);
  }

  /** @returns {Decimal} */
  get magnitude() {
    return this.units < 0n ? this.negated : this;
  }

  /**
   * Below, equal to or above another number: -1, 0 or 1. Exact.
   *
   * @param {Decimal} other
   */
  compare(other) {
    const [one, two] = aligned(this, other);
    if (one === two) return 0;
    return one < two ? -1 : 1;
  }

  /** @param {Decimal} other */
  equals(other) {
    return this.compare(other) === 0;
  }

  get sign() {
    return this.compare(ZERO);
  }

  /** 60000.10 → 60000.1, 60000.00 → 60000 */
  toString() {
    const digits = this.magnitude.units.toString() + "0".repeat(Math.max(0, this.exponent));
    const places = Math.max(0, -this.exponent);
    const padded = digits.padStart(places + 1, "0");
    const whole = padded.slice(0, padded.length - places);
    const fraction = padded.slice(padded.length - places).replace(/0+$/, "");
    return (this.units < 0n ? "-" : "") + whole + (fraction && `.${fraction}`);
  }
}

export const ZERO = new Decimal(0n);
export const ONE = new Decimal(1n);

/** @param {number | bigint} count */
export const whole = (count) => new Decimal(BigInt(count));

/**
 * @param {Decimal} one
 * @param {Decimal} two
 */
export const least = (one, two) => (two.compare(one) < 0 ? two : one);

/**
 * @param {Decimal} one
 * @param {Decimal} two
 */
export const most = (one, two) => (two.compare(one) > 0 ? two : one);

/** The operations at so many digits. */
export class Arithmetic {
  /** @param {number} digits */
  constructor(digits) {
    this.digits = digits;
  }

  /**
   * Half to even.
   *
   * @param {Decimal} value
   * @returns {Decimal}
   */
  round(value) {
    const dropped = digitsOf(value.units) - this.digits;
    if (dropped <= 0) return value;
    const rounded = new Decimal(halfEven(value.units, 10n ** BigInt(dropped)), value.exponent + dropped);
    return digitsOf(rounded.units) > this.digits ? this.round(rounded) : rounded;
  }

  /**
   * @param {Decimal} one
   * @param {Decimal} two
   */
  plus(one, two) {
    const [a, b, exponent] = aligned(one, two);
    return this.round(new Decimal(a + b, exponent));
  }

  /**
   * @param {Decimal} one
   * @param {Decimal} two
   */
  minus(one, two) {
    return this.plus(one, two.negated);
  }

  /**
   * @param {Decimal} one
   * @param {Decimal} two
   */
  times(one, two) {
    return this.round(new Decimal(one.units * two.units, one.exponent + two.exponent));
  }

  /**
   * @param {Decimal} one
   * @param {Decimal} two
   */
  over(one, two) {
    if (two.units === 0n) throw new Unreadable("a division by nothing");
    const shift = Math.max(0, this.digits + 3 + digitsOf(two.units) - digitsOf(one.units));
    const shifted = one.units * 10n ** BigInt(shift);
    const exponent = one.exponent - two.exponent - shift;
    return this.round(
      inexact(shifted / two.units, shifted % two.units !== 0n, exponent, one.units < 0n !== two.units < 0n),
    );
  }

  /** @param {Decimal[]} values */
  sum(values) {
    return values.reduce((total, each) => this.plus(total, each), ZERO);
  }

  /** @param {Decimal[]} values */
  mean(values) {
    return this.over(this.sum(values), whole(values.length));
  }

  /** @param {Decimal[]} values at least one */
  median(values) {
    const sorted = [...values].sort((one, two) => one.compare(two));
    const middle = sorted.length >> 1;
    const [below = ZERO, above = ZERO] = [sorted[middle - 1], sorted[middle]];
    return sorted.length % 2 ? above : this.over(this.plus(below, above), whole(2));
  }
}

export const EXACT = new Arithmetic(60);
export const DIGITS = new Arithmetic(34);

/**
 * To the nearest multiple of the pip, half to even.
 *
 * @param {Decimal} value
 * @param {Decimal} pip
 */
export function toPip(value, pip) {
  const count = EXACT.over(value, pip);
  const units =
    count.exponent < 0
      ? halfEven(count.units, 10n ** BigInt(-count.exponent))
      : count.units * 10n ** BigInt(count.exponent);
  return EXACT.times(new Decimal(units), pip);
}

/**
 * To so many places, towards nothing.
 *
 * @param {Decimal} value
 * @param {number} places
 */
export function roundedDown(value, places) {
  const excess = -places - value.exponent;
  if (excess <= 0) return value;
  return new Decimal(value.units / 10n ** BigInt(excess), -places);
}

/**
 * A quotient or root whose last digit tells whether something is left: so that it rounds the right way.
 *
 * @param {bigint} units
 * @param {boolean} isLeft
 * @param {number} exponent
 * @param {boolean} isNegative
 */
export function inexact(units, isLeft, exponent, isNegative = false) {
  if (!isLeft) return new Decimal(units, exponent);
  return new Decimal(units * 10n + (isNegative ? -1n : 1n), exponent - 1);
}

/**
 * @param {bigint} units
 * @param {bigint} step
 */
function halfEven(units, step) {
  const magnitude = units < 0n ? -units : units;
  const [kept, rest] = [magnitude / step, (magnitude % step) * 2n];
  const up = rest > step || (rest === step && kept % 2n === 1n);
  const rounded = up ? kept + 1n : kept;
  return units < 0n ? -rounded : rounded;
}

/** @param {bigint} units */
function digitsOf(units) {
  return (units < 0n ? -units : units).toString().length;
}

/**
 * @param {Decimal} one
 * @param {Decimal} two
 * @returns {[bigint, bigint, number]}
 */
function aligned(one, two) {
  const exponent = Math.min(one.exponent, two.exponent);
  const at = (/** @type {Decimal} */ each) => each.units * 10n ** BigInt(each.exponent - exponent);
  return [at(one), at(two), exponent];
}
