/* Buttons that copy the text in their data-copy-text. Without a clipboard (plain HTTP) they stay hidden. */

const SHOWN_MS = 1500;

/** @param {ParentNode} root */
export function showCopyButtons(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("button[data-copy-text]")) {
    if (button instanceof HTMLButtonElement) button.hidden = false;
  }
}

document.addEventListener("click", async ({ target }) => {
  const button = target instanceof Element ? target.closest("button[data-copy-text]") : null;
  if (!(button instanceof HTMLButtonElement)) return;
  await navigator.clipboard.writeText(button.dataset.copyText ?? "");
  button.dataset.copied = "";
  setTimeout(() => {
    delete button.dataset.copied;
  }, SHOWN_MS);
});

showCopyButtons(document);
