/* The instrument's head: price, direction, age, venues, source; and what the chart says, in words and as a table. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Instrument, Price } from "../core/wire.js"
 *
 * @typedef {(name: string) => HTMLElement} Part
 */

import { isKnown, now } from "../core/clock.js";
import { copier, find, partsOf, write } from "../core/elements.js";
import * as money from "../core/money.js";
import { time } from "../core/times.js";
import { word } from "../core/words.js";
import { priceAge } from "./gate.js";

const TABLE_ROWS = 60;
const SUMMARY_EVERY_MS = 10_000;
const SUMMARY_SECONDS = 300;
/* A price that comes every second keeps the age that it came with; only a late price visibly ages. */
const CALM_AGE_SECONDS = 1.5;
const ARROWS = { up: "▲", down: "▼", level: "" };

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {Instrument} instrument
 * @returns {() => void} to be called a few times a second
 */
export function showMarket(root, store, instrument) {
  const part = partsOf(root);
  const table = find(root, "[data-price-table]", HTMLDetailsElement);
  let summarised = Number.NEGATIVE_INFINITY;

  store.on("prices", () => {
    part("chart-empty").hidden = store.price !== undefined;
    if (store.price) showPrice(part, store.price, store.prices.at(-2), instrument);
    if (table.open) fillTable(table, store.prices);
  });
  table.addEventListener("toggle", () => table.open && fillTable(table, store.prices));

  return () => {
    showAge(part, store.price, instrument);
    if (!store.price) return;
    if (performance.now() - summarised > SUMMARY_EVERY_MS) {
      summarised = performance.now();
      write(part("chart-summary"), summary(store.prices, instrument));
    }
  };
}

/**
 * A venue that is out was heard, but the price isn't made of it.
 *
 * @param {Price} price
 */
function counted(price) {
  return price.venues.filter((venue) => !venue.out).length;
}

/**
 * @param {Part} part
 * @param {Price} price
 * @param {Price | undefined} before
 * @param {Instrument} instrument
 */
function showPrice(part, price, before, instrument) {
  const way = before ? compare(price.price, before.price) : "level";
  write(part("price"), money.group(price.price));
  write(part("price-arrow"), ARROWS[way]);
  part("price-box").classList.toggle("up", way === "up");
  part("price-box").classList.toggle("down", way === "down");
  writeAge(part, priceAge(price, now()));
  const venues = counted(price);
  write(part("venues"), word(venues === 1 ? "venue" : "venues", { n: venues }));
  document.title = `${money.group(price.price)} ${instrument.symbol} · ${word("siteName")}`;
  showSource(part, price.source);
}

/**
 * @param {Part} part
 * @param {string} source
 */
function showSource(part, source) {
  const live = source === "live";
  part("source").hidden = live;
  part("source-note").hidden = live;
  if (live) return;
  write(part("source"), word(`${source}Badge`));
  write(part("source-short"), word(`${source}Badge`));
  write(part("source-text"), word(`${source}Note`));
}

/**
 * @param {Part} part
 * @param {Price | undefined} price
 * @param {Instrument} instrument
 */
function showAge(part, price, instrument) {
  if (!isKnown()) {
    part("freshness").dataset.fresh = "unknown";
    write(part("age"), "–");
    return;
  }
  const age = priceAge(price, now());
  const fresh = age <= instrument.price_age_max_seconds;
  part("freshness").dataset.fresh = fresh ? "yes" : "no";
  if (age > CALM_AGE_SECONDS) writeAge(part, age);
}

/**
 * @param {Part} part
 * @param {number} age seconds
 */
function writeAge(part, age) {
  if (!Number.isFinite(age) || !isKnown()) return;
  write(part("age"), word("ageSeconds", { n: age < 99 ? age.toFixed(1) : "99+" }));
}

/**
 * @param {string} one
 * @param {string} other
 */
function compare(one, other) {
  const [a, b] = [money.exact(one), money.exact(other)];
  if (a === b) return "level";
  return a > b ? "up" : "down";
}

/**
 * The last minutes of the chart in words, for those who don't see it.
 *
 * @param {Price[]} prices ascending
 * @param {Instrument} instrument
 */
function summary(prices, instrument) {
  const since = now() - SUMMARY_SECONDS * 1000;
  const recent = prices.filter((price) => Date.parse(price.priced_at) >= since);
  const [first, last] = [recent[0], recent.at(-1)];
  if (!first || !last) return "";
  const units = recent.map((price) => money.exact(price.price));
  const show = (/** @type {bigint} */ value) => money.write(value, money.placesOf(instrument.pip));
  const low = units.reduce((least, each) => (each < least ? each : least));
  const high = units.reduce((most, each) => (each > most ? each : most));
  return word("chartSummary", {
    instrument: instrument.symbol,
    since: time(first.priced_at),
    until: time(last.priced_at),
    first: money.group(first.price),
    last: money.group(last.price),
    low: money.group(show(low)),
    high: money.group(show(high)),
    change: money.signed(show(money.exact(last.price) - money.exact(first.price))),
  });
}

/**
 * @param {HTMLElement} table
 * @param {Price[]} prices ascending
 */
function fillTable(table, prices) {
  const blank = copier(table);
  const rows = prices
    .slice(-TABLE_ROWS)
    .reverse()
    .map((price) => {
      const row = blank();
      const texts = [time(price.priced_at), money.group(price.price), String(counted(price)), `#${price.sequence}`];
      for (const [index, cell] of [...row.children].entries()) {
        (cell.querySelector("a") ?? cell).textContent = texts[index] ?? "";
      }
      find(row, "a", HTMLAnchorElement).href = `/prices/${price.instrument}/${price.priced_at}/`;
      return row;
    });
  find(table, "tbody", HTMLTableSectionElement).replaceChildren(...rows);
}
