/* Countdowns to an instant, updated each minute: <span data-until="2026-03-01T12:00:00Z">. */

const MINUTE = 60_000;
const locale = document.documentElement.lang;
const hours = new Intl.NumberFormat(locale, { style: "unit", unit: "hour", unitDisplay: "short" });
const minutes = new Intl.NumberFormat(locale, { style: "unit", unit: "minute", unitDisplay: "short" });

function show(element) {
  const left = Math.max(Math.ceil((new Date(element.dataset.until) - Date.now()) / MINUTE), 0);
  const whole = Math.floor(left / 60);
  element.textContent = [whole && hours.format(whole), minutes.format(left % 60)].filter(Boolean).join(" ");
}

const elements = [...document.querySelectorAll("[data-until]")];
elements.forEach(show);
if (elements.length) setInterval(() => elements.forEach(show), MINUTE);
