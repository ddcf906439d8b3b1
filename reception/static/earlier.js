// Who has been here before: while a number, telephone or name is typed, earlier visits and petitions show beside the form.
// The request is a POST, so that what is typed (perhaps a denouncer's name) stands in no address and no access log.

const PAUSE = 250;
const PARTS = { full_name: "name", identity_number: "identity_number", phone: "phone" };

/** Return what to look for: the row of people in which the officer types. */
function wanted(form, panel, row) {
  const body = new FormData();
  body.set("choosing", panel.dataset.choosing);
  body.set("unit_id", form.elements.unit_id?.value ?? "");
  body.set("csrf_token", form.elements.csrf_token?.value ?? "");
  for (const [part, name] of Object.entries(PARTS)) {
    body.set(name, row.querySelector(`[name$="-${part}"]`)?.value ?? "");
  }
  return body;
}

/** Keep the panel up to date. */
export function watchEarlier(form, panel) {
  const sealed = new Set((form.dataset.sealedKinds || "").split(" "));
  form.querySelector("[data-find]")?.setAttribute("hidden", ""); // what is typed is looked up by itself
  let timer = 0;
  let running = null;

  const isSealed = () => sealed.has(form.querySelector("[name=kind]:checked")?.value);

  async function look(row) {
    running?.abort();
    running = new AbortController();
    const chosen = panel.querySelector("[name=same_matter_id]:checked")?.value;
    try {
      const body = wanted(form, panel, row);
      const answer = await fetch(panel.dataset.url, { method: "POST", body, signal: running.signal });
      if (!answer.ok || isSealed()) return;
      panel.innerHTML = await answer.text();
      if (chosen) {
        const again = [...panel.querySelectorAll("[name=same_matter_id]")].find((input) => input.value === chosen);
        if (again) again.checked = true;
      }
    } catch (error) {
      if (error.name !== "AbortError") panel.dataset.away = "1"; // the desk works without the panel
    }
  }

  form.addEventListener("input", (event) => {
    const field = event.target.name || "";
    if (!Object.keys(PARTS).some((part) => field.endsWith(`-${part}`)) || isSealed()) return;
    const row = event.target.closest("[data-row]");
    if (panel.contains(event.target)) return;
    clearTimeout(timer);
    timer = setTimeout(look, PAUSE, row);
  });

  form.addEventListener("change", (event) => {
    if (event.target.name !== "kind") return;
    if (isSealed()) {
      clearTimeout(timer);
      running?.abort();
      panel.replaceChildren();
    } else {
      look(form.querySelector("[data-row]"));
    }
  });
}
