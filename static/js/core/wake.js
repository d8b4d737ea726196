/*
 * Tells that this device slept, or that its clock was set: what was measured before may no longer count. Elapsed time is
 * measured by `performance.now()` everywhere else, which nobody can set; but in some browsers it stands still in sleep.
 */

import { Emitter } from "./emitter.js";

const LOOK_MS = 1000;
const SLEEP_MIN_MS = 3000;

/**
 * `woke` has the milliseconds that passed without the steady clock: 0 when that went on.
 *
 * @type {Emitter<{ woke: number }>}
 */
export const wake = new Emitter();

let wall = Date.now();
let steady = performance.now();

setInterval(() => {
  const [slept, looked] = [Date.now() - wall, performance.now() - steady];
  wall += slept;
  steady += looked;
  if (Math.max(slept, looked) > SLEEP_MIN_MS) wake.emit("woke", Math.max(0, slept - looked));
}, LOOK_MS);
