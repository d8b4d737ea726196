/* A practice trade: placed, decided and told in the page alone, on the same prices and by the same rules as every trade. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Direction, SettledTrade, Trade } from "../core/wire.js"
 * @import { Rules } from "../proof/rules.js"
 *
 * @typedef {object} PracticeTerms
 * @property {string} symbol
 * @property {string} currency
 * @property {string} pip
 * @property {number} duration seconds
 * @property {string} stake
 * @property {string} payout_rate
 * @property {string} payout
 * @property {number} rule_version
 *
 * @typedef {SettledTrade & Record<string, unknown>} Practised
 */

import { now } from "../core/clock.js";
import { Emitter } from "../core/emitter.js";
import { Decimal, EXACT } from "../proof/decimal.js";
import { SECOND, wholeSecond, written } from "../proof/instants.js";
import { RULES } from "../proof/rules.js";
import { entryOf, pointsOf, settle, timesOf } from "../proof/settlement.js";

const ID = "00000000-0000-0000-0000-000000000000";

/**
 * Tells by events: `began`, `entered` with the entry price, `ended` with the settled trade.
 *
 * @extends {Emitter<{ began: Trade, entered: Trade, ended: Practised }>}
 */
export class Practice extends Emitter {
  /** @type {Practised | null} */
  ended = null;
  /** @type {any} */
  #trade = null;
  #terms;
  #store;

  /**
   * @param {PracticeTerms} terms
   * @param {Store} store
   */
  constructor(terms, store) {
    super();
    this.#terms = terms;
    this.#store = store;
    store.on("prices", () => this.#look());
  }

  get isUnderWay() {
    return this.#trade !== null;
  }

  /** @param {Direction} direction */
  begin(direction) {
    const { symbol, currency, duration, stake, payout_rate, payout, rule_version } = this.#terms;
    const accepted = BigInt(Math.floor(now())) * 1000n;
    const rules = this.#rules;
    const entry = wholeSecond(accepted + rules.entryDelay);
    this.ended = null;
    this.#trade = {
      ...{
        id: ID,
        instrument: symbol,
        direction,
        amount: stake,
        currency,
        duration,
        payout_rate,
        payout,
        rule_version,
      },
      accepted_at: written(accepted),
      entry_at: written(entry),
      expires_at: written(entry + BigInt(duration) * SECOND),
      ...{ state: "pending", entry_price: null, exit_price: null, exit_samples: null, outcome: null, profit: null },
      ...{ void_reason: null, sold_at_price: null, sold_priced_at: null, close: null, correction: null, demo: true },
    };
    this.#keep();
    this.emit("began", this.#trade);
  }

  /** @returns {Rules} */
  get #rules() {
    const rules = RULES.get(BigInt(this.#terms.rule_version));
    if (!rules) throw new RangeError(`rules ${this.#terms.rule_version} are unknown here`);
    return rules;
  }

  #look() {
    if (!this.#trade) return;
    const points = pointsOf(this.#store.prices);
    const { entry, expiry } = timesOf(this.#trade);
    const newest = points.at(-1)?.at ?? 0n;
    const entered = entryOf(points, entry, this.#rules);
    if (entered && this.#trade.state === "pending") this.#enter(this.#textOf(entered.price));
    if (newest >= (entered ? expiry : entry + this.#rules.entryWaitMax)) this.#settle(points);
  }

  /** @param {string} price */
  #enter(price) {
    this.#trade = { ...this.#trade, state: "open", entry_price: price };
    this.#keep();
    this.emit("entered", this.#trade);
  }

  /** @param {ReturnType<typeof pointsOf>} points */
  #settle(points) {
    const { stake, payout, pip } = this.#terms;
    const found = settle(this.#trade, Decimal.of(pip), points, this.#rules);
    const gain = EXACT.minus(Decimal.of(payout), Decimal.of(stake));
    const profits = { won: money(gain, stake), lost: `-${stake}` };
    const ended = {
      ...this.#trade,
      state: "settled",
      outcome: found.outcome,
      void_reason: found.reason,
      entry_price: found.entry && this.#textOf(found.entry),
      exit_price: found.exit && this.#textOf(found.exit),
      exit_samples: found.samples === null ? null : Number(found.samples),
      profit: /** @type {Record<string, string>} */ (profits)[found.outcome] ?? money(Decimal.of("0"), stake),
      settled_at: written(BigInt(Math.floor(now())) * 1000n),
    };
    this.#trade = ended;
    this.#keep();
    this.#trade = null;
    this.ended = ended;
    this.emit("ended", ended);
  }

  /** @param {Decimal} price */
  #textOf(price) {
    return money(price, this.#terms.pip);
  }

  /* A new trade with the same id takes the place of the one before. */
  #keep() {
    if (this.#trade.state === "pending") this.#store.trades.delete(ID);
    this.#store.addTrades([this.#trade]);
  }
}

/**
 * With as many places as the model has.
 *
 * @param {Decimal} value
 * @param {string} model
 */
function money(value, model) {
  const places = (model.split(".")[1] ?? "").length;
  const [whole = "", fraction = ""] = String(value).split(".");
  return places ? `${whole}.${fraction.padEnd(places, "0")}` : whole;
}
