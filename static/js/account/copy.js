/* Buttons that copy the text of the element named in data-copy. Without a clipboard (plain HTTP) they stay hidden. */

import { find, write } from "../core/elements.js";

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard || !(button instanceof HTMLButtonElement)) continue;
  button.hidden = false;
  button.addEventListener("click", () => copy(button));
}

/** @param {HTMLButtonElement} button */
async function copy({ dataset }) {
  await navigator.clipboard.writeText(find(document, `#${dataset.copy}`, HTMLElement).textContent);
  write(find(document, "[data-copied]", HTMLElement), `✓ ${dataset.done}`);
}
