/* The watch list: live prices and changes, a search, and stars that keep an instrument on top. */

/** @import { Store } from "../core/store.js" */

import { find, partsOf, write } from "../core/elements.js";
import { group } from "../core/money.js";
import { device } from "../core/shelves.js";
import { paint, toneOf } from "./standing.js";

const STARRED = "cryptotrader.starred";

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function showWatchList(root, store) {
  const list = find(root, "[data-watch-list]", HTMLElement);
  const rows = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[data-watch]")]);
  const search = find(root, "[data-search]", HTMLInputElement);
  const part = partsOf(root);

  store.on("tickers", () => {
    for (const row of rows) update(row, store);
  });
  search.disabled = false;
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toUpperCase().replace("/", "-");
    for (const row of rows) row.hidden = !row.dataset.watch?.includes(wanted);
    part("no-match").hidden = rows.some((row) => !row.hidden);
  });
  for (const row of rows) star(row, () => order(list, rows));
  order(list, rows);
}

/**
 * @param {HTMLElement} row
 * @param {Store} store
 */
function update(row, store) {
  const ticker = store.tickers.get(row.dataset.watch ?? "");
  if (!ticker) return;
  const part = partsOf(row);
  write(part("watch-price"), group(ticker.price));
  const opening = Number(row.dataset.opening);
  if (!opening) return;
  const percent = (100 * (Number(ticker.price) / opening - 1)).toFixed(2);
  const moved = Number(percent);
  write(part("watch-change"), `${moved > 0 ? "+" : ""}${percent.replace("-", moved ? "−" : "")}%`);
  paint(part("watch-change"), toneOf(String(moved)));
}

/**
 * @param {HTMLElement} row
 * @param {() => void} changed
 */
function star(row, changed) {
  const button = find(row, "[data-star]", HTMLButtonElement);
  const symbol = row.dataset.watch ?? "";
  button.disabled = false;
  button.setAttribute("aria-pressed", String(starred().includes(symbol)));
  button.addEventListener("click", () => {
    const others = starred().filter((each) => each !== symbol);
    const kept = others.length === starred().length ? [...others, symbol] : others;
    device.keep(STARRED, JSON.stringify(kept));
    button.setAttribute("aria-pressed", String(kept.includes(symbol)));
    changed();
  });
}

/** @returns {string[]} */
function starred() {
  return JSON.parse(device.read(STARRED) ?? "[]");
}

/**
 * What is starred stands first; else the order is the server's.
 *
 * @param {HTMLElement} list
 * @param {HTMLElement[]} rows
 */
function order(list, rows) {
  const first = starred();
  const sorted = [...rows].sort((one, other) => rank(other, first) - rank(one, first));
  if (sorted.some((row, index) => row !== list.children[index])) list.append(...sorted);
}

/**
 * @param {HTMLElement} row
 * @param {string[]} first
 */
function rank(row, first) {
  return Number(first.includes(row.dataset.watch ?? ""));
}
