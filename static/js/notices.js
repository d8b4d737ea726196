/* Banners show a problem for as long as it lasts; toasts announce an event once. */

const TOAST_MS = 7000;

export function showBanner(name, shown) {
  const banner = document.querySelector(`[data-banner="${name}"]`);
  if (banner.hidden === shown) banner.hidden = !shown;
}

/** A toast in the polite live region. `sum` is large; `kind` is "news" or "problem"; `link` leads to more. */
export function toast({ title, text = "", sum = "", tone = "", kind = "news", link = "" }) {
  const region = document.querySelector("[data-toasts]");
  const element = document.getElementById("toast").content.firstElementChild.cloneNode(true);
  const part = (name) => element.querySelector(`[data-${name}]`);
  element.dataset.kind = kind;
  part("title").textContent = title;
  part("text").textContent = text;
  part("sum").textContent = sum;
  if (link) part("link").href = link;
  part("link").hidden = !link;
  if (tone) part("sum").classList.add(tone);
  part("close").addEventListener("click", () => element.remove());
  region.append(element);
  forget(element);
}

/* A toast stays while the reader points at it, or focuses it. */
function forget(element) {
  setTimeout(() => {
    if (element.matches(":hover, :focus-within")) forget(element);
    else element.remove();
  }, TOAST_MS);
}
