/*
 * The reality check: at an interval, on every page, the time and the result of the person's session. The server counts
 * the minutes, so all pages and tabs of a session agree; continuing in one closes it in the others.
 */

import { confirmRealityCheck, getRealityCheck } from "./api.js";
import { group, signed } from "./money.js";

const RETRY_MS = 60_000;
const ELSEWHERE = "elsewhere";
const dialog = document.querySelector("[data-reality-check]");
const tabs = new BroadcastChannel("cryptotrader.reality-check");
let timer;

dialog.addEventListener("close", async () => {
  if (dialog.returnValue === ELSEWHERE) return;
  await confirmRealityCheck().catch(() => {});
  tabs.postMessage("confirmed");
  look();
});
tabs.addEventListener("message", look);
document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && look());
look();

async function look() {
  clearTimeout(timer);
  let check;
  try {
    check = await getRealityCheck();
  } catch {
    timer = setTimeout(look, RETRY_MS);
    return;
  }
  if (check.due_at === null) return;
  const wait = Date.parse(check.due_at) - Date.parse(check.time);
  if (wait > 0) {
    if (dialog.open) dialog.close(ELSEWHERE);
    timer = setTimeout(look, wait);
  } else if (!dialog.open) {
    show(check);
  }
}

function show({ signed_in_at: since, time, wallets }) {
  const minutes = Math.floor((Date.parse(time) - Date.parse(since)) / 60_000);
  const text = minutes < 60 ? dialog.dataset.minutes : dialog.dataset.hours;
  dialog.querySelector("[data-since]").textContent = text
    .replace("{h}", Math.floor(minutes / 60))
    .replace("{m}", minutes % 60);
  dialog.querySelector("[data-no-trades]").hidden = wallets.length > 0;
  dialog.querySelector("[data-traded]").hidden = wallets.length === 0;
  dialog.querySelector("tbody").replaceChildren(...wallets.map(row));
  dialog.returnValue = "";
  dialog.showModal();
}

function row({ currency, demo, trades, turnover, net_result: result }) {
  const line = document.createElement("tr");
  const name = demo ? `${currency} · ${dialog.dataset.demo}` : currency;
  for (const text of [name, String(trades), group(turnover), signed(result)]) {
    line.insertCell().textContent = text;
  }
  return line;
}
