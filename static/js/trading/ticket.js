/* The ticket: the trader's choices, their possible results, and the order itself. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Direction, Instrument, Order } from "../core/wire.js"
 * @import { OwnState } from "./own_state.js"
 *
 * @typedef {object} Context
 * @property {Instrument} instrument
 * @property {boolean} signedIn
 * @property {OwnState} own
 * @property {() => boolean} isConnected
 */

import { Problem, placeTrade } from "../core/api.js";
import { now } from "../core/clock.js";
import { fieldOf, write } from "../core/elements.js";
import { Gesture } from "../core/gesture.js";
import * as money from "../core/money.js";
import { toast } from "../core/notices.js";
import { visit } from "../core/shelves.js";
import { readTyped } from "../core/typed.js";
import { duration } from "../core/words.js";
import { isAboutStake, possibleStake, reason } from "./gate.js";
import { Quotes } from "./quotes.js";
import { StakeField } from "./stake.js";
import { boundsText, explain, gateText, payoutText, rangeText, termsTexts } from "./ticket_words.js";

const REMEMBERED = "cryptotrader.ticket";

export class Ticket {
  #form;
  #store;
  #context;
  #stake;
  #quotes;
  #gesture = new Gesture();

  /**
   * @param {HTMLFormElement} form
   * @param {Store} store
   * @param {Context} context
   */
  constructor(form, store, context) {
    this.#form = form;
    this.#store = store;
    this.#context = context;
    this.#stake = new StakeField(form, store, context.instrument, () => this.refresh());
    this.#quotes = new Quotes(context.instrument.symbol, () => this.#hearQuotes());
    recall(form, context.instrument);
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("submit", (event) => event.preventDefault());
    for (const button of form.querySelectorAll("[data-direction]")) {
      button.addEventListener("click", (event) => this.#press(button, /** @type {MouseEvent} */ (event)));
    }
    this.refresh();
  }

  /** @param {string} amount "100", or "max" */
  choose(amount) {
    this.#stake.choose(amount);
  }

  /** Shows the possible results of the order and whether it may be placed; called a few times a second. */
  refresh() {
    const why = this.why;
    const { wallet, limits } = this.#store;
    const stake = possibleStake(this.#context.instrument, wallet, this.#stake.value, limits);
    this.#stake.mark(isAboutStake(why));
    this.#stake.offer();
    if (wallet && (why === null || isAboutStake(why))) this.#quotes.keep(this.#duration, wallet.demo);
    const rates = { up: this.#rate("up"), down: this.#rate("down") };
    for (const button of this.#form.querySelectorAll("[data-direction]")) {
      const direction = directionOf(button);
      button.setAttribute("aria-disabled", String(why !== null || this.#gesture.holds()));
      if (direction) this.#show(button, rates[direction], stake);
    }
    writeAll(this.#form, {
      ...termsTexts(stake, rates, this.#stake.places),
      "order-duration": duration(this.#duration),
      bounds: boundsText(this.#context.instrument, wallet, limits),
      gate: why ? gateText(why, this.#context, this.#store) : "",
    });
    this.#showRates(rates);
    remember(this.#form);
  }

  /**
   * @param {Element} button
   * @param {string} rate
   * @param {bigint | null} stake
   */
  #show(button, rate, stake) {
    writeAll(button, { payout: payoutText(stake, rate, this.#stake.places), rate: money.percent(rate) });
  }

  /**
   * A payout rate stands in several places, also outside of the form: all of them say the same.
   *
   * @param {{ up: string, down: string }} rates of the chosen duration
   */
  #showRates({ up, down }) {
    const { payout_rates: base } = this.#context.instrument;
    const shown = { ...base, [this.#duration]: rangeText([up, down]) };
    for (const [seconds, rate] of Object.entries(shown)) {
      const text = seconds === String(this.#duration) ? rate : rangeText([rate]);
      for (const element of this.#form.querySelectorAll(`[data-payout-of="${seconds}"]`)) write(element, text);
    }
    const others = Object.entries(base).flatMap(([seconds, rate]) =>
      seconds === String(this.#duration) ? [] : [rate],
    );
    for (const element of document.querySelectorAll("[data-payout-range]")) {
      write(element, rangeText([...others, up, down]));
    }
  }

  /* A rate that isn't the instrument's may be a skew, or the instrument's own has changed. */
  #hearQuotes() {
    const base = this.#context.instrument.payout_rates[this.#duration];
    if (["up", "down"].some((way) => this.#rate(/** @type {Direction} */ (way)) !== base)) this.#context.own.doubt();
    this.refresh();
  }

  get #duration() {
    return Number(fieldOf(this.#form, "duration").value);
  }

  /**
   * What is quoted; until there is a quote, the instrument's own rate, which a skew may change.
   *
   * @param {Direction} direction
   */
  #rate(direction) {
    const rate = this.#quotes.of(direction)?.payout_rate ?? this.#context.instrument.payout_rates[this.#duration];
    if (rate === undefined) throw new RangeError(`${this.#duration} s has no payout rate`);
    return rate;
  }

  /** The name of the reason why no order can be placed now, or null. */
  get why() {
    const { isConnected, own, instrument, signedIn } = this.#context;
    const { price, wallet, limits } = this.#store;
    const { restrictions, signedOut } = own;
    const known = { instrument, signedIn, signedOut, restrictions, limits, price, wallet };
    return reason({ ...known, connected: isConnected(), stake: this.#stake.value, now: now() });
  }

  /**
   * @param {Element} button
   * @param {MouseEvent} press
   */
  #press(button, press) {
    const direction = directionOf(button);
    const order = direction && this.why === null ? this.#read(direction) : null;
    if (order) void this.#gesture.take(press, () => this.#order(button, order));
  }

  /**
   * @param {Element} button
   * @param {Order} order
   */
  async #order(button, order) {
    button.setAttribute("aria-busy", "true");
    this.refresh();
    try {
      this.#store.addTrades([await placeTrade(order)]);
    } catch (error) {
      if (error instanceof Problem) this.#learn(error);
      toast(explain(error));
    }
    button.removeAttribute("aria-busy");
    this.refresh();
  }

  /**
   * What is shown is what is taken: the quote, or else its rate as the least that is accepted.
   *
   * @param {Direction} direction
   * @returns {Order | null} null without a wallet or a stake
   */
  #read(direction) {
    const { wallet } = this.#store;
    const stake = this.#stake.value;
    if (!wallet || stake === null) return null;
    const quote = this.#quotes.of(direction);
    return {
      instrument: this.#context.instrument.symbol,
      amount: money.write(stake, this.#stake.places),
      direction,
      duration: this.#duration,
      demo: wallet.demo,
      ...(quote ? { quote: quote.quote } : { min_payout_rate: this.#rate(direction) }),
    };
  }

  /**
   * A refusal may say what holds from now on.
   *
   * @param {Problem} problem
   */
  #learn({ code, body }) {
    if (code === "price-moved" && body.quote) this.#quotes.take(body.quote);
    if (code === "invalid-quote") this.#quotes.drop();
    this.#context.own.hearRefusal(code, body.until);
  }
}

/**
 * @param {Element} button
 * @returns {Direction | null}
 */
function directionOf(button) {
  const direction = button.getAttribute("data-direction");
  return direction === "up" || direction === "down" ? direction : null;
}

/**
 * Writes each text wherever `data-` and its name ask for it.
 *
 * @param {ParentNode} root
 * @param {Record<string, string>} texts
 */
function writeAll(root, texts) {
  for (const [name, text] of Object.entries(texts)) {
    for (const element of root.querySelectorAll(`[data-${name}]`)) write(element, text);
  }
}

/** @param {HTMLFormElement} form */
function remember(form) {
  const kept = { stake: fieldOf(form, "stake").value, duration: fieldOf(form, "duration").value };
  visit.keep(REMEMBERED, JSON.stringify(kept));
}

/**
 * @param {HTMLFormElement} form
 * @param {Instrument} instrument
 */
function recall(form, instrument) {
  /** @type {{ stake?: string, duration?: string }} */
  const { stake, duration: seconds } = JSON.parse(visit.read(REMEMBERED) ?? "{}");
  if (stake && readTyped(stake) !== null) fieldOf(form, "stake").value = stake;
  if (seconds && instrument.durations.includes(Number(seconds))) fieldOf(form, "duration").value = seconds;
}
