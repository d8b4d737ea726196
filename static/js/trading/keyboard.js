/* Trading by keyboard: arrows choose a direction, Enter confirms it, digits choose an amount. Can be switched off. */

/** @import { Ticket } from "./ticket.js" */

import { find } from "../core/elements.js";
import { device } from "../core/shelves.js";

const SETTING = "cryptotrader.keyboard";

/**
 * @param {HTMLFormElement} form
 * @param {HTMLDialogElement} dialog
 * @param {Ticket} ticket
 */
export function listenToKeys(form, dialog, ticket) {
  const setting = find(dialog, "[data-keyboard-setting]", HTMLInputElement);
  setting.checked = device.read(SETTING) !== "off";
  setting.addEventListener("change", () => device.keep(SETTING, setting.checked ? "on" : "off"));

  for (const opener of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-open-help]"))) {
    opener.hidden = false;
    opener.addEventListener("click", () => dialog.showModal());
  }

  document.addEventListener("keydown", (event) => {
    const { target, ctrlKey, metaKey, altKey } = event;
    if (!setting.checked || ctrlKey || metaKey || altKey || document.querySelector("dialog[open]")) return;
    if (target instanceof Element && act(event.key, target, { form, dialog, ticket })) event.preventDefault();
  });
}

/**
 * Does what a key asks for; whether it asked for anything here.
 *
 * @param {string} key
 * @param {Element} target
 * @param {{ form: HTMLFormElement, dialog: HTMLDialogElement, ticket: Ticket }} page
 */
function act(key, target, { form, dialog, ticket }) {
  if (key === "ArrowUp" || key === "ArrowDown") return !needsArrows(target) && pick(key, form);
  if (isTyping(target)) return false;
  if (key === "?") {
    dialog.showModal();
    return true;
  }
  const amount = amountOf(key, form);
  if (amount) ticket.choose(amount);
  return Boolean(amount);
}

/**
 * The amount that a digit stands for: "1" for the first button.
 *
 * @param {string} key
 * @param {HTMLFormElement} form
 */
function amountOf(key, form) {
  const button = form.querySelectorAll("[data-amount]")[Number(key) - 1];
  return button instanceof HTMLButtonElement && !button.disabled ? button.dataset.amount : undefined;
}

/**
 * The chosen direction has the focus, so the button itself answers Enter.
 *
 * @param {"ArrowUp" | "ArrowDown"} key
 * @param {HTMLFormElement} form
 */
function pick(key, form) {
  const button = find(form, `[data-direction="${key === "ArrowUp" ? "up" : "down"}"]`, HTMLButtonElement);
  button.focus(/** @type {FocusOptions} */ ({ focusVisible: true }));
  return true;
}

/** @param {Element} target */
function isTyping(target) {
  return target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
}

/**
 * Radio buttons reached by keyboard keep their own arrows, and so do scrolling regions and open menus.
 *
 * @param {Element} target
 */
function needsArrows(target) {
  return target.matches("input[type=radio]:focus-visible, select, textarea, [tabindex='0'], details.menu[open] *");
}
