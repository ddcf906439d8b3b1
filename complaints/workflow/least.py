"""What the law wants at least of something that a step records: copies, people, days, times (figures.toml). Pure."""

from datetime import date

from complaints.rulebook.figures import Figure, figure
from complaints.workflow.base import Beside, Data, Facts


def at_least(code: str, on: date) -> Figure | None:
    """Return the figure that holds on a day; None before the law had it."""
    try:
        return figure(code, on)
    except KeyError:
        return None


def too_few(code: str, count: int, on: date, *, field: str, more: str = "") -> Beside | None:
    """Return why a count is less than the law wants on a day, with the article, beside a field; None when it is enough."""
    row = at_least(code, on)
    if row is None or count >= row.number:
        return None
    return Beside(
        field, f"{row.name_vi}: {row.direction.words_vi} {row.number} {row.counts_vi}{more} ({row.article})."
    )


def too_few_typed(code: str, name: str, facts: Facts, data: Data) -> Beside | None:
    """Return why what was typed in a field, a number or a list, is less than the law wants; None while nothing is typed."""
    typed = data.get(name)
    if typed is None:
        return None
    count = typed if isinstance(typed, int) else len(typed)
    return too_few(code, count, day_of(facts, data), field=name)


def day_of(facts: Facts, data: Data) -> date:
    """Return the day of the act that a step records."""
    on: date = data.get("on") or facts.today
    return on
