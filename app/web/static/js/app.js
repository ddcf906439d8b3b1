// Small helps on every page; everything also works without them.

import "./sizes.js";

// A form is sent once: the button rests until the answer comes.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post") return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "yes";
  setTimeout(() => { delete form.dataset.sent; }, 8000);
});
window.addEventListener("pageshow", () => {
  document.querySelectorAll("form[data-sent]").forEach((form) => { delete form.dataset.sent; });
});

// On narrow screens the menu starts closed; where the screen becomes wide it is there again (a tablet that is turned).
const menu = document.querySelector("[data-menu]");
const narrow = window.matchMedia("(max-width: 1199px)");
if (menu) {
  if (narrow.matches) menu.open = false;
  narrow.addEventListener("change", () => { menu.open = !narrow.matches; });
}

// What has to be put right comes first: the first field with an error, else the summary of errors.
const wrong = document.querySelector("[aria-invalid=true]") ?? document.querySelector("[data-autofocus]");
wrong?.closest("details")?.setAttribute("open", "");
wrong?.focus();

// The explanation of a date is fetched when it is unfolded; a click that came before this script counts too.
const explain = async (box) => {
  if (!box.open || !box.dataset?.src || box.dataset.loaded) return;
  box.dataset.loaded = "yes";
  try {
    const answer = await fetch(box.dataset.src, { headers: { "X-Fragment": "yes" } });
    if (!answer.ok) throw new Error(answer.statusText);
    box.querySelector("[data-target]").innerHTML = await answer.text();
  } catch { delete box.dataset.loaded; } // the plain link inside stays
};
document.addEventListener("toggle", (event) => explain(event.target), true);
document.querySelectorAll("details[data-src][open]").forEach(explain);

// The bell asks once a minute, and falls silent when the server does not answer. It says whether somebody typed since it
// asked before: an empty chair keeps no session alive, a long interview does.
let typed = false;
document.addEventListener("input", () => { typed = true; });
const bell = document.querySelector("[data-bell]");
if (bell) {
  setInterval(async () => {
    try {
      const headers = typed ? { Accept: "application/json", "X-In-Use": "yes" } : { Accept: "application/json" };
      typed = false;
      const answer = await fetch(bell.dataset.bell, { headers });
      if (!answer.ok) return;
      const { unread } = await answer.json();
      const count = bell.querySelector("[data-bell-count]");
      count.textContent = unread > 99 ? "99+" : unread;
      count.hidden = !unread;
    } catch { /* the next minute will tell */ }
  }, 60000);
}
