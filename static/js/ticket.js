/* The ticket: the trader's choices, their possible results, and the order itself. */

import { Problem, placeTrade } from "./api.js";
import { now } from "./clock.js";
import { isAboutStake, reason } from "./gate.js";
import * as money from "./money.js";
import { toast } from "./notices.js";
import { Quotes } from "./quotes.js";
import { StakeField } from "./stake.js";
import { dayAndTime } from "./times.js";
import { duration, word } from "./words.js";

const REMEMBERED = "cryptotrader.ticket";
const RESTRICTING = ["timed-out", "self-excluded", "session-limit-reached"];

export class Ticket {
  #form;
  #store;
  #context;
  #stake;
  #quotes;
  #busy = false;

  /**
   * `context`: the instrument, whether a person is signed in, their restrictions, and a function that says whether the
   * stream is up.
   */
  constructor(form, store, context) {
    this.#form = form;
    this.#store = store;
    this.#context = context;
    this.#stake = new StakeField(form, store, context.instrument, () => this.refresh());
    this.#quotes = new Quotes(context.instrument.symbol, () => this.refresh());
    recall(form, context.instrument);
    form.addEventListener("input", () => this.refresh());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      if (event.submitter?.dataset.direction) this.#order(event.submitter);
    });
    this.refresh();
  }

  choose(amount) {
    this.#stake.choose(amount);
  }

  /** Shows the possible results of the order and whether it may be placed; called a few times a second. */
  refresh() {
    const why = this.#whyNot();
    this.#stake.mark(isAboutStake(why));
    for (const button of this.#form.querySelectorAll("[data-direction]")) {
      button.setAttribute("aria-disabled", String(why !== null || this.#busy));
    }
    if (why === null || isAboutStake(why)) this.#quotes.keep(this.#duration, this.#store.wallet.demo);
    const rates = { up: this.#rate("up"), down: this.#rate("down") };
    for (const button of this.#form.querySelectorAll("[data-direction]")) {
      const rate = rates[button.dataset.direction];
      write(button, "payout", payoutText(this.#stake.value, rate, this.#stake.places));
      write(button, "rate", money.percent(rate));
    }
    const texts = {
      ...termsTexts(this.#stake.value, rates, this.#stake.places),
      "order-duration": duration(this.#duration),
      gate: why ? gateText(why, this.#context) : "",
    };
    for (const [name, text] of Object.entries(texts)) write(this.#form, name, text);
    remember(this.#form);
  }

  get #duration() {
    return Number(this.#form.elements.duration.value);
  }

  /* The quoted rate; before the first quote the instrument's own rate, which a skew may change. */
  #rate(direction) {
    return this.#quotes.of(direction)?.payout_rate ?? this.#context.instrument.payout_rates[this.#duration];
  }

  #whyNot() {
    const { instrument, signedIn, restrictions, isConnected } = this.#context;
    const { price, wallet } = this.#store;
    const stake = this.#stake.value;
    return reason({ signedIn, connected: isConnected(), restrictions, instrument, price, wallet, stake, now: now() });
  }

  async #order(button) {
    if (this.#busy || this.#whyNot()) return;
    this.#busy = true;
    button.setAttribute("aria-busy", "true");
    this.refresh();
    try {
      this.#store.addTrades([await placeTrade(this.#read(button))]);
    } catch (error) {
      if (error.code === "price-moved") this.#quotes.take(error.body.quote);
      if (error.code === "invalid-quote") this.#quotes.drop();
      if (RESTRICTING.includes(error.code)) this.#context.restrictions.push({ code: error.code, until: error.body.until });
      toast(explain(error));
    }
    this.#busy = false;
    button.removeAttribute("aria-busy");
    this.refresh();
  }

  /* The order takes exactly the shown rate: the quote, or else the shown rate as its minimum. */
  #read(button) {
    const { direction } = button.dataset;
    const quote = this.#quotes.of(direction);
    return {
      instrument: this.#context.instrument.symbol,
      amount: money.write(this.#stake.value, this.#stake.places),
      direction,
      duration: this.#duration,
      demo: this.#store.wallet.demo,
      ...(quote ? { quote: quote.quote } : { min_payout_rate: this.#rate(direction) }),
    };
  }
}

function termsTexts(stake, rates, places) {
  const show = (units, as) => (stake === null ? "–" : as(money.write(units(), places)));
  return {
    win: eachWay(rates, (rate) => show(() => gainOf(stake, rate, places), money.signed)),
    loss: show(() => -stake, money.signed),
    "order-stake": show(() => stake, money.group),
    "break-even": eachWay(rates, money.breakEven),
  };
}

function payoutText(stake, rate, places) {
  return stake === null ? "–" : money.group(money.write(stake + gainOf(stake, rate, places), places));
}

function gainOf(stake, rate, places) {
  return money.gain(stake, money.parse(rate), places);
}

/* One text if both directions have the same, else one for each. */
function eachWay({ up, down }, show) {
  return up === down ? show(up) : `▲ ${show(up)}\n▼ ${show(down)}`;
}

function gateText(why, { instrument, restrictions }) {
  const [min, max] = [money.group(instrument.stake_min), money.group(instrument.stake_max)];
  const end = restrictions.find(({ code }) => code === why)?.until;
  const { currency, status_reason: because } = instrument;
  return word(`gate-${why}`, { min, max, currency, until: end ? dayAndTime(end) : "", because }).trim();
}

function explain(error) {
  if (!(error instanceof Problem)) return { kind: "problem", title: word("unreachable"), text: word("unreachableText") };
  if (["not-authenticated", "forbidden"].includes(error.code)) return { kind: "problem", title: word("signedOut") };
  const text = error.code === "limit-reached" ? limitText(error.body) : movedText(error) || word("nothingHeld");
  return { kind: "problem", title: error.message || word("refused"), text };
}

function movedText({ code, body }) {
  return code === "price-moved" ? word("rateNow", { rate: money.percent(body.payout_rate) }) : "";
}

/* "Loss, 7 days: 100.00 USDT. Used: 60.00. Left: 40.00." */
function limitText({ limit, period_days: days, currency, amount, used, left }) {
  const kind = word(`limit-${limit}`) + (days ? `, ${word(`limitDays-${days}`)}` : "");
  const unit = limit === "open_trades" ? "" : ` ${currency}`;
  return word("limitText", { kind, amount: money.group(amount) + unit, used: money.group(used), left: money.group(left) });
}

function write(form, name, text) {
  for (const element of form.querySelectorAll(`[data-${name}]`)) {
    if (element.textContent !== text) element.textContent = text;
  }
}

function remember(form) {
  const kept = { stake: form.elements.stake.value, duration: form.elements.duration.value };
  sessionStorage.setItem(REMEMBERED, JSON.stringify(kept));
}

function recall(form, instrument) {
  const { stake, duration } = JSON.parse(sessionStorage.getItem(REMEMBERED) ?? "{}");
  if (stake && money.parse(stake) !== null) form.elements.stake.value = stake;
  if (instrument.durations.includes(Number(duration))) form.elements.duration.value = duration;
}
