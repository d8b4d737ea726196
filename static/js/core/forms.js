/*
 * A form that changes something is sent once, and a held key presses once. Every page has this, staff's too: the page
 * stays usable between a press and the answer, and the second press would be a second deposit, key or approval.
 */

/* An answer that doesn't come, or is a file, leaves the page as it is: then people may try again. */
const RELEASE_MS = 10_000;
/** @type {Map<HTMLFormElement, number>} */
let sent = new Map();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || !(form instanceof HTMLFormElement) || form.getAttribute("method") !== "post") return;
  if (event.timeStamp - (sent.get(form) ?? Number.NEGATIVE_INFINITY) < RELEASE_MS) event.preventDefault();
  else sent.set(form, event.timeStamp);
});

// A page that comes back from the browser's memory can be used anew.
addEventListener("pageshow", () => {
  sent = new Map();
});

document.addEventListener("keydown", (event) => {
  if (event.repeat && event.key === "Enter" && !(event.target instanceof HTMLTextAreaElement)) event.preventDefault();
});
