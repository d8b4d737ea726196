/* The server's clock, as measured here. Countdowns and the age of a price never use the reader's own clock. */

import { getTime } from "./api.js";

const SAMPLES = 3;
const PATIENCE_MS = 5000;
let offset = 0;
let lowest = Number.POSITIVE_INFINITY;
let asked = Number.NEGATIVE_INFINITY;

/** Milliseconds since the epoch by the server's clock. */
export function now() {
  return Date.now() + offset;
}

/** Asks the server a few times and uses the quickest answer. */
export async function synchronise() {
  asked = performance.now();
  lowest = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const sent = Date.now();
    const began = performance.now();
    try {
      const answer = await getTime();
      learn(Date.parse(answer.time), sent, performance.now() - began);
    } catch {
      return;
    }
  }
}

/** Asks again at intervals: all answers may have been slow during the page's load, or this machine's clock was set. */
export function doubt() {
  if (performance.now() - asked > PATIENCE_MS) void synchronise();
}

/**
 * @param {number} server its clock, milliseconds
 * @param {number} sent our clock when we asked, milliseconds
 * @param {number} roundTrip milliseconds
 */
function learn(server, sent, roundTrip) {
  if (roundTrip >= lowest) return;
  lowest = roundTrip;
  offset = server - (sent + roundTrip / 2);
}
