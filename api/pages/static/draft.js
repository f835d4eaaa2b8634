// The answers, held for this tab under the draft that the address names. A new assessment names none and is empty.
import { form } from "./questions.js";

const status = document.getElementById("draft");
const field = form.elements.draft;
let id = new URLSearchParams(location.search).get("draft") || field.value;

// What is entered, as pairs of name and value
export const entered = () => [...new FormData(form)].filter(([name, value]) => value !== "" && name !== "draft");

export function held() {
  try {
    return id ? JSON.parse(sessionStorage.getItem("draft:" + id)) : null;
  } catch {
    return null;
  }
}

export function save() {
  const answers = entered();
  if (!answers.length && !id) return;
  id = id || crypto.randomUUID();
  field.value = id;
  try {
    sessionStorage.setItem("draft:" + id, JSON.stringify(answers));
  } catch {
    status.textContent = "Not saved. This browser holds nothing for this page: show the result before you leave it.";
    return;
  }
  const address = new URL(location.href);
  if (address.pathname !== "/" || address.searchParams.get("draft") !== id) {
    address.pathname = "/";
    address.searchParams.set("draft", id);
    history.replaceState(null, "", address);
  }
  status.textContent = "Not saved yet: held in this tab.";
}

export function put(pairs) {
  for (const input of form.elements) {
    if (input.type === "radio" || input.type === "checkbox") input.checked = false;
    else if (input.name && input.type !== "submit" && input.name !== "draft") input.value = "";
  }
  for (const [name, value] of pairs) {
    for (const input of [...form.elements].filter((each) => each.name === name)) {
      if (input.type === "radio" || input.type === "checkbox") input.checked = input.checked || input.value === value;
      else if (input.type !== "submit") input.value = value;
    }
  }
}
