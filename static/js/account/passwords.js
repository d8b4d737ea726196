/* Password fields: the password can be shown, and the rule of a new one says while it is typed what is missing. */

import { find, write } from "../core/elements.js";

/* Without this script the button does nothing: so it is hidden until here. */
for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("[data-reveal]"))) {
  const field = find(document, `#${button.getAttribute("aria-controls")}`, HTMLInputElement);
  button.hidden = false;
  button.addEventListener("click", () => {
    const shown = field.type === "password";
    field.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  });
  // A password manager and the browser's own memory take it as a password only if it is sent as one.
  field.form?.addEventListener("submit", () => {
    field.type = "password";
    button.setAttribute("aria-pressed", "false");
  });
}

const rule = document.querySelector("[data-password-rule]");
if (rule instanceof HTMLElement) {
  const plain = rule.textContent ?? "";
  const field = find(document, "input[autocomplete=new-password]", HTMLInputElement);
  const show = () => {
    const { text, state } = standing(field.value, rule.dataset);
    rule.dataset.state = state;
    write(rule, text || plain);
  };
  field.addEventListener("input", show);
  show();
}

/**
 * What a password lacks. Letters are counted as the server counts them: as they look, however they were typed.
 *
 * @param {string} password
 * @param {DOMStringMap} rule
 * @returns {{ text: string, state: "open" | "fine" }}
 */
export function standing(password, { passwordRule: least = "8", more = "", digits = "", fine = "" }) {
  const length = Array.from(password.normalize("NFC")).length;
  const missing = Number(least) - length;
  if (length === 0) return { text: "", state: "open" };
  if (missing > 0) return { text: more.replace("{n}", String(missing)), state: "open" };
  return /^\p{Nd}+$/u.test(password) ? { text: digits, state: "open" } : { text: fine, state: "fine" };
}
