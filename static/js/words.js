/* The page's texts, rendered by the server in the reader's language: <template id="words"> has them by name. */

const words = new Map();
for (const element of document.getElementById("words")?.content.children ?? []) {
  words.set(element.dataset.word, element.textContent.trim());
}

/** The text with this name; `values` fill its {placeholders}. */
export function word(name, values = {}) {
  const text = words.get(name) ?? name;
  return text.replace(/\{(\w+)\}/g, (whole, key) => values[key] ?? whole);
}

/** 15 → "15s", 300 → "5m", 3600 → "1h", in the reader's language. */
export function duration(seconds) {
  if (seconds % 3600 === 0) return word("hours", { n: seconds / 3600 });
  if (seconds % 60 === 0) return word("minutes", { n: seconds / 60 });
  return word("seconds", { n: seconds });
}
