/* For every page: times in the reader's zone, menus that close, amounts as understood, forms that are sent once. */

import "../account/passwords.js";
import "./amounts.js";
import { find } from "./elements.js";
import "./forms.js";
import { showBanner } from "./notices.js";
import { localise } from "./times.js";

/* Another page of this browser may have changed what a trade page knows: it hears that one was opened. */
new BroadcastChannel("cryptotrader.pages").postMessage("opened");
localise();
addEventListener("load", () => {
  if (!("needs" in document.documentElement.dataset)) showBanner("unstarted", true);
  /* It shows the offline page, and results that are pushed. Where it can't run, the site does without. */
  navigator.serviceWorker?.register("/sw.js").catch(() => undefined);
});

document.addEventListener("click", ({ target }) => {
  for (const menu of openMenus()) {
    if (target instanceof Node && !menu.contains(target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    find(menu, "summary", HTMLElement).focus();
  }
});

/** @returns {NodeListOf<HTMLDetailsElement>} */
function openMenus() {
  return document.querySelectorAll("details.menu[open]");
}
