/* Countdowns to an instant by the server's clock, updated each minute: <span data-until="2026-03-01T12:00:00Z">. */

import { doubt, isKnown, now, synchronise } from "../core/clock.js";
import { write } from "../core/elements.js";

const MINUTE = 60_000;
const locale = document.documentElement.lang;
const hours = new Intl.NumberFormat(locale, { style: "unit", unit: "hour", unitDisplay: "short" });
const minutes = new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "short" });
const elements = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-until]"));

/* Until the server has told the time, what it wrote itself stays. */
function showAll() {
  if (!isKnown()) return doubt();
  for (const element of elements) {
    const left = Math.max(Math.ceil((Date.parse(element.dataset.until ?? "") - now()) / MINUTE), 0);
    const whole = Math.floor(left / 60);
    write(element, [whole ? hours.format(whole) : "", minutes.format(left % 60)].filter(Boolean).join(" "));
  }
}

if (elements.length) {
  void synchronise().then(showAll);
  setInterval(showAll, MINUTE);
}
