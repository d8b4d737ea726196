/* What a check finds: disagreements, facts that the proof can't show, and texts that are no proof at all. */

/** The text isn't a proof that this program can read. */
export class Unreadable extends Error {}

/** This browser, or this place, lacks something that a check needs. `reason` names it. */
export class Unable extends Error {
  /** @param {string} reason */
  constructor(reason) {
    super(reason);
    this.reason = reason;
  }
}

/** @typedef {{ code: string, detail: string }} Fault the code as in docs/verification.md */

/** The disagreements, and the facts that could not be checked. */
export class Report {
  /** @type {Fault[]} */
  faults = [];
  /** @type {string[]} */
  notes = [];

  /**
   * @param {boolean} holds
   * @param {string} code
   * @param {string} detail
   * @returns {boolean} whether it holds
   */
  check(holds, code, detail) {
    const known = this.faults.some((fault) => fault.code === code && fault.detail === detail);
    if (!holds && !known) this.faults.push({ code, detail });
    return holds;
  }

  /** @param {string} text */
  note(text) {
    if (!this.notes.includes(text)) this.notes.push(text);
  }
}

/**
 * @param {unknown} value
 * @returns {never}
 * @throws {Unreadable}
 */
export function refuse(value) {
  const shown = typeof value === "object" ? "an object or nothing" : String(value).slice(0, 60);
  throw new Unreadable(`not what should be here: ${shown}`);
}
