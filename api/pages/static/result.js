// The result with JavaScript: copy and print.
"use strict";
document.documentElement.classList.add("js");
const copied = document.getElementById("copied");
for (const button of document.querySelectorAll("[data-copy]")) {
  button.addEventListener("click", async () => {
    const text = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(text.textContent);
      copied.textContent = "Copied.";
    } catch {
      text.closest("details").open = true;
      getSelection().selectAllChildren(text);
      copied.textContent = "Selected: press Ctrl+C to copy.";
    }
  });
}
for (const button of document.querySelectorAll("[data-print]")) button.addEventListener("click", () => window.print());
