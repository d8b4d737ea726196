/* The page of a wallet's receipts: checks its chain, and compares it with a file that the reader has kept. */

import { find } from "../../core/elements.js";
import { clearCheck, showCheck } from "../check.js";
import { readJson } from "../json.js";
import { getText, KEYS } from "../sources.js";
import { CHAIN, keptIn, receiptsIn } from "./chain.js";

const root = find(document, "[data-chain]", HTMLElement);
const choice = find(root, "input[type=file]", HTMLInputElement);

showCheck(root, async () => {
  const [file] = choice.files ?? [];
  const kept = file ? keptIn(await file.text()) : [];
  const [shown, jwks] = await Promise.all([getText(root.dataset.chain ?? ""), getText(KEYS)]);
  return { subject: { proof: null, chain: receiptsIn(shown), kept, jwks: readJson(jwks) }, checks: CHAIN };
});
choice.addEventListener("change", () => clearCheck(root, { enabled: true }));
