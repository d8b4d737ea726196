/* Where a proxy lets no socket through: asks over REST each second for what the socket would have told. */

/** @import { Frame, News, Ticker } from "./wire.js" */

import { allow, getList } from "./api.js";
import { Emitter } from "./emitter.js";

const EVERY_MS = 1000;
const FIRST = 300;
const LATER = 5;

/**
 * Tells by events: `message` (a frame as of the socket), `came` (the first answers are there), `lost` (none comes).
 *
 * @extends {Emitter<{ message: Frame, came: null, lost: null }>}
 */
export class Asking extends Emitter {
  #channels;
  /** @type {Set<string>} */
  #begun = new Set();
  isOn = false;

  /** @param {() => string[]} channels of the socket, as they are at each time */
  constructor(channels) {
    super();
    this.#channels = channels;
  }

  start() {
    if (this.isOn) return;
    this.isOn = true;
    this.#begun.clear();
    void this.#goOn();
  }

  stop() {
    this.isOn = false;
  }

  async #goOn() {
    while (this.isOn) {
      await this.#once();
      await new Promise((resolve) => setTimeout(resolve, EVERY_MS));
    }
  }

  async #once() {
    try {
      const told = await Promise.all(this.#channels().map((channel) => this.#ask(channel)));
      if (this.isOn) this.#tell(told.flat());
    } catch (error) {
      allow(error);
      if (this.isOn) this.emit("lost", null);
    }
  }

  /** @param {Frame[]} frames */
  #tell(frames) {
    for (const frame of frames) this.emit("message", frame);
    this.emit("came", null);
  }

  /**
   * @param {string} channel
   * @returns {Promise<Frame[]>} none for a channel that REST has in another form
   */
  async #ask(channel) {
    const path = this.#path(channel);
    if (path === null) return [];
    const data = await getList(path);
    return channel === "instruments" ? this.#market(data) : [this.#frame(channel, data)];
  }

  /**
   * @param {string} channel
   * @returns {string | null}
   */
  #path(channel) {
    const [kind, symbol, interval] = channel.split(".");
    const limit = this.#begun.has(channel) ? LATER : FIRST;
    /** @type {Record<string, string>} */
    const paths = {
      prices: `/instruments/${symbol}/prices?limit=${limit}`,
      candles: `/instruments/${symbol}/candles?interval=${interval}&limit=${limit}`,
      trades: "/flash-trades?limit=50",
      wallet: "/wallets",
      instruments: "/instruments",
    };
    return paths[kind ?? ""] ?? null;
  }

  /** @param {unknown[]} data */
  #market(data) {
    const listed = /** @type {(Ticker & { symbol: string })[]} */ (data);
    const tickers = listed.filter(({ price }) => price !== null).map((each) => ({ ...each, instrument: each.symbol }));
    return [this.#frame("instruments", data), this.#frame("tickers", tickers)];
  }

  /**
   * A page of trades isn't all of them: it never replaces what is known.
   *
   * @param {string} channel
   * @param {unknown[]} data
   */
  #frame(channel, data) {
    const isFirst = !this.#begun.has(channel) && channel !== "trades";
    this.#begun.add(channel);
    return /** @type {News} */ (
      /** @type {unknown} */ ({ type: isFirst ? "snapshot" : "update", channel, seq: 0, data })
    );
  }
}
