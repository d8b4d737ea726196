/* Calls the REST interface of this site, with the page's own session. */

const BASE = "/api/v1";
const RETRY_DELAYS = [400, 1200, 3000];

/** A refusal of the server, from its problem document. */
export class Problem extends Error {
  constructor(status, body) {
    super(body.title ?? "");
    this.status = status;
    this.code = body.code ?? "";
    this.body = body;
  }
}

/** No answer came: the network failed, or the server is just starting. */
export class Unreachable extends Error {}

export const getTime = () => request("GET", "/time");
export const getWallets = () => request("GET", "/wallets");
export const getRealityCheck = () => request("GET", "/reality-check");
export const confirmRealityCheck = () => request("POST", "/reality-check", {});
export const getTrades = () => request("GET", "/flash-trades?limit=20");

export const getQuote = (wish) => request("POST", "/quotes", wish);

/** Asks to sell a trade back, and retries without an answer: a repetition while the order waits changes nothing. */
export const closeTrade = (id, minPrice) =>
  insistently(() => request("POST", `/flash-trades/${id}/close`, { min_price: minPrice }));

/** Places an order. A retry has the same key, so an order whose answer was lost is never placed twice. */
export function placeTrade(order) {
  const key = crypto.randomUUID?.() ?? fallbackKey();
  return insistently(() => request("POST", "/flash-trades", order, { "Idempotency-Key": key }));
}

async function insistently(ask) {
  for (const delay of [...RETRY_DELAYS, null]) {
    try {
      return await ask();
    } catch (error) {
      if (delay === null || !mayHaveLanded(error)) throw error;
      await new Promise((resolve) => setTimeout(resolve, delay));
    }
  }
}

function mayHaveLanded(error) {
  return error instanceof Unreachable || error.code === "unavailable";
}

/* crypto.randomUUID exists in secure contexts only; a home network may serve plain HTTP. */
function fallbackKey() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function request(method, path, body, headers = {}) {
  const response = await send(method, path, body, headers);
  const answer = await response.json().catch(() => ({}));
  if (response.ok) return answer;
  if ([502, 504].includes(response.status)) throw new Unreachable();
  throw new Problem(response.status, answer);
}

async function send(method, path, body, headers) {
  const all = { Accept: "application/json", ...headers };
  if (body) {
    all["Content-Type"] = "application/json";
    all["X-CSRFToken"] = document.body.dataset.csrf;
  }
  try {
    return await fetch(BASE + path, {
      method,
      headers: all,
      body: body && JSON.stringify(body),
      cache: "no-store",
      signal: AbortSignal.timeout(8000),
    });
  } catch {
    throw new Unreachable();
  }
}
