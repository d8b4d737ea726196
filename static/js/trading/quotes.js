/* The house's present offers: a quote for each direction, renewed while the trader looks at the ticket. */

/** @import { Direction, Quote } from "../core/wire.js" */

import { allow, getQuote } from "../core/api.js";
import { now } from "../core/clock.js";

/** @type {Direction[]} */
const DIRECTIONS = ["up", "down"];
const RENEW_BEFORE_MS = 700;
const RETRY_AFTER_MS = 3000;

export class Quotes {
  #symbol;
  #changed;
  /** @type {Map<Direction, Quote>} */
  #held = new Map();
  #wish = "";
  #asking = false;
  #askAgainAt = 0;

  /**
   * @param {string} symbol
   * @param {() => void} changed called when there are other quotes than before
   */
  constructor(symbol, changed) {
    this.#symbol = symbol;
    this.#changed = changed;
  }

  /**
   * The quote for a direction, or undefined. One that has expired still says what was shown.
   *
   * @param {Direction} direction
   */
  of(direction) {
    return this.#held.get(direction);
  }

  /**
   * A quote that came, with a refusal too. One for what isn't chosen any more is let go, and one that was given before
   * the one held: an answer may be overtaken.
   *
   * @param {Quote} quote
   */
  take(quote) {
    const held = this.of(quote.direction);
    if (wishOf(quote) !== this.#wish || (held && isOlder(quote, held))) return;
    this.#held.set(quote.direction, quote);
  }

  drop() {
    this.#held.clear();
  }

  /**
   * Called a few times a second with what is chosen: asks when that has changed, or a quote is about to expire.
   *
   * @param {number} duration seconds
   * @param {boolean} demo
   */
  keep(duration, demo) {
    const wish = wishOf({ duration, demo });
    if (wish !== this.#wish) {
      this.#wish = wish;
      this.#askAgainAt = 0;
      this.drop();
    }
    if (this.#asking || document.hidden || performance.now() < this.#askAgainAt) return;
    if (!DIRECTIONS.every((direction) => holds(this.of(direction)))) void this.#ask(duration, demo);
  }

  /**
   * @param {number} duration
   * @param {boolean} demo
   */
  async #ask(duration, demo) {
    this.#asking = true;
    const asked = DIRECTIONS.map((direction) => getQuote({ instrument: this.#symbol, direction, duration, demo }));
    try {
      for (const quote of await Promise.all(asked)) this.take(quote);
    } catch (error) {
      this.#askAgainAt = performance.now() + RETRY_AFTER_MS;
      allow(error);
    } finally {
      this.#asking = false;
    }
    this.#changed();
  }
}

/** @param {{ duration: number, demo: boolean }} wish */
function wishOf({ duration, demo }) {
  return `${duration} ${demo}`;
}

/**
 * @param {Quote} quote
 * @param {Quote} other
 */
function isOlder(quote, other) {
  return Date.parse(quote.expires_at) < Date.parse(other.expires_at);
}

/** @param {Quote | undefined} quote */
function holds(quote) {
  return quote !== undefined && now() < Date.parse(quote.expires_at) - RENEW_BEFORE_MS;
}
