// The form with a script: the strip that follows the answers, keys, modes. Without it the form is sent and answered.
import { clear, form, foldNotNeeded, isAnswered, number, options, placeFollowers, question, questions, reveal, setStop, showSaid } from "./questions.js";
import { entered, held, put, save } from "./draft.js";
import { later, refresh } from "./panel.js";
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
document.getElementById("band").addEventListener("input", save);
function changed() {
  save(); // first it is held, then the service is asked
  later();
}

form.addEventListener("click", (event) => {
  const button = event.target.closest('button[name="clear"]');
  if (!button) return;
  event.preventDefault();
  const q = question(button.value);
  clear(q);
  setStop(q).focus();
});
form.addEventListener("submit", save);

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

// Start: what this tab holds, unless the server sent answers back
const answers = held();
const sent = entered().length > 0;
if (answers && !sent) put(answers);
arrange();
if (sent) save();
if (entered().length) refresh();
const errors = document.getElementById("errors");
if (errors) errors.focus({ preventScroll: !document.getElementById("band").hidden });
startMode();
if (location.hash.startsWith("#q-") && question(location.hash.slice(3))) go(question(location.hash.slice(3)));
window.addEventListener("pageshow", (event) => { if (event.persisted) { arrange(); refresh(); } });
