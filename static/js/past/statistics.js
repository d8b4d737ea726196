/* What the latest results of the wallet in use add up to. */

/**
 * @import { Store } from "../core/store.js"
 * @import { SettledTrade } from "../core/wire.js"
 */

import { partsOf, write } from "../core/elements.js";
import { breakEven, placesOf, signed, write as writeUnits } from "../core/money.js";
import { word } from "../core/words.js";
import { settledLately } from "../trading/ends.js";
import { total, unitsOf } from "../trading/results.js";
import { paint, toneOf } from "../trading/standing.js";

/**
 * @param {HTMLElement} root
 * @param {Store} store
 */
export function showStatistics(root, store) {
  const part = partsOf(root);

  function refresh() {
    const { wallet } = store;
    const trades = settledLately(store).filter(
      ({ demo, currency }) => demo === wallet?.demo && currency === wallet.currency,
    );
    part("empty").hidden = trades.length > 0;
    part("figures").hidden = trades.length === 0;
    if (trades.length) fill(part, trades);
  }

  store.on("trades", refresh);
  store.on("wallets", refresh);
  refresh();
}

/**
 * @param {(name: string) => HTMLElement} part
 * @param {SettledTrade[]} trades newest first
 */
function fill(part, trades) {
  const tones = trades.map(({ profit }) => toneOf(profit));
  const [won, lost] = ["up", "down"].map((tone) => tones.filter((each) => each === tone).length);
  const net = total(trades);
  const decided = (won ?? 0) + (lost ?? 0);
  write(part("of"), word("latestResults", { n: trades.length }));
  write(part("net"), signed(net));
  paint(part("net"), toneOf(net));
  write(part("counts"), `${won} · ${lost} · ${trades.length - decided}`);
  write(part("win-rate"), decided ? `${((100 * (won ?? 0)) / decided).toFixed(0)}%` : "–");
  write(part("even"), breakEven(rateOf(trades)));
  const average = writeUnits(unitsOf(net) / BigInt(trades.length), placesOf(net));
  write(part("average"), signed(average));
  paint(part("average"), toneOf(average));
  showStreak(part("streak"), tones.reverse(), `${word("outcome-won")} ${won}, ${word("outcome-lost")} ${lost}`);
}

/**
 * The payout rate of all of them together: of what was staked.
 *
 * @param {SettledTrade[]} trades
 */
function rateOf(trades) {
  const sum = (/** @type {(trade: SettledTrade) => string} */ pick) =>
    trades.reduce((whole, trade) => whole + Number(pick(trade)), 0);
  const staked = sum(({ amount }) => amount);
  return String(sum(({ payout }) => payout) / staked - 1);
}

/**
 * A bar for each result: tall, lower or lowest, so that it doesn't speak by its colour alone.
 *
 * @param {HTMLElement} root
 * @param {string[]} tones
 * @param {string} label
 */
function showStreak(root, tones, label) {
  root.setAttribute("aria-label", label);
  root.replaceChildren(
    ...tones.map((tone) => {
      const bar = document.createElement("i");
      if (tone) bar.className = tone;
      return bar;
    }),
  );
}
