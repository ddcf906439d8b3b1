// The desk's forms: rows, the panel of earlier matters, and the keyboard. Everything also works without this file.

import { watchEarlier } from "./earlier.js";
import { growRows } from "./rows.js";

const FIELDS = "input:not([type=hidden]), select, textarea, summary, button";

/** Ctrl+Enter saves from anywhere; Enter alone in a line goes on to the next field and never sends half a form. */
function keyboard(form, save) {
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) {
      event.preventDefault();
      form.requestSubmit(save);
    } else if (event.target.matches("input:not([type=file])")) {
      event.preventDefault();
      nextField(form, event.target)?.focus();
    }
  });
}

/** Return the field after this one in the order of the page; of a group of radio buttons the chosen one. */
function nextField(form, current) {
  const fields = [...form.querySelectorAll(FIELDS)].filter((field) => field.checkVisibility());
  const rest = fields.slice(fields.indexOf(current) + 1);
  const next = rest.find((field) => field.type !== "radio" || field.name !== current.name);
  return next?.type === "radio" ? rest.find((field) => field.name === next.name && field.checked) || next : next;
}

/** One click is enough: the second is ignored while the first is on its way (the server would ignore it too). */
function once(form, save) {
  let sent = false;
  form.addEventListener("submit", (event) => {
    if (event.submitter && event.submitter !== save) return;
    if (sent) {
      event.preventDefault();
      return;
    }
    sent = true;
    save.setAttribute("aria-disabled", "true");
    save.dataset.label = save.textContent;
    save.textContent = save.dataset.busy;
  });
  addEventListener("pageshow", (event) => {
    if (event.persisted) location.reload(); // a form that was already sent must not come back from the cache
  });
}

/** Count people as rows are added; a number typed by hand that is larger stays. */
function countPeople(form) {
  const count = form.elements.people_count;
  if (!count) return;
  form.addEventListener("rowschanged", () => {
    const rows = form.querySelectorAll('[data-rows="visitors"] > [data-row]').length + 1;
    if (Number(count.value) < rows) count.value = rows;
  });
}

/** Ask before a page with typed text is left; nothing is kept in the browser, since it may hold a sealed name. */
function guard(form) {
  let typed = false;
  form.addEventListener("input", () => (typed = true));
  form.addEventListener("submit", () => (typed = false));
  addEventListener("beforeunload", (event) => {
    if (typed) event.preventDefault();
  });
}

const form = document.querySelector("form[data-desk]");
if (form) {
  const save = form.querySelector("button[data-save]");
  const panel = document.querySelector("[data-earlier]");
  growRows(form);
  keyboard(form, save);
  once(form, save);
  countPeople(form);
  guard(form);
  if (panel) watchEarlier(form, panel);
}
