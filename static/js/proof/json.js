/*
 * JSON as proofs are hashed and signed. The browser's own reader takes 1.0 for 1, rounds long numbers, and lets the last of
 * two equal members win; another program may take the first. So whole numbers are bigints here, and a repeated member is
 * refused.
 */

import { Unreadable } from "./faults.js";

/** @typedef {any} Json null, boolean, string, bigint, number (of a fraction), array or object without a prototype */

const BLANKS = /[ \t\n\r]*/y;
const NUMBER = /-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?/y;
/* biome-ignore lint/suspicious/noControlCharactersInRegex: JSON refuses them within a text. */
const TEXT = /"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"/y;
const WORDS = /** @type {const} */ ({ true: true, false: false, null: null });
const DIGITS_MAX = 4300;
const DEPTH_MAX = 500;

/**
 * @param {string} text
 * @returns {Json}
 * @throws {Unreadable}
 */
export function readJson(text) {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.skip();
  if (reader.at < text.length) reader.fail();
  return value;
}

class Reader {
  /** @param {string} text */
  constructor(text) {
    this.text = text;
    this.at = 0;
  }

  /** @returns {never} */
  fail() {
    throw new Unreadable(`not JSON, at ${this.at}`);
  }

  skip() {
    this.match(BLANKS);
  }

  /** @param {RegExp} pattern */
  match(pattern) {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text);
    if (found) this.at = pattern.lastIndex;
    return found;
  }

  /** @param {string} sign */
  takes(sign) {
    this.skip();
    if (this.text[this.at] !== sign) return false;
    this.at += 1;
    return true;
  }

  /**
   * @param {number} depth
   * @returns {Json}
   */
  value(depth) {
    if (depth > DEPTH_MAX) this.fail();
    if (this.takes("{")) return this.members(depth);
    if (this.takes("[")) return this.items(depth);
    const sign = this.text[this.at] ?? "";
    if (sign === '"') return this.string();
    return /[-0-9]/.test(sign) ? this.number() : this.word();
  }

  /**
   * @param {number} depth
   * @returns {Json}
   */
  members(depth) {
    const object = Object.create(null);
    if (this.takes("}")) return object;
    do {
      this.skip();
      const name = this.string();
      if (name in object || !this.takes(":")) this.fail();
      object[name] = this.value(depth + 1);
    } while (this.takes(","));
    return this.takes("}") ? object : this.fail();
  }

  /**
   * @param {number} depth
   * @returns {Json[]}
   */
  items(depth) {
    /** @type {Json[]} */
    const items = [];
    if (this.takes("]")) return items;
    do {
      items.push(this.value(depth + 1));
    } while (this.takes(","));
    return this.takes("]") ? items : this.fail();
  }

  /** @returns {string} */
  string() {
    const found = this.match(TEXT);
    return found ? JSON.parse(found[0]) : this.fail();
  }

  number() {
    const found = this.match(NUMBER);
    if (!found || found[0].length > DIGITS_MAX) this.fail();
    const [text, fraction, power] = found;
    return fraction || power ? Number(text) : BigInt(text);
  }

  word() {
    for (const [name, value] of Object.entries(WORDS)) {
      if (this.text.startsWith(name, this.at)) {
        this.at += name.length;
        return value;
      }
    }
    return this.fail();
  }
}

/**
 * The text that is hashed: members sorted, no blanks, ASCII only.
 *
 * @param {Json} value
 * @returns {string}
 */
export function canonical(value) {
  if (typeof value === "string") return ascii(value);
  if (typeof value === "number") return fraction(value);
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value !== "object" || value === null) return String(value);
  const names = Object.keys(value).sort(byCodePoint);
  return `{${names.map((name) => `${ascii(name)}:${canonical(value[name])}`).join(",")}}`;
}

/** @param {string} text */
function ascii(text) {
  const escaped = (/** @type {string} */ unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(text).replace(/[\u007f-\uffff]/g, (unit) => (unit === "\u007f" ? unit : escaped(unit)));
}

/**
 * A fraction in the notation that is hashed: 1.0, 1e-05, 1e+16.
 *
 * @param {number} value
 */
function fraction(value) {
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const [digits = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  if (exponent >= -4 && exponent < 16) return plain(value);
  return `${digits}e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(2, "0")}`;
}

/** @param {number} value */
function plain(value) {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return text.includes(".") ? text : `${text}.0`;
}

/**
 * @param {string} one
 * @param {string} two
 */
function byCodePoint(one, two) {
  const [a, b] = [Array.from(one), Array.from(two)];
  const at = a.findIndex((sign, index) => sign !== b[index]);
  if (at < 0) return a.length - b.length;
  return (a[at]?.codePointAt(0) ?? -1) - (b[at]?.codePointAt(0) ?? -1);
}
