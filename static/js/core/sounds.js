/* A short tone for a result, if the settings ask for tones: rising for won, falling for lost, level otherwise. */

/** @import { Outcome } from "./wire.js" */

/** @type {Partial<Record<Outcome, number[]>>} */
const TONES = { won: [659.3, 880], lost: [440, 329.6] };
const LEVEL = [523.3, 523.3];
const NOTE_SECONDS = 0.14;
const VOLUME = 0.08;

/** @type {AudioContext | undefined} */
let context;

/** Enables the tones. A browser keeps a page silent until the reader has touched it. */
export function allowSounds() {
  if (!("sounds" in document.documentElement.dataset)) return;
  const open = () => {
    context ??= new AudioContext();
    if (context.state === "suspended") void context.resume();
  };
  for (const touch of ["pointerdown", "keydown"]) document.addEventListener(touch, open, { passive: true });
}

/**
 * The tone of an outcome.
 *
 * @param {Outcome} outcome
 */
export function play(outcome) {
  if (context?.state !== "running") return;
  for (const [place, pitch] of (TONES[outcome] ?? LEVEL).entries()) {
    note(context, pitch, context.currentTime + place * NOTE_SECONDS);
  }
}

/**
 * @param {AudioContext} context
 * @param {number} pitch Hz
 * @param {number} start seconds by the context's clock
 */
function note(context, pitch, start) {
  const tone = new OscillatorNode(context, { type: "sine", frequency: pitch });
  const volume = new GainNode(context, { gain: 0 });
  volume.gain.setValueAtTime(0, start);
  volume.gain.linearRampToValueAtTime(VOLUME, start + 0.01);
  volume.gain.exponentialRampToValueAtTime(0.0001, start + NOTE_SECONDS);
  tone.connect(volume).connect(context.destination);
  tone.start(start);
  tone.stop(start + NOTE_SECONDS);
}
