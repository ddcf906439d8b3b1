// How far the recomputing has come, asked every second; without this the page is simply reloaded.
const bar = document.querySelector("[data-progress]");
const show = (name, value) => { document.querySelector(`[data-${name}]`).textContent = value; };
const ask = async () => {
  try {
    const answer = await fetch(bar.dataset.progress, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const { done, total, moved, finished } = await answer.json();
    bar.max = Math.max(total, 1);
    bar.value = done;
    show("done", done);
    show("moved", moved);
    if (finished) { location.reload(); return; }
  } catch { /* the next second will tell */ }
  setTimeout(ask, 1000);
};
if (bar) ask();
