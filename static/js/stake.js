/* The stake field: typed, stepped or chosen; always within the instrument's limits and the wallet. */

import * as money from "./money.js";

export class StakeField {
  #input;
  #instrument;
  #store;

  /** `changed` is called whenever the buttons have written another stake. */
  constructor(form, store, instrument, changed) {
    this.#input = form.elements.stake;
    this.#store = store;
    this.#instrument = instrument;
    this.places = money.placesOf(instrument.stake_min);
    const write = (units) => {
      this.#write(units);
      changed();
    };
    this.choose = (amount) => write(amount === "max" ? this.#bounds().most : money.parse(amount));
    for (const button of form.querySelectorAll("[data-amount]")) {
      button.addEventListener("click", () => this.choose(button.dataset.amount));
    }
    for (const button of form.querySelectorAll("[data-step]")) {
      button.addEventListener("click", () => write(stepped(this.value ?? 0n, button.dataset.step, this.#bounds())));
    }
    this.#input.addEventListener("change", () => this.#isWhole() && write(this.value));
    this.#input.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());
  }

  /** In money units; null when the input isn't a number. */
  get value() {
    return money.parseTyped(this.#input.value);
  }

  mark(isInvalid) {
    this.#input.setAttribute("aria-invalid", String(isInvalid));
  }

  /* A number with too many places stays as typed, beside the note about it. */
  #isWhole() {
    return this.value !== null && this.value % 10n ** BigInt(money.PLACES - this.places) === 0n;
  }

  #write(units) {
    const text = money.write(units, this.places);
    this.#input.value = /\.0*$/.test(text) ? text.split(".")[0] : text;
  }

  #bounds() {
    const [least, most] = [money.parse(this.#instrument.stake_min), money.parse(this.#instrument.stake_max)];
    const available = this.#store.wallet ? money.parse(this.#store.wallet.available) : most;
    return { least, most: available < most && available >= least ? available : most };
  }
}

/* Steps in round numbers: by 1 below ten, by 10 below a hundred, by 100 above. */
function stepped(stake, way, { least, most }) {
  const down = way === "-1";
  const below = (limit) => (down ? stake <= limit * money.UNIT : stake < limit * money.UNIT);
  const step = money.UNIT * (below(10n) ? 1n : below(100n) ? 10n : 100n);
  const next = down ? ((stake - 1n) / step) * step : (stake / step + 1n) * step;
  return next < least ? least : next > most ? most : next;
}
