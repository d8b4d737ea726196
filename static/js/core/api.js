/* Calls the REST interface of this site, with the page's own session. */

/**
 * @import { Candle, Clock, List, Order, ProblemDocument, Quote, QuoteWish, RealityCheck, Trade, Wallet } from "./wire.js"
 */

const BASE = "/api/v1";
const RETRY_DELAYS = [400, 1200, 3000];
const ANSWER_MAX_MS = 8000;

/** A refusal of the server, from its problem document. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {ProblemDocument} body
   */
  constructor(status, body) {
    super(body.title ?? "");
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
  }
}

/** No answer came: the network failed, or the server is just starting. */
export class Unreachable extends Error {}

/**
 * Lets pass what the server or the network may do. All else is a fault of ours, and is thrown on: nobody is told that
 * the network failed when a script did.
 *
 * @param {unknown} error
 */
export function allow(error) {
  if (!(error instanceof Problem || error instanceof Unreachable)) throw error;
}

/** @returns {Promise<Clock>} */
export const getTime = () => request("GET", "/time");

/** @returns {Promise<List<Wallet>>} */
export const getWallets = () => request("GET", "/wallets");

/**
 * The items of a list, whatever they are.
 *
 * @param {string} path
 * @returns {Promise<unknown[]>}
 */
export const getList = async (path) => (await request("GET", path)).results;

/** @returns {Promise<RealityCheck>} */
export const getRealityCheck = () => request("GET", "/reality-check");

/** @returns {Promise<RealityCheck>} */
export const confirmRealityCheck = () => request("POST", "/reality-check", {});

/** @returns {Promise<List<Trade>>} */
export const getTrades = () => request("GET", "/flash-trades?limit=20");

/**
 * A page of candles before a moment, ascending.
 *
 * @param {string} symbol
 * @param {string} interval
 * @param {string} until
 * @returns {Promise<List<Candle>>}
 */
export const getCandles = (symbol, interval, until) =>
  request("GET", `/instruments/${symbol}/candles?interval=${interval}&until=${until}&limit=600`);

/**
 * @param {QuoteWish} wish
 * @returns {Promise<Quote>}
 */
export const getQuote = (wish) => request("POST", "/quotes", wish);

/**
 * Asks to sell a trade back. Asking again while it waits changes nothing, so it may be asked until it is answered.
 *
 * @param {string} id
 * @param {string | null} minPrice
 * @returns {Promise<Trade>}
 */
export const closeTrade = (id, minPrice) =>
  insistently(async () => known(await request("POST", `/flash-trades/${id}/close`, { min_price: minPrice })));

/**
 * Places an order. A retry carries the same key, so an order whose answer was lost is never placed twice.
 *
 * @param {Order} order
 * @returns {Promise<Trade>}
 */
export function placeTrade(order) {
  const key = crypto.randomUUID?.() ?? fallbackKey();
  return insistently(async () => known(await request("POST", "/flash-trades", order, { "Idempotency-Key": key })));
}

/**
 * What another address of this site tells a script.
 *
 * @param {string} address
 */
export async function getJson(address) {
  const { answer } = await send(address, { headers: { "X-Requested-With": "XMLHttpRequest" }, cache: "no-store" });
  if (!answer) throw new Unreachable();
  return answer;
}

/**
 * @template Answer
 * @param {() => Promise<Answer>} ask
 * @returns {Promise<Answer>}
 */
async function insistently(ask) {
  for (const delay of RETRY_DELAYS) {
    try {
      return await ask();
    } catch (error) {
      if (!mayHaveLanded(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
  return ask();
}

/** @param {unknown} error */
function mayHaveLanded(error) {
  return error instanceof Unreachable || (error instanceof Problem && error.code === "unavailable");
}

/* crypto.randomUUID exists in secure contexts only; a home network may serve plain HTTP. */
function fallbackKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @param {Record<string, string>} [headers]
 */
async function request(method, path, body, headers = {}) {
  const response = await send(BASE + path, asked(method, body, headers));
  if (!isObject(response.answer)) throw new Unreachable();
  if (response.ok) return response.answer;
  if (typeof response.answer.code !== "string") throw new Unreachable();
  throw new Problem(response.status, response.answer);
}

/**
 * Only a document with a code is a refusal, and only an object an answer. A proxy, or a server that is just starting,
 * may say anything, also about an order that was taken.
 *
 * @param {any} answer
 */
function isObject(answer) {
  return typeof answer === "object" && answer !== null && !Array.isArray(answer);
}

/**
 * @param {Trade} answer
 * @returns {Trade}
 */
function known(answer) {
  if (typeof answer.id !== "string") throw new Unreachable();
  return answer;
}

/**
 * @param {string} method
 * @param {object | undefined} body
 * @param {Record<string, string>} headers
 * @returns {RequestInit}
 */
function asked(method, body, headers) {
  const all = new Headers({ Accept: "application/json", ...headers });
  if (!body) return { method, headers: all, cache: "no-store" };
  all.set("Content-Type", "application/json");
  all.set("X-CSRFToken", document.body.dataset.csrf ?? "");
  return { method, headers: all, cache: "no-store", body: JSON.stringify(body) };
}

/**
 * The answer with its body, within a time: by a timer, since not every browser has AbortSignal.timeout.
 *
 * @param {string} address
 * @param {RequestInit} wish
 * @throws {Unreachable} when the network fails, which a browser calls a TypeError, or the time is over
 */
async function send(address, wish) {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), ANSWER_MAX_MS);
  try {
    const response = await fetch(address, { ...wish, signal: deadline.signal });
    return { ok: response.ok, status: response.status, answer: parsed(await response.text()) };
  } catch (error) {
    if (error instanceof TypeError || deadline.signal.aborted) throw new Unreachable();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/**
 * The answer; undefined for something else, such as the page of a network that wants a login first.
 *
 * @param {string} text
 */
function parsed(text) {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
