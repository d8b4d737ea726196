/*
 * Says that a browser is too old for trading, or that the page couldn't start. A classic script in plain words: it runs
 * where the modules don't, whose `data-ready` on the root it waits for. Nothing that needs them is enabled before.
 */
(() => {
  const root = document.documentElement;
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
    const banner = document.querySelector(`[data-banner="${name}"]`);
    if (banner instanceof HTMLElement) banner.hidden = false;
  };
  if (lacks.length) show("old");
  addEventListener("load", () => {
    if (!lacks.length && !("ready" in root.dataset)) show("unstarted");
  });
})();
