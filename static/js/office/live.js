/*
 * Parts of a page that stay fresh: an element with data-live is fetched again from that address every data-every
 * seconds, while the page is seen and nobody works in it. The server renders it; a failure leaves what stands there.
 */

import { showCopyButtons } from "./copy.js";
import { read } from "./part.js";

const EVERY_SECONDS = 5;

for (const part of document.querySelectorAll("[data-live]")) {
  if (part instanceof HTMLElement) {
    setInterval(() => freshen(part), Number(part.dataset.every || EVERY_SECONDS) * 1000);
  }
}

/** @param {HTMLElement} part */
async function freshen(part) {
  if (document.hidden || part.contains(document.activeElement)) return;
  const text = await read(part.dataset.live ?? "");
  part.toggleAttribute("data-stale", text === null);
  if (text === null || part.contains(document.activeElement)) return;
  part.innerHTML = text;
  showCopyButtons(part);
}
