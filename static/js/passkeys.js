/*
 * Passkeys: a form marked data-passkey="create" or "get" asks the browser for a credential before it is sent.
 * Until this script has loaded, the form is hidden or its button disabled: it would be sent without a credential.
 */

const supported = "PublicKeyCredential" in window;

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (form.hidden) form.hidden = !supported;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (event.submitter?.getAttribute("aria-busy") !== "true") prove(form, event.submitter);
  });
  for (const button of form.querySelectorAll("button[disabled]")) button.disabled = false;
}

async function prove(form, button) {
  complain(form, supported ? null : "unsupported");
  if (!supported) return;
  button?.setAttribute("aria-busy", "true");
  try {
    const options = (await optionsOf(form)).publicKey;
    const credential =
      form.dataset.passkey === "create"
        ? await navigator.credentials.create({ publicKey: withBytes(options) })
        : await navigator.credentials.get({ publicKey: withBytes(options) });
    form.elements.credential.value = JSON.stringify(written(credential));
    form.submit();
  } catch (error) {
    complain(form, error.name === "SecurityError" ? "unsupported" : "refused");
    button?.removeAttribute("aria-busy");
  }
}

async function optionsOf(form) {
  const { options, optionsFrom } = form.dataset;
  if (options) return JSON.parse(document.getElementById(options).textContent);
  const answer = await fetch(optionsFrom, { headers: { "X-Requested-With": "XMLHttpRequest" }, cache: "no-store" });
  return (await answer.json()).request_options;
}

function complain(form, problem) {
  for (const element of form.querySelectorAll("[data-problem]")) element.hidden = element.dataset.problem !== problem;
}

/* JSON has bytes as base64url; the browser needs bytes. The browser's own parser is too new to rely on. */
function withBytes(options) {
  const listed = (credentials = []) => credentials.map((each) => ({ ...each, id: bytes(each.id) }));
  const all = { ...options, challenge: bytes(options.challenge) };
  if (options.user) all.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) all.excludeCredentials = listed(options.excludeCredentials);
  if (options.allowCredentials) all.allowCredentials = listed(options.allowCredentials);
  return all;
}

function written(credential) {
  const { response } = credential;
  const parts = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const held = parts.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  return {
    id: credential.id,
    rawId: text(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment ?? null,
    clientExtensionResults: credential.getClientExtensionResults(),
    response: { ...Object.fromEntries(held), transports: response.getTransports?.() ?? [] },
  };
}

function bytes(base64url) {
  return Uint8Array.from(atob(base64url.replaceAll("-", "+").replaceAll("_", "/")), (byte) => byte.charCodeAt(0));
}

function text(buffer) {
  const base64 = btoa(String.fromCharCode(...new Uint8Array(buffer)));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}
