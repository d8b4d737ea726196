/* Calls the REST interface of this site, with the page's own session. */

/**
 * @import { Clock, List, Order, ProblemDocument, Quote, QuoteWish, RealityCheck, Trade, Wallet } from "./wire.js"
 */

const BASE = "/api/v1";
const RETRY_DELAYS = [400, 1200, 3000];

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

/** @returns {Promise<Clock>} */
export const getTime = () => request("GET", "/time");

/** @returns {Promise<List<Wallet>>} */
export const getWallets = () => request("GET", "/wallets");

/** @returns {Promise<RealityCheck>} */
export const getRealityCheck = () => request("GET", "/reality-check");

/** @returns {Promise<RealityCheck>} */
export const confirmRealityCheck = () => request("POST", "/reality-check", {});

/** @returns {Promise<List<Trade>>} */
export const getTrades = () => request("GET", "/flash-trades?limit=20");

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
  insistently(() => request("POST", `/flash-trades/${id}/close`, { min_price: minPrice }));

/**
 * Places an order. A retry carries the same key, so an order whose answer was lost is never placed twice.
 *
 * @param {Order} order
 * @returns {Promise<Trade>}
 */
export function placeTrade(order) {
  const key = crypto.randomUUID?.() ?? fallbackKey();
  return insistently(() => request("POST", "/flash-trades", order, { "Idempotency-Key": key }));
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
  const response = await send(method, path, body, headers);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if ([502, 504].includes(response.status)) throw new Unreachable();
  throw new Problem(response.status, answer);
}

/**
 * @param {string} method
 * @param {string} path
 * @param {object | undefined} body
 * @param {Record<string, string>} headers
 */
async function send(method, path, body, headers) {
  const all = new Headers({ Accept: "application/json", ...headers });
  if (body) {
    all.set("Content-Type", "application/json");
    all.set("X-CSRFToken", document.body.dataset.csrf ?? "");
  }
  try {
    return await fetch(BASE + path, {
      method,
      headers: all,
      body: body ? JSON.stringify(body) : null,
      cache: "no-store",
      signal: AbortSignal.timeout(8000),
    });
  } catch {
    throw new Unreachable();
  }
}
