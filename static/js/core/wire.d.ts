/*
 * What the server writes, as far as the scripts read it: bodies of REST, frames of the stream, data in a page.
 * Money, prices and rates are decimal strings, instants ISO 8601 in UTC. test_scripts.py compares it with real answers.
 */

export type Direction = "up" | "down";
export type Outcome = "won" | "lost" | "tied" | "voided" | "sold";

export interface Clock {
  time: string;
}

export interface Wallet {
  id: number;
  currency: string;
  demo: boolean;
  balance: string;
  held: string;
  available: string;
  revision: number;
}

export interface VenueInput {
  out?: string | null;
}

export interface Price {
  instrument: string;
  priced_at: string;
  price: string;
  sequence: number;
  source: string;
  simulated: boolean;
  venues: VenueInput[];
}

export interface InstrumentStatus {
  symbol: string;
  status: string;
  status_reason: string;
  status_reason_ko: string;
  status_since: string | null;
}

export interface Instrument extends InstrumentStatus {
  currency: string;
  pip: string;
  stake_min: string;
  stake_max: string;
  durations: number[];
  payout_rates: Record<string, string>;
  price_age_max_seconds: number;
}

export interface CloseOrder {
  state: "waiting" | "sold" | "lapsed";
  asked_at: string;
  lapse_reason: string | null;
  offer: string | null;
}

export interface Correction {
  reason: string;
  amount: string;
}

interface Terms {
  id: string;
  instrument: string;
  direction: Direction;
  amount: string;
  currency: string;
  duration: number;
  payout: string;
  accepted_at: string;
  entry_at: string;
  expires_at: string;
  demo: boolean;
  exit_price: string | null;
  sold_at_price: string | null;
  sold_priced_at: string | null;
  close: CloseOrder | null;
  correction: Correction | null;
}

export interface PendingTrade extends Terms {
  state: "pending";
  entry_price: null;
  outcome: null;
  profit: null;
}

export interface OpenTrade extends Terms {
  state: "open";
  entry_price: string;
  outcome: null;
  profit: null;
}

export interface SettledTrade extends Terms {
  state: "settled";
  entry_price: string | null;
  outcome: Outcome;
  profit: string;
}

export type Trade = PendingTrade | OpenTrade | SettledTrade;

/** Where nothing is offered, three of them are null. */
export interface Offer {
  trade: string;
  offer: string | null;
  min_price: string | null;
  priced_at: string | null;
}

export interface Quote {
  quote: string;
  direction: Direction;
  duration: number;
  demo: boolean;
  payout_rate: string;
  expires_at: string;
}

export interface QuoteWish {
  instrument: string;
  direction: Direction;
  duration: number;
  demo: boolean;
}

/** By a quote, or at no less than a rate. */
export type Order = QuoteWish & { amount: string } & ({ quote: string } | { min_payout_rate: string });

export interface SessionTrades {
  currency: string;
  demo: boolean;
  trades: number;
  turnover: string;
  net_result: string;
}

/** Somebody who wants no checks has no `due_at`. */
export interface RealityCheck {
  time: string;
  due_at: string | null;
  signed_in_at: string | null;
  wallets: SessionTrades[];
}

export interface List<Item> {
  results: Item[];
}

/** RFC 9457. Which of the members beyond `title` and `code` there are depends on the code. */
export interface ProblemDocument {
  title?: string;
  code?: string;
  until?: string;
  quote?: Quote;
  payout_rate?: string;
  offer?: string;
  limit?: string;
  period_days?: number | null;
  currency?: string | null;
  amount?: string;
  used?: string;
  left?: string;
}

/** A limit that its owner has set. `left` is null for a limit on each single stake. */
export interface Limit {
  kind: string;
  currency: string | null;
  demo: boolean;
  period_days: number;
  amount: string;
  left: string | null;
}

export interface Announcement {
  id: number;
  kind: string;
  text_en: string;
  text_ko: string;
  ends_at: string;
  withdrawn_at: string | null;
}

export interface Ticker {
  instrument: string;
  priced_at: string;
  price: string;
  source: string;
}

export interface Candle {
  opened_at: string;
  open: string;
  high: string;
  low: string;
  close: string;
}

/** What closes the ticket for a while: from an instant on, or until one. */
export interface Restriction {
  code: string;
  from?: string;
  until?: string;
}

/** What another tab or device may change: a page reads it again. A visitor has no `person`. */
export interface PageState {
  person: number | null;
  wallet: number | null;
  restrictions: Restriction[];
  limits: Limit[];
  payout_rates: Record<string, string>;
}

/** What a trade page begins with. */
export interface PageData {
  instrument: Instrument;
  signed_in: boolean;
  state: PageState;
  wallets: Wallet[];
  trades: Trade[];
}

interface State<Channel, Item> {
  type: "snapshot" | "update";
  channel: Channel;
  seq: number;
  data: Item[];
}

export type CandleNews = State<`candles.${string}`, Candle>;

export type News =
  | State<"wallet", Wallet>
  | State<"offers", Offer>
  | State<"trades", Trade>
  | State<"instruments", InstrumentStatus>
  | State<"tickers", Ticker>
  | State<"announcements", Announcement>
  | CandleNews
  | State<`prices.${string}`, Price>;

export type Frame = News | { type: "subscribed" | "unsubscribed" | "pong" | "heartbeat" | "error"; code?: string };
