/* The ticket: what the trader chooses, what it may bring, and the order itself. */

import { Problem, placeTrade } from "./api.js";
import { now } from "./clock.js";
import { isAboutStake, reason } from "./gate.js";
import * as money from "./money.js";
import { toast } from "./notices.js";
import { duration, word } from "./words.js";

const REMEMBERED = "cryptotrader.ticket";

export function showTicket(form, store, { instrument, signedIn, isConnected }) {
  const places = money.placesOf(instrument.stake_min);
  const part = (name) => form.querySelector(`[data-${name}]`);
  const parts = (name) => form.querySelectorAll(`[data-${name}]`);
  const buttons = [...form.querySelectorAll("[data-direction]")];
  const stakeInput = form.elements.stake;
  const stake = () => money.parse(stakeInput.value.replaceAll(",", ""));
  let busy = false;

  recall(form, instrument);
  form.addEventListener("input", refresh);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.dataset.direction) order(event.submitter);
  });
  for (const button of form.querySelectorAll("[data-amount]")) {
    button.addEventListener("click", () => choose(button.dataset.amount));
  }
  for (const button of form.querySelectorAll("[data-step]")) {
    button.addEventListener("click", () => setStake(stepped(stake() ?? 0n, button.dataset.step, bounds())));
  }
  stakeInput.addEventListener("change", () => stake() !== null && setStake(stake()));
  stakeInput.addEventListener("keydown", (event) => event.key === "Enter" && event.preventDefault());

  function bounds() {
    const [least, most] = [money.parse(instrument.stake_min), money.parse(instrument.stake_max)];
    const available = store.wallet ? money.parse(store.wallet.available) : most;
    return { least, most: available < most && available >= least ? available : most };
  }

  function choose(amount) {
    setStake(amount === "max" ? bounds().most : money.parse(amount));
  }

  function setStake(units) {
    const text = money.write(units, places);
    stakeInput.value = text.endsWith(`.${"0".repeat(places)}`) ? text.split(".")[0] : text;
    refresh();
  }

  function whyNot() {
    const { price, wallet } = store;
    return reason({ signedIn, connected: isConnected(), instrument, price, wallet, stake: stake(), now: now() });
  }

  /** Shows what the order would bring and whether it may be placed; called a few times a second. */
  function refresh() {
    showTerms(parts, stake(), instrument, places);
    write(part("order-duration"), duration(Number(form.elements.duration.value)));
    const why = whyNot();
    stakeInput.setAttribute("aria-invalid", String(isAboutStake(why)));
    for (const button of buttons) button.setAttribute("aria-disabled", String(why !== null || busy));
    write(part("gate"), why ? gateText(why, instrument) : "");
    remember(form);
  }

  async function order(button) {
    if (busy || whyNot()) return;
    busy = true;
    button.setAttribute("aria-busy", "true");
    refresh();
    try {
      const placed = await placeTrade(read(form, button, instrument, stake(), places));
      store.addTrades([placed]);
    } catch (error) {
      if (error.code === "price-moved") instrument.payout_rate = error.body.payout_rate;
      toast(explain(error));
    }
    busy = false;
    button.removeAttribute("aria-busy");
    refresh();
  }

  refresh();
  return { refresh, choose };
}

function read(form, button, instrument, stake, places) {
  return {
    instrument: instrument.symbol,
    amount: money.write(stake, places),
    direction: button.dataset.direction,
    duration: Number(form.elements.duration.value),
    min_payout_rate: instrument.payout_rate,
  };
}

function showTerms(parts, stake, instrument, places) {
  const gain = stake === null ? null : money.gain(stake, money.parse(instrument.payout_rate), places);
  const show = (units, as) => (stake === null ? "–" : as(money.write(units(), places)));
  const texts = {
    win: show(() => gain, money.signed),
    loss: show(() => -stake, money.signed),
    payout: show(() => stake + gain, money.group),
    "order-stake": show(() => stake, money.group),
    "break-even": money.breakEven(instrument.payout_rate),
  };
  for (const [name, text] of Object.entries(texts)) parts(name).forEach((element) => write(element, text));
}

/* Steps as people count: by 1 below ten, by 10 below a hundred, by 100 above. */
function stepped(stake, way, { least, most }) {
  const unit = money.parse("1");
  const down = way === "-1";
  const at = (limit) => (down ? stake <= limit * unit : stake < limit * unit);
  const step = at(10n) ? unit : at(100n) ? 10n * unit : 100n * unit;
  const next = down ? ((stake - 1n) / step) * step : (stake / step + 1n) * step;
  return next < least ? least : next > most ? most : next;
}

function gateText(why, instrument) {
  const [min, max] = [money.group(instrument.stake_min), money.group(instrument.stake_max)];
  return word(`gate-${why}`, { min, max, currency: instrument.currency });
}

function explain(error) {
  if (!(error instanceof Problem)) return { kind: "problem", title: word("unreachable"), text: word("unreachableText") };
  if ([401, 403].includes(error.status)) return { kind: "problem", title: word("signedOut") };
  return { kind: "problem", title: error.message || word("refused"), text: word("nothingHeld") };
}

function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
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
