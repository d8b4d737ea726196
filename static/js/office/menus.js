/*
 * What opens above a page closes by Escape, and by a press beside it: the menus of filters and of the account, and the
 * navigation of a phone. The focus goes back to the opener.
 */

const NAVIGATION = "#office-nav";

/** @returns {HTMLDetailsElement | null} */
function opened() {
  return document.querySelector(".office-filter[open], .office-account[open]");
}

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  const menu = opened();
  if (menu) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  } else if (location.hash === NAVIGATION) {
    location.hash = "";
    /** @type {HTMLElement | null} */ (document.querySelector(".office-menu-open"))?.focus();
  }
});

document.addEventListener("click", ({ target }) => {
  const menu = opened();
  if (menu && target instanceof Node && !menu.contains(target)) menu.open = false;
});
