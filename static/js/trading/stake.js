/* The stake field: typed, stepped or chosen; always within the instrument's bounds, the trader's own limits and the wallet. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Instrument } from "../core/wire.js"
 */

import { find } from "../core/elements.js";
import * as money from "../core/money.js";
import { readTyped } from "../core/typed.js";
import { boundsOf } from "./bounds.js";

const DIGITS_MAX = 40;

export class StakeField {
  #form;
  #input;
  #instrument;
  #store;
  #changed;

  /**
   * @param {HTMLFormElement} form
   * @param {Store} store
   * @param {Instrument} instrument
   * @param {() => void} changed called whenever the buttons have written another stake
   */
  constructor(form, store, instrument, changed) {
    this.#form = form;
    this.#input = find(form, "[name=stake]", HTMLInputElement);
    this.#store = store;
    this.#instrument = instrument;
    this.#changed = changed;
    this.places = money.placesOf(instrument.stake_min);
    form.addEventListener("click", ({ target }) => {
      const button = target instanceof Element ? target.closest("[data-amount], [data-step]") : null;
      if (button instanceof HTMLElement) this.#press(button.dataset);
    });
    this.#input.addEventListener("change", () => this.#tidy());
    this.#input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }

  /** In money units; null when the input isn't a number. One that is too large for any order is a number, too. */
  get value() {
    return money.parse(readTyped(this.#input.value, DIGITS_MAX) ?? "");
  }

  /**
   * @param {string} amount "100", or "max" for all that may be staked
   */
  choose(amount) {
    this.#write(amount === "max" ? this.#bounds().most : money.exact(amount));
  }

  /** @param {boolean} isInvalid */
  mark(isInvalid) {
    this.#input.setAttribute("aria-invalid", String(isInvalid));
  }

  /** Offers no amount that can't be staked now. */
  offer() {
    const { most } = this.#bounds();
    for (const button of this.#form.querySelectorAll("button[data-amount]")) {
      const { amount } = /** @type {HTMLButtonElement} */ (button).dataset;
      /** @type {HTMLButtonElement} */ (button).disabled =
        Boolean(amount && amount !== "max") && money.exact(amount ?? "0") > most;
    }
  }

  /** @param {DOMStringMap} button what a button of the form stands for */
  #press({ amount, step }) {
    if (amount) this.choose(amount);
    else this.#write(stepped(this.value ?? 0n, step === "-1", this.#bounds()));
  }

  /* Shows what was understood. A number with too many places stays as it was typed, beside the note that says so. */
  #tidy() {
    const { value } = this;
    if (value !== null && value % 10n ** BigInt(money.PLACES - this.places) === 0n) this.#write(value);
  }

  /** @param {bigint} units */
  #write(units) {
    const text = money.write(units, this.places);
    this.#input.value = money.group(text.replace(/\.0*$/, ""));
    this.#changed();
  }

  #bounds() {
    const { least, most } = boundsOf(this.#instrument, this.#store.wallet, this.#store.limits);
    const available = this.#store.wallet ? money.exact(this.#store.wallet.available) : most;
    return { least, most: available < most && available >= least ? available : most };
  }
}

/**
 * Steps as people count: by 1 below ten, by 10 below a hundred, by 100 above.
 *
 * @param {bigint} stake
 * @param {boolean} down
 * @param {{ least: bigint, most: bigint }} bounds
 */
function stepped(stake, down, { least, most }) {
  const step = stepAt(stake, down);
  const next = down ? ((stake - 1n) / step) * step : (stake / step + 1n) * step;
  if (next < least) return least;
  return next > most ? most : next;
}

/**
 * @param {bigint} stake
 * @param {boolean} down
 */
function stepAt(stake, down) {
  const below = (/** @type {bigint} */ limit) => (down ? stake <= limit * money.UNIT : stake < limit * money.UNIT);
  if (below(10n)) return money.UNIT;
  return money.UNIT * (below(100n) ? 10n : 100n);
}
