/* Switches the push of results on for this browser. Where a browser can't, the page says so. */

import { find, partsOf } from "../core/elements.js";

const root = find(document, "[data-push]", HTMLElement);
const part = partsOf(root);
const button = find(root, "[data-push-on]", HTMLButtonElement);
const capable = "serviceWorker" in navigator && "PushManager" in window && "Notification" in window;

if (capable) void prepare();
else part("push-missing").hidden = false;

async function prepare() {
  const registration = await navigator.serviceWorker.ready;
  const subscription = await registration.pushManager.getSubscription();
  const listed = document.querySelector(`[data-endpoint="${CSS.escape(subscription?.endpoint ?? "none")}"]`);
  if (listed instanceof HTMLElement) listed.hidden = false;
  part("push-denied").hidden = Notification.permission !== "denied";
  button.hidden = listed !== null || Notification.permission === "denied";
  button.addEventListener("click", () => void switchOn(registration));
}

/** @param {ServiceWorkerRegistration} registration */
async function switchOn(registration) {
  button.disabled = true;
  part("push-failed").hidden = true;
  if ((await Notification.requestPermission()) === "granted") await subscribe(registration);
  else part("push-denied").hidden = false;
  button.disabled = false;
}

/** @param {ServiceWorkerRegistration} registration */
async function subscribe(registration) {
  try {
    const key = root.dataset.push ?? "";
    const subscription = await registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key });
    if (await tell(subscription)) location.reload();
    else part("push-failed").hidden = false;
  } catch (error) {
    /* The push service of the browser, or the site, can't be reached. */
    if (!(error instanceof DOMException || error instanceof TypeError)) throw error;
    part("push-failed").hidden = false;
  }
}

/** @param {PushSubscription} subscription */
async function tell(subscription) {
  const headers = { "Content-Type": "application/json", "X-CSRFToken": document.body.dataset.csrf ?? "" };
  const body = JSON.stringify(subscription);
  const { ok } = await fetch(root.dataset.address ?? "", { method: "POST", headers, body });
  return ok;
}
