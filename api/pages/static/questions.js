// The questions of the form: which are answered, asked and in sight, and moving them between their places.

export const form = document.getElementById("assessment");
const { followers, words } = JSON.parse(document.getElementById("asking-data").textContent);
const ORDER = new Map(Object.keys(words).map((name, index) => [name, index]));
export { words };

const byName = new Map([...form.querySelectorAll(".q")].map((q) => [q.dataset.name, q]));
export const question = (name) => byName.get(name);
export const questions = () => [...form.querySelectorAll(".q")]; // as they stand on the page
export const options = (q) => [...q.querySelectorAll(".q__answers > .opt > input")];
export const number = (q) => q.querySelector(".number");
export const marked = (q) => options(q).filter((input) => input.checked);
export const title = (q) => q.querySelector(".q__title").textContent;

export function isAnswered(q) {
  return marked(q).length > 0 || Boolean(number(q) && number(q).value.trim());
}

function opens(opener, values) {
  const q = byName.get(opener);
  return values.length ? marked(q).some((input) => values.includes(input.value)) : isAnswered(q);
}

// Whether a question is asked: always, or because an answer opens it
export function isAsked(q) {
  const openers = followers[q.dataset.name];
  return !openers || Object.entries(openers).some(([name, values]) => opens(name, values));
}

export const inSight = (q) => !q.closest("details.more");
export const isOpen = (q) => isAsked(q) && !isAnswered(q);

function head(q) {
  return q.dataset.under ? head(byName.get(q.dataset.under)) : q;
}

function withFollowers(q) {
  const under = [...byName.values()].filter((other) => other.dataset.under === q.dataset.name);
  under.sort((a, b) => ORDER.get(a.dataset.name) - ORDER.get(b.dataset.name));
  return [q, ...under.flatMap(withFollowers)];
}

function moveTo(rows, q) {
  const after = [...rows.children].find((other) => !other.dataset.under && ORDER.get(other.dataset.name) > ORDER.get(q.dataset.name));
  for (const each of withFollowers(q)) rows.insertBefore(each, after || null);
}

// Bring a question into sight, with those that stand under it
export function reveal(q) {
  const first = head(q);
  q.classList.add("q--sought");
  if (inSight(first)) return;
  moveTo(first.closest(".group").querySelector(":scope > .rows"), first);
  count(first.closest(".group"));
}

// Put each follow-up directly under the answer that opens it
export function placeFollowers() {
  for (const [name, openers] of Object.entries(followers)) {
    const q = byName.get(name);
    const there = q.dataset.under;
    if (q.contains(document.activeElement) || (there && opens(there, openers[there] || []))) continue;
    const opened = Object.entries(openers).find(([opener, values]) => values.length && opens(opener, values));
    if (!opened || opened[0] === there) continue;
    q.dataset.under = opened[0];
    const family = withFollowers(byName.get(opened[0])).filter((other) => other !== q);
    family[family.length - 1].after(...withFollowers(q));
  }
}

// Fold away what can't change the result; what is answered, or being answered, stays in sight
export function foldNotNeeded(names) {
  const idle = new Set(names);
  for (const q of byName.values()) {
    if (q.dataset.under || inSight(q) || q.contains(document.activeElement)) continue;
    const more = q.closest("details.more");
    const goes = withFollowers(q).every((each) => idle.has(each.dataset.name) || !isAsked(each));
    const rows = more.querySelector(goes ? ":scope > .idle > .rows" : ":scope > .rows");
    if (q.parentElement !== rows) moveTo(rows, q);
  }
  document.querySelectorAll(".group").forEach(count);
}

function count(group) {
  const more = group.querySelector("details.more");
  if (!more) return;
  const heads = (rows) => [...more.querySelector(rows).children].filter((q) => !q.dataset.under).length;
  const open = heads(":scope > .rows");
  const idle = heads(":scope > .idle > .rows");
  const said = open === 1 ? "1 question" : open + " questions";
  more.querySelector(".more__count").textContent = said;
  more.querySelector("summary").setAttribute("aria-label", group.querySelector("h2").textContent + ": " + said + " more");
  more.querySelector(".idle__count").textContent = idle;
  more.querySelector(".idle").hidden = idle === 0;
  more.toggleAttribute("data-empty", open === 0);
}

// A single stop for Tab: the answer that is marked, else the first
export function setStop(q) {
  const inputs = options(q);
  const stop = number(q) || marked(q)[0] || inputs[0];
  for (const input of inputs) input.tabIndex = input === stop ? 0 : -1;
  q.querySelector(".behind > summary").tabIndex = -1;
  return stop;
}

// Show what was quoted, and who said it, beside the answer
export function showSaid(q) {
  const [by, quote] = [q.querySelector("select"), q.querySelector(".behind .text")];
  const said = [quote.value.trim() && "“" + quote.value.trim() + "”", by.value && by.selectedOptions[0].textContent];
  const line = q.querySelector(".q__said");
  line.textContent = said.filter(Boolean).join(" ");
  line.hidden = !line.textContent;
}

export function clear(q) {
  for (const input of options(q)) input.checked = false;
  if (number(q)) number(q).value = "";
  q.querySelector("select").value = "";
  q.querySelector(".behind .text").value = "";
  q.querySelector(".behind").open = false;
  showSaid(q);
  q.dispatchEvent(new Event("change", { bubbles: true }));
}
