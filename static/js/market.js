/* The instrument's head: price, direction, age, venues, source; the chart and its text equivalent. */

import { PriceChart } from "./chart.js";
import { now } from "./clock.js";
import { endedAt } from "./ends.js";
import { priceAge } from "./gate.js";
import { group, parse, placesOf, signed, write } from "./money.js";
import { time } from "./times.js";
import { word } from "./words.js";

const TABLE_ROWS = 60;
const SUMMARY_EVERY_MS = 10_000;
const SUMMARY_SECONDS = 300;
const EXIT_SHOWN_MS = 45_000;
/* A price that comes every second keeps the age that it came with; only a late price visibly ages. */
const CALM_AGE_SECONDS = 1.5;
const ARROWS = { up: "▲", down: "▼", level: "" };

export function showMarket(root, store, instrument) {
  const part = (name) => root.querySelector(`[data-${name}]`);
  const chart = new PriceChart(part("chart"), instrument.pip);
  const table = part("price-table");
  let summarised = -Infinity;

  store.addEventListener("prices", ({ detail }) => {
    part("chart-empty").hidden = true;
    if (detail.fresh) chart.append(detail.fresh);
    else chart.reset(store.prices);
    showPrice(part, store, instrument);
    if (table.open) fillTable(table, store.prices);
  });
  store.addEventListener("trades", () => chart.showTrades(drawn(store, instrument), now()));
  table.addEventListener("toggle", () => table.open && fillTable(table, store.prices));

  /** Called a few times a second. */
  return function tick() {
    showAge(part, store, instrument);
    if (!store.price) return;
    chart.showTrades(drawn(store, instrument), now());
    chart.advance(now());
    if (Date.now() - summarised > SUMMARY_EVERY_MS) {
      summarised = Date.now();
      part("chart-summary").textContent = summary(store, instrument);
    }
  };
}

function drawn(store, instrument) {
  return [...store.trades.values()].filter(
    (trade) =>
      trade.instrument === instrument.symbol &&
      (trade.state !== "settled" || now() - Date.parse(endedAt(trade)) < EXIT_SHOWN_MS),
  );
}

/* A venue that is out sent a tick, but doesn't count in the price. */
function counted(price) {
  return price.venues.filter((venue) => !venue.out).length;
}

function showPrice(part, store, instrument) {
  const price = store.price;
  const before = store.prices.at(-2);
  const way = before ? compare(price.price, before.price) : "level";
  part("price").textContent = group(price.price);
  part("price-arrow").textContent = ARROWS[way];
  part("price-box").classList.toggle("up", way === "up");
  part("price-box").classList.toggle("down", way === "down");
  writeAge(part, priceAge(price, now()));
  const venues = counted(price);
  part("venues").textContent = word(venues === 1 ? "venue" : "venues", { n: venues });
  document.title = `${group(price.price)} ${instrument.symbol} · ${word("siteName")}`;
  const live = price.source === "live";
  part("source").hidden = part("source-note").hidden = live;
  if (live) return;
  part("source").textContent = word(`${price.source}Badge`);
  part("source-text").textContent = word(`${price.source}Note`);
}

function showAge(part, store, instrument) {
  const age = priceAge(store.price, now());
  const fresh = age <= instrument.price_age_max_seconds;
  part("freshness").dataset.fresh = fresh ? "yes" : "no";
  if (age > CALM_AGE_SECONDS) writeAge(part, age);
}

function writeAge(part, age) {
  if (age < Infinity) part("age").textContent = word("ageSeconds", { n: age < 99 ? age.toFixed(1) : "99+" });
}

function compare(one, other) {
  const [a, b] = [parse(one), parse(other)];
  return a > b ? "up" : a < b ? "down" : "level";
}

function summary(store, instrument) {
  const since = now() - SUMMARY_SECONDS * 1000;
  const recent = store.prices.filter((price) => Date.parse(price.priced_at) >= since);
  if (!recent.length) return "";
  const units = recent.map((price) => parse(price.price));
  const show = (value) => group(write(value, placesOf(instrument.pip)));
  const [first, last] = [units[0], units.at(-1)];
  const [low, high] = units.reduce(([l, h], u) => [u < l ? u : l, u > h ? u : h], [first, first]);
  return word("chartSummary", {
    instrument: instrument.symbol,
    since: time(recent[0].priced_at),
    until: time(store.price.priced_at),
    first: show(first),
    last: show(last),
    low: show(low),
    high: show(high),
    change: signed(write(last - first, placesOf(instrument.pip))),
  });
}

function fillTable(table, prices) {
  const row = table.querySelector("template").content.firstElementChild;
  const rows = prices.slice(-TABLE_ROWS).reverse().map((price) => {
    const filled = row.cloneNode(true);
    const values = [time(price.priced_at), group(price.price), counted(price), `#${price.sequence}`];
    values.forEach((value, index) => (filled.children[index].textContent = value));
    return filled;
  });
  table.querySelector("tbody").replaceChildren(...rows);
}
