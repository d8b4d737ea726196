/* The page's data. News may come twice, late or by two ways: an older message never overwrites a newer one. */

/** @import { Limit, Offer, Price, Ticker, Trade, Wallet } from "./wire.js" */

import { Emitter } from "./emitter.js";

const PRICES_MAX = 900;
const RANK = { pending: 0, open: 1, settled: 2 };
const JUST_PLACED_MS = 10_000;

/**
 * An order to close is newer when it was given later, or has ended since.
 *
 * @param {Trade} trade
 */
const closeStep = ({ close }) => (close ? close.asked_at + (close.state === "waiting" ? "0" : "1") : "");

/**
 * Tells by events what has changed: `prices` with the new ones, or null when they all may be new; `moved` of each trade
 * whose state changed, with what it was before; `trades`, `wallets`, `tickers`, and `selected` when another trade is.
 *
 * @extends {Emitter<{
 *   prices: { fresh: Price[] | null },
 *   wallets: null,
 *   moved: { trade: Trade, before: Trade | undefined },
 *   trades: null,
 *   tickers: null,
 *   selected: null,
 * }>}
 */
export class Store extends Emitter {
  /** @type {Price[]} */
  prices = [];
  /** @type {Map<number, Wallet>} */
  wallets = new Map();
  /** @type {number | null} */
  walletId = null;
  /** @type {Map<string, Trade>} */
  trades = new Map();
  /**
   * What open trades could be sold for, by trade.
   *
   * @type {Map<string, Offer>}
   */
  offers = new Map();
  /**
   * The newest price of each instrument, by symbol.
   *
   * @type {Map<string, Ticker>}
   */
  tickers = new Map();
  /**
   * The limits that this person has set.
   *
   * @type {Limit[]}
   */
  limits = [];
  /**
   * The trade that its owner wants to see on the chart.
   *
   * @type {string | null}
   */
  selected = null;

  /** The newest index price, or undefined. */
  get price() {
    return this.prices.at(-1);
  }

  /** The wallet of this ticket; `walletId` alone chooses it. */
  get wallet() {
    return this.walletId === null ? undefined : this.wallets.get(this.walletId);
  }

  /**
   * Prices in ascending order; those already known or older than what is known are ignored.
   *
   * @param {Price[]} news
   */
  addPrices(news) {
    const newest = this.price?.sequence ?? -1;
    const fresh = news.filter((price) => price.sequence > newest);
    if (fresh.length === 0) return;
    this.prices = [...this.prices, ...fresh].slice(-PRICES_MAX);
    this.emit("prices", { fresh });
  }

  /**
   * A snapshot replaces the series, unless what is known is newer.
   *
   * @param {Price[]} snapshot
   */
  resetPrices(snapshot) {
    const end = snapshot.at(-1)?.sequence ?? -1;
    const later = this.prices.filter((price) => price.sequence > end);
    this.prices = [...snapshot, ...later];
    this.emit("prices", { fresh: null });
  }

  /** @param {Wallet[]} news */
  addWallets(news) {
    for (const wallet of news) {
      const known = this.wallets.get(wallet.id);
      if (!known || wallet.revision >= known.revision) this.wallets.set(wallet.id, wallet);
    }
    this.emit("wallets", null);
  }

  /**
   * Takes in trades as they now stand; tells of each whose state moved, so that a result is announced once.
   *
   * @param {Trade[]} news
   * @param {{ quietly?: boolean }} [how]
   */
  addTrades(news, { quietly = false } = {}) {
    const moved = news.filter((trade) => this.#advances(trade));
    for (const trade of moved) {
      const before = this.trades.get(trade.id);
      this.trades.set(trade.id, trade);
      if (!quietly) this.emit("moved", { trade, before });
    }
    if (moved.length) this.emit("trades", null);
  }

  /** @param {Ticker[]} news */
  addTickers(news) {
    for (const ticker of news) {
      const known = this.tickers.get(ticker.instrument);
      if (!known || ticker.priced_at > known.priced_at) this.tickers.set(ticker.instrument, ticker);
    }
    this.emit("tickers", null);
  }

  /** @param {string | null} id */
  select(id) {
    this.selected = id;
    this.emit("selected", null);
  }

  /**
   * Offers of this second; one that isn't renewed grows old by its own time.
   *
   * @param {Offer[]} news
   */
  addOffers(news) {
    for (const offer of news) this.offers.set(offer.trade, offer);
  }

  /**
   * A snapshot replaces the list; a trade placed this moment may not be in it yet.
   *
   * @param {Trade[]} snapshot
   * @param {number} now milliseconds by the server's clock
   */
  resetTrades(snapshot, now) {
    const listed = new Set(snapshot.map((trade) => trade.id));
    for (const [id, trade] of this.trades) {
      if (!listed.has(id) && Date.parse(trade.accepted_at) < now - JUST_PLACED_MS) this.trades.delete(id);
    }
    const known = snapshot.filter((trade) => this.trades.has(trade.id));
    const unknown = snapshot.filter((trade) => !this.trades.has(trade.id));
    this.addTrades(unknown, { quietly: true });
    this.addTrades(known);
    this.emit("trades", null);
  }

  /** @param {Trade} trade */
  #advances(trade) {
    const known = this.trades.get(trade.id);
    if (!known || RANK[trade.state] > RANK[known.state] || (trade.correction && !known.correction)) return true;
    return RANK[trade.state] === RANK[known.state] && closeStep(trade) > closeStep(known);
  }
}
