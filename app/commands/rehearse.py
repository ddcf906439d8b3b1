"""`tiepdan law rehearse`: what a new version of a rule would do to the open clocks; nothing is written."""

import json
from pathlib import Path
from typing import Any

import click

from app.commands.context import application
from app.organisation.chart import chart
from complaints.queries.numbers import numbers_of
from complaints.rulebook.loader import load_rulebook
from complaints.rulebook.rehearsal import NewVersion, RehearsalError, read_versions
from complaints.services.rehearsal import Change, Rehearsed, UnitCount
from complaints.services.rehearsal import rehearse as rehearse_versions


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="As JSON: versions, counts, units, clocks.")
def rehearse(file: Path, as_json: bool) -> None:
    """Rehearse the [[rule]] rows of FILE.toml on all open clocks: old and new due dates.

    A row needs code, valid_from and number; unit, lengths, extension, article, ... are taken from the newest version
    when they are not given. 'applies_to_open = true' says that a transition rule would switch open clocks.
    """
    try:
        versions = read_versions(file.read_text(encoding="utf-8"), load_rulebook())
    except UnicodeDecodeError:
        raise click.UsageError(f"{file}: not a text in UTF-8") from None
    except RehearsalError as error:
        raise click.UsageError("\n".join(error.findings)) from None
    with application():
        found = rehearse_versions(versions, actor=None)
        numbers = numbers_of(change.shown for change in found.changes)
        units = {unit_id: chart().units[unit_id].code for unit_id in found.units}
        report = _report(versions, found, numbers, units)
    click.echo(json.dumps(report, ensure_ascii=False, indent=1) if as_json else _words(report))


def _report(
    versions: list[NewVersion], found: Rehearsed, numbers: dict[Any, str], units: dict[int, str]
) -> dict[str, Any]:
    return {
        "versions": [
            {"rule": v.rule.version, "number": v.rule.number, "unit": v.rule.unit.value,
             "applies_to_open": v.applies_to_open}
            for v in versions
        ],
        "examined": found.examined, "untouched": found.untouched, "resting": found.resting,
        **_count(found.total),
        "units": [{"unit": units[unit_id], **_count(count)} for unit_id, count in found.units.items()],
        "clocks": [_line(change, numbers, units) for change in found.changes],
    }  # fmt: skip


def _count(count: UnitCount) -> dict[str, int]:
    return {
        "changed": count.changed,
        "earlier": count.earlier,
        "later": count.later,
        "impossible": count.impossible,
    }


def _line(change: Change, numbers: dict[Any, str], units: dict[int, str]) -> dict[str, Any]:
    return {
        "number": numbers.get(change.shown, ""), "clock": change.code, "unit": units[change.unit_id],
        "old_due_on": change.old_due_on.isoformat() if change.old_due_on else None,
        "new_due_on": change.new_due_on.isoformat() if change.new_due_on else None,
        "days": change.days, "impossible": change.impossible,
    }  # fmt: skip


def _words(report: dict[str, Any]) -> str:
    changes = f"{report['earlier']} earlier, {report['later']} later, {report['impossible']} impossible"
    kept = f"{report['untouched']} keep the version they started under, {report['resting']} rest"
    lines = [f"{report['examined']} open clocks, {report['changed']} would change ({changes}); {kept}"]
    lines += [f"  {unit['unit']:12}{unit['changed']:>7}" for unit in report["units"]]
    lines += [
        f"{line['number']:24}{line['clock']:16}{line['old_due_on'] or '-':>12} -> "
        f"{line['new_due_on'] or line['impossible'] or '-'}"
        for line in report["clocks"]
    ]
    return "\n".join(lines)
