// The result with a script: copy and print, also by key.
document.documentElement.classList.add("js");
const said = document.getElementById("said");

// The service has what this tab held
if (location.pathname.startsWith("/assessments/")) {
  for (const key of Object.keys(sessionStorage)) if (key.startsWith("held:")) sessionStorage.removeItem(key);
}

async function copy(button) {
  const text = document.getElementById(button.dataset.copy);
  try {
    await navigator.clipboard.writeText(text.textContent);
    say(button, "Copied");
  } catch {
    text.closest("details").open = true;
    getSelection().selectAllChildren(text);
    say(button, "Selected: Ctrl+C copies");
  }
}

function say(button, text) {
  const label = button.firstChild;
  button.dataset.label = button.dataset.label || label.textContent;
  label.textContent = text;
  said.textContent = text + ".";
  setTimeout(() => { label.textContent = button.dataset.label; }, 2500);
}

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-copy], [data-print]");
  if (button) button.dataset.copy ? copy(button) : window.print();
});
document.addEventListener("keydown", (event) => {
  const plain = !event.ctrlKey && !event.metaKey && !event.altKey && !event.repeat && !event.target.matches("input, textarea, select");
  if (plain && event.key.toLowerCase() === "c" && sessionStorage.getItem("single-keys") !== "off") copy(document.querySelector("[data-copy]"));
});
