// What is too large to be sent is said beside its field at once: the server would refuse the whole form.

const TEXT_MOST = 2 * 1024 * 1024 - 64 * 1024; // bytes; the server's MAX_FORM_MEMORY_SIZE less what surrounds the text

/** Say something beside a field, or nothing any more. */
function say(field, words) {
  const id = `${field.id}-size`;
  const line = document.getElementById(id);
  if (!words && !line) return;
  line?.remove();
  field.closest(".field").classList.toggle("has-error", Boolean(words));
  if (words) {
    field.after(Object.assign(document.createElement("p"), { id, className: "error", textContent: words }));
    field.setAttribute("aria-invalid", "true");
    field.setAttribute("aria-describedby", id);
    field.focus();
  } else {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
  }
}

/** Refuse a file that is too large, or one too many for all files of the form together (twice the most for one). */
function checkFile(input) {
  const most = Number(input.dataset.maxBytes);
  const inputs = [...input.form.querySelectorAll("input[data-max-bytes]")];
  const total = inputs.flatMap((one) => [...one.files]).reduce((sum, file) => sum + file.size, 0);
  const large = [...input.files].some((file) => file.size > most);
  if (large || total > 2 * most) input.value = "";
  say(input, large ? input.dataset.tooLarge : total > 2 * most ? input.dataset.tooMany : "");
}

/** Return how many bytes a text takes on its way. */
function bytes(form, text) {
  return form.enctype === "multipart/form-data" ? new Blob([text]).size : encodeURIComponent(text).length;
}

document.addEventListener("change", (event) => {
  if (event.target.matches("input[data-max-bytes]")) checkFile(event.target);
});

document.addEventListener("submit", (event) => {
  const areas = [...event.target.querySelectorAll("textarea[data-too-long]")].map((area) => [area, bytes(event.target, area.value)]);
  const total = areas.reduce((sum, [, size]) => sum + size, 0);
  areas.forEach(([area]) => say(area, ""));
  if (total <= TEXT_MOST) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  const [longest] = areas.reduce((one, other) => (other[1] > one[1] ? other : one));
  say(longest, longest.dataset.tooLong);
}, true);
