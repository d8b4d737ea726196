/* On a phone: each open trade in one line above the order, to swipe through, with what it could be sold for. */

/**
 * @import { Store } from "../core/store.js"
 * @import { Trade } from "../core/wire.js"
 */

import { copier, find, partsOf, write } from "../core/elements.js";
import { group } from "../core/money.js";
import { word } from "../core/words.js";
import { closingOf, sell } from "./early_close.js";
import { openOf } from "./ends.js";
import { countdown, freshPrice, paint, secondsLeft, standingOf } from "./standing.js";

/**
 * @param {HTMLElement} root
 * @param {Store} store
 * @param {number} ageMax seconds after which a price is late
 * @returns {() => void} to be called a few times a second
 */
export function showLiveStrip(root, store, ageMax) {
  const blank = copier(root);
  const empty = find(root, "[data-live-empty]", HTMLElement);
  /** @type {Map<string, HTMLElement>} */
  const lines = new Map();

  /** @param {Trade} trade */
  function lineOf(trade) {
    const known = lines.get(trade.id);
    if (known) return known;
    const made = filled(blank(), trade, store);
    lines.set(trade.id, made);
    return made;
  }

  /** @param {Trade[]} open */
  function removeAllBut(open) {
    const kept = new Set(open.map(({ id }) => id));
    for (const [id, line] of lines) {
      if (kept.has(id)) continue;
      line.remove();
      lines.delete(id);
    }
  }

  return () => {
    const open = openOf(store);
    removeAllBut(open);
    for (const trade of open) {
      const line = lineOf(trade);
      if (!line.isConnected) root.append(line);
      update(line, trade, store, ageMax);
    }
    empty.hidden = open.length > 0;
  };
}

/**
 * @param {HTMLElement} line
 * @param {Trade} trade
 * @param {Store} store
 */
function filled(line, trade, store) {
  const part = partsOf(line);
  const up = trade.direction === "up";
  part("what").textContent = up ? "▲" : "▼";
  part("what").classList.add(up ? "up" : "down");
  part("stake").textContent = group(trade.amount.replace(/\.0+$/, ""));
  part("close-early").addEventListener("click", (press) => sell(line, press, trade, store));
  return line;
}

/**
 * @param {HTMLElement} line
 * @param {Trade} trade
 * @param {Store} store
 * @param {number} ageMax
 */
function update(line, trade, store, ageMax) {
  const part = partsOf(line);
  const { label, tone } = standingOf(trade, freshPrice(store, trade.instrument, ageMax));
  write(part("countdown"), countdown(secondsLeft(trade), -1));
  write(part("label"), label);
  paint(part("label"), tone);
  const { shown, waiting } = closingOf(line, trade, store.offers.get(trade.id));
  part("close-early").hidden = !shown && !waiting;
  part("close-early").toggleAttribute("disabled", waiting);
  if (waiting) write(part("offer"), "…");
  else if (shown) write(part("offer"), group(shown.offer ?? ""));
  part("close-early").setAttribute(
    "aria-label",
    shown ? `${word("closeEarly")} ${group(shown.offer ?? "")}` : word("closeEarly"),
  );
}
