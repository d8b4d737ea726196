/*
 * The search of the back office: ⌘K or Ctrl+K goes there, what is typed is looked up, ↑ ↓ choose, Enter opens, Escape
 * leaves. Without this script Enter opens a page with the same results.
 */

import { find } from "../core/elements.js";
import { read } from "./part.js";

const WAIT_MS = 150;

class Search {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.field = find(form, "input", HTMLInputElement);
    this.found = find(form, "[data-found]", HTMLElement);
    this.asked = "";
    this.waiting = 0;
  }

  begin() {
    const key = find(this.form, "kbd", HTMLElement);
    key.hidden = false;
    if (!/Mac|iP/.test(navigator.platform)) key.textContent = "Ctrl K";
    this.field.addEventListener("input", () => {
      clearTimeout(this.waiting);
      this.waiting = window.setTimeout(() => this.look(), WAIT_MS);
    });
    this.field.addEventListener("focus", () => this.look());
    this.field.addEventListener("keydown", (event) => this.press(event));
    document.addEventListener("keydown", (event) => this.come(event));
    document.addEventListener("click", ({ target }) => {
      if (target instanceof Node && !this.form.contains(target)) this.close();
    });
  }

  /** @param {KeyboardEvent} event */
  come(event) {
    if (event.key.toLowerCase() !== "k" || !(event.metaKey || event.ctrlKey)) return;
    event.preventDefault();
    this.field.focus();
    this.field.select();
  }

  close() {
    this.found.hidden = true;
    this.asked = "";
  }

  async look() {
    const text = this.field.value.trim();
    if (text === this.asked) return;
    this.asked = text;
    if (!text) {
      this.close();
      return;
    }
    const found = await read(`${this.form.action}?part=1&q=${encodeURIComponent(text)}`);
    if (found === null || this.asked !== text) return;
    this.found.innerHTML = found;
    this.found.hidden = false;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (event.key === "ArrowDown") this.choose(event, 1);
    else if (event.key === "ArrowUp") this.choose(event, -1);
    else if (event.key === "Enter") this.open(event);
    else if (event.key === "Escape") {
      this.close();
      this.field.blur();
    }
  }

  /**
   * @param {KeyboardEvent} event
   * @param {number} step
   */
  choose(event, step) {
    event.preventDefault();
    const links = [...this.found.querySelectorAll("a")];
    const present = links.findIndex((link) => "chosen" in link.dataset);
    for (const link of links) delete link.dataset.chosen;
    const next = links[(present + step + links.length) % links.length];
    if (!next) return;
    next.dataset.chosen = "";
    next.scrollIntoView({ block: "nearest" });
  }

  /** @param {KeyboardEvent} event */
  open(event) {
    const chosen = this.found.querySelector("a[data-chosen]");
    if (!(chosen instanceof HTMLAnchorElement) || this.found.hidden) return;
    event.preventDefault();
    location.assign(chosen.href);
  }
}

const form = document.querySelector("form[data-search]");
if (form instanceof HTMLFormElement) new Search(form).begin();
