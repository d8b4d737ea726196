/* The house's present offers: a quote for each direction, renewed while the trader looks at the ticket. */

import { getQuote } from "./api.js";
import { now } from "./clock.js";

const DIRECTIONS = ["up", "down"];
const RENEW_BEFORE_MS = 700;
const RETRY_AFTER_MS = 3000;

export class Quotes {
  #symbol;
  #changed;
  #held = new Map();
  #wish = "";
  #asking = false;
  #askAgainAt = 0;

  /** `changed` is called when the quotes change. */
  constructor(symbol, changed) {
    this.#symbol = symbol;
    this.#changed = changed;
  }

  /** The quote for a direction, or undefined. An expired one is kept: it is the offer that the page showed. */
  of(direction) {
    return this.#held.get(direction);
  }

  /**
   * Takes a quote from an answer, also from a refusal. It drops a quote for another choice, and one older than the held
   * one: answers may overtake each other.
   */
  take(quote) {
    const held = this.of(quote.direction);
    if (wishOf(quote) !== this.#wish || (held && isOlder(quote, held))) return;
    this.#held.set(quote.direction, quote);
  }

  drop() {
    this.#held.clear();
  }

  /** Called a few times a second with the choice: asks when that has changed, or a quote is about to expire. */
  keep(duration, demo) {
    const wish = wishOf({ duration, demo });
    if (wish !== this.#wish) {
      this.#wish = wish;
      this.#askAgainAt = 0;
      this.drop();
    }
    if (this.#asking || document.hidden || Date.now() < this.#askAgainAt) return;
    if (!DIRECTIONS.every((direction) => holds(this.of(direction)))) this.#ask(duration, demo);
  }

  async #ask(duration, demo) {
    this.#asking = true;
    const ask = (direction) => getQuote({ instrument: this.#symbol, direction, duration, demo });
    try {
      for (const quote of await Promise.all(DIRECTIONS.map(ask))) this.take(quote);
    } catch {
      this.#askAgainAt = Date.now() + RETRY_AFTER_MS;
    }
    this.#asking = false;
    this.#changed();
  }
}

function wishOf({ duration, demo }) {
  return `${duration} ${demo}`;
}

function isOlder(quote, other) {
  return Date.parse(quote.expires_at) < Date.parse(other.expires_at);
}

function holds(quote) {
  return Boolean(quote) && now() < Date.parse(quote.expires_at) - RENEW_BEFORE_MS;
}
