"""`tiepdan clocks`: the sweep by hand, and the derived dates."""

import json
import sys
from dataclasses import asdict
from datetime import datetime
from typing import Any

import click

from app.commands.context import application
from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import Invalid
from complaints.services.clocks import rebuild_all
from complaints.services.escalation import PreviewRow
from notifications.sweep import run_sweep


@click.group()
def clocks() -> None:
    """Raise what is due, or derive all dates again."""


@clocks.command()
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would be raised.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="As at the end of this day (YYYY-MM-DD).",
)
def sweep(dry_run: bool, as_of: datetime | None) -> None:
    """Raise the alerts that are due and tell who should know; prints JSON.

    The cron does the same every minute; doing it twice does no harm.
    """
    day = as_of.date() if as_of else None
    if day is not None and day > today() and not dry_run:
        raise Invalid("--as-of with a day to come needs --dry-run: nothing is raised before its day")
    with application():
        result = run_sweep(day, dry_run=dry_run)
        report: dict[str, Any] = {
            "examined": result.examined,
            "raised": result.raised,
            "notified": result.notified,
        }
        if dry_run:
            report |= {
                "as_of": (day or today()).isoformat(),
                "alerts": [_alert(alert) for alert in result.preview],
            }
    click.echo(json.dumps(report))


def _alert(alert: PreviewRow) -> dict[str, Any]:
    """Return an alert as JSON: numbers, codes, dates, and the ids of who would be told as what; no names."""
    return {
        "number": alert.number,
        "clock": alert.clock_code,
        "due_on": alert.due_on.isoformat(),
        "alert_on": alert.alert_on.isoformat(),
        "rung": alert.rung.key,
        "people": {level.value: list(people) for level, people in alert.people.items()},
    }


@clocks.command()
def rebuild() -> None:
    """Derive the dates of every clock, running or ended, and the nearest due dates again; what differed is put right.

    Prints what differed as JSON, and exits 1 when anything did: 0 proves the dates.
    """
    with application(), unit_of_work():
        differences = [asdict(difference) for difference in rebuild_all()]
    click.echo(json.dumps({"differences": differences}))
    if differences:
        sys.exit(1)
