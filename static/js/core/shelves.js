/*
 * What a page keeps in the browser: for a visit (this tab) or on the device. A browser that blocks cookies throws where a
 * page only asks for its storage, and a full one where it writes: then nothing is kept, and the page goes on.
 */

class Shelf {
  #open;

  /** @param {() => Storage} open */
  constructor(open) {
    this.#open = open;
  }

  /** @param {string} name */
  read(name) {
    try {
      return this.#open().getItem(name);
    } catch {
      return null;
    }
  }

  /**
   * @param {string} name
   * @param {string} text
   */
  keep(name, text) {
    try {
      this.#open().setItem(name, text);
    } catch {
      // Everything works without it.
    }
  }
}

export const visit = new Shelf(() => sessionStorage);
export const device = new Shelf(() => localStorage);
