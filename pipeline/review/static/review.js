// Keys, saving without losing anything, selecting spans. Every page works without this file, by links and forms.
"use strict";

const $ = (selector, from = document) => from.querySelector(selector);
const $$ = (selector, from = document) => [...from.querySelectorAll(selector)];
const editor = $("#correct");
const panel = $("[data-page]");
const adder = $("#adder");
const UNSAVED = "Not saved: the server does not answer. Nothing is lost here; try again when it is back.";

const editing = () => editor !== null && !editor.hidden;
const say = (text) => { $("#said").textContent = text; };
const warn = (text) => { $("#alarm").textContent = text; };
const typing = (element) => element.matches("input:not([type=checkbox]), textarea, select, [contenteditable]");

// Saving: the page moves on only when the server has answered that the decision is on disk.
let busy = false;
async function save(form, button) {
  if (busy) return;
  busy = true;
  document.body.setAttribute("aria-busy", "true");
  warn("");
  const fields = new URLSearchParams(new FormData(form, button));
  try {
    const answer = await fetch(form.action, { method: "POST", body: fields, headers: { Accept: "application/json" } });
    const told = await answer.json().catch(() => ({ message: `Not saved: the server answered ${answer.status}.` }));
    if (answer.ok) {
      forget(form);
      location.assign(told.location);
      return;
    }
    warn(told.message);
    mark(form, told.field);
  } catch {
    warn(UNSAVED);
  }
  busy = false;
  document.body.removeAttribute("aria-busy");
}

function mark(form, name) {
  $$("[aria-invalid]", form).forEach((field) => field.removeAttribute("aria-invalid"));
  const field = name && form.elements.namedItem(name);
  if (field instanceof HTMLElement && field.type !== "hidden") {
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", "alarm");
    field.focus();
  }
}

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-act]")) return;
  event.preventDefault();
  save(form, event.submitter);
});

// Drafts: a correction begun survives a reload.
const draftKey = () => editor?.dataset.draft;
function keep() {
  if (!draftKey()) return;
  const fields = [...new FormData(editor)].filter(([name]) => !["review_id", "decision"].includes(name));
  sessionStorage.setItem(draftKey(), JSON.stringify(fields));
}
function forget(form) {
  if (form === editor && draftKey()) sessionStorage.removeItem(draftKey());
}
function recall() {
  const kept = draftKey() && sessionStorage.getItem(draftKey());
  if (!kept) return;
  for (const box of $$("input[type=checkbox]", editor)) box.checked = false;
  for (const [name, value] of JSON.parse(kept)) {
    const field = editor.elements.namedItem(name);
    if (field && field.type === "checkbox") field.checked = true;
    else if (field) field.value = value;
  }
  edit();
  say("Your unsaved correction is back.");
}

// Correcting.
function edit() {
  editor.hidden = false;
  const chosen = offsets.selected();
  if (chosen) setSpan(...chosen);
  else preview();
  editor.tabIndex = -1;
  editor.focus();
  hideAdder();
}
function leave() {
  forget(editor);
  const away = $("[data-cancel]", editor);
  if (away.dataset.cancel === "back" && history.length > 1) history.back();
  else location.assign(away.href);
}
const edge = (name) => Number($(`#${name}`).value);
function setSpan(start, end) {
  $("#start").value = start;
  $("#end").value = end;
  preview();
  keep();
}
function preview() {
  const [start, end] = [edge("start"), edge("end")];
  const text = offsets.characters().slice(start, end).join("");
  $("#preview").textContent = text || "Nothing is selected.";
  if (!window.Highlight) return;
  CSS.highlights.delete("draft");
  if (text) CSS.highlights.set("draft", new Highlight(offsets.range(start, end)));
}
function nudge(name, step, byCharacter) {
  const at = offsets.moved(edge(name), name, step, byCharacter);
  const [start, end] = name === "start" ? [at, edge("end")] : [edge("start"), at];
  if (start < end) setSpan(start, end);
}
if (editor) {
  editor.addEventListener("input", () => { preview(); keep(); });
  for (const button of $$("[data-nudge]")) {
    const [name, step] = button.dataset.nudge.split(",");
    button.addEventListener("click", (event) => nudge(name, Number(step), event.altKey));
  }
  $("[data-cancel]", editor).addEventListener("click", (event) => { event.preventDefault(); leave(); });
  $("[data-edit]")?.addEventListener("click", (event) => { event.preventDefault(); edit(); });
}

// Selecting words: they become the span while correcting, else they can be added as a missed claim.
function hideAdder() { if (adder) adder.hidden = true; }
function selectionDone() {
  const chosen = $("#article") && offsets.selected();
  if (!chosen) return hideAdder();
  if (editing()) return setSpan(...chosen);
  if (!adder) return undefined;
  adder.hidden = false;
  const box = document.getSelection().getRangeAt(0).getBoundingClientRect();
  const left = Math.min(box.left, document.documentElement.clientWidth - adder.offsetWidth - 8);
  adder.style.left = `${Math.max(left, 8) + scrollX}px`;
  adder.style.top = `${box.bottom + scrollY + 6}px`;
  return undefined;
}
function addAs(kind) {
  const chosen = offsets.selected();
  if (!chosen) return;
  const target = new URL($("#article").dataset.add, location);
  target.searchParams.set("as", kind);
  target.searchParams.set("start", chosen[0]);
  target.searchParams.set("end", chosen[1]);
  location.assign(target);
}
if (adder) {
  adder.addEventListener("mousedown", (event) => event.preventDefault());
  adder.addEventListener("click", (event) => {
    const kind = event.target.closest("[data-kind]")?.dataset.kind;
    if (kind) addAs(kind);
  });
}
document.addEventListener("mouseup", () => setTimeout(selectionDone));
document.addEventListener("keyup", (event) => { if (event.shiftKey || event.key === "Shift") selectionDone(); });
$("#article")?.addEventListener("click", (event) => {
  const other = event.target.closest("[data-claim]");
  if (!other || editing() || !document.getSelection().isCollapsed) return;
  const target = new URL(`/claims/${other.dataset.claim}`, location);
  for (const [name, value] of new URLSearchParams(location.search)) {
    if (!["said", "edit", "as", "start", "end"].includes(name)) target.searchParams.set(name, value);
  }
  location.assign(target);
});

// Names and titles to choose from, as they are typed.
for (const field of $$("[data-suggest]")) {
  const list = document.getElementById(field.getAttribute("list"));
  const own = $$("option", list).map((option) => option.value);
  let waiting;
  field.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(async () => {
      if (field.value.length < 2) return;
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(field.value)}`).catch(() => null);
      if (!answer?.ok) return;
      const names = new Set([...own, ...(await answer.json())]);
      list.replaceChildren(...[...names].map((name) => new Option(name, name)));
    }, 150);
  });
}

// Keys.
const help = $("#help");
const single = () => localStorage.getItem("single-keys") !== "off";
const box = $("[data-keys]");
if (box) {
  box.checked = single();
  box.addEventListener("change", () => localStorage.setItem("single-keys", box.checked ? "on" : "off"));
}
$("[data-help]")?.addEventListener("click", (event) => { event.preventDefault(); help.showModal(); });

function press(key) {
  const target = $(`[data-key="${key}"]`);
  if (!target || target.disabled) return false;
  if (target.form) target.form.requestSubmit(target);
  else target.click();
  return true;
}
function step(direction) {
  const entries = $$("[data-entry]");
  if (!entries.length) return press(direction > 0 ? "n" : "p");
  const at = entries.indexOf(document.activeElement);
  const next = entries[Math.min(Math.max(at + direction, 0), entries.length - 1)];
  next.focus();
  return true;
}
function takeBack(what) {
  if (press(what === "undo" ? "u" : "U")) return true;
  const form = document.getElementById(what);
  if (!form) return false;
  form.requestSubmit();
  return true;
}
const KEYS = {
  a: () => press("a"),
  r: () => press("r"),
  c: () => press("c"),
  n: () => step(1),
  j: () => step(1),
  p: () => step(-1),
  k: () => step(-1),
  u: () => takeBack("undo"),
  U: () => takeBack("redo"),
  1: () => adder && !adder.hidden && (addAs("amount"), true),
  2: () => adder && !adder.hidden && (addAs("quote"), true),
  3: () => adder && !adder.hidden && (addAs("prediction"), true),
  g: () => { $(".top nav a[href^='/']:nth-of-type(2)").click(); return true; },
  "/": () => { const search = $("#search"); if (search) search.focus(); else location.assign("/#search"); return true; },
  "?": () => { help.showModal(); return true; },
  Enter: () => document.activeElement === document.body && press("start"),
};
const EDGES = { "[": ["start", -1], "]": ["start", 1], "{": ["end", -1], "}": ["end", 1] };

function editingKey(event) {
  if (event.key === "Escape") { leave(); return true; }
  const free = !typing(event.target) || event.target.type === "number";
  const nudged = EDGES[event.key] ?? EDGES[{ BracketLeft: event.shiftKey ? "{" : "[", BracketRight: event.shiftKey ? "}" : "]" }[event.code]];
  if (free && nudged) { nudge(...nudged, event.altKey); return true; }
  if (event.key === "Enter" && !event.target.closest("button, a, summary, select")) { editor.requestSubmit(); return true; }
  return false;
}

document.addEventListener("keydown", (event) => {
  if (help.open || event.isComposing) return;
  const control = event.ctrlKey || event.metaKey;
  if (control && event.key.toLowerCase() === "z" && !typing(event.target)) {
    if (takeBack(event.shiftKey ? "redo" : "undo")) event.preventDefault();
    return;
  }
  if (control) return;
  if (editing()) {
    if (editingKey(event)) event.preventDefault();
    else if (event.key === "?" && !typing(event.target)) help.showModal();
    return;
  }
  if (event.altKey || typing(event.target) || !single()) return;
  const act = KEYS[event.key];
  if (act && act() === true) event.preventDefault();
});

// Opening.
if (editor) recall();
if (panel?.hasAttribute("data-editing") && editor) edit();
const here = $(".current");
if (here && (here.getBoundingClientRect().bottom > innerHeight || here.getBoundingClientRect().top < 0) && matchMedia("(min-width: 60rem)").matches) {
  here.scrollIntoView({ block: "center" });
}
document.documentElement.dataset.ready = "yes";
