/* Sends the form of signing up without leaving its page: an error is told beside its field, and nothing typed is lost. */

import { find } from "../core/elements.js";

const form = find(document, "form[data-stays]", HTMLFormElement);
const button = find(form, "button[type=submit]", HTMLButtonElement);

form.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (button.disabled) return;
  button.disabled = true;
  find(form, "[data-away]", HTMLElement).hidden = true;
  try {
    await send();
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error;
    find(form, "[data-away]", HTMLElement).hidden = false;
  } finally {
    button.disabled = false;
  }
});

/** @throws {TypeError | SyntaxError} when no answer came, or another one than of this form */
async function send() {
  const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
  const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers });
  const { location: next, form: told } = JSON.parse(await answer.text());
  if (next) location.assign(next);
  else showErrors(told);
}

/** @param {{ errors: string[], fields: Record<string, { errors: string[] }> }} told */
function showErrors({ errors, fields }) {
  for (const old of form.querySelectorAll("[data-error]")) old.remove();
  form.prepend(...errors.map(problem));
  let first = null;
  for (const [name, { errors: own }] of Object.entries(fields)) {
    const field = form.elements.namedItem(name);
    if (!(field instanceof HTMLInputElement)) continue;
    field.toggleAttribute("aria-invalid", own.length > 0);
    if (own.length === 0) continue;
    field.setAttribute("aria-invalid", "true");
    field.closest(".field")?.append(...own.map(problem));
    first ??= field;
  }
  first?.focus();
}

/** @param {string} text */
function problem(text) {
  const element = document.createElement("p");
  element.className = "problem";
  element.dataset.error = "";
  element.setAttribute("role", "alert");
  element.textContent = text;
  return element;
}
