// The form with a script: the strip that follows the answers, keys, modes. Without it the form is sent and answered.
import { clear, form, foldNotNeeded, isAnswered, number, options, placeFollowers, question, questions, reveal, setStop, showSaid } from "./questions.js";
import { entered, held, hold, know, put } from "./draft.js";
import { later, refresh, settled, start } from "./panel.js";
import { go, startMode } from "./modes.js";
import "./finder.js";
import "./letter.js";
import "./keys.js";

document.documentElement.classList.add("js");

// One answer, "none of these" and "asked, not known" exclude each other as they should
form.addEventListener("change", (event) => {
  const input = event.target;
  const q = input.closest(".q");
  if (q && input.type === "checkbox" && input.checked) {
    for (const other of options(q)) {
      if (other !== input && (input.value === "none_of_these" || other.value === "none_of_these")) other.checked = false;
    }
    if (number(q)) number(q).value = "";
  }
  if (q) {
    if (input.matches(".behind *")) showSaid(q);
    setStop(q);
    placeFollowers();
  }
  changed();
});
form.addEventListener("input", (event) => {
  const q = event.target.closest(".q");
  if (q && event.target === number(q) && event.target.value) options(q)[0].checked = false;
  if (q && event.target.matches(".behind .text")) showSaid(q);
  if (event.target.matches("input:not([type=radio], [type=checkbox])")) changed();
});
document.getElementById("band").addEventListener("input", hold);
function changed() {
  if (hold()) later(); // first it is held, then the service is asked
}

form.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="clear"]');
  if (!button) return;
  event.preventDefault();
  const q = question(button.value);
  clear(q);
  setStop(q).focus();
});
// What is on its way as a draft comes first, so that the result is made of its last state
let sending = false;
form.addEventListener("submit", async (event) => {
  if (event.submitter?.name === "clear") return;
  event.preventDefault();
  if (sending) return;
  sending = true;
  hold();
  await settled();
  form.submit();
});

function arrange() {
  for (const q of questions()) {
    setStop(q);
    showSaid(q);
    if (isAnswered(q) && q.closest("details.more")) reveal(q);
  }
  placeFollowers();
  const first = document.getElementById("panel-first");
  if ("notNeeded" in first.dataset) foldNotNeeded(first.dataset.notNeeded.split(" "));
}

// Start: what this tab holds and the service does not have, else what the service sent
const answers = held();
if (answers) put(answers);
arrange();
if (answers || ["/assess", "/go-on"].includes(location.pathname)) hold();
else know();
if (entered().length) refresh();
const errors = document.getElementById("errors");
if (errors) errors.focus({ preventScroll: !document.getElementById("band").hidden });
startMode();
if (location.hash.startsWith("#q-") && question(location.hash.slice(3))) go(question(location.hash.slice(3)));
window.addEventListener("pageshow", (event) => { if (event.persisted) { sending = false; arrange(); start(); } });
