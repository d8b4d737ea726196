/* The ticket: what the trader chooses, what may come of it, and the order itself. */

import { Problem, placeTrade } from "./api.js";
import { now } from "./clock.js";
import { isAboutStake, reason } from "./gate.js";
import * as money from "./money.js";
import { toast } from "./notices.js";
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
  #busy = false;

  /**
   * `context`: the instrument, whether somebody is signed in, what restricts them, and a function that says whether the
   * stream is up.
   */
  constructor(form, store, context) {
    this.#form = form;
    this.#store = store;
    this.#context = context;
    this.#stake = new StakeField(form, store, context.instrument, () => this.refresh());
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

  /** Shows what the order would bring and whether it may be placed; called a few times a second. */
  refresh() {
    const why = this.#whyNot();
    this.#stake.mark(isAboutStake(why));
    for (const button of this.#form.querySelectorAll("[data-direction]")) {
      button.setAttribute("aria-disabled", String(why !== null || this.#busy));
    }
    const texts = {
      ...termsTexts(this.#stake.value, this.#context.instrument, this.#stake.places),
      "order-duration": duration(Number(this.#form.elements.duration.value)),
      gate: why ? gateText(why, this.#context) : "",
    };
    for (const [name, text] of Object.entries(texts)) write(this.#form, name, text);
    remember(this.#form);
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
      if (error.code === "price-moved") this.#context.instrument.payout_rate = error.body.payout_rate;
      if (RESTRICTING.includes(error.code)) this.#context.restrictions.push({ code: error.code, until: error.body.until });
      toast(explain(error));
    }
    this.#busy = false;
    button.removeAttribute("aria-busy");
    this.refresh();
  }

  /* The rate that was shown is the least that is accepted. */
  #read(button) {
    const { instrument } = this.#context;
    return {
      instrument: instrument.symbol,
      amount: money.write(this.#stake.value, this.#stake.places),
      direction: button.dataset.direction,
      duration: Number(this.#form.elements.duration.value),
      min_payout_rate: instrument.payout_rate,
      demo: this.#store.wallet.demo,
    };
  }
}

function termsTexts(stake, instrument, places) {
  const gain = stake === null ? null : money.gain(stake, money.parse(instrument.payout_rate), places);
  const show = (units, as) => (stake === null ? "–" : as(money.write(units(), places)));
  return {
    win: show(() => gain, money.signed),
    loss: show(() => -stake, money.signed),
    payout: show(() => stake + gain, money.group),
    "order-stake": show(() => stake, money.group),
    "break-even": money.breakEven(instrument.payout_rate),
  };
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
  const text = error.code === "limit-reached" ? limitText(error.body) : word("nothingHeld");
  return { kind: "problem", title: error.message || word("refused"), text };
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
