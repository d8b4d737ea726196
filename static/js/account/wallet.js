/* The wallet in the header and beside the stake, at each element with a `data-wallet-…` attribute. */

/** @import { Store } from "../core/store.js" */

import { write } from "../core/elements.js";
import { group } from "../core/money.js";

/** @param {Store} store */
export function showWallet(store) {
  store.on("wallets", () => {
    if (!store.wallet) return;
    const { available, held, balance } = store.wallet;
    showChosen(store.wallet);
    for (const [name, amount] of Object.entries({ available, held, total: balance })) {
      for (const element of document.querySelectorAll(`[data-wallet-${name}]`)) show(element, group(amount));
    }
  });
}

/**
 * The book in use, where another tab has changed it.
 *
 * @param {{ id: number, demo: boolean }} wallet
 */
function showChosen({ id, demo }) {
  for (const badge of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll(".wallet [data-book]"))) {
    badge.hidden = (badge.dataset.book === "demo") !== demo;
  }
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-use-wallet]"))) {
    button.setAttribute("aria-pressed", String(button.dataset.useWallet === String(id)));
  }
}

/**
 * @param {Element} element
 * @param {string} text
 */
function show(element, text) {
  if (!write(element, text)) return;
  element.classList.remove("flash");
  // The browser must see the element without the class, or it won't start the animation again.
  element.getBoundingClientRect();
  element.classList.add("flash");
}
