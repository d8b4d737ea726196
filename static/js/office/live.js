/*
 * Parts of a page that stay fresh: an element with data-live is fetched again from that address every data-every
 * seconds, while the page is seen and nobody types in it. The server renders it; a failure leaves what stands there,
 * and says since when.
 */

import { showCopyButtons } from "./copy.js";

for (const part of document.querySelectorAll("[data-live]")) {
  if (part instanceof HTMLElement) keepFresh(part);
}

/** @param {HTMLElement} part */
function keepFresh(part) {
  const seconds = Number(part.dataset.every) || 5;
  setInterval(async () => {
    if (document.hidden || part.contains(document.activeElement)) return;
    try {
      const answer = await fetch(part.dataset.live ?? "", { headers: { "X-Requested-With": "fetch" } });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      part.innerHTML = await answer.text();
      showCopyButtons(part);
      delete part.dataset.stale;
    } catch {
      part.dataset.stale = "";
    }
  }, seconds * 1000);
}
