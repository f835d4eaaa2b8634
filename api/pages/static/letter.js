// The letter beside the form: its words offer questions and never answer one; words selected in it become a quote.
import { number, options, question, showSaid, words } from "./questions.js";
import { go, now, offer, setCurrent } from "./modes.js";

const MOST_MARKS = 400;
const QUOTE_LENGTH = 300;
const text = document.getElementById("letter-text");
const read = document.getElementById("letter-read");
const tools = document.getElementById("letter-tools");
let first = new Map(); // the first hit of each question

const pattern = (list) => new RegExp("(?<![\\p{L}\\p{N}])(?:" + list.map((word) =>
  word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\\\*/g, "[\\p{L}\\p{N}]*")).join("|") + ")(?![\\p{L}\\p{N}])", "giu");
const patterns = Object.entries(words).filter(([, list]) => list.length).map(([name, list]) => [name, pattern(list)]);

function hits(letter) {
  const found = patterns.flatMap(([name, of]) => [...letter.matchAll(of)].map((hit) => ({ name, from: hit.index, to: hit.index + hit[0].length })));
  return found.sort((a, b) => a.from - b.from || b.to - a.to);
}

function show() {
  const letter = text.value;
  const found = hits(letter);
  first = new Map();
  for (const hit of found) if (!first.has(hit.name)) first.set(hit.name, hit);
  const parts = [];
  let at = 0;
  for (const hit of found.slice(0, MOST_MARKS)) {
    if (hit.from < at) continue;
    parts.push(letter.slice(at, hit.from));
    const mark = document.createElement("mark");
    mark.textContent = letter.slice(hit.from, hit.to);
    mark.dataset.from = hit.from;
    parts.push(mark);
    at = hit.to;
  }
  parts.push(letter.slice(at));
  read.replaceChildren(...parts);
  read.hidden = tools.hidden = !letter.trim();
  text.hidden = Boolean(letter.trim());
  const offered = [...first.keys()].map(question);
  offer(offered);
  document.getElementById("letter-offers").textContent = offered.length + (offered.length === 1 ? " question" : " questions") + " offered: N for the next.";
  if (offered.length && letter.trim()) {
    setCurrent(null);
    go(offered[0]);
  }
}

// Mark in the letter what led to the question that is being asked
document.addEventListener("current", (event) => {
  for (const mark of read.querySelectorAll("mark.here")) mark.classList.remove("here");
  const hit = event.detail && first.get(event.detail.dataset.name);
  if (!hit) return;
  const mark = [...read.querySelectorAll("mark")].find((each) => Number(each.dataset.from) <= hit.from && hit.from < Number(each.dataset.from) + each.textContent.length);
  if (mark) {
    mark.classList.add("here");
    mark.scrollIntoView({ block: "nearest" });
  }
});

// Make the words selected in the letter the quote of the question that is being asked
export function quote() {
  const q = now();
  const selected = text.hidden ? getSelection().toString() : text.value.slice(text.selectionStart, text.selectionEnd);
  if (!q || !selected.trim()) return false;
  const field = q.querySelector(".behind .text");
  field.value = selected.replace(/\s+/g, " ").trim().slice(0, QUOTE_LENGTH);
  showSaid(q);
  field.dispatchEvent(new Event("change", { bubbles: true }));
  getSelection().removeAllRanges();
  (number(q) || options(q).find((input) => input.tabIndex === 0)).focus();
  return true;
}

text.addEventListener("paste", () => setTimeout(show));
for (const place of [text, read]) {
  place.addEventListener("dragover", (event) => event.preventDefault());
  place.addEventListener("drop", async (event) => {
    event.preventDefault();
    const file = event.dataTransfer.files[0];
    text.value = file ? await file.text() : event.dataTransfer.getData("text/plain");
    show();
  });
}
text.addEventListener("keydown", (event) => {
  if (event.key === "Escape" || (event.key === "Enter" && event.ctrlKey)) { event.preventDefault(); event.stopPropagation(); show(); }
});
document.getElementById("letter-change").addEventListener("click", () => {
  text.hidden = false;
  read.hidden = tools.hidden = true;
  text.focus();
});
text.addEventListener("change", show);
