// The worklist with a script: it asks for itself again every half minute, as said beside its title.
const EVERY = 30000;
document.documentElement.classList.add("js");

async function again() {
  if (document.hidden) return;
  try {
    const response = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!response.ok) throw new Error(response.status);
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const focused = document.activeElement.closest("#worklist a")?.getAttribute("href");
    for (const id of ["worklist", "as-of"]) {
      const [shown, next] = [document.getElementById(id), page.getElementById(id)];
      if (!shown || !next) location.reload();
      else shown.replaceWith(document.adoptNode(next));
    }
    document.title = page.title;
    if (focused) document.querySelector(`#worklist a[href="${CSS.escape(focused)}"]`)?.focus();
  } catch {
    document.getElementById("as-of").textContent = "No answer from the service. This list may be old.";
  }
}
setInterval(again, EVERY);
document.addEventListener("visibilitychange", again);
