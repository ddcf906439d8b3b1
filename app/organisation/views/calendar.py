"""The calendar of a year, for everybody to see; typing and importing official days, for whoever may."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from hashlib import sha256
from http import HTTPStatus
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from app.core.calendar import DayKind
from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError, Invalid, NotFound
from app.core.permissions import Permission
from app.organisation import calendar_file
from app.organisation.calendar_file import BYTES_MAX, KIND_WORDS, PlannedDay
from app.organisation.chart import UnitPlace
from app.organisation.forms import CalendarDayForm, CalendarImportForm
from app.organisation.models import CalendarChange
from app.organisation.queries import (
    calendar_unit,
    calendar_units,
    work_calendar,
    years_without_official_days,
)
from app.organisation.services import calendar as office_calendar
from app.organisation.services.calendar import FIRST_YEAR, LAST_YEAR, DayEntry
from app.organisation.year import SIGNS, calendar_year, latest_changes, tone_words
from app.web.access import access, current_principal
from app.web.forms import record_id

blueprint = Blueprint("calendar", __name__, url_prefix="/calendar", template_folder="../templates")
UNPROCESSABLE = HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.app_context_processor
def _warnings() -> dict[str, Any]:
    """Let administrators' pages warn of years that nothing official is known of; asked only where it is shown."""
    return {"years_without_official_days": _unconfirmed}


def _unconfirmed() -> list[tuple[UnitPlace, int]]:
    if not (current_user.is_authenticated and current_principal().may(Permission.CALENDAR_MANAGE)):
        return []
    return years_without_official_days(today())


@blueprint.get("/")
@access(Permission.CALENDAR_VIEW)
def year() -> ResponseReturnValue:
    """Show a year: what is off beside Saturdays and Sundays, which weekend days are worked, why, and how sure it is."""
    return _page(CalendarDayForm(formdata=None), _unit(), request.args.get("year", type=int))


@blueprint.post("/")
@access(Permission.CALENDAR_MANAGE)
def set_days() -> ResponseReturnValue:
    """Enter one official day, or several on end."""
    form, unit = CalendarDayForm(), _unit()
    if form.validate():
        try:
            with unit_of_work():
                change = office_calendar.set_calendar_days(unit.id, form.entries(), actor=current_principal())
            return _saved(unit, form.day.data.year, change)
        except DomainError as error:
            form.show(error)
    wanted = form.day.data.year if form.day.data else request.args.get("year", type=int)
    return _page(form, unit, wanted), UNPROCESSABLE


@blueprint.post("/forget")
@access(Permission.CALENDAR_MANAGE)
def forget_day() -> ResponseReturnValue:
    """Let a day follow what is computed again."""
    unit = _unit()
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Invalid(_("Ngày không đọc được.")) from None
    with unit_of_work():
        change = office_calendar.forget_calendar_day(unit.id, day, actor=current_principal())
    return _saved(unit, day.year, change)


@blueprint.get("/import")
@access(Permission.CALENDAR_MANAGE)
def import_form() -> ResponseReturnValue:
    """Ask for a file of official days."""
    return _import_page(CalendarImportForm(formdata=None), _unit())


@blueprint.post("/import")
@access(Permission.CALENDAR_MANAGE)
def preview_import() -> ResponseReturnValue:
    """Show what a file would change, or a message for every line that makes no sense; nothing is written yet."""
    form, unit = CalendarImportForm(), _unit()
    upload = request.files.get("file")
    if not form.validate() or upload is None or not upload.filename:
        return _import_page(form, unit), UNPROCESSABLE
    read = calendar_file.read_file(
        upload.stream.read(BYTES_MAX + 1),
        decision_no=form.decision_no.data or "",
        decided_on=form.decided_on.data,
    )
    if read.problems:
        return _import_page(form, unit, problems=read.problems), UNPROCESSABLE
    entries = calendar_file.with_rest_of_years(read.entries) if form.complete.data else read.entries
    return _preview(unit, entries)


@blueprint.post("/import/confirm")
@access(Permission.CALENDAR_MANAGE)
def confirm_import() -> ResponseReturnValue:
    """Write what the preview showed, all of it or nothing; show it anew when the calendar has changed meanwhile."""
    unit = _unit()
    entries = _carried(request.form.get("entries", ""))
    planned = calendar_file.plan(unit.id, entries, work_calendar(unit.id))
    if _fingerprint(planned) != request.form.get("fingerprint"):
        flash(_("Lịch vừa được người khác sửa. Xem lại thay đổi rồi xác nhận; chưa ghi gì."), "danger")
        return _preview(unit, entries), HTTPStatus.CONFLICT
    with unit_of_work():
        change = office_calendar.set_calendar_days(
            unit.id, entries, actor=current_principal(), how="imported"
        )
    return _saved(unit, entries[0].day.year, change)


def _preview(unit: UnitPlace, entries: Sequence[DayEntry]) -> str:
    planned = calendar_file.plan(unit.id, entries, work_calendar(unit.id))
    return render_template(
        "organisation/calendar_preview.html", unit=unit, planned=planned, total=len(entries), kind_words=KIND_WORDS,
        entries=json.dumps([asdict(entry) for entry in entries], default=str), fingerprint=_fingerprint(planned),
    )  # fmt: skip


def _fingerprint(planned: Sequence[PlannedDay]) -> str:
    return sha256(repr(planned).encode()).hexdigest()


def _carried(text: str) -> list[DayEntry]:
    """Return the days that the preview carries along. They are as good as typed: the service checks each again."""
    try:
        entries = [
            DayEntry(
                date.fromisoformat(row["day"]), DayKind(row["kind"]), str(row["reason"]), str(row["decision_no"]),
                date.fromisoformat(row["decided_on"]) if row["decided_on"] else None,
            )
            for row in json.loads(text)
        ]  # fmt: skip
    except (ValueError, KeyError, TypeError):
        entries = []
    if not entries:
        raise Invalid(_("Nội dung xem trước không đọc được. Chọn lại tệp."))
    return entries


def _unit() -> UnitPlace:
    """Return whose calendar the address asks for, by default that of the person's own unit."""
    units = {unit.id: unit for unit in calendar_units(today())}
    wanted = request.args.get("unit", type=record_id)
    if wanted is None:
        own = (calendar_unit(m.unit_id) for m in current_principal().memberships)
        wanted = next((unit_id for unit_id in own if unit_id in units), next(iter(units), None))
    if wanted not in units:
        raise NotFound
    return units[wanted]


def _saved(unit: UnitPlace, number: int, change: CalendarChange | None) -> ResponseReturnValue:
    """Lead to the recomputing of due dates where there is one, else back to the year."""
    if change is not None and change.moves_dates:
        flash(_("Đã lưu. Hạn của các hồ sơ đang mở đang được tính lại."), "success")
        return redirect(url_for("recalculations.show", change_id=change.id))
    flash(_("Đã lưu. Không có ngày nào đổi giữa làm việc và nghỉ, nên không hạn nào thay đổi."), "success")
    return redirect(url_for("calendar.year", year=number, unit=unit.id))


def _page(form: CalendarDayForm, unit: UnitPlace, wanted: int | None) -> str:
    number = min(max(wanted or today().year, FIRST_YEAR), LAST_YEAR)
    return render_template(
        "organisation/calendar.html", year=calendar_year(unit.id, number), form=form, today=today(), unit=unit,
        units=calendar_units(today()), first_year=FIRST_YEAR, last_year=LAST_YEAR, signs=SIGNS, tone_words=tone_words,
        changes=latest_changes(unit.id),
    )  # fmt: skip


def _import_page(form: CalendarImportForm, unit: UnitPlace, problems: Sequence[str] = ()) -> str:
    return render_template(
        "organisation/calendar_import.html", form=form, unit=unit, problems=problems, kind_words=KIND_WORDS
    )
