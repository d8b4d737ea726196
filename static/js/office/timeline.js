/*
 * A person's timeline without a new page: its kinds replace it, "Older" goes on below it. Without this script both are
 * links to the page.
 */

import { showCopyButtons } from "./copy.js";
import { read } from "./part.js";

const panel = document.querySelector("[data-timeline]");
if (panel instanceof HTMLElement) {
  panel.addEventListener("click", async (event) => {
    const link = event.target instanceof Element ? event.target.closest("a[data-stream], a[data-older]") : null;
    if (!(link instanceof HTMLAnchorElement) || event.metaKey || event.ctrlKey || event.shiftKey) return;
    event.preventDefault();
    await follow(panel, link);
  });
}

/**
 * @param {HTMLElement} panel
 * @param {HTMLAnchorElement} link
 */
async function follow(panel, link) {
  const text = await read(`${link.pathname}${link.search}${link.search ? "&" : "?"}part=1`);
  if (text === null) {
    location.assign(link.href);
    return;
  }
  if ("older" in link.dataset) goOn(link, text);
  else replace(panel, link, text);
  showCopyButtons(panel);
}

/**
 * @param {HTMLElement} panel
 * @param {HTMLAnchorElement} link
 * @param {string} text
 */
function replace(panel, link, text) {
  history.replaceState(null, "", link.href);
  panel.innerHTML = text;
  focus(panel.querySelector("[aria-current]"));
}

/**
 * @param {HTMLAnchorElement} link
 * @param {string} text
 */
function goOn(link, text) {
  const part = document.createElement("template");
  part.innerHTML = text;
  const rows = [...part.content.querySelectorAll("li")];
  link.closest("li")?.replaceWith(...rows);
  rows[0]?.setAttribute("tabindex", "-1"); // where a reader by keyboard goes on
  focus(rows[0] ?? null);
}

/** @param {Element | null} element */
function focus(element) {
  if (element instanceof HTMLElement) element.focus({ preventScroll: true });
}
