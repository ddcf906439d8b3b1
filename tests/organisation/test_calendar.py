"""The office's calendar: a year at a glance, and the office's own days over the general ones."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.audit import AuditEntry
from app.core.errors import Invalid, NotAllowed, NotFound
from app.organisation.directory import Span, calendar_year
from app.organisation.events import CalendarChanged
from app.organisation.models import CalendarDay, Person
from app.organisation.queries import work_calendar
from app.organisation.services.calendar import forget_calendar_day, set_calendar_day
from tests.factories import World

SignIn = Callable[[Person], FlaskClient]
FRIDAY, SATURDAY, CULTURE_DAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 24)


@pytest.fixture
def announced(app: Flask) -> Iterator[list[CalendarChanged]]:
    """What is announced of the calendar, instead of what follows from it."""
    heard: list[CalendarChanged] = []
    tables = app.extensions["tiepdan.events"]
    before = dict(tables)
    events.connect(app, {**before, CalendarChanged: (heard.append,)})
    yield heard
    events.connect(app, before)


def test_the_office_declares_a_day_off_and_another_worked(
    world: World, announced: list[CalendarChanged], session: Session
):
    assert current_app.name == "app"
    assert work_calendar().is_working(FRIDAY)
    actor = world.principal("quantri")
    set_calendar_day(FRIDAY, working=False, reason="Nghỉ  hoán đổi", decision_no="12/QĐ-UBND", actor=actor)
    set_calendar_day(SATURDAY, working=True, reason="Làm bù", decision_no="", actor=actor)
    assert work_calendar().why_off(FRIDAY) == "Nghỉ hoán đổi"
    assert work_calendar().is_working(SATURDAY)
    assert announced == [CalendarChanged(2026), CalendarChanged(2026)]
    entries = (
        session.execute(select(AuditEntry).where(AuditEntry.action == "calendar.changed")).scalars().all()
    )
    assert [entry.detail for entry in entries] == [
        {"day": "2026-11-20", "how": "set_off"}, {"day": "2026-11-21", "how": "set_working"},
    ]  # fmt: skip


def test_a_day_entered_again_is_changed_and_one_forgotten_follows_the_general_calendar(
    world: World, announced: list[CalendarChanged], session: Session
):
    actor = world.principal("quantri")
    set_calendar_day(CULTURE_DAY, working=True, reason="Trực", decision_no="", actor=actor)
    set_calendar_day(CULTURE_DAY, working=False, reason="Theo thông báo", decision_no="3/TB", actor=actor)
    (row,) = session.execute(select(CalendarDay)).scalars().all()
    assert (row.working, row.reason, row.decision_no) == (False, "Theo thông báo", "3/TB")
    forget_calendar_day(CULTURE_DAY, actor=actor)
    assert work_calendar().why_off(CULTURE_DAY) == "Ngày Văn hóa Việt Nam"
    assert len(announced) == 3
    with pytest.raises(NotFound):
        forget_calendar_day(CULTURE_DAY, actor=actor)


@pytest.mark.parametrize(
    "day, reason, field",
    [(FRIDAY, " \u200b", "reason"), (date(1999, 1, 1), "x", "day"), (date(2101, 1, 1), "x", "day")],
)
def test_a_day_that_cannot_be_is_refused(world: World, day: date, reason: str, field: str):
    with pytest.raises(Invalid) as refusal:
        set_calendar_day(day, working=False, reason=reason, decision_no="", actor=world.principal("quantri"))
    assert refusal.value.field == field


def test_nobody_else_changes_the_calendar(world: World):
    actor = world.principal("chutich.hn")
    with pytest.raises(NotAllowed):
        set_calendar_day(FRIDAY, working=False, reason="x", decision_no="", actor=actor)
    with pytest.raises(NotAllowed):
        forget_calendar_day(FRIDAY, actor=actor)


def test_a_year_at_a_glance(session: Session):
    session.add(CalendarDay(day=FRIDAY, working=False, reason="Nghỉ hoán đổi"))
    session.flush()
    year = calendar_year(2026)
    assert [month.number for month in year.months] == list(range(1, 13))
    assert all(len(week) == 7 for month in year.months for week in month.weeks)
    cells = {cell.day: cell for month in year.months for week in month.weeks for cell in week if cell}
    assert len(cells) == 365
    assert [c.day.day if c else None for c in year.months[10].weeks[0]] == [None] * 6 + [1]
    assert (cells[CULTURE_DAY].tone, cells[FRIDAY].tone, cells[SATURDAY].tone) == (
        "holiday",
        "own",
        "weekend",
    )
    assert cells[date(2026, 8, 22)].tone == "swapped"
    assert Span(CULTURE_DAY, CULTURE_DAY, "Ngày Văn hóa Việt Nam") in year.holidays
    assert date(2026, 8, 22) in year.swapped
    assert year.working_days == sum(not cell.off for cell in cells.values())
    assert [row.day for row in year.own] == [FRIDAY]


def test_a_day_is_added_and_removed_on_the_page(
    world: World, login_as: SignIn, announced: list[CalendarChanged]
):
    client = login_as(world.person("quantri"))
    form = {"day": "20/11/2026", "working": "no", "reason": "Nghỉ hoán đổi", "decision_no": "12/QĐ-UBND"}
    assert client.post("/admin/calendar/", data=form).headers["Location"] == "/admin/calendar/?year=2026"
    page = client.get("/admin/calendar/?year=2026").text
    assert "12/QĐ-UBND" in page
    assert "tạm tính" in page
    assert client.post("/admin/calendar/forget", data={"day": "2026-11-20"}).status_code == 302
    assert "12/QĐ-UBND" not in client.get("/admin/calendar/").text
    assert len(announced) == 2


@pytest.mark.parametrize(
    "form, words",
    [
        ({"day": "30/02/2026", "working": "no", "reason": "x"}, "Ghi ngày theo dạng"),
        ({"day": "20/11/2026", "working": "no", "reason": ""}, "Hãy nhập lý do"),
        ({"day": "20/11/2226", "working": "no", "reason": "x"}, "Năm này không hợp lý"),
        ({"day": "20/11/2026", "working": "maybe", "reason": "x"}, "Chưa lưu được"),
    ],
)
def test_a_bad_day_is_refused_on_the_page(world: World, login_as: SignIn, form: dict[str, str], words: str):
    answer = login_as(world.person("quantri")).post("/admin/calendar/", data=form)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("query", ["", "?year=1", "?year=99999", "?year=abc", "?year=2014", "?year=2100"])
def test_every_year_that_is_asked_for_shows_one_that_there_is(world: World, login_as: SignIn, query: str):
    assert login_as(world.person("quantri")).get(f"/admin/calendar/{query}").status_code == 200


def test_forgetting_a_mangled_day_is_refused(world: World, login_as: SignIn):
    client = login_as(world.person("quantri"))
    assert client.post("/admin/calendar/forget", data={"day": "hôm qua"}).status_code == 422
    assert client.post("/admin/calendar/forget", data={"day": "2026-11-20"}).status_code == 404
