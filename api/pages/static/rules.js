// Search as you type: the same search as without a script, asked for a moment after the last key.
const WAIT = 200; // milliseconds
const search = document.getElementById("search");
const words = document.getElementById("q");
let timer = 0;
let asked = null;

async function ask() {
  clearTimeout(timer);
  if (asked) asked.abort();
  asked = new AbortController();
  const address = "/rules?" + new URLSearchParams([...new FormData(search)].filter(([, value]) => value));
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, signal: asked.signal });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["count", "rules"]) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    history.replaceState(history.state, "", address);
  } catch (error) {
    if (error.name !== "AbortError") document.getElementById("count").textContent = "No answer from the service: below is what was found before.";
  }
}

for (const type of ["input", "change"]) {
  search.addEventListener(type, () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
}
search.addEventListener("submit", (event) => {
  event.preventDefault();
  ask();
});
// "/" goes to the search, the down arrow from it to what was found
document.addEventListener("keydown", (event) => {
  if (event.key === "/" && !event.target.closest("input, select, textarea") && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    words.focus();
  } else if (event.key === "ArrowDown" && event.target === words) {
    event.preventDefault();
    document.querySelector("#rules a")?.focus();
  }
});
