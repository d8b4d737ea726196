/*
 * Sheets of a phone: parts of a page that a button brings in and that cover the rest. `data-open-sheet="order"` opens,
 * `data-sheet-close` and Escape close; the root's `data-sheet` names the open one. On a wide screen the parts simply stand.
 */

const root = document.documentElement;
/** @type {HTMLElement | null} */
let opener = null;

/** Wires the buttons of the page, and enables them. */
export function listenToSheets() {
  for (const button of document.querySelectorAll("[data-open-sheet], [data-sheet-close]")) {
    if (button instanceof HTMLButtonElement) button.disabled = false;
  }
  document.addEventListener("click", (event) => {
    const { target } = event;
    const pressed = target instanceof Element ? target.closest("[data-open-sheet], [data-sheet-close]") : null;
    if (pressed instanceof HTMLElement) take(pressed, event);
  });
  document.addEventListener("keydown", ({ key }) => {
    if (key === "Escape" && root.dataset.sheet) closeSheet();
  });
  if (location.hash === "#positions") openSheet("dock");
}

/**
 * @param {HTMLElement} pressed
 * @param {MouseEvent} event
 */
function take(pressed, event) {
  const { openSheet: wanted } = pressed.dataset;
  if (wanted && wanted !== root.dataset.sheet) {
    opener = pressed;
    openSheet(wanted);
    return;
  }
  // A link to this very page only closes what covers it.
  if (root.dataset.sheet && pressed instanceof HTMLAnchorElement) event.preventDefault();
  closeSheet();
}

/** @param {string} name */
function openSheet(name) {
  root.dataset.sheet = name;
  showExpanded();
}

export function closeSheet() {
  delete root.dataset.sheet;
  showExpanded();
  opener?.focus();
  opener = null;
}

function showExpanded() {
  for (const button of document.querySelectorAll("[data-open-sheet]")) {
    button.setAttribute("aria-expanded", String(button.getAttribute("data-open-sheet") === root.dataset.sheet));
  }
}
