"""The filters of the log book: they live in the address and never hold a name."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import lazy_gettext as _l
from wtforms import Form, SelectField

from app.core.clock import today
from app.organisation.models import Unit
from app.web.forms import ViDateField, record_id
from app.web.locale import language
from complaints.codes import PetitionKind, choices
from reception.codes import VisitOutcome
from reception.forms import options
from reception.queries import LogFilter


class LogBookForm(Form):
    """What may be asked of the log book."""

    first = ViDateField(_l("Từ ngày"), name="from", render_kw={"maxlength": 10})
    last = ViDateField(_l("Đến ngày"), name="to", render_kw={"maxlength": 10})
    unit_id = SelectField(_l("Sổ của"), name="unit", coerce=record_id, validate_choice=False)
    kind = SelectField(_l("Loại"), validate_choice=False)
    outcome = SelectField(_l("Kết quả"), validate_choice=False)

    def offer(self, units: Sequence[Unit]) -> None:
        """Fill the lists to choose from: the books that the person may read."""
        lang, every = language(), _l("tất cả")
        several = [(0, every)] if len(units) != 1 else []
        self.unit_id.choices = options([*several, *((unit.id, unit.name) for unit in units)])
        self.kind.choices = options([("", every), *choices(PetitionKind, lang)])
        self.outcome.choices = options([("", every), *choices(VisitOutcome, lang)])
        if len(units) == 1:
            self.unit_id.data = units[0].id

    def wanted(self, cursor: str | None = None) -> LogFilter:
        """Return the filter; without days, or with days that cannot be read, the present month."""
        day = today()
        first = self.first.data or (self.last.data or day).replace(day=1)
        last = self.last.data or max(day, first)
        first, last = sorted((first, last))
        for field, shown in ((self.first, first), (self.last, last)):
            field.process_data(shown)
            field.raw_data = None
        return LogFilter(
            first=first,
            last=last,
            unit_id=self.unit_id.data or None,
            kind=self.kind.data or None,
            outcome=self.outcome.data or None,
            cursor=cursor,
        )


@dataclass(frozen=True)
class MonthLinks:
    """Arguments of the address: the month before, the month after (None in the future), and the filter as it is."""

    before: dict[str, str]
    after: dict[str, str] | None
    kept: dict[str, str]


def month_links(wanted: LogFilter) -> MonthLinks:
    """Return the neighbouring months with the other filters kept."""
    kept = {"unit": wanted.unit_id, "kind": wanted.kind, "outcome": wanted.outcome}
    others = {name: str(value) for name, value in kept.items() if value}
    start = wanted.first.replace(day=1)
    after = (start + timedelta(days=32)).replace(day=1)
    return MonthLinks(
        before=_month((start - timedelta(days=1)).replace(day=1)) | others,
        after=_month(after) | others if after <= today() else None,
        kept={"from": _day(wanted.first), "to": _day(wanted.last)} | others,
    )


def _month(first: date) -> dict[str, str]:
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return {"from": _day(first), "to": _day(last)}


def _day(value: date) -> str:
    return value.strftime("%d/%m/%Y")
