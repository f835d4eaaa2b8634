// Search as you type: the same search as without a script, asked for a moment after the last key.
const WAIT = 200; // milliseconds
const search = document.getElementById("search");
let timer = 0;
let asked = null;

async function ask() {
  if (asked) asked.abort();
  asked = new AbortController();
  const address = "/rules?" + new URLSearchParams([...new FormData(search)].filter(([, value]) => value));
  try {
    const response = await fetch(address, { headers: { Accept: "text/html" }, signal: asked.signal });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    for (const id of ["count", "rules"]) document.getElementById(id).replaceChildren(...page.getElementById(id).childNodes);
    history.replaceState(history.state, "", address);
  } catch (error) {
    if (error.name !== "AbortError") search.submit();
  }
}

for (const type of ["input", "change"]) {
  search.addEventListener(type, () => {
    clearTimeout(timer);
    timer = setTimeout(ask, WAIT);
  });
}
