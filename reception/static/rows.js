// Rows that can be added and removed: people of a group, papers handed over. Without JavaScript the server adds them.

/** Give every row of a list the index of its place, in names, ids and labels. */
function renumber(list) {
  const prefix = list.dataset.rows;
  const first = Number(list.dataset.first || 0);
  const pattern = new RegExp(`${prefix}-(\\d+|__n__)-`, "g");
  [...list.querySelectorAll(":scope > [data-row]")].forEach((row, index) => {
    for (const element of row.querySelectorAll("*")) {
      for (const name of ["name", "id", "for", "aria-describedby", "aria-labelledby"]) {
        const value = element.getAttribute(name);
        if (value && value.includes(`${prefix}-`)) {
          element.setAttribute(name, value.replace(pattern, `${prefix}-${first + index}-`));
        }
      }
      if (element.dataset.rowNumber !== undefined) element.textContent = String(first + index + 1);
    }
  });
}

/** Let the buttons named add and remove work on the page instead of asking the server. */
export function growRows(form) {
  form.addEventListener("click", (event) => {
    const add = event.target.closest("button[name=add]");
    const remove = event.target.closest("button[name=remove]");
    if (add) {
      event.preventDefault();
      const list = form.querySelector(`[data-rows="${add.value}"]`);
      const template = form.querySelector(`template[data-rows-of="${add.value}"]`);
      list.append(template.content.cloneNode(true));
      renumber(list);
      list.lastElementChild.querySelector("input").focus();
      list.dispatchEvent(new Event("rowschanged", { bubbles: true }));
    } else if (remove) {
      event.preventDefault();
      const row = remove.closest("[data-row]");
      const list = row.parentElement;
      const next = row.nextElementSibling || row.previousElementSibling;
      row.remove();
      renumber(list);
      (next?.querySelector("input") || form.querySelector(`button[name=add][value="${list.dataset.rows}"]`))?.focus();
      list.dispatchEvent(new Event("rowschanged", { bubbles: true }));
    }
  });
}
