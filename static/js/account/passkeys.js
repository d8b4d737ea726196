/*
 * Passkeys: a form marked data-passkey="create" or "get" asks the browser for a credential before it is sent.
 * Until this script has loaded, the form is hidden or its button disabled: it would be sent without a credential.
 * A passkey belongs to a domain: at an IP address browsers refuse it, so the form leads to the same page by a name.
 */

import { getJson, Unreachable } from "../core/api.js";
import { fieldOf, find } from "../core/elements.js";

/**
 * @typedef {object} Answer what the browser and the key agreed on, as bytes: each kind of response has its own
 * @property {ArrayBuffer} clientDataJSON
 * @property {ArrayBuffer} [attestationObject]
 * @property {ArrayBuffer} [authenticatorData]
 * @property {ArrayBuffer} [signature]
 * @property {ArrayBuffer | null} [userHandle]
 * @property {() => string[]} [getTransports]
 *
 * @typedef {"unsupported" | "address" | "loopback" | "refused" | "unreachable" | "fault"} Complaint
 * @typedef {Omit<PublicKeyCredentialDescriptor, "id"> & { id: string }} Described
 * @typedef {Omit<PublicKeyCredentialUserEntity, "id"> & { id: string }} User
 * @typedef {{ challenge: string, user: User, excludeCredentials?: Described[] }} MadeOf
 * @typedef {{ challenge: string, allowCredentials?: Described[] }} AskedFor
 * @typedef {Omit<PublicKeyCredentialCreationOptions, keyof MadeOf> & MadeOf} ToCreate
 * @typedef {Omit<PublicKeyCredentialRequestOptions, keyof AskedFor> & AskedFor} ToGet
 */

const supported = "PublicKeyCredential" in window;
const obstacle = obstacleAt(window.location.hostname);

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (form instanceof HTMLFormElement) prepare(form);
}

/** @param {HTMLFormElement} form */
function prepare(form) {
  if (form.hidden) form.hidden = !supported;
  const link = form.querySelector("[data-by-name]");
  if (link instanceof HTMLAnchorElement) link.href = addressByName();
  if (form.dataset.passkey === "create") complain(form, obstacle);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.getAttribute("aria-busy") !== "true") void prove(form, event.submitter);
  });
  for (const button of form.querySelectorAll("button")) button.disabled = false;
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLElement | null} button
 */
async function prove(form, button) {
  complain(form, obstacle);
  if (obstacle) return;
  button?.setAttribute("aria-busy", "true");
  try {
    fieldOf(form, "credential").value = JSON.stringify(written(await credentialFor(form)));
    form.submit();
  } catch (error) {
    button?.removeAttribute("aria-busy");
    complain(form, problemOf(error));
    if (problemOf(error) === "fault") throw error;
  }
}

/**
 * Why no passkey can be used here, and never will: null if nothing is in the way.
 *
 * @param {string} host as `location.hostname` writes it: an IPv6 address in brackets
 * @returns {Complaint | null}
 */
function obstacleAt(host) {
  if (host === "[::1]" || /^127(\.\d+){3}$/.test(host)) return "loopback";
  if (host.startsWith("[") || /^\d+(\.\d+){3}$/.test(host)) return "address";
  return supported ? null : "unsupported";
}

/* This page by the name that every machine has for itself. A browser keeps another login there. */
function addressByName() {
  const here = new URL(window.location.href);
  here.hostname = "localhost";
  return here.href;
}

/**
 * @param {unknown} error
 * @returns {Complaint}
 */
function problemOf(error) {
  if (error instanceof Unreachable) return "unreachable";
  if (!(error instanceof DOMException)) return "fault";
  return error.name === "SecurityError" ? "unsupported" : "refused";
}

/**
 * What the browser's owner has made or shown.
 *
 * @param {HTMLFormElement} form
 * @throws {DOMException} when there is none
 */
async function credentialFor(form) {
  const { publicKey } = await optionsOf(form);
  const credential =
    form.dataset.passkey === "create"
      ? await navigator.credentials.create({ publicKey: toCreate(publicKey) })
      : await navigator.credentials.get({ publicKey: toGet(publicKey) });
  if (credential === null) throw new DOMException("no passkey", "NotAllowedError");
  return /** @type {PublicKeyCredential} */ (credential);
}

/** @param {HTMLFormElement} form */
async function optionsOf(form) {
  const { options, optionsFrom } = form.dataset;
  if (options) return JSON.parse(find(document, `#${options}`, HTMLScriptElement).text);
  return (await getJson(optionsFrom ?? "")).request_options;
}

/**
 * @param {HTMLFormElement} form
 * @param {Complaint | null} problem
 */
function complain(form, problem) {
  for (const element of form.querySelectorAll("[data-problem]")) {
    if (element instanceof HTMLElement) element.hidden = element.dataset.problem !== problem;
  }
}

/**
 * JSON writes bytes as base64url; the browser wants bytes. Its own parser is too new to lean on.
 *
 * @param {ToCreate} options
 * @returns {PublicKeyCredentialCreationOptions}
 */
function toCreate(options) {
  const { excludeCredentials, user, ...others } = options;
  return {
    ...others,
    challenge: bytes(options.challenge),
    user: { ...user, id: bytes(user.id) },
    ...(excludeCredentials && { excludeCredentials: excludeCredentials.map(described) }),
  };
}

/**
 * @param {ToGet} options
 * @returns {PublicKeyCredentialRequestOptions}
 */
function toGet(options) {
  const { allowCredentials, ...others } = options;
  return {
    ...others,
    challenge: bytes(options.challenge),
    ...(allowCredentials && { allowCredentials: allowCredentials.map(described) }),
  };
}

/** @param {Described} credential */
function described(credential) {
  return { ...credential, id: bytes(credential.id) };
}

/** @param {PublicKeyCredential} credential */
function written(credential) {
  const response = /** @type {Answer} */ (/** @type {unknown} */ (credential.response));
  /** @type {("clientDataJSON" | "attestationObject" | "authenticatorData" | "signature" | "userHandle")[]} */
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const held = parts.flatMap((name) => (response[name] ? [[name, text(response[name])]] : []));
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(held), transports: response.getTransports?.() ?? [] },
  };
}

/** @param {string} base64url */
function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
}

/** @param {ArrayBuffer} buffer */
function text(buffer) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
