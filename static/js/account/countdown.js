/* Countdowns to an instant, updated each minute: <span data-until="2026-03-01T12:00:00Z">. */

const MINUTE = 60_000;
const locale = document.documentElement.lang;
const hours = new Intl.NumberFormat(locale, { style: "unit", unit: "hour", unitDisplay: "short" });
const minutes = new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "short" });
const elements = /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-until]"));

function showAll() {
  for (const element of elements) {
    const left = Math.max(Math.ceil((Date.parse(element.dataset.until ?? "") - Date.now()) / MINUTE), 0);
    const whole = Math.floor(left / 60);
    element.textContent = [whole ? hours.format(whole) : "", minutes.format(left % 60)].filter(Boolean).join(" ");
  }
}

showAll();
if (elements.length) setInterval(showAll, MINUTE);
