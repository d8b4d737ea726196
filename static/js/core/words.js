/* The page's texts, rendered by the server in the reader's language: <template id="words"> has them by name. */

/** @type {Map<string, string>} */
const words = new Map();
const template = document.getElementById("words");
if (template instanceof HTMLTemplateElement) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (template.content.querySelectorAll("[data-word]"))) {
    words.set(element.dataset.word ?? "", element.textContent.trim());
  }
}

/**
 * The text named `name`, its {placeholders} filled from `values`.
 *
 * @param {string} name
 * @param {Record<string, string | number>} values
 */
export function word(name, values = {}) {
  const text = words.get(name) ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
}

/**
 * 15 → "15s", 300 → "5m", 3600 → "1h", in the reader's language.
 *
 * @param {number} seconds
 */
export function duration(seconds) {
  if (seconds % 3600 === 0) return word("hours", { n: seconds / 3600 });
  if (seconds % 60 === 0) return word("minutes", { n: seconds / 60 });
  return word("seconds", { n: seconds });
}
