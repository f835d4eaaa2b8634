// The answers: kept by the service as a draft, and held for this tab only until it has them.
import { form } from "./questions.js";

const status = document.getElementById("draft");
const { draft, record, revision } = form.elements;
const NOT_ANSWERS = ["draft", "record", "revision"];
const key = () => "held:" + (history.state?.held || "");

// What is entered, as pairs of name and value; `all` adds what the form was opened from
export const entered = (all = false) => [...new FormData(form)].filter(([name, value]) => value !== "" && (all || !NOT_ANSWERS.includes(name)));

// What this tab holds of a form that the service does not have
export function held() {
  try {
    return history.state?.held ? JSON.parse(sessionStorage.getItem(key())) : null;
  } catch {
    return null;
  }
}

const store = () => sessionStorage.setItem(key(), JSON.stringify(entered(true)));

let known = ""; // what the service has, or what is held already
let leaving = false; // whether another page is on its way, or this one again: a new address would not reach it
addEventListener("beforeunload", () => { leaving = true; });

// Hold what is entered, and say whether it is new
export function hold() {
  const text = String(new URLSearchParams(entered()));
  if (text === known) return false;
  known = text;
  leaving = false;
  if (!history.state?.held) history.replaceState({ ...history.state, held: crypto.randomUUID() }, "");
  try {
    store();
    status.textContent = record.value ? "Not saved until you show the result." : "Not saved yet: held in this tab.";
  } catch {
    status.textContent = "Not saved. This browser holds nothing for this page: show the result before you leave it.";
  }
  return true;
}

// What became of the draft that was sent
export function kept(first, unchanged) {
  if (record.value) return undefined;
  if (!first.dataset.draft) return first.dataset.whyNot ? notKept(first.dataset.whyNot) : undefined;
  if ("changed" in first.dataset) return conflict(first);
  draft.value = first.dataset.draft;
  revision.value = first.dataset.revision;
  if (leaving) {
    if (history.state?.held) store(); // where it is this page again that loads, it goes on with this draft
    return undefined;
  }
  const address = new URL(location.href);
  address.pathname = "/";
  address.searchParams.set("draft", draft.value);
  history.replaceState(history.state, "", address);
  if (!unchanged) return undefined;
  if (!form.elements.place.value && !form.elements.call_back.value) sessionStorage.removeItem(key());
  status.textContent = "Draft saved at " + new Date().toLocaleTimeString([], { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }) + ".";
  return undefined;
}

// The page goes on holding it; signing in elsewhere loses nothing
export function notKept(why) {
  const link = document.createElement("a");
  link.href = "/sign-in";
  link.target = "_blank";
  link.textContent = "Sign in";
  status.replaceChildren("Not saved: " + why + ". Held in this tab. ", link);
}

function conflict(first) {
  status.textContent = "Not saved: somebody else changed " + (first.dataset.changed || "this draft") + ". ";
  const button = (text, does) => {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "plain";
    made.textContent = text;
    made.addEventListener("click", does);
    return made;
  };
  status.append(button("Use theirs", () => { sessionStorage.removeItem(key()); location.reload(); }), " ",
    button("Keep mine", () => { revision.value = first.dataset.revision; known = ""; form.dispatchEvent(new Event("change")); }));
  return undefined;
}

// What the service sent is known to it
export const know = () => { known = String(new URLSearchParams(entered())); };

export function put(pairs) {
  for (const input of form.elements) {
    if (input.type === "radio" || input.type === "checkbox") input.checked = false;
    else if (input.name && input.type !== "submit") input.value = "";
  }
  for (const [name, value] of pairs) {
    for (const input of [...form.elements].filter((each) => each.name === name)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = input.checked || input.value === value;
      else if (input.type !== "submit") input.value = value;
    }
  }
}
