// Boxes over a picture that is to be masked: drawn by mouse, pen or finger, or typed as numbers; each shows the other.
const root = document.querySelector("[data-mask]");
const area = root?.querySelector("[data-mask-area]");
const rows = [...(root?.querySelectorAll("[data-mask-row]") ?? [])].map((box) => ({
  box,
  fields: [...box.querySelectorAll("input")],
  clear: box.querySelector("[data-mask-clear]"),
}));
const SMALLEST = 0.5; // hundredths: less is a click, not a box
const NS = "http://www.w3.org/2000/svg";

const read = (field) => Number.parseFloat(field.value.replace(",", "."));
const empty = (row) => row.fields.every((field) => !field.value.trim());
const say = (number) => String(Math.round(number * 10) / 10).replace(".", ",");

const rectangle = ([x, y, width, height]) => {
  const shape = document.createElementNS(NS, "rect");
  Object.entries({ x, y, width, height }).forEach(([name, value]) => shape.setAttribute(name, value));
  return shape;
};

// As many rows as are filled in, and one more where none is; the others wait unseen.
let wanted = 1;
const show = () => {
  const last = rows.findLastIndex((row) => !empty(row)) + 1;
  wanted = Math.max(wanted, last);
  rows.forEach((row, at) => {
    row.box.hidden = at >= wanted;
    row.clear.hidden = empty(row);
  });
  area?.replaceChildren(
    ...rows.map((row) => row.fields.map(read)).filter((box) => box.every((n) => n >= 0)).map(rectangle),
  );
};

const at = (event) => {
  const { left, top, width, height } = area.getBoundingClientRect();
  const inside = (n) => Math.min(100, Math.max(0, n));
  return [inside(((event.clientX - left) * 100) / width), inside(((event.clientY - top) * 100) / height)];
};
// Outward to a tenth: what was drawn over stays covered.
const between = ([ax, ay], [bx, by]) => {
  const down = (n) => Math.floor(n * 10) / 10;
  const up = (n) => Math.ceil(n * 10) / 10;
  const [x, y] = [down(Math.min(ax, bx)), down(Math.min(ay, by))];
  return [x, y, up(Math.max(ax, bx)) - x, up(Math.max(ay, by)) - y];
};

const draw = root?.querySelector("[data-mask-draw]");
const drawing = () => draw.getAttribute("aria-pressed") === "true";

const keep = (box) => {
  const row = rows.find(empty);
  if (!row || box[2] < SMALLEST || box[3] < SMALLEST) return;
  row.fields.forEach((field, n) => { field.value = say(box[n]); });
  const nothing = root.querySelector("input[name=nothing]");
  if (nothing) nothing.checked = false;
};

if (area) {
  let from = null;
  let shape = null;
  area.addEventListener("pointerdown", (event) => {
    if (!drawing() || event.button !== 0 || from) return;
    event.preventDefault();
    area.setPointerCapture(event.pointerId);
    from = at(event);
    shape = area.appendChild(rectangle([...from, 0, 0]));
  });
  area.addEventListener("pointermove", (event) => {
    if (!from) return;
    const next = rectangle(between(from, at(event)));
    shape.replaceWith(next);
    shape = next;
  });
  const end = (event) => {
    if (!from) return;
    if (event.type === "pointerup") keep(between(from, at(event)));
    from = null;
    show();
  };
  area.addEventListener("pointerup", end);
  area.addEventListener("pointercancel", end);
  draw.addEventListener("click", () => {
    draw.setAttribute("aria-pressed", String(!drawing()));
    area.classList.toggle("resting", !drawing());
  });
}

rows.forEach((row) => {
  row.box.addEventListener("input", show);
  row.clear.addEventListener("click", () => {
    row.fields.forEach((field) => { field.value = ""; });
    show();
    row.fields[0].focus();
  });
});
root?.querySelector("[data-mask-more]")?.addEventListener("click", () => {
  const row = rows.find((one) => empty(one) && !one.box.hidden) ?? rows.find(empty);
  if (!row) return;
  wanted = Math.max(wanted, rows.indexOf(row) + 1);
  show();
  row.fields[0].focus();
});
root?.querySelectorAll("[data-mask-tools]").forEach((tools) => { tools.hidden = false; });
show();
