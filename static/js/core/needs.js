/*
 * Says that a browser is too old for trading, or that a page couldn't start: a script didn't arrive or failed, or an
 * element that waits for its script still waits. A classic script in plain words: it runs where the modules don't, whose
 * `data-ready` on the root it waits for, or `data-starting` of one that goes on in steps (`chart/steps.js`). Nothing that needs
 * them is enabled before. `page.js` looks after this one.
 */
(() => {
  const root = document.documentElement;
  root.dataset.needs = "";
  const needed = {
    AbortController: "AbortController" in window,
    "Array.prototype.at": "at" in Array.prototype,
    BigInt: "BigInt" in window,
    BroadcastChannel: "BroadcastChannel" in window,
    CSSLayerBlockRule: "CSSLayerBlockRule" in window,
    "Element.prototype.replaceChildren": "replaceChildren" in Element.prototype,
    "HTMLDialogElement.prototype.showModal":
      "HTMLDialogElement" in window && "showModal" in HTMLDialogElement.prototype,
    "String.prototype.replaceAll": "replaceAll" in String.prototype,
    "SubmitEvent.prototype.submitter": "SubmitEvent" in window && "submitter" in SubmitEvent.prototype,
    WebSocket: "WebSocket" in window,
    "crypto.getRandomValues": "crypto" in window && "getRandomValues" in crypto,
  };
  const lacks = Object.keys(needed).filter((name) => !needed[/** @type {keyof typeof needed} */ (name)]);
  if (lacks.length) root.dataset.lacks = lacks.join(" ");

  const show = (/** @type {string} */ name) => {
    const banner = document.querySelector(`[data-banner="${name}"], [data-state="${name}"]`);
    if (banner instanceof HTMLElement) banner.hidden = false;
  };
  if (lacks.length) show("old");
  // Errors of elements don't bubble. One of a script means that it, or a module that it imports, didn't arrive; one with
  // a message was thrown.
  const failed = (/** @type {Event} */ event) => {
    const { target } = event;
    if (!lacks.length && ("message" in event || target instanceof HTMLScriptElement)) show("unstarted");
  };
  addEventListener("error", failed, true);
  addEventListener("load", () => {
    removeEventListener("error", failed, true);
    const begun = "ready" in root.dataset || "starting" in root.dataset;
    const waits = document.querySelector("[data-needs-script]") !== null && !begun;
    if (!lacks.length && waits) show("unstarted");
  });
})();
