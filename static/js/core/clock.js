/* The server's clock, as measured here. Countdowns and the age of a price never use the reader's own clock. */

import { allow, getTime } from "./api.js";
import { wake } from "./wake.js";

const SAMPLES = 3;
const PATIENCE_MS = 5000;
let offset = Date.now() - performance.now();
let known = false;
let lowest = Number.POSITIVE_INFINITY;
let asked = Number.NEGATIVE_INFINITY;

/* After a sleep the clock goes on by what the device says has passed, so that no price looks fresher than it is. */
wake.on("woke", (missed) => {
  if (missed === 0) return;
  offset += missed;
  known = false;
  void synchronise();
});

/** Milliseconds since the epoch by the server's clock. It only goes by steady time: setting the device's clock moves nothing. */
export function now() {
  return performance.now() + offset;
}

/** Whether the server has told the time since this device last slept. */
export function isKnown() {
  return known;
}

/** Asks the server a few times and uses the quickest answer. */
export async function synchronise() {
  asked = performance.now();
  lowest = Number.POSITIVE_INFINITY;
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const began = performance.now();
    try {
      const answer = await getTime();
      learn(Date.parse(answer.time), began, performance.now() - began);
    } catch (error) {
      allow(error);
      return;
    }
  }
}

/** Asks again at intervals: all answers may have been slow or lost, or this device slept. */
export function doubt() {
  if (performance.now() - asked > PATIENCE_MS) void synchronise();
}

/**
 * @param {number} server its clock, milliseconds
 * @param {number} began when we asked, by the steady clock
 * @param {number} roundTrip milliseconds
 */
function learn(server, began, roundTrip) {
  if (roundTrip >= lowest) return;
  lowest = roundTrip;
  offset = server - (began + roundTrip / 2);
  known = true;
}
