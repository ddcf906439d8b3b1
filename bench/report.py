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
_WRITERS = """
## Eight writers at once, with the record and without

Eight processes, acts a second of all together; each process takes an act without the record and one with it in turn,
so that a busy moment of the machine slows both. Registering is the whole act of the service: without any entry, and
with its marked entries. Appending is one entry and its commit and nothing else: without a mark, and with one. What
sealing takes for each entry (the fifth column) is counted into 'with', as if the writers waited for it; they do not.

| what | cases | without, a second | with, a second | sealing, ms an entry | loss % |
|---|---:|---:|---:|---:|---:|
"""


def markdown(figures: list[dict[str, Any]], *, machine: str) -> str:
    """Return the page: the table, and how cost grows with the number of cases."""
    text = _HEAD.format(day=f"{day_of_measurement():%d/%m/%Y}", machine=machine)
    for f in (line for line in figures if "loss" not in line):
        text += "| {name} | {cases:,} | {median_ms} | {p95_ms} | {asked} | {ratio} |\n".format(
            **f, asked="" if f["queries"] is None else f["queries"]
        )
    sizes = sorted({f["cases"] for f in figures})
    if len(sizes) > 1:
        text += f"\n## Growth from {sizes[0]:,} to {sizes[-1]:,} cases\n\n"
        text += "Of the ratio, so that a busy moment of the machine does not count.\n\n| what | times |\n|---|---:|\n"
        by = {
            (f["name"], f["cases"]): f["ratio"]
            for f in figures
            if not f["name"].startswith("reference") and "loss" not in f
        }
        for name in dict.fromkeys(name for name, _size in by):
            small, large = by.get((name, sizes[0])), by.get((name, sizes[-1]))
            if small and large:
                text += f"| {name} | {large / small:.2f} |\n"
    return text + _writers([line for line in figures if "loss" in line])


def _writers(figures: list[dict[str, Any]]) -> str:
    if not figures:
        return ""
    text = _WRITERS
    for f in figures:
        text += "| {name} | {cases:,} | {without} | {with} | {sealing} | {loss} |\n".format(**f)
    return text
