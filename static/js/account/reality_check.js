/*
 * The reality check: at an interval, on every page, the time and the result of the person's session. The server counts
 * the minutes, so all pages and tabs of a session agree; continuing in one closes it in the others.
 */

/** @import { SessionTrades } from "../core/wire.js" */

import { allow, confirmRealityCheck, getRealityCheck } from "../core/api.js";
import { find, partsOf } from "../core/elements.js";
import { group, signed } from "../core/money.js";
import { wake } from "../core/wake.js";

const RETRY_MS = 60_000;
const ELSEWHERE = "elsewhere";
const dialog = find(document, "[data-reality-check]", HTMLDialogElement);
const part = partsOf(dialog);
const tabs = new BroadcastChannel("cryptotrader.reality-check");
/** @type {number | undefined} */
let timer;

dialog.addEventListener("close", async () => {
  if (dialog.returnValue === ELSEWHERE) return;
  await confirmRealityCheck().catch(allow);
  tabs.postMessage("confirmed");
  await look();
});
tabs.addEventListener("message", look);
wake.on("woke", () => void look());
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
void look();

async function look() {
  clearTimeout(timer);
  const check = await getRealityCheck().catch(allow);
  if (!check) {
    timer = setTimeout(look, RETRY_MS);
    return;
  }
  if (check.due_at === null || check.signed_in_at === null) return;
  const wait = Date.parse(check.due_at) - Date.parse(check.time);
  if (wait > 0) {
    if (dialog.open) dialog.close(ELSEWHERE);
    timer = setTimeout(look, wait);
  } else if (!dialog.open) {
    show(Date.parse(check.time) - Date.parse(check.signed_in_at), check.wallets);
  }
}

/**
 * @param {number} signedIn milliseconds
 * @param {SessionTrades[]} wallets
 */
function show(signedIn, wallets) {
  const minutes = Math.floor(signedIn / 60_000);
  const text = minutes < 60 ? dialog.dataset.minutes : dialog.dataset.hours;
  part("since").textContent = (text ?? "")
    .replace("{h}", String(Math.floor(minutes / 60)))
    .replace("{m}", String(minutes % 60));
  part("no-trades").hidden = wallets.length > 0;
  part("traded").hidden = wallets.length === 0;
  find(dialog, "tbody", HTMLTableSectionElement).replaceChildren(...wallets.map(row));
  dialog.returnValue = "";
  dialog.showModal();
}

/** @param {SessionTrades} wallet */
function row({ currency, demo, trades, turnover, net_result: result }) {
  const line = document.createElement("tr");
  const name = demo ? `${currency} · ${dialog.dataset.demo}` : currency;
  for (const text of [name, String(trades), group(turnover), signed(result)]) {
    line.insertCell().textContent = text;
  }
  return line;
}
