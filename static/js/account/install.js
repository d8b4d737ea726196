/* The button that installs the site as an app, where the browser offers it. */

import { find } from "../core/elements.js";

const button = find(document, "[data-install]", HTMLButtonElement);
/** @type {(Event & { prompt: () => Promise<unknown> }) | null} */
let offer = null;

addEventListener("beforeinstallprompt", (event) => {
  event.preventDefault();
  offer = /** @type {Event & { prompt: () => Promise<unknown> }} */ (event);
  button.hidden = false;
});
addEventListener("appinstalled", () => {
  button.hidden = true;
});
button.addEventListener("click", () => void offer?.prompt());
