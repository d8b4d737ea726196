/* The page's data. News may come twice, late or by two ways: an older message never overwrites a newer one. */

const PRICES_MAX = 900;
const RANK = { pending: 0, open: 1, settled: 2 };
const JUST_PLACED_MS = 10_000;

/* A close order is newer when it was given later, or has ended since. */
const closeStep = ({ close }) => (close ? close.asked_at + (close.state === "waiting" ? "0" : "1") : "");

export class Store extends EventTarget {
  prices = [];
  wallets = new Map();
  walletId = null;
  trades = new Map();
  /** The sale offers of open trades, by trade. */
  offers = new Map();

  /** The newest index price, or undefined. */
  get price() {
    return this.prices.at(-1);
  }

  /** The wallet of this ticket; `walletId` alone chooses it. */
  get wallet() {
    return this.wallets.get(this.walletId);
  }

  /** Prices in ascending order; ignores known and older ones. */
  addPrices(news) {
    const newest = this.price?.sequence ?? -1;
    const fresh = news.filter((price) => price.sequence > newest);
    if (fresh.length === 0) return;
    this.prices = [...this.prices, ...fresh].slice(-PRICES_MAX);
    this.#tell("prices", { fresh });
  }

  /** A snapshot replaces the series; newer known prices stay. */
  resetPrices(snapshot) {
    const end = snapshot.at(-1)?.sequence ?? -1;
    const later = this.prices.filter((price) => price.sequence > end);
    this.prices = [...snapshot, ...later];
    this.#tell("prices", { fresh: null });
  }

  addWallets(news) {
    for (const wallet of news) {
      const known = this.wallets.get(wallet.id);
      if (!known || wallet.revision >= known.revision) this.wallets.set(wallet.id, wallet);
    }
    this.#tell("wallets");
  }

  /** Adds trades in their present state; reports each whose state moved, so that a result is announced once. */
  addTrades(news, { quietly = false } = {}) {
    const moved = news.filter((trade) => this.#advances(trade));
    for (const trade of moved) {
      const before = this.trades.get(trade.id);
      this.trades.set(trade.id, trade);
      if (!quietly) this.#tell("moved", { trade, before });
    }
    if (moved.length) this.#tell("trades");
  }

  /** Offers of this second; an offer that isn't renewed ages by its own time. */
  addOffers(news) {
    for (const offer of news) this.offers.set(offer.trade, offer);
  }

  /** A snapshot replaces the list; it may not contain a trade placed this moment yet. */
  resetTrades(snapshot, now) {
    const listed = new Set(snapshot.map((trade) => trade.id));
    for (const [id, trade] of this.trades) {
      if (!listed.has(id) && Date.parse(trade.accepted_at) < now - JUST_PLACED_MS) this.trades.delete(id);
    }
    const known = snapshot.filter((trade) => this.trades.has(trade.id));
    this.addTrades(snapshot.filter((trade) => !this.trades.has(trade.id)), { quietly: true });
    this.addTrades(known);
    this.#tell("trades");
  }

  #advances(trade) {
    const known = this.trades.get(trade.id);
    if (!known || RANK[trade.state] > RANK[known.state] || (trade.correction && !known.correction)) return true;
    return RANK[trade.state] === RANK[known.state] && closeStep(trade) > closeStep(known);
  }

  #tell(type, detail = {}) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
