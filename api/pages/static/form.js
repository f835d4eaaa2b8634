// The form with JavaScript: the live panel, drafts that are kept, clearing without a reload, Ctrl+Enter.
// Without it everything still works: the form is sent and answered by the server.
"use strict";

const WAIT = 150; // milliseconds after the last change before the panel is asked for
const form = document.getElementById("assessment");
const panel = document.getElementById("panel");
const band = document.getElementById("band");
const bar = document.querySelector("#bar a");
const status = document.getElementById("draft");
const tab = sessionStorage.getItem("tab") || Math.random().toString(36).slice(2);
sessionStorage.setItem("tab", tab);
document.documentElement.classList.add("js");

const summary = document.getElementById("errors");
if (summary) summary.focus({ preventScroll: Boolean(document.getElementById("band")) }); // what is urgent stays in view

// What is entered, as pairs of name and value
function entered() {
  return [...new FormData(form)].filter(([, value]) => value !== "");
}

function put(pairs) {
  for (const input of form.elements) {
    if (input.type === "radio" || input.type === "checkbox") input.checked = false;
    else if (input.name && input.type !== "submit") input.value = "";
  }
  for (const [name, value] of pairs) {
    for (const input of form.querySelectorAll(`[name="${CSS.escape(name)}"]`)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = input.checked || input.value === value;
      else if (input.type !== "submit") input.value = value;
    }
  }
}

// The panel
let timer = 0;
let asked = null;
async function refresh() {
  if (asked) asked.abort();
  asked = new AbortController();
  try {
    const response = await fetch("/panel", {
      method: "POST",
      headers: { "Content-Type": "application/x-www-form-urlencoded", Accept: "text/html" },
      body: new URLSearchParams(entered()),
      signal: asked.signal,
    });
    const text = await response.text();
    if (!response.ok) return failed(text);
    panel.innerHTML = text;
    const told = panel.querySelector("[data-queue]");
    bar.textContent = told ? told.dataset.short : "Something to correct first";
    bar.parentElement.dataset.queue = told ? told.dataset.queue : "";
    const emergency = panel.querySelector(".urgency--emergency");
    if (band && !emergency) band.remove();
    else if (band && band.isConnected) emergency.removeAttribute("role"); // announced once
    save();
  } catch (error) {
    if (error.name !== "AbortError") failed("");
  }
  return undefined;
}

// No answer: how urgent it is stays first, as the failure's page says, else as it was last known
function failed(text) {
  const page = new DOMParser().parseFromString(text, "text/html");
  const urgency = page.querySelector(".urgency") || panel.querySelector(".urgency");
  panel.innerHTML = "<h2 class=\"govuk-heading-s\">No answer from the service</h2><p class=\"govuk-body small\">" +
    "Nothing was lost. If this does not pass, hand the referral to a clinician as urgent.</p>";
  if (urgency) panel.prepend(urgency);
}

function changed() {
  save();
  clearTimeout(timer);
  timer = setTimeout(refresh, WAIT);
}

// Drafts: kept in this browser only, with the time; another tab's change is never overwritten unasked.
// An empty form that was opened, not reloaded, is a new assessment: it never shows another person's answers.
const asked_for = new URLSearchParams(location.search).get("draft");
const opened = performance.getEntriesByType("navigation")[0].type === "navigate" && !entered().length;
const id = asked_for || (!opened && sessionStorage.getItem("draft")) || Math.random().toString(36).slice(2);
sessionStorage.setItem("draft", id);
const key = "draft:" + id;
let seen = null;

function stored() {
  try {
    return JSON.parse(localStorage.getItem(key));
  } catch {
    return null;
  }
}

function save() {
  const answers = entered();
  const there = stored();
  if (there && there.tab !== tab && there.saved !== seen) return conflict(there);
  if (!answers.length && !there) return undefined;
  const told = panel.querySelector("[data-queue]");
  const now = new Date().toISOString();
  const first = there ? there.first : now;
  seen = now;
  try {
    localStorage.setItem(key, JSON.stringify({ tab, saved: now, first, answers,
      reference: form.elements.reference.value, level: told ? told.dataset.queue : there ? there.level : "",
      open: told ? Number(told.dataset.open) : 0, missing: told ? Number(told.dataset.missing) : 0 }));
  } catch {
    status.textContent = "Not saved: this browser keeps nothing for this page. Show the result before you leave it.";
    return undefined;
  }
  status.textContent = "Draft kept in this browser at " + new Date(now).toLocaleTimeString() + ".";
  return undefined;
}

function conflict(there) {
  status.textContent = "This draft was changed in another tab at " + new Date(there.saved).toLocaleTimeString() + ". ";
  const theirs = document.createElement("button");
  theirs.type = "button";
  theirs.className = "clear";
  theirs.textContent = "Use the other tab’s answers";
  theirs.addEventListener("click", () => { seen = there.saved; put(there.answers); changed(); });
  const ours = document.createElement("button");
  ours.type = "button";
  ours.className = "clear";
  ours.textContent = "Keep the answers here";
  ours.addEventListener("click", () => { seen = there.saved; save(); });
  status.append(theirs, " or ", ours);
}

window.addEventListener("storage", (event) => {
  if (event.key === key && event.newValue) {
    const there = stored();
    if (there && there.tab !== tab) conflict(there);
  }
});

// What is ticked together
form.addEventListener("change", (event) => {
  const input = event.target;
  if (input.type !== "checkbox" || !input.checked) return;
  for (const other of form.querySelectorAll(`[name="${CSS.escape(input.name)}"]`)) {
    if (other === input) continue;
    if (other.type !== "checkbox") other.value = ""; // a number beside "Asked, not known"
    else if (input.value === "none_of_these" || other.value === "none_of_these") other.checked = false;
  }
});
form.addEventListener("input", (event) => {
  const box = event.target.id ? document.getElementById(event.target.id + "-unknown") : null;
  if (box && event.target.value) box.checked = false;
  changed();
});
form.addEventListener("change", changed);
form.addEventListener("click", (event) => {
  const button = event.target.closest("button.clear");
  if (!button || !form.contains(button)) return;
  event.preventDefault();
  for (const input of form.elements) {
    if (![button.value, "said_by." + button.value, "quotes." + button.value].includes(input.name)) continue;
    if (input.type === "radio" || input.type === "checkbox") input.checked = false;
    else input.value = "";
  }
  const question = document.getElementById("q-" + button.value);
  question.querySelector("details.beside").open = false;
  (question.querySelector("input") || question).focus();
  changed();
});
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && event.ctrlKey) {
    event.preventDefault();
    form.requestSubmit(form.querySelector("button.govuk-button"));
  }
});
form.addEventListener("submit", save);

// Start: what the draft holds, unless the server sent answers back
const draft = stored();
if (draft && draft.answers.length) {
  if (!entered().length) put(draft.answers); // else the browser or the server has put answers back
  seen = draft.saved;
  status.textContent = "Draft of " + new Date(draft.saved).toLocaleString() + " opened again. ";
  const fresh = document.createElement("button");
  fresh.type = "button";
  fresh.className = "clear";
  fresh.textContent = "Start a new one";
  fresh.addEventListener("click", () => { location.assign("/"); });
  status.after(fresh);
}
if (entered().length) refresh();
// Back from the result: the browser puts the answers back after this script has run
window.addEventListener("pageshow", (event) => { if (event.persisted) changed(); });
