// What the answers so far come to: asked of the service after each change, and kept in sight when it does not answer.
import { form, foldNotNeeded } from "./questions.js";
import { entered, kept } from "./draft.js";

const WAIT = 150; // milliseconds after the last change before the service is asked
const AGAIN = 5000; // milliseconds until it is asked again where it did not answer
const band = document.getElementById("band");
const slot = document.getElementById("band-slot");
const said = document.getElementById("level-said");
const bar = document.getElementById("bar");
const since = form.elements.emergency_since;
const part = (name) => document.getElementById("panel-" + name);
let title = part("first").dataset.title;
let timer = 0;
let asking = null; // one at a time, since each saves the draft of the one before
let again = false;
let announce = () => {};

// What the service asks next, most pivotal first
export const order = () => part("first").dataset.order.split(" ").filter(Boolean);
export const whenAnswered = (what) => { announce = what; };

export function start() {
  stopped = false;
  refresh();
}

export function later() {
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

let stopped = false;
export function refresh() {
  clearTimeout(timer);
  if (stopped) return undefined;
  again = asking !== null;
  asking = asking || ask().finally(() => {
    asking = null;
    if (again) refresh();
  });
  return asking;
}

// Ask no more, and wait for what is on its way
export async function settled() {
  stopped = true;
  clearTimeout(timer);
  while (asking) await asking;
}

async function ask() {
  const pairs = entered(true);
  try {
    const response = await fetch("/panel", { method: "POST", body: new URLSearchParams(pairs),
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const first = response.ok && page.getElementById("panel-first");
    if (first) kept(first, String(new URLSearchParams(pairs)) === String(new URLSearchParams(entered(true))));
    inPlace(() => (first ? show(page) : failed(page)));
  } catch {
    inPlace(() => failed(null));
  }
}

// Nothing moves under a pointer that is pressed, and the question that is being asked stays where it is
let pressed = false;
let waiting = null;
addEventListener("pointerdown", () => { pressed = true; });
for (const name of ["pointerup", "pointercancel"]) {
  addEventListener(name, () => setTimeout(() => {
    pressed = false;
    if (waiting) inPlace(waiting);
    waiting = null;
  }));
}

function inPlace(change) {
  if (pressed) { waiting = change; return; }
  const anchor = document.activeElement.closest(".q");
  const top = anchor && anchor.getBoundingClientRect().top;
  const hidden = band.hidden;
  change();
  if (hidden && !band.hidden) band.scrollIntoView({ block: "start" });
  else if (anchor && scrollY > 0) scrollBy(0, anchor.getBoundingClientRect().top - top);
}

function show(page) {
  const focused = document.activeElement.closest("#panel-first, #panel-more") && document.activeElement.getAttribute("href");
  const open = part("more").querySelector("details[open]");
  for (const name of ["first", "more"]) part(name).replaceWith(document.adoptNode(page.getElementById("panel-" + name)));
  if (open && part("more").querySelector("details")) part("more").querySelector("details").open = true;
  if (focused) (part("more").querySelector(`a[href="${CSS.escape(focused)}"]`) || document.getElementById("panel")).focus();
  const first = part("first");
  emergency(page.getElementById("band-words"));
  bar.firstElementChild.textContent = first.dataset.short;
  bar.firstElementChild.hash = band.hidden ? "#panel" : "#band";
  bar.dataset.queue = first.dataset.queue;
  if ("notNeeded" in first.dataset) foldNotNeeded(first.dataset.notNeeded.split(" "));
  say(first.dataset.title);
  announce();
}

// The one live region: a change of level, at once where it is an emergency
function say(text) {
  if (text === title) return;
  title = text;
  said.setAttribute("aria-live", band.hidden ? "polite" : "assertive");
  said.textContent = text;
}

function emergency(words) {
  band.hidden = !words;
  document.body.toggleAttribute("data-emergency", Boolean(words));
  slot.replaceChildren(...(words ? words.childNodes : []));
  since.value = words ? since.value || new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) : "";
  began = words ? began || Date.now() : 0;
  tick();
}

let began = band.hidden ? 0 : Date.now();
function tick() {
  const minutes = Math.floor((Date.now() - began) / 60000);
  document.getElementById("band-since").textContent = since.value && "Since " + since.value + (minutes ? ", " + minutes + " min" : "");
}
setInterval(tick, 15000);

// No answer: how urgent it is stays as it was; a failure that names an emergency shows it, and so does an answer that
// by itself is one
function failed(page) {
  const urgent = page && page.querySelector('.urgency[data-queue="emergency"]');
  const alone = form.querySelector("input[data-now]:checked");
  if (urgent) emergency(urgent);
  else if (alone && band.hidden) emergency(document.getElementById("band-alone").content.cloneNode(true));
  if (!band.hidden) say("Urgency: Emergency");
  const text = document.createElement("p");
  const strong = document.createElement("strong");
  strong.textContent = "No answer from the service. ";
  text.append(strong, "Nothing is lost. If this does not pass, hand the referral to a clinician as urgent.");
  part("more").replaceChildren(text);
  timer = setTimeout(refresh, AGAIN);
  announce();
}
window.addEventListener("online", refresh);
