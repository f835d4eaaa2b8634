// The keys of the form. A key answers one question at most, and a key held down counts once.
import { clear, form, isAnswered, number, options, setStop } from "./questions.js";
import { answered, back, go, mode, now, setMode, skip, step } from "./modes.js";
import { find } from "./finder.js";
import { quote } from "./letter.js";
import { question } from "./questions.js";

const emergencies = document.getElementById("now");
const help = document.getElementById("keys");
const single = document.getElementById("single-keys");
single.checked = sessionStorage.getItem("single-keys") !== "off";
single.addEventListener("change", () => sessionStorage.setItem("single-keys", single.checked ? "on" : "off"));

// The digit of each answer: 0 for asked and not known
for (const q of form.querySelectorAll(".q")) {
  options(q).forEach((input, index) => {
    if (input.value === "unknown") input.parentElement.dataset.key = number(q) ? "U" : "0";
    else if (index < 9) input.parentElement.dataset.key = index + 1;
  });
}

const isText = (target) => target.matches("textarea, select, input.text");

function whose(target) {
  const q = target.closest(".q");
  if (q) return q;
  return target === document.body || target.closest("#letter, #main") === target || target.closest("#letter") ? now() : null;
}

function openList(details) {
  details.open = true;
  details.querySelector("a, dl, input").focus();
}

function press(q, key) {
  const label = [...q.querySelectorAll(".q__answers > .opt")].find((each) => each.dataset.key === key);
  if (!label) return;
  const input = label.firstElementChild;
  if (input.type === "radio" && input.checked) return;
  input.click();
  if (mode() !== "telephone") input.focus({ preventScroll: true });
  if (q.dataset.type !== "set" || input.value === "none_of_these" || key === "0" ) { if (input.checked) answered(); }
}

// Along the answers of one question, to what is folded behind it; nothing is marked
function along(q, by) {
  const stops = [...(number(q) ? [number(q)] : []), ...options(q), q.querySelector(".behind > summary")];
  const at = stops.indexOf(document.activeElement);
  const target = stops[at < 0 ? (by > 0 ? 0 : stops.length - 1) : at + by];
  if (target) target.focus();
}

function enter(q, target) {
  if (target.matches("summary, .behind button, a")) return false;
  if (q.dataset.type === "one" && target.matches("input")) {
    target.click();
    answered();
  } else if (isAnswered(q) && mode() === "check") step(1);
  else if (isAnswered(q)) answered();
  return true;
}

function saidBy(q) {
  q.querySelector(".behind").open = true;
  q.querySelector("select").focus();
}

const PLAIN = {
  j: () => step(1), k: () => step(-1), n: skip, b: back, "/": find, "?": () => openList(help),
  w: (q) => q && saidBy(q), q: () => quote(),
  h: (q) => { if (q) { const folded = q.querySelector(".behind"); folded.open = !folded.open; } },
  u: (q) => q && press(q, number(q) ? "U" : "0"),
};

function inList(event) {
  if (event.key === "Escape") {
    emergencies.open = help.open = false;
    now()?.querySelector('[tabindex="0"]')?.focus();
    return true;
  }
  const listed = emergencies.contains(event.target) && event.target.matches("a, summary") && [...emergencies.querySelectorAll("a")];
  if (!listed) return false;
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves) listed[(listed.indexOf(event.target) + moves[event.key] + listed.length) % listed.length].focus();
  else {
    const chosen = listed.find((link) => link.dataset.key === event.key.toLowerCase());
    if (!chosen) return false;
    chosen.click();
  }
  return true;
}

function inSaidBy(event) {
  if (!event.target.matches(".behind select")) return false;
  const q = event.target.closest(".q");
  if (/^[1-9]$/.test(event.key) && event.target.options[event.key - 1]) {
    event.target.selectedIndex = event.key - 1;
    event.target.dispatchEvent(new Event("change", { bubbles: true }));
  } else if (event.key !== "Enter" && event.key !== "Escape") return false;
  q.querySelector(".behind").open = false;
  setStop(q).focus();
  return true;
}

function withControl(event) {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  else if (event.altKey && event.key.toLowerCase() === "e") openList(emergencies);
  else if (event.altKey && event.key.toLowerCase() === "q") quote();
  else if (event.altKey && ["1", "2", "3"].includes(event.key)) setMode(["check", "letter", "telephone"][event.key - 1]);
  else return false;
  return true;
}

function onKey(event) {
  if (event.ctrlKey || event.metaKey || event.altKey) return withControl(event);
  if (inList(event) || inSaidBy(event)) return true;
  const { target, key } = event;
  if (isText(target) && key === "Escape" && target.closest(".q")) { target.closest(".behind").open = false; setStop(target.closest(".q")).focus(); return true; }
  if (isText(target)) return key === "Enter" && target.matches(".behind .text, #reference") ? (target.closest(".q") ? setStop(target.closest(".q")).focus() : go(question(form.querySelector(".q").dataset.name)), true) : false;
  const q = whose(target);
  if (q && key === "Enter" && !event.repeat) return enter(q, target);
  const typing = target.matches(".number");
  if (q && !target.matches(".letter__read")) {
    if (key === "ArrowDown" || key === "ArrowUp") {
      const by = key === "ArrowDown" ? 1 : -1;
      if (mode() === "telephone") along(q, by); else step(by);
      return true;
    }
    if (!typing && (key === "ArrowRight" || key === "ArrowLeft")) { along(q, key === "ArrowRight" ? 1 : -1); return true; }
    if (typing && key === "ArrowRight" && target.selectionEnd === target.value.length) { along(q, 1); return true; }
    if (!typing && (key === "Delete" || key === "Backspace")) { clear(q); setStop(q).focus(); return true; }
  }
  if (key === "Escape" && q) { q.querySelector(".behind").open = false; return true; }
  if (!single.checked) return false;
  if (q && !typing && /^[0-9]$/.test(key)) { if (!event.repeat) press(q, key); return true; }
  const does = PLAIN[key.toLowerCase()];
  if (!does || target.matches("summary, button, a") && !q) return Boolean(does && ["n", "j", "/", "?"].includes(key) && (does(q), true));
  if (!event.repeat || key === "j" || key === "k") does(q);
  return true;
}

document.addEventListener("keydown", (event) => {
  if (!event.defaultPrevented && !event.isComposing && onKey(event)) event.preventDefault();
});

// A link to a question brings it into sight, also where it was folded or does not apply
document.addEventListener("click", (event) => {
  const link = event.target.closest('a[href^="#q-"]');
  if (link) {
    event.preventDefault();
    emergencies.open = false;
    history.replaceState(history.state, "", link.hash);
    go(question(link.hash.slice(3)));
  } else if (!event.target.closest(".menu")) emergencies.open = help.open = false;
});
