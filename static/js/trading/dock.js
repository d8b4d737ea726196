/* The tabs below the chart. Arrows move between them, as people who use a keyboard expect. */

/** @param {HTMLElement} root */
export function showDock(root) {
  const tabs = /** @type {HTMLButtonElement[]} */ ([...root.querySelectorAll("[role=tab]")]);
  for (const tab of tabs) {
    tab.disabled = false;
    tab.addEventListener("click", () => choose(tabs, tab));
  }
  root.addEventListener("keydown", (event) => {
    const at = tabs.indexOf(/** @type {HTMLButtonElement} */ (event.target));
    const way = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const next = at >= 0 && way ? tabs[(at + way + tabs.length) % tabs.length] : undefined;
    if (!next) return;
    choose(tabs, next);
    next.focus();
  });
}

/**
 * @param {HTMLButtonElement[]} tabs
 * @param {HTMLButtonElement} chosen
 */
function choose(tabs, chosen) {
  for (const tab of tabs) {
    tab.setAttribute("aria-selected", String(tab === chosen));
    tab.tabIndex = tab === chosen ? 0 : -1;
    const panel = document.getElementById(tab.getAttribute("aria-controls") ?? "");
    if (panel) panel.hidden = tab !== chosen;
  }
}
