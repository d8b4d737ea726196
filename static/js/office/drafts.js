/*
 * The text of a form that came to the server after the session's end. The tab keeps what was last sent; the page that
 * says "signed out" marks it as lost, and the form's page fills it in again after the login. No form of the back office
 * has a password.
 */

import { visit } from "../core/shelves.js";

const KEY = "office-draft";

/**
 * @typedef {object} Draft
 * @property {string} page
 * @property {string} action
 * @property {[string, string][]} fields
 * @property {boolean} lost
 */

/** @returns {Draft | null} */
function kept() {
  const text = visit.read(KEY);
  return text ? JSON.parse(text) : null;
}

/** @param {Draft} draft */
function keep(draft) {
  visit.keep(KEY, JSON.stringify(draft));
}

function forget() {
  visit.keep(KEY, "");
}

/** @param {Draft} draft */
function fillIn({ action, fields }) {
  const form = [...document.forms].find((each) => each.method === "post" && each.action === action);
  for (const field of form?.elements ?? []) {
    if (!("name" in field)) continue;
    fill(
      field,
      fields.filter(([name]) => name === field.name).map(([, value]) => value),
    );
  }
}

/**
 * @param {Element} field
 * @param {string[]} values
 */
function fill(field, values) {
  if (field instanceof HTMLInputElement && ["checkbox", "radio"].includes(field.type)) {
    field.checked = values.includes(field.value);
  } else if (isTyped(field) && values[0] !== undefined) {
    field.value = values[0];
  }
}

/**
 * Not a hidden field: it has the token of the session that has ended.
 *
 * @param {Element} field
 * @returns {field is HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement}
 */
function isTyped(field) {
  if (field instanceof HTMLInputElement) return field.type !== "hidden";
  return field instanceof HTMLTextAreaElement || field instanceof HTMLSelectElement;
}

document.addEventListener("submit", ({ target, defaultPrevented }) => {
  if (defaultPrevented || !(target instanceof HTMLFormElement) || target.method !== "post") return;
  const typed = [...new FormData(target)].filter(([, value]) => typeof value === "string");
  const fields = /** @type {[string, string][]} */ (typed);
  keep({ page: location.pathname + location.search, action: target.action, fields, lost: false });
});

const draft = kept();
if (draft !== null) {
  if (document.querySelector("[data-signed-out]")) keep({ ...draft, lost: true });
  else if (!draft.lost) forget();
  else if (draft.page === location.pathname + location.search) {
    fillIn(draft);
    forget();
  }
}
