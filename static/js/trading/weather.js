/* The state of the whole page: the connection, and which state stands over the chart. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Told } from "../notices/states.js"
 */

import { isKnown } from "../core/clock.js";
import { showStates } from "../notices/states.js";

const PATIENCE_MS = 1500;
const NEWS_MS = 3500;
/* Reasons against an order that are no state of the page: the ticket alone tells of them. */
const OF_TICKET = ["anonymous", "unreadable", "places", "bounds", "funds", "own-limit", "own-trades"];

export class Weather {
  /** @type {"opening" | "up" | "asking" | "down"} */
  connection = "opening";
  #show;
  #store;
  #told;
  #began = performance.now();
  #resynced = Number.NEGATIVE_INFINITY;

  /**
   * @param {HTMLElement} root with the states
   * @param {Store} store
   * @param {(name: string) => Told} told what there is to add to a state's words
   */
  constructor(root, store, told = () => ({})) {
    this.#show = showStates(root);
    this.#store = store;
    this.#told = told;
  }

  get isConnected() {
    return (this.connection === "up" || this.connection === "asking") && isKnown();
  }

  /** @param {"up" | "asking" | "down"} state */
  connect(state) {
    if (this.connection === "down" && state === "up") this.resynced();
    this.connection = state;
  }

  resynced() {
    this.#resynced = performance.now();
  }

  /** @param {string | null} why the reason against an order */
  show(why) {
    const name = this.#name(why);
    this.#show(name, name ? this.#told(name) : {});
  }

  /**
   * @param {string | null} why
   * @returns {string | null}
   */
  #name(why) {
    if (why === "disconnected") return this.#waiting();
    if (why === "stale") return this.#store.price ? "stale" : this.#waiting();
    if (why && !OF_TICKET.includes(why)) return why;
    if (this.connection === "asking") return "asking";
    return performance.now() - this.#resynced < NEWS_MS ? "resynced" : null;
  }

  /* A page that has just opened is only slow after a moment; then it says so. */
  #waiting() {
    if (this.connection === "down") return "disconnected";
    return performance.now() - this.#began > PATIENCE_MS ? "loading" : null;
  }
}
