/* Buttons that copy the text of the element named in data-copy. Without a clipboard (plain HTTP) they stay hidden. */

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copy).textContent);
    document.querySelector("[data-copied]").textContent = `✓ ${button.dataset.done}`;
  });
}
