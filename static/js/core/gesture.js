/* One gesture is one order: a double click, a held key and a press before the last result was seen are one gesture. */

const REST_MS = 700;

/** Guards one thing that moves money or can't be undone. Its times are those of events, which no clock setting moves. */
export class Gesture {
  #last = Number.NEGATIVE_INFINITY;
  #busy = false;

  /**
   * Whether a press at this time belongs to the gesture before.
   *
   * @param {number} at milliseconds as events have them
   */
  holds(at = performance.now()) {
    return this.#busy || at - this.#last < REST_MS;
  }

  /**
   * Does what a press asks for, unless it belongs to the gesture before. Each press, also one that is refused, and the
   * end of the action begin the rest anew: nobody orders twice by pressing on.
   *
   * @param {UIEvent} press
   * @param {() => Promise<void>} action
   */
  async take(press, action) {
    const follows = press.detail > 1 || this.holds(press.timeStamp);
    this.#last = press.timeStamp;
    if (follows) return;
    this.#busy = true;
    try {
      await action();
    } finally {
      this.#busy = false;
      this.#last = performance.now();
    }
  }
}
