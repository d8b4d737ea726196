/* Shows in each field for an amount what was understood, as soon as it is left and before its form is sent. */

import { group } from "./money.js";
import { readTyped } from "./typed.js";

document.addEventListener("change", ({ target: field }) => {
  if (!(field instanceof HTMLInputElement) || field.inputMode !== "decimal") return;
  const number = readTyped(field.value);
  if (number !== null) field.value = group(number);
  field.setAttribute("aria-invalid", String(number === null && field.value !== ""));
});
