"""The figures as docs/performance.md."""

from typing import Any

from bench.measure import day_of_measurement

_HEAD = """# Performance

Written by `make bench` on {day} ({machine}, 2 cores). Pages go over HTTP: gunicorn with one worker of the product's
kind, one kept connection on loopback, PostgreSQL on a unix socket; session, CSRF, access and templates included.
`queries` are a page's, who is signed in and the bell included. `ratio` is against the reference limit taken in turn
with it, served by the same gunicorn: for pages a bare Flask view with one indexed SELECT of 25 rows and a Jinja table;
for registering and the sweep a single-row insert and commit.

| what | cases | median ms | p95 ms | queries | ratio |
|---|---:|---:|---:|---:|---:|
"""


def markdown(figures: list[dict[str, Any]], *, machine: str) -> str:
    """Return the page: the table, and how cost grows with the number of cases."""
    text = _HEAD.format(day=f"{day_of_measurement():%d/%m/%Y}", machine=machine)
    for f in figures:
        text += "| {name} | {cases:,} | {median_ms} | {p95_ms} | {asked} | {ratio} |\n".format(
            **f, asked="" if f["queries"] is None else f["queries"]
        )
    sizes = sorted({f["cases"] for f in figures})
    if len(sizes) > 1:
        text += f"\n## Growth from {sizes[0]:,} to {sizes[-1]:,} cases\n\n"
        text += "Of the ratio, so that a busy moment of the machine does not count.\n\n| what | times |\n|---|---:|\n"
        by = {(f["name"], f["cases"]): f["ratio"] for f in figures if not f["name"].startswith("reference")}
        for name in dict.fromkeys(name for name, _size in by):
            small, large = by.get((name, sizes[0])), by.get((name, sizes[-1]))
            if small and large:
                text += f"| {name} | {large / small:.2f} |\n"
    return text
