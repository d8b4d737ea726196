/* Times in the reader's zone: that of their settings; else Korean time for Korean readers, the browser's for others. */

const locale = document.documentElement.lang;
/** The zone of who has chosen none; none is that of the device. */
export const usualZone = locale === "ko" ? "Asia/Seoul" : undefined;
const timeZone = chosen() ?? usualZone;
const inZone = timeZone ? { timeZone } : {};
const digits = "2-digit"; // Korean times would have hours of one digit, and lists of them no straight edge.
const clock = new Intl.DateTimeFormat(locale, {
  ...inZone,
  hour: digits,
  minute: digits,
  second: digits,
  hourCycle: "h23",
});
const minute = new Intl.DateTimeFormat(locale, { ...inZone, hour: digits, minute: digits, hourCycle: "h23" });
const shortDay = new Intl.DateTimeFormat(locale, { ...inZone, month: "short", day: "numeric" });
const day = new Intl.DateTimeFormat(locale, { ...inZone, dateStyle: "medium" });
const zone = new Intl.DateTimeFormat(locale, { ...inZone, timeZoneName: "short" });

/* A zone that this browser doesn't know would break every time on the page. */
function chosen() {
  const name = document.documentElement.dataset.timeZone;
  if (!name) return undefined;
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return name;
  } catch {
    return undefined;
  }
}

/**
 * An ISO instant, or milliseconds since the epoch → "14:05:09".
 *
 * @param {string | number} instant
 */
export function time(instant) {
  return clock.format(new Date(instant));
}

/**
 * An ISO instant → "1 Mar 2026 14:05:09".
 *
 * @param {string} instant
 */
export function dayAndTime(instant) {
  return `${day.format(new Date(instant))} ${time(instant)}`;
}

/**
 * An ISO instant → "1 Mar 2026".
 *
 * @param {string} instant
 */
export function dayOf(instant) {
  return day.format(new Date(instant));
}

/**
 * An ISO instant → "1 Mar".
 *
 * @param {string} instant
 */
export function dayInYear(instant) {
  return shortDay.format(new Date(instant));
}

/**
 * An ISO instant → "14:05".
 *
 * @param {string} instant
 */
export function minuteOf(instant) {
  return minute.format(new Date(instant));
}

/** The zone's short name: "KST", "GMT+2". */
export function zoneName() {
  if (timeZone === "Asia/Seoul") return "KST";
  return zone.formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value ?? "";
}

/**
 * Rewrites every <time data-show="time|day|both"> below `root` for the reader; the exact instant stays in its title.
 *
 * @param {ParentNode} root
 */
export function localise(root = document) {
  for (const element of /** @type {NodeListOf<HTMLTimeElement>} */ (root.querySelectorAll("time[data-show]"))) {
    const instant = new Date(element.dateTime);
    const show = element.dataset.show;
    const text = [show !== "time" && day.format(instant), show !== "day" && clock.format(instant)];
    element.textContent = text.filter(Boolean).join(" ");
    element.title = element.dateTime;
  }
  for (const element of root.querySelectorAll("[data-zone]")) element.textContent = zoneName();
}
