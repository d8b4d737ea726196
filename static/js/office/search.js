/*
 * The search of the back office: ⌘K or Ctrl+K goes there, what is typed is looked up, ↑ ↓ choose, Enter opens, Escape
 * leaves. Without this script Enter opens a page with the same results.
 */

import { find } from "../core/elements.js";

const WAIT_MS = 150;
const form = document.querySelector("form[data-search]");
if (form instanceof HTMLFormElement) search(form);

/** @param {HTMLFormElement} form */
function search(form) {
  const field = find(form, "input", HTMLInputElement);
  const found = find(form, "[data-found]", HTMLElement);
  const key = find(form, "kbd", HTMLElement);
  let asked = "";
  let waiting = 0;
  key.hidden = false;
  if (!/Mac|iP/.test(navigator.platform)) key.textContent = "Ctrl K";

  const close = () => {
    found.hidden = true;
    asked = "";
  };
  const look = async () => {
    const text = field.value.trim();
    if (text === asked) return;
    asked = text;
    if (!text) return close();
    const answer = await fetch(`${form.action}?part=1&q=${encodeURIComponent(text)}`);
    if (!answer.ok || asked !== text) return;
    found.innerHTML = await answer.text();
    found.hidden = false;
  };
  /** @param {number} step */
  const choose = (step) => {
    const links = [...found.querySelectorAll("a")];
    const present = links.findIndex((link) => "chosen" in link.dataset);
    for (const link of links) delete link.dataset.chosen;
    const next = links[(present + step + links.length) % links.length];
    if (!next) return;
    next.dataset.chosen = "";
    next.scrollIntoView({ block: "nearest" });
  };

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = window.setTimeout(look, WAIT_MS);
  });
  field.addEventListener("focus", look);
  field.addEventListener("keydown", (event) => {
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      close();
      field.blur();
    } else if (event.key === "Enter") {
      const chosen = found.querySelector("a[data-chosen]");
      if (chosen instanceof HTMLAnchorElement && !found.hidden) {
        event.preventDefault();
        location.assign(chosen.href);
      }
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    field.focus();
    field.select();
  });
  document.addEventListener("click", ({ target }) => {
    if (target instanceof Node && !form.contains(target)) close();
  });
}
