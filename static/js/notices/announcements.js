/* The announcements of the moment, at the top of the page: those it came with, and those that come while it is open. */

/** @import { Announcement } from "../core/wire.js" */

import { now } from "../core/clock.js";
import { find } from "../core/elements.js";
import { word } from "../core/words.js";

const NAMED = "[data-announcement]";

export class Announcements {
  #place = find(document, ".banners", HTMLElement);
  #korean = document.documentElement.lang.startsWith("ko");
  /**
   * The last time of each that is known, by its id; of one that is withdrawn, long ago.
   *
   * @type {Map<string, number>}
   */
  #ends = new Map();

  /**
   * Announcements as they stand now; a snapshot has all that are shown. News may come twice, or late.
   *
   * @param {Announcement[]} news
   * @param {boolean} snapshot
   */
  take(news, snapshot) {
    const ids = news.map(({ id }) => String(id));
    if (snapshot) this.#keep((id) => ids.includes(id));
    for (const each of news) this.#learn(each);
    this.refresh();
  }

  /** @param {Announcement} announcement */
  #learn(announcement) {
    const id = String(announcement.id);
    if (announcement.withdrawn_at !== null) this.#ends.set(id, 0);
    else if (!this.#ends.has(id)) this.#ends.set(id, Date.parse(announcement.ends_at));
    if (this.#lasts(id) && !this.#place.querySelector(`[data-announcement="${id}"]`)) this.#show(announcement);
  }

  /** Takes away those whose time is over; to be called a few times a second. */
  refresh() {
    this.#keep((id) => this.#lasts(id));
  }

  /** @param {string} id */
  #lasts(id) {
    return now() < (this.#ends.get(id) ?? Number.POSITIVE_INFINITY);
  }

  /** @param {(id: string) => boolean} stays */
  #keep(stays) {
    for (const banner of this.#place.querySelectorAll(NAMED)) {
      if (banner instanceof HTMLElement && !stays(banner.dataset.announcement ?? "")) banner.remove();
    }
  }

  /** @param {Announcement} announcement */
  #show({ id, kind, text_en, text_ko }) {
    const banner = document.createElement("p");
    const text = this.#korean ? text_ko : text_en;
    banner.className = "banner";
    banner.dataset.announcement = String(id);
    banner.textContent = kind === "maintenance" ? `${word("maintenance")}: ${text}` : text;
    this.#place.append(banner);
  }
}
