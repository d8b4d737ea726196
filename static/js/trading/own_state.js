/*
 * What another tab or device may change while this page is open: who is signed in, the wallet in use, limits, time-outs,
 * payout rates. It is read again when there is a reason to think that it changed.
 */

/**
 * @import { Store } from "../core/store.js"
 * @import { Instrument, PageState } from "../core/wire.js"
 */

import { allow, getJson } from "../core/api.js";
import { now } from "../core/clock.js";
import { Emitter } from "../core/emitter.js";
import { dayAndTime } from "../core/times.js";

const REST_MS = 1000;
const DOUBT_MS = 10_000;
/* As the server says it on closing a socket: `AccessEnd.FROZEN`. */
const FROZEN = "the account is frozen";
const RESTRICTING = ["timed-out", "self-excluded", "session-limit-reached", "second-factor-required"];

/**
 * Tells by `changed` that it has been read.
 *
 * @extends {Emitter<{ changed: null }>}
 */
export class OwnState extends Emitter {
  #state;
  #person;
  #store;
  #instrument;
  #frozen = false;
  #read = Number.NEGATIVE_INFINITY;
  /** @type {number | undefined} */
  #timer;

  /**
   * @param {PageState} state
   * @param {Store} store
   * @param {Instrument} instrument
   */
  constructor(state, store, instrument) {
    super();
    this.#state = state;
    this.#person = state.person;
    this.#store = store;
    this.#instrument = instrument;
    store.walletId = state.wallet;
    store.limits = state.limits;
    store.on("moved", () => this.readSoon());
    new BroadcastChannel("cryptotrader.pages").addEventListener("message", () => this.readSoon());
    document.addEventListener("visibilitychange", () => !document.hidden && this.readSoon());
  }

  get restrictions() {
    return this.#frozen ? [{ code: "account-frozen" }] : this.#state.restrictions;
  }

  /** Whether whoever opened this page is signed in no more, or somebody else is. */
  get signedOut() {
    return this.#state.person !== this.#person;
  }

  /**
   * When what keeps the trader from trading ends, in words.
   *
   * @param {string} code
   */
  until(code) {
    const end = this.restrictions.find((each) => each.code === code)?.until;
    return end ? dayAndTime(end) : "";
  }

  /**
   * A refusal says what holds from now on.
   *
   * @param {string} code
   * @param {string | undefined} until
   */
  hearRefusal(code, until) {
    const from = new Date(now()).toISOString();
    if (RESTRICTING.includes(code)) this.#state.restrictions.push({ code, from, ...(until && { until }) });
    this.readSoon();
  }

  /**
   * The access has ended. Of a frozen account nobody could read it any more.
   *
   * @param {string} reason the server's
   */
  hearEnd(reason) {
    this.#frozen ||= reason === FROZEN;
    this.readSoon();
  }

  /** Something may have changed, and nobody waits for it. */
  doubt() {
    if (performance.now() - this.#read > DOUBT_MS) this.readSoon();
  }

  /** Reads, once for all who ask within a second. */
  readSoon() {
    if (this.#timer !== undefined) return;
    const wait = Math.max(150, REST_MS - (performance.now() - this.#read));
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      void this.#readNow();
    }, wait);
  }

  async #readNow() {
    this.#read = performance.now();
    try {
      /** @type {PageState} */
      const state = await getJson(`/trade/${this.#instrument.symbol}/state.json`);
      this.#take(state);
    } catch (error) {
      allow(error);
    }
  }

  /** @param {PageState} state */
  #take(state) {
    this.#state = state;
    this.#instrument.payout_rates = state.payout_rates;
    if (!this.signedOut) {
      this.#store.walletId = state.wallet;
      this.#store.limits = state.limits;
      this.#store.emit("wallets", null);
    }
    this.emit("changed", null);
  }
}
