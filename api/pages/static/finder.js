// Find a question by typing its name, or words that lead to it; the one chosen is brought into sight.
import { question, questions, title, words } from "./questions.js";
import { go } from "./modes.js";

const MOST = 8;
const input = document.getElementById("find");
const list = document.getElementById("found");
let at = 0;

const texts = () => questions().map((q) => ({ name: q.dataset.name, title: title(q),
  text: [title(q), ...(words[q.dataset.name] || []), q.dataset.name.replaceAll("_", " "), q.querySelector(".q__text").textContent].join(" ").toLowerCase().replaceAll("*", "") }));

function search() {
  const wanted = input.value.toLowerCase().trim();
  if (!wanted) return [];
  const plain = (text) => text.replace(/[-\s]/g, "");
  const rank = (each) => (plain(each.title.toLowerCase()).startsWith(plain(wanted)) ? 0 : each.title.toLowerCase().includes(wanted) ? 1
    : each.text.includes(wanted) || plain(each.text).includes(plain(wanted)) ? 2 : 3);
  return texts().map((each) => [rank(each), each]).filter(([place]) => place < 3).sort((a, b) => a[0] - b[0]).slice(0, MOST).map(([, each]) => each);
}

function show() {
  const found = search();
  at = 0;
  list.replaceChildren(...found.map((each, index) => {
    const item = document.createElement("span");
    item.role = "option";
    item.id = "found-" + index;
    item.dataset.name = each.name;
    item.textContent = each.title;
    return item;
  }));
  list.hidden = !found.length;
  input.setAttribute("aria-expanded", String(found.length > 0));
  mark();
}

function mark() {
  [...list.children].forEach((item, index) => item.setAttribute("aria-selected", String(index === at)));
  if (list.children[at]) input.setAttribute("aria-activedescendant", "found-" + at);
  else input.removeAttribute("aria-activedescendant");
}

function choose(item) {
  if (!item) return;
  close();
  go(question(item.dataset.name));
}

export function close() {
  input.value = "";
  show();
}

input.addEventListener("input", show);
input.addEventListener("keydown", (event) => {
  const moves = { ArrowDown: 1, ArrowUp: -1 };
  if (event.key in moves && list.children.length) {
    event.preventDefault();
    at = (at + moves[event.key] + list.children.length) % list.children.length;
    mark();
  } else if (event.key === "Enter" && !event.ctrlKey && !event.metaKey) {
    event.preventDefault();
    choose(list.children[at]);
  } else if (event.key === "Escape") close();
});
list.addEventListener("mousedown", (event) => {
  event.preventDefault();
  choose(event.target.closest("[role=option]"));
});
input.addEventListener("blur", () => { list.hidden = true; });
export const find = () => input.focus();
