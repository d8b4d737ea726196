/*
 * Parts of a page that stay fresh: an element with data-live is fetched again from that address every data-every
 * seconds, while the page is seen and nobody works in it. The server renders it; a failure leaves what stands there.
 */

import { showCopyButtons } from "./copy.js";

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

/**
 * The part as the server has it now; null when it doesn't answer, or asks for a new login.
 *
 * @param {string} address
 * @returns {Promise<string | null>}
 */
async function read(address) {
  try {
    const answer = await fetch(address);
    return answer.ok && !answer.redirected ? await answer.text() : null;
  } catch (error) {
    if (error instanceof TypeError) return null; // so a browser calls a network that fails
    throw error;
  }
}
