"""The office's calendar of a year: public holidays, and the office's own days over them."""

from datetime import date, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError, Invalid
from app.core.permissions import Permission
from app.organisation import services
from app.organisation.forms import CalendarDayForm
from app.organisation.models import CalendarDay
from app.organisation.queries import work_calendar
from app.web.access import access, current_principal

blueprint = Blueprint("calendar", __name__, url_prefix="/admin/calendar", template_folder="../templates")


@blueprint.get("/")
@access(Permission.CALENDAR_MANAGE)
def year() -> ResponseReturnValue:
    """Show a year: what is off beside Saturdays and Sundays, which weekend days are worked, and why."""
    return _page(CalendarDayForm(formdata=None))


@blueprint.post("/")
@access(Permission.CALENDAR_MANAGE)
def set_day() -> ResponseReturnValue:
    """Enter a day of the office's own."""
    form = CalendarDayForm()
    if form.validate():
        try:
            with unit_of_work():
                services.set_calendar_day(
                    form.day.data, working=form.working.data == "yes", reason=form.reason.data or "",
                    decision_no=form.decision_no.data or "", actor=current_principal(),
                )  # fmt: skip
            flash(_("Đã lưu. Hạn của các hồ sơ đang mở được tính lại."), "success")
            return redirect(url_for("calendar.year", year=form.day.data.year))
        except DomainError as error:
            form.show(error)
    return _page(form), 422


@blueprint.post("/forget")
@access(Permission.CALENDAR_MANAGE)
def forget_day() -> ResponseReturnValue:
    """Remove a day of the office's own."""
    try:
        day = date.fromisoformat(request.form.get("day", ""))
    except ValueError:
        raise Invalid(_("Ngày không đọc được.")) from None
    with unit_of_work():
        services.forget_calendar_day(day, actor=current_principal())
    flash(_("Đã bỏ. Hạn của các hồ sơ đang mở được tính lại."), "success")
    return redirect(url_for("calendar.year", year=day.year))


def _page(form: CalendarDayForm) -> str:
    wanted = request.args.get("year", type=int) or today().year
    wanted = min(max(wanted, 2014), 2100)
    own = {
        row.day: row
        for row in db.session.execute(
            select(CalendarDay).where(CalendarDay.day.between(date(wanted, 1, 1), date(wanted, 12, 31)))
        ).scalars()
    }
    calendar, special = work_calendar(), []
    for n in range((date(wanted, 12, 31) - date(wanted, 1, 1)).days + 1):
        day = date(wanted, 1, 1) + timedelta(days=n)
        why = calendar.why_off(day)
        weekend = day.weekday() >= 5
        if day in own or (why is not None and why not in ("Thứ Bảy", "Chủ nhật")) or (why is None and weekend):
            special.append((day, why, own.get(day)))
    return render_template("organisation/calendar.html", year=wanted, special=special, form=form)
