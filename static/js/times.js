/* Times in the reader's zone: Korean readers get Korean time, everybody else their own. */

const locale = document.documentElement.lang;
const timeZone = locale === "ko" ? "Asia/Seoul" : undefined;
const clock = new Intl.DateTimeFormat(locale, { timeZone, timeStyle: "medium", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(locale, { timeZone, dateStyle: "medium" });
const zone = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: "short" });

/** An ISO instant → "14:05:09". */
export function time(instant) {
  return clock.format(new Date(instant));
}

/** The zone's short name: "KST", "GMT+2". */
export function zoneName() {
  if (locale === "ko") return "KST";
  return zone.formatToParts(new Date()).find((part) => part.type === "timeZoneName").value;
}

/** Rewrites every <time data-show="time|day|both"> below `root` for the reader; the exact instant stays in its title. */
export function localise(root = document) {
  for (const element of root.querySelectorAll("time[data-show]")) {
    const instant = new Date(element.dateTime);
    const show = element.dataset.show;
    const text = [show !== "time" && day.format(instant), show !== "day" && clock.format(instant)];
    element.textContent = text.filter(Boolean).join(" ");
    element.title = element.dateTime;
  }
  for (const element of root.querySelectorAll("[data-zone]")) element.textContent = zoneName();
}
