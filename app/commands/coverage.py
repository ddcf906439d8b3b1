"""`tiepdan law coverage`: docs/law-coverage.md, written from what carries each row of the law, or checked."""

import sys
from pathlib import Path

import click

from app.tables import every_workflow
from complaints.coverage import ROOT, Coverage, coverage, page
from complaints.workflow.catalogue import ALL

PAGE = ROOT / "docs" / "law-coverage.md"


def current() -> Coverage:
    """Return where every row of the law stands now."""
    return coverage(every_workflow(), {workflow.name for workflow in ALL})


@click.command("coverage")
@click.option(
    "--check", is_flag=True, help="Write nothing; exit 1 when the page is stale or a row is left out."
)
@click.option(
    "--page",
    "path",
    type=click.Path(dir_okay=False, path_type=Path),
    default=PAGE,
    show_default="docs/law-coverage.md",
)
def coverage_(*, check: bool, path: Path) -> None:
    """Say where every row of the law is carried and tested, or why not; for a checkout, since it reads the tests."""
    if not (ROOT / "tests").is_dir():
        raise click.UsageError("this installation has no tests: run it in a checkout")
    found = current()
    wanted = page(found)
    stale = not path.is_file() or path.read_text(encoding="utf-8") != wanted
    for line in (*found.findings, *found.overtaken):
        click.echo(line)
    if check:
        if stale:
            click.echo(f"{path} is stale: run 'tiepdan law coverage'")
        sys.exit(1 if stale or found.findings else 0)
    if stale:
        path.write_text(wanted, encoding="utf-8")
    built = sum(bool(row.built) for row in found.rows.values())
    click.echo(f"{len(found.rows)} rows, {built} carried; the page is {'written' if stale else 'current'}")
    if found.findings:
        sys.exit(1)
