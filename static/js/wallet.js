/* The wallet in the header and beside the stake, at each element with a `data-wallet-…` attribute. */

import { group } from "./money.js";

const FIGURES = { available: "available", held: "held", total: "balance" };

export function showWallet(store) {
  store.addEventListener("wallets", () => {
    if (!store.wallet) return;
    for (const [name, field] of Object.entries(FIGURES)) {
      for (const element of document.querySelectorAll(`[data-wallet-${name}]`)) show(element, store.wallet[field]);
    }
  });
}

function show(element, amount) {
  const text = group(amount);
  if (element.textContent === text) return;
  element.textContent = text;
  element.classList.remove("flash");
  void element.offsetWidth;
  element.classList.add("flash");
}
