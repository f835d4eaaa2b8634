// The drafts of this browser as a worklist: most urgent first, then longest waiting. Filters stand in the address.
"use strict";
document.documentElement.classList.add("js");
const body = document.getElementById("drafts");
const levels = JSON.parse(document.getElementById("levels").textContent); // [id, label], most urgent first
const wanted = new URLSearchParams(location.search);
const only = wanted.get("urgency") || "";
const words = (wanted.get("q") || "").toLowerCase();

function drafts() {
  const found = [];
  for (let index = 0; index < localStorage.length; index += 1) {
    const key = localStorage.key(index);
    if (!key.startsWith("draft:")) continue;
    try {
      found.push({ id: key.slice(6), ...JSON.parse(localStorage.getItem(key)) });
    } catch {
      // not a draft of ours
    }
  }
  return found;
}

function rank(draft) {
  const place = levels.findIndex(([id]) => id === draft.level);
  return place < 0 ? levels.length : place;
}

function cell(row, content) {
  const made = row.insertCell();
  made.className = "govuk-table__cell";
  made.append(content);
}

function waiting(draft) {
  const minutes = Math.max(0, Math.round((Date.now() - new Date(draft.first)) / 60000));
  if (minutes < 60) return minutes + " min";
  return minutes < 2880 ? Math.floor(minutes / 60) + " h" : Math.floor(minutes / 1440) + " days";
}

function openSafety(draft) {
  if (!draft.missing) return "";
  return ": " + draft.missing + (draft.missing === 1 ? " safety question open" : " safety questions open");
}

const shown = drafts()
  .filter((draft) => (!only || draft.level === only) && (draft.reference || "").toLowerCase().includes(words))
  .sort((a, b) => rank(a) - rank(b) || b.missing - a.missing || a.first.localeCompare(b.first));
for (const draft of shown) {
  const row = body.insertRow();
  row.className = "govuk-table__row";
  const link = document.createElement("a");
  link.className = "govuk-link";
  link.href = "/?draft=" + encodeURIComponent(draft.id);
  link.textContent = draft.reference || "Draft of " + new Date(draft.first).toLocaleString();
  cell(row, link);
  const level = levels.find(([id]) => id === draft.level);
  cell(row, (level ? level[1] : "No answer yet") + openSafety(draft));
  cell(row, waiting(draft));
  cell(row, String(draft.open));
  const remove = document.createElement("button");
  remove.type = "button";
  remove.className = "clear";
  remove.textContent = "Delete";
  remove.setAttribute("aria-label", "Delete " + link.textContent);
  remove.addEventListener("click", () => { localStorage.removeItem("draft:" + draft.id); row.remove(); });
  cell(row, remove);
}
document.getElementById("count").textContent = shown.length === 1 ? "1 draft." : shown.length + " drafts.";
