/* Three hints for a newcomer's first visit to the trade page: shown once on a device, one at a time, and closed for good. */

import { find, partsOf } from "../core/elements.js";
import { device } from "../core/shelves.js";

const REMEMBERED = "cryptotrader.hints";

/** @param {{ isNew: boolean }} reader somebody who has no trade yet */
export function showHints({ isNew }) {
  const root = document.querySelector("[data-hints]");
  if (!(root instanceof HTMLElement) || !isNew || device.read(REMEMBERED)) return;
  const hints = /** @type {HTMLElement[]} */ ([...root.querySelectorAll("[data-hint]")]);
  const part = partsOf(root);
  let at = 0;

  const show = () => {
    for (const [index, hint] of hints.entries()) hint.hidden = index !== at;
    for (const each of document.querySelectorAll(".hinted")) each.classList.remove("hinted");
    const target = hints[at]?.dataset.hint;
    if (target) document.querySelector(target)?.classList.add("hinted");
    part("hint-next").hidden = at === hints.length - 1;
    part("hint-done").hidden = at < hints.length - 1;
  };
  const close = () => {
    root.hidden = true;
    for (const each of document.querySelectorAll(".hinted")) each.classList.remove("hinted");
    device.keep(REMEMBERED, "seen");
  };
  find(root, "[data-hint-next]", HTMLButtonElement).addEventListener("click", () => {
    at += 1;
    show();
    if (at === hints.length - 1) part("hint-done").focus();
  });
  for (const button of root.querySelectorAll("[data-hint-close]")) button.addEventListener("click", close);
  root.addEventListener("keydown", (event) => {
    if (event.key === "Escape") close();
  });
  root.hidden = false;
  show();
}
