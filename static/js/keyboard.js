/* Trading by keyboard: arrows choose a direction, Enter confirms it, digits choose an amount. Can be switched off. */

const SETTING = "cryptotrader.keyboard";

export function listenToKeys(form, dialog, ticket) {
  const setting = dialog.querySelector("[data-keyboard-setting]");
  const amounts = [...form.querySelectorAll("[data-amount]")];
  setting.checked = localStorage.getItem(SETTING) !== "off";
  setting.addEventListener("change", () => localStorage.setItem(SETTING, setting.checked ? "on" : "off"));

  for (const opener of document.querySelectorAll("[data-open-help]")) {
    opener.addEventListener("click", () => dialog.showModal());
  }

  document.addEventListener("keydown", (event) => {
    if (!setting.checked || document.querySelector("dialog[open]") || event.ctrlKey || event.metaKey || event.altKey) return;
    if (act(event)) event.preventDefault();
  });

  function act(event) {
    const { key, target } = event;
    if (key === "ArrowUp" || key === "ArrowDown") return !needsArrows(target) && pick(key);
    if (isTyping(target)) return false;
    if (key === "?") dialog.showModal();
    else if (amounts[Number(key) - 1]) ticket.choose(amounts[Number(key) - 1].dataset.amount);
    else return false;
    return true;
  }

  /* The chosen direction has the focus, so the button itself handles Enter. */
  function pick(key) {
    const button = form.querySelector(`[data-direction="${key === "ArrowUp" ? "up" : "down"}"]`);
    button.focus({ focusVisible: true });
    return true;
  }
}

function isTyping(target) {
  return target.matches("input:not([type=radio], [type=checkbox]), textarea, select");
}

/* Radio buttons under the keyboard keep their own arrows, and so do scrolling regions and open menus. */
function needsArrows(target) {
  return target.matches("input[type=radio]:focus-visible, select, textarea, [tabindex='0'], details.menu[open] *");
}
