"""The office's calendar of a year: public holidays, and the office's own days over them."""

from datetime import date
from http import HTTPStatus

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import today
from app.core.db import unit_of_work
from app.core.errors import DomainError, Invalid
from app.core.permissions import Permission
from app.organisation.directory import calendar_year
from app.organisation.forms import CalendarDayForm
from app.organisation.services import calendar as office_calendar
from app.organisation.services.calendar import FIRST_YEAR, LAST_YEAR
from app.web.access import access, current_principal

blueprint = Blueprint("calendar", __name__, url_prefix="/admin/calendar", template_folder="../templates")


@blueprint.get("/")
@access(Permission.CALENDAR_MANAGE)
def year() -> ResponseReturnValue:
    """Show a year: what is off beside Saturdays and Sundays, which weekend days are worked, and why."""
    return _page(CalendarDayForm(formdata=None), request.args.get("year", type=int))


@blueprint.post("/")
@access(Permission.CALENDAR_MANAGE)
def set_day() -> ResponseReturnValue:
    """Enter a day of the office's own."""
    form = CalendarDayForm()
    if form.validate():
        try:
            with unit_of_work():
                office_calendar.set_calendar_day(
                    form.day.data, working=form.working.data == "yes", reason=form.reason.data or "",
                    decision_no=form.decision_no.data or "", actor=current_principal(),
                )  # fmt: skip
            flash(_("Đã lưu. Hạn của các hồ sơ đang mở được tính lại."), "success")
            return redirect(url_for("calendar.year", year=form.day.data.year))
        except DomainError as error:
            form.show(error)
    wanted = form.day.data.year if form.day.data else request.args.get("year", type=int)
    return _page(form, wanted), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.post("/forget")
@access(Permission.CALENDAR_MANAGE)
def forget_day() -> ResponseReturnValue:
    """Remove a day of the office's own."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Invalid(_("Ngày không đọc được.")) from None
    with unit_of_work():
        office_calendar.forget_calendar_day(day, actor=current_principal())
    flash(_("Đã bỏ. Hạn của các hồ sơ đang mở được tính lại."), "success")
    return redirect(url_for("calendar.year", year=day.year))


def _page(form: CalendarDayForm, wanted: int | None) -> str:
    number = min(max(wanted or today().year, FIRST_YEAR), LAST_YEAR)
    return render_template(
        "organisation/calendar.html", year=calendar_year(number), form=form, today=today(),
        first_year=FIRST_YEAR, last_year=LAST_YEAR,
    )  # fmt: skip
