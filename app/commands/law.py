"""`tiepdan law`: the rulebook as a legal officer, or a script, can read and check it; no database is needed."""

import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from app.commands.coverage import coverage_
from app.commands.diagrams import diagrams
from app.commands.rehearse import rehearse
from app.core.calendar import WorkCalendar, in_words
from app.core.clock import today
from app.tables import every_workflow
from complaints.clocks import ClockError, ClockEvent, Step, Verb, latest_allowed, read_clock
from complaints.review import findings, overtaken
from complaints.rulebook.figures import Figure, load_figures
from complaints.rulebook.loader import FOLDER, Rule, Unit, load_rulebook, read_rules

LAST_YEAR = 2200  # beyond it a date is a slip of the keyboard, and counting would leave the calendar


class Day(click.DateTime):
    """A day in one of the two forms, not beyond LAST_YEAR."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Return the day. Fails when it cannot be read or is too far away."""
        day: datetime = super().convert(value, param, ctx)
        if day.year > LAST_YEAR:
            self.fail(f"'{value}' is after the year {LAST_YEAR}", param, ctx)
        return day


DAY = Day(["%Y-%m-%d", "%d/%m/%Y"])
_FORMATS = "YYYY-MM-DD or dd/mm/yyyy"


class Pause(click.ParamType):
    """FROM:TO, two days."""

    name = "FROM:TO"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[date, date]:
        """Return the two days. Fails unless TO is not before FROM."""
        first, separator, last = str(value).partition(":")
        if not separator:
            self.fail(f"'{value}' is not FROM:TO", param, ctx)
        start, end = (DAY.convert(word, param, ctx).date() for word in (first, last))
        if end < start:
            self.fail(f"'{value}' ends before it begins", param, ctx)
        return start, end


@click.group()
def law() -> None:
    """Read the law as data: list the rules, work out a due date, check that all holds together."""


law.add_command(diagrams)
law.add_command(coverage_)
law.add_command(rehearse)


@law.command("check")
@click.option(
    "--folder",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    default=FOLDER,
    show_default="the rules of this installation",
    help="A draft: a copy of complaints/rulebook, edited.",
)
def check_(folder: Path) -> None:
    """Check rules, workflows and forms against each other; prints the findings and exits 1 when there are any."""
    workflows = every_workflow()
    found = findings(workflows, folder)
    for finding in found:
        click.echo(finding)
    for note in overtaken(workflows) if folder == FOLDER else ():
        click.echo(note)
    if found:
        sys.exit(1)
    click.echo(f"{len(read_rules(folder)[0])} rules, no findings")


@law.command("list")
@click.option(
    "--as-of", type=DAY, metavar="DATE", help=f"The rules of this day ({_FORMATS}); today's without it."
)
@click.option("--json", "as_json", is_flag=True, help="As JSON, with everything a rule says.")
def list_(as_of: datetime | None, as_json: bool) -> None:
    """List the rules in force on a day: the clocks, then the figures that are no clocks."""
    day = as_of.date() if as_of else today()
    rules = [rule for rule in load_rulebook().rules() if rule.covers(day)]
    figures = [figure for figure in load_figures() if figure.covers(day)]
    if as_json:
        rows = [*(_as_json("rule", rule) for rule in rules), *(_as_json("figure", row) for row in figures)]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
        return
    for rule in rules:
        numbers = "/".join(str(n) for n in dict.fromkeys((rule.number, *rule.lengths.values())))
        click.echo(f"{rule.code:22}{numbers:>14} {rule.unit.value:4}{rule.confidence.value:8}{rule.name_vi}")
        click.echo(f"{'':44}{rule.article if rule.is_law else 'mục tiêu nội bộ'}")
    for row in figures:
        bound = {"min": "≥", "max": "≤", "exact": "="}[row.direction] + f" {row.number}"
        click.echo(f"{row.code:22}{bound:>14}     {row.confidence.value:8}{row.name_vi}: {row.counts_vi}")
        click.echo(f"{'':44}{row.article}")


def _as_json(kind: str, row: Rule | Figure) -> dict[str, Any]:
    plain = {kind: row.version, **asdict(row)}
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in plain.items()}


@law.command()
@click.argument("clock")
@click.option("--from", "start", type=DAY, required=True, metavar="DATE",
              help=f"The day of the event that starts it, or the planned day ({_FORMATS}).")  # fmt: skip
@click.option("--remote", is_flag=True, help="In a remote area where travel is hard.")
@click.option("--complex", "complex_", is_flag=True, help="The case is complex.")
@click.option("--extend", "extensions", type=click.IntRange(1, 1000), multiple=True, metavar="N",
              help="Extended by N days (to N in all where the rule says so); may be repeated.")  # fmt: skip
@click.option("--pause", "pauses", type=Pause(), multiple=True,
              help="Suspended on FROM, resumed on TO; may be repeated.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="As JSON: clock, rule, article, start, due_on, steps.")
def due(
    clock: str, start: datetime, *, remote: bool, complex_: bool, extensions: Sequence[int],
    pauses: Sequence[tuple[date, date]], as_json: bool,
) -> None:  # fmt: skip
    """Work out when CLOCK ends, and how: 'tiepdan law due KN_ACCEPT --from 12/11/2026'.

    Public holidays are those of the 'holidays' package; days that an office set itself are not counted here.
    """
    rule = _rule(clock, start.date())
    calendar = WorkCalendar()
    due_on: date | None
    if rule.backward:
        if remote or complex_ or extensions or pauses:
            raise click.UsageError(f"{clock} is counted back from a planned day: it takes --from alone")
        due_on, steps = _backward(rule, start.date(), calendar)
    else:
        first = ClockEvent(Verb.START, start.date(), remote=remote, complex=complex_)
        try:
            reading = read_clock(rule, list(_events(rule, first, extensions, pauses, calendar)), calendar)
        except ClockError as error:
            raise click.UsageError(error.reason_vi) from None
        due_on, steps = reading.due_on, reading.steps
    (_print_json if as_json else _print_words)(rule, start.date(), due_on, steps)


def _print_json(rule: Rule, start: date, due_on: date | None, steps: Sequence[Step]) -> None:
    report = {
        "clock": rule.code,
        "rule": rule.version,
        "article": rule.article,
        "start": start.isoformat(),
        "due_on": due_on.isoformat() if due_on else None,
        "steps": [{"date": step.on.isoformat(), "what": step.what, "why": step.why} for step in steps],
    }
    click.echo(json.dumps(report, ensure_ascii=False, indent=1))


def _print_words(rule: Rule, _start: date, due_on: date | None, steps: Sequence[Step]) -> None:
    click.echo(f"{rule.name_vi} ({rule.version}): {due_on:%d/%m/%Y}" if due_on else rule.name_vi)
    for step in steps:
        click.echo(f"  {step.on:%d/%m/%Y}  {step.what}" + (f" ({step.why})" if step.why else ""))


def _rule(code: str, day: date) -> Rule:
    book = load_rulebook()
    if code not in book.codes():
        raise click.UsageError(f"no clock '{code}'; 'tiepdan law list' shows them")
    try:
        return book.rule(code, day)
    except KeyError:
        raise click.UsageError(f"{code} has no rule for {day:%d/%m/%Y}") from None


def _backward(rule: Rule, planned: date, calendar: WorkCalendar) -> tuple[date, tuple[Step, ...]]:
    latest = latest_allowed(rule, planned, calendar)
    if rule.unit is Unit.HOUR:
        return latest, (
            Step(planned, f"Ngày dự kiến {in_words(planned)}", ""),
            Step(latest, f"Trước giờ dự kiến {rule.number} giờ, trong {in_words(latest)}", rule.article),
        )
    counted = f"Lùi {rule.number} {rule.unit.words_vi}: chậm nhất {in_words(latest)}"
    return latest, (
        Step(planned, f"Ngày dự kiến {in_words(planned)}, không tính ngày này", ""),
        Step(latest, counted, rule.article),
    )


def _events(
    rule: Rule,
    first: ClockEvent,
    extensions: Iterable[int],
    pauses: Iterable[tuple[date, date]],
    calendar: WorkCalendar,
) -> Iterator[ClockEvent]:  # fmt: skip
    """Yield the events in their order; an extension comes on the last day on which it can, so that none is too late."""
    so_far, waiting = [first], list(extensions)

    def extend(before: date | None) -> None:
        while waiting:
            ends = read_clock(rule, so_far, calendar).due_on
            if ends is None or (before is not None and ends >= before):
                return
            so_far.append(ClockEvent(Verb.EXTEND, ends, days=waiting.pop(0)))

    for start, end in sorted(pauses):
        extend(start)
        so_far += [ClockEvent(Verb.PAUSE, start), ClockEvent(Verb.RESUME, end)]
    extend(None)
    yield from so_far
