/* The time zone of the settings: names the one in force, says what time it is there, and suggests that of this device. */

import { find, partsOf, write } from "../core/elements.js";
import { usualZone } from "../core/times.js";

const part = partsOf(document);
const field = find(document, "[name=time_zone]", HTMLInputElement);
const suggestion = find(document, "[data-zone-use]", HTMLButtonElement);
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
const language = document.documentElement.lang;

/** @param {string} zone */
function timeIn(zone) {
  try {
    const style = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "longOffset" };
    return new Intl.DateTimeFormat(language, /** @type {Intl.DateTimeFormatOptions} */ ({ ...style, timeZone: zone }))
      .format(new Date())
      .replace("GMT", "UTC");
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return ""; // no zone yet, or one that this browser doesn't know
  }
}

function show() {
  const zone = field.value.trim();
  const known = /^(\w+\/[\w/+-]+|UTC)$/.test(zone) || zone === "";
  write(part("zone-now"), known ? timeIn(zone || usualZone || own) : "");
  suggestion.hidden = zone === own || document.getElementById(own) === null;
}

const usual = document.getElementById(usualZone ?? own);
field.placeholder = usual instanceof HTMLOptionElement ? usual.label : own;
write(part("zone-own"), own);
suggestion.addEventListener("click", () => {
  field.value = own;
  show();
  field.focus();
});
field.addEventListener("input", show);
show();
