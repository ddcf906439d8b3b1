"""`tiepdan law diagrams`: docs/workflows written from the tables, or checked to be what the tables say."""

import sys
from pathlib import Path

import click

from app.core.clock import today
from app.tables import every_workflow
from complaints.rulebook.loader import load_rulebook
from complaints.workflow.diagram import pages

FOLDER = Path(__file__).parents[2] / "docs" / "workflows"


def rule_words(clock: str) -> str:
    """Return the name, numbers and unit of a clock by the version in force today, or the newest one known."""
    versions = [rule for rule in load_rulebook().rules() if rule.code == clock]
    rule = next((r for r in versions if r.covers(today())), max(versions, key=lambda r: r.valid_from))
    numbers = "/".join(str(n) for n in dict.fromkeys((rule.number, *rule.lengths.values())))
    return f"{rule.name_vi}: {numbers} {rule.unit.words_vi}"


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a page is not what the tables say.")
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    show_default="docs/workflows",
)
def diagrams(*, check: bool, folder: Path) -> None:
    """Write a page a workflow for a legal officer: the diagram and every step, from the tables."""
    wanted = pages(every_workflow(), rule_words)
    present = {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.md")}
    stale = sorted(name for name in {*wanted, *present} if wanted.get(name) != present.get(name))
    if check:
        for name in stale:
            click.echo(f"{folder / name} is not what the tables say: run 'tiepdan law diagrams'")
        sys.exit(1 if stale else 0)
    folder.mkdir(parents=True, exist_ok=True)
    for name in stale:
        if name in wanted:
            (folder / name).write_text(wanted[name], encoding="utf-8")
        else:
            (folder / name).unlink()
    click.echo(f"{len(wanted)} pages, {len(stale)} changed")
