/* The page for visitors: the live chart, a practice trade on it, and the check of its settlement. */

/**
 * @import { Direction, Frame, Instrument, Price, Trade } from "../core/wire.js"
 * @import { Practised, PracticeTerms } from "./practice.js"
 */

import "../core/page.js";
import { PriceChart } from "../chart/chart.js";
import { ChartData } from "../chart/data.js";
import { drawnTrades } from "../chart/drawn.js";
import { startInSteps } from "../chart/steps.js";
import { doubt, isKnown, now, synchronise } from "../core/clock.js";
import { find, partsOf, write } from "../core/elements.js";
import { group } from "../core/money.js";
import { Socket } from "../core/socket.js";
import { Store } from "../core/store.js";
import { word } from "../core/words.js";
import { clearCheck, showCheck } from "../proof/check.js";
import { PRACTICE } from "../proof/checks.js";
import { countdown, freshPrice, paint, secondsLeft, standingOf } from "../trading/standing.js";
import { Weather } from "../trading/weather.js";
import { evidenceOf } from "./evidence.js";
import { Practice } from "./practice.js";

const TICK_MS = 200;
/* Without a trade the chart moves with each price, and no more often: a visitor's phone may be a slow one. */
const CALM_MS = 950;
/* What the chart draws belongs to a book: this one holds no money. */
const NO_MONEY = { id: 0, demo: true, balance: "0", held: "0", available: "0", revision: 0 };

/** @type {{ instrument: Instrument, terms: PracticeTerms }} */
const { instrument, terms } = JSON.parse(find(document, "#page-data", HTMLScriptElement).text);
const part = partsOf(document);
const buttons = /** @type {HTMLButtonElement[]} */ ([...document.querySelectorAll("[data-direction]")]);
const store = new Store();
const socket = new Socket([`prices.${instrument.symbol}`]);
const data = new ChartData(instrument.symbol, socket, store);
/** @type {PriceChart} */
let chart;
const practice = new Practice(terms, store);
const weather = new Weather(part("states"), store);
let drawn = Number.NEGATIVE_INFINITY;

store.walletId = NO_MONEY.id;
store.addWallets([{ ...NO_MONEY, currency: terms.currency }]);
store.on("prices", showPrice);
practice.on("began", () => tell("practiceBegan"));
practice.on("entered", (trade) => tell("practiceEntered", { entry: group(trade.entry_price ?? "") }));
practice.on("ended", showEnd);
socket.on("message", hear);
socket.on("up", () => connect("up"));
socket.on("down", () => connect("down"));
for (const button of buttons) button.addEventListener("click", () => begin(button.value === "up" ? "up" : "down"));
showCheck(
  part("check"),
  async () => {
    if (!practice.ended) throw new RangeError("there is no practice trade yet");
    return { subject: { proof: await evidenceOf(practice.ended) }, checks: PRACTICE };
  },
  { enabled: false },
);
void synchronise();
void startInSteps([drawChart, start]);

function drawChart() {
  chart = new PriceChart(part("chart"), instrument.pip);
  data.on("replaced", () => chart.reset(data.points, { kind: "line", step: 1, now: now() }));
  data.on("added", (points) => chart.append(points));
  socket.open();
  setInterval(tick, TICK_MS);
}

/* The last step: when any before it fails, or the browser lacks something (`needs.js`), the buttons stay disabled. */
function start() {
  const { dataset } = document.documentElement;
  if ("lacks" in dataset) return;
  find(document, "[data-needs-script]", HTMLFieldSetElement).disabled = false;
  dataset.ready = "";
}

/** @param {Frame} frame */
function hear(frame) {
  if (frame.type !== "snapshot" && frame.type !== "update") return;
  const prices = /** @type {Price[]} */ (frame.data);
  if (frame.type === "snapshot") store.resetPrices(prices);
  else store.addPrices(prices);
}

/** @param {"up" | "down"} state */
function connect(state) {
  if (weather.connection === "down" && state === "up") void synchronise();
  weather.connect(state);
}

function showPrice() {
  const { price, prices } = store;
  if (!price) return;
  const before = Number(prices.at(-2)?.price ?? price.price);
  write(part("price"), group(price.price));
  paint(part("price-box"), ["down", "", "up"][Math.sign(Number(price.price) - before) + 1] ?? "");
  part("source").hidden = price.source === "live";
  part("chart-empty").hidden = true;
}

function tick() {
  if (!isKnown()) doubt();
  const price = freshPrice(store, instrument.symbol, instrument.price_age_max_seconds);
  allow(price);
  if (store.price && (practice.isUnderWay || performance.now() - drawn > CALM_MS)) {
    drawn = performance.now();
    chart.showTrades(drawnTrades(store, instrument));
    chart.advance(now());
  }
  const [trade] = store.trades.values();
  if (trade && practice.isUnderWay) showStanding(trade, price);
}

/** @param {string | null} price */
function allow(price) {
  const late = price === null ? "stale" : null;
  const why = weather.isConnected ? late : "disconnected";
  weather.show(why);
  for (const button of buttons) button.setAttribute("aria-disabled", String(why !== null || practice.isUnderWay));
}

/** @param {Direction} direction */
function begin(direction) {
  const isOff = buttons.some((button) => button.getAttribute("aria-disabled") === "true");
  if (isOff) return;
  part("practice-end").hidden = true;
  clearCheck(part("check"), { enabled: false });
  part("practice-live").hidden = false;
  practice.begin(direction);
}

/**
 * @param {Trade} trade
 * @param {string | null} price
 */
function showStanding(trade, price) {
  const standing = standingOf(trade, price);
  write(part("practice-left"), countdown(secondsLeft(trade)));
  write(part("practice-standing"), standing.label);
  paint(part("practice-standing"), standing.tone);
}

/** @param {Practised} ended */
function showEnd(ended) {
  const { outcome, entry_price: entry, exit_price: exit, profit } = ended;
  part("practice-live").hidden = true;
  part("practice-end").hidden = false;
  clearCheck(part("check"), { enabled: true });
  write(part("practice-outcome"), word(`outcome-${outcome}`));
  paint(part("practice-outcome"), { won: "up", lost: "down" }[String(outcome)] ?? "");
  const gain = profit.replace("-", "");
  const values = {
    entry: group(entry ?? "–"),
    exit: group(exit ?? "–"),
    gain,
    stake: terms.stake,
    currency: terms.currency,
  };
  write(part("practice-prices"), exit ? word("practicePrices", values) : "");
  tell(`practice-${outcome}`, values);
}

/**
 * @param {string} name
 * @param {Record<string, string>} [values]
 */
function tell(name, values) {
  write(part("practice-told"), word(name, values));
}
