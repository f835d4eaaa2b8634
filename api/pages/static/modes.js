// Three ways of working over the same form: the form itself, a letter beside it, one question at a time by telephone.
import { form, isAnswered, isAsked, isOpen, inSight, number, question, questions, reveal, setStop } from "./questions.js";
import { order } from "./panel.js";

const MODES = ["check", "letter", "telephone"];
const skipped = new Set();
const before = []; // the questions of the call, for going back
let current = null;
let offered = []; // what the letter's words offer, in its order

export const mode = () => document.body.dataset.mode;
export const now = () => current;

export function setMode(chosen) {
  document.body.dataset.mode = chosen;
  for (const button of document.querySelectorAll(".modes button")) button.setAttribute("aria-pressed", String(button.dataset.mode === chosen));
  const address = new URL(location.href);
  if (chosen === "check") address.searchParams.delete("mode");
  else address.searchParams.set("mode", chosen);
  if (address.pathname === "/") history.replaceState(history.state, "", address);
  if (chosen === "telephone") go(current && isOpen(current) ? current : next());
  if (chosen === "letter") (document.getElementById("letter-text").hidden ? current : document.getElementById("letter-text"))?.focus();
}

export function setCurrent(q) {
  if (current === q) return;
  current?.classList.remove("current");
  current = q;
  q?.classList.add("current");
  document.dispatchEvent(new CustomEvent("current", { detail: q }));
}

// Move to a question without answering it
export function go(q, { back = false } = {}) {
  const done = document.getElementById("asked-all");
  done.hidden = Boolean(q);
  if (!q) {
    setCurrent(null);
    document.querySelector(".strip .button").focus();
    return;
  }
  if (mode() === "telephone" && current && current !== q && !back) before.push(current);
  reveal(q);
  setCurrent(q);
  const stop = setStop(q);
  if (mode() === "telephone") {
    (number(q) || q).focus();
    const left = order().filter((name) => isOpen(question(name))).length;
    document.getElementById("asking").textContent = left === 1 ? "1 open question can change the result." : left + " open questions can change the result.";
  } else stop.focus({ preventScroll: true });
  q.scrollIntoView({ block: "nearest" });
}

const seen = () => questions().filter((q) => inSight(q) && isAsked(q));

// The question before or after, in sight, answered or not
export function step(by) {
  const all = seen();
  const at = all.indexOf(current);
  const target = all[at < 0 ? 0 : at + by];
  if (target) go(target);
}

export function back() {
  const last = before.pop();
  if (last) go(last, { back: true });
}

function firstOpen(list) {
  const at = list.indexOf(current);
  const turned = [...list.slice(at + 1), ...list.slice(0, at + 1)];
  return turned.find((q) => q !== current && isOpen(q) && !skipped.has(q));
}

const pivotal = () => order().map(question).find((q) => q !== current && !isAnswered(q) && !skipped.has(q));

// What is asked after the current question: by letter what its words offer, then what is in sight, then what the
// service finds most pivotal
function next() {
  const byLetter = mode() === "letter" && firstOpen(offered);
  return byLetter || firstOpen(seen()) || (mode() === "telephone" ? pivotal() : undefined);
}

// Go on without answering: on the telephone to what changes most
export function skip() {
  if (current && mode() === "telephone") skipped.add(current);
  const target = mode() === "telephone" ? pivotal() || firstOpen(seen()) : next();
  if (target || mode() === "telephone") go(target);
}

// After an answer
export function answered() {
  if (mode() === "telephone") go(next());
  else if (mode() === "letter" && offered.includes(current)) {
    const target = firstOpen(offered);
    if (target) go(target);
  }
}

export function offer(list) {
  offered = list;
  for (const q of list) reveal(q);
}

document.querySelector(".modes").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) setMode(button.dataset.mode);
});
form.addEventListener("focusin", (event) => {
  const q = event.target.closest(".q");
  if (q) setCurrent(q);
});
export const startMode = () => {
  const asked = new URLSearchParams(location.search).get("mode");
  if (MODES.includes(asked) && asked !== "check") setMode(asked);
};
