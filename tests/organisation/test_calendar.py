"""The calendar of a province: official days over computed ones, whom it holds for, a year at a glance, warnings."""

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core import events
from app.core.audit import AuditEntry
from app.core.calendar import DayKind
from app.core.clock import frozen
from app.core.errors import Invalid, NotAllowed, NotFound
from app.organisation.chart import chart
from app.organisation.events import CalendarChanged
from app.organisation.models import CalendarChange, CalendarDay, Person, UnitKind
from app.organisation.queries import calendar_unit, work_calendar, years_without_official_days
from app.organisation.services.calendar import DayEntry, forget_calendar_day, set_calendar_days
from app.organisation.year import calendar_year
from tests.factories import World, build_unit

pytestmark = pytest.mark.usefixtures("announced")
SignIn = Callable[[Person], FlaskClient]
FRIDAY, SATURDAY, CULTURE_DAY = date(2026, 11, 20), date(2026, 11, 21), date(2026, 11, 24)
DECIDED = date(2026, 11, 10)


@pytest.fixture
def announced(app: Flask) -> Iterator[list[CalendarChanged]]:
    """What is announced of the calendar, instead of what follows from it."""
    heard: list[CalendarChanged] = []
    tables = app.extensions["tiepdan.events"]
    before = dict(tables)
    events.connect(app, {**before, CalendarChanged: (heard.append,)})
    yield heard
    events.connect(app, before)


def off(day: date, reason: str = "Nghỉ hoán đổi", kind: DayKind = DayKind.SWAPPED_OFF) -> DayEntry:
    """Return a day off."""
    return DayEntry(day, kind, reason, "12/QĐ-UBND", DECIDED)


def test_official_days_win_over_what_is_computed_and_each_change_is_on_record(
    world: World, announced: list[CalendarChanged], session: Session
):
    city, actor = world.unit("HN").id, world.principal("quantri")
    assert work_calendar(city).is_working(FRIDAY)
    change = set_calendar_days(
        city, [off(FRIDAY, "Nghỉ  hoán đổi"), DayEntry(SATURDAY, DayKind.SWAPPED_IN, "Làm bù")], actor=actor
    )
    assert change is not None
    assert work_calendar(city).why_off(FRIDAY) == "Nghỉ hoán đổi"
    assert work_calendar(city).is_working(SATURDAY)
    assert announced == [CalendarChanged(change.id, city)]
    assert change.days == [
        {"day": "2026-11-20", "before": None, "after": "swapped_off", "was_worked": True, "worked": False},
        {"day": "2026-11-21", "before": None, "after": "swapped_in", "was_worked": False, "worked": True},
    ]
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "calendar.changed")).one()
    assert entry.detail == {"change": change.id, "how": "typed", "days": ["2026-11-20", "2026-11-21"]}


def test_what_moves_no_day_is_recorded_and_announces_nothing(
    world: World, announced: list[CalendarChanged], session: Session
):
    """Confirming a computed holiday makes it official; no due date can move."""
    city, actor = world.unit("HN").id, world.principal("quantri")
    holiday = off(CULTURE_DAY, "Ngày Văn hoá Việt Nam", DayKind.HOLIDAY)
    assert set_calendar_days(city, [holiday], actor=actor) is not None
    assert set_calendar_days(city, [holiday], actor=actor) is None
    assert len(session.scalars(select(CalendarChange)).all()) == 1
    assert announced == []


def test_a_day_taken_back_follows_what_is_computed(world: World, announced: list[CalendarChanged]):
    city, actor = world.unit("HN").id, world.principal("quantri")
    set_calendar_days(city, [DayEntry(CULTURE_DAY, DayKind.ORDINARY, "Không nghỉ")], actor=actor)
    assert work_calendar(city).is_working(CULTURE_DAY)
    forget_calendar_day(city, CULTURE_DAY, actor=actor)
    assert work_calendar(city).why_off(CULTURE_DAY) == "Ngày Văn hóa Việt Nam"
    assert len(announced) == 2
    with pytest.raises(NotFound):
        forget_calendar_day(city, CULTURE_DAY, actor=actor)


@pytest.mark.parametrize(
    "entry, field",
    [
        (off(FRIDAY, " \u200b"), "reason"),
        (off(date(1999, 1, 1)), "day"),
        (off(date(2101, 1, 3)), "day"),
        (DayEntry(FRIDAY, DayKind.SWAPPED_IN, "Làm bù"), "kind"),
        (off(SATURDAY), "kind"),
        (DayEntry(FRIDAY, DayKind.CLOSURE, "Bão", "", DECIDED), "decision_no"),
        (DayEntry(FRIDAY, DayKind.CLOSURE, "Bão", "9/QĐ"), "decided_on"),
        (DayEntry(FRIDAY, DayKind.CLOSURE, "Bão", "9/QĐ", date(2026, 11, 17)), "decided_on"),
    ],
)
def test_a_day_that_cannot_be_is_refused_and_none_of_the_others_is_written(
    world: World, session: Session, entry: DayEntry, field: str
):
    with pytest.raises(Invalid) as refusal:
        set_calendar_days(
            world.unit("HN").id, [off(date(2026, 11, 19)), entry], actor=world.principal("quantri")
        )
    assert refusal.value.field == field
    assert session.scalars(select(CalendarDay)).all() == []


def test_nobody_else_changes_the_calendar_and_a_commune_has_none_of_its_own(world: World):
    city = world.unit("HN").id
    with pytest.raises(NotAllowed):
        set_calendar_days(city, [off(FRIDAY)], actor=world.principal("chutich.hn"))
    with pytest.raises(NotAllowed):
        forget_calendar_day(city, FRIDAY, actor=world.principal("chutich.hn"))
    with pytest.raises(NotFound):
        set_calendar_days(world.unit("LB").id, [off(FRIDAY)], actor=world.principal("quantri"))


def test_a_unit_follows_the_nearest_province_and_no_other(world: World):
    """Two provinces in one installation keep apart."""
    other = build_unit("QN", "UBND tỉnh Quảng Ninh", UnitKind.PROVINCE)
    commune = build_unit("QN-A", "UBND xã A", UnitKind.COMMUNE, other)
    alone = build_unit("X", "UBND xã không tỉnh", UnitKind.COMMUNE)
    chart(fresh=True)
    city, actor = world.unit("HN").id, world.principal("quantri")
    assert [calendar_unit(world.unit(code).id) for code in ("HN", "LB", "LB-KT", "BTCD")] == [city] * 4
    assert (calendar_unit(commune.id), calendar_unit(alone.id), calendar_unit(10**6)) == (
        other.id,
        alone.id,
        None,
    )
    set_calendar_days(city, [off(FRIDAY)], actor=actor)
    assert not work_calendar(world.unit("LB-KT").id).is_working(FRIDAY)
    assert work_calendar(commune.id).is_working(FRIDAY)
    assert not work_calendar().is_working(FRIDAY)


def test_a_year_at_a_glance_tells_official_from_provisional(world: World):
    city = world.unit("HN").id
    set_calendar_days(
        city,
        [
            off(FRIDAY),
            off(date(2026, 9, 1), "Quốc khánh", DayKind.HOLIDAY),
            off(date(2026, 9, 2), "Quốc khánh", DayKind.HOLIDAY),
        ],
        actor=world.principal("quantri"),
    )
    year = calendar_year(city, 2026)
    assert [month.number for month in year.months] == list(range(1, 13))
    assert all(len(week) == 7 for month in year.months for week in month.weeks)
    cells = {cell.day: cell for month in year.months for week in month.weeks for cell in week if cell}
    assert len(cells) == 365
    assert [c.day.day if c else None for c in year.months[10].weeks[0]] == [None] * 6 + [1]
    signs = {
        day: (cells[day].tone, cells[day].sign) for day in (CULTURE_DAY, FRIDAY, SATURDAY, date(2026, 8, 22))
    }
    assert signs == {
        CULTURE_DAY: ("provisional", "L?"), FRIDAY: ("swapped_off", "H"), SATURDAY: ("weekend", ""),
        date(2026, 8, 22): ("provisional_in", "+?"),
    }  # fmt: skip
    spans = {(span.first, span.last): (span.tone, span.decision) for span in year.spans}
    assert spans[date(2026, 9, 1), date(2026, 9, 2)] == ("holiday", "12/QĐ-UBND (10/11/2026)")
    assert spans[CULTURE_DAY, CULTURE_DAY] == ("provisional", "")
    assert year.working_days == sum(not cell.off for cell in cells.values())
    assert year.has_official
    assert not calendar_year(city, 2027).has_official


def test_a_year_without_official_days_warns_from_the_first_of_december_before(world: World):
    city, actor = world.unit("HN"), world.principal("quantri")

    def years(day: date) -> list[int]:
        return [number for unit, number in years_without_official_days(day) if unit.id == city.id]

    set_calendar_days(city.id, [off(FRIDAY)], actor=actor)
    closure = DayEntry(date(2027, 3, 1), DayKind.CLOSURE, "Sửa trụ sở", "9/QĐ", DECIDED)
    set_calendar_days(city.id, [closure], actor=actor)
    assert years(date(2026, 11, 30)) == []
    assert years(date(2026, 12, 1)) == [2027]
    assert years(date(2027, 1, 1)) == [2027]
    set_calendar_days(city.id, [off(date(2027, 2, 5), "Tết", DayKind.HOLIDAY)], actor=actor)
    assert years(date(2026, 12, 1)) == []


def test_the_warning_stands_before_administrators_and_nobody_else(world: World, login_as: SignIn):
    with frozen(date(2026, 12, 1)):
        client = login_as(world.person("quantri"))
        words = "Lịch năm 2027 của UBND thành phố Hà Nội chưa có ngày chính thức nào"
        assert words in client.get("/admin/units").text
        assert words in client.get("/calendar/").text
        client.post("/sign-out")
        client = login_as(world.person("thuly.lb"))
        assert words not in client.get("/calendar/").text
        assert words not in client.get("/").text


def test_everybody_sees_the_calendar_and_only_some_may_edit_it(world: World, login_as: SignIn):
    set_calendar_days(world.unit("HN").id, [off(FRIDAY)], actor=world.principal("quantri"))
    page = login_as(world.person("tiepdan.lb")).get("/calendar/?year=2026").text
    assert "12/QĐ-UBND (10/11/2026)" in page
    assert "ngày lễ tạm tính" in page
    assert "Thêm ngày" not in page
    assert "/calendar/forget" not in page


def test_days_are_added_and_taken_back_on_the_page(
    world: World, login_as: SignIn, announced: list[CalendarChanged], session: Session
):
    client = login_as(world.person("quantri"))
    form = {"day": "19/11/2026", "until": "23/11/2026", "kind": "closure", "reason": "Bão số 12",
            "decision_no": "12/QĐ-UBND", "decided_on": "16/11/2026"}  # fmt: skip
    assert (
        client.post("/calendar/", data=form).headers["Location"]
        == f"/calendar/changes/{announced[0].change_id}"
    )
    rows = session.scalars(select(CalendarDay).order_by(CalendarDay.day)).all()
    assert [row.day.day for row in rows] == [19, 20, 23]
    assert "Bỏ ngày 20/11/2026" in client.get("/calendar/?year=2026").text
    assert client.post("/calendar/forget", data={"day": "2026-11-20"}).status_code == 302
    assert "Bỏ ngày 20/11/2026" not in client.get("/calendar/?year=2026").text
    assert len(announced) == 2


@pytest.mark.parametrize(
    "form, words",
    [
        ({"day": "30/02/2026", "kind": "holiday", "reason": "x"}, "Ghi ngày theo dạng"),
        ({"day": "20/11/2026", "kind": "holiday", "reason": ""}, "Hãy nhập lý do"),
        ({"day": "20/11/2226", "kind": "holiday", "reason": "x"}, "Năm này không hợp lý"),
        ({"day": "20/11/2026", "kind": "maybe", "reason": "x"}, "Chưa lưu được"),
        (
            {"day": "20/11/2026", "until": "19/11/2026", "kind": "holiday", "reason": "x"},
            "Ngày kết thúc phải sau",
        ),
        ({"day": "20/11/2026", "kind": "closure", "reason": "x"}, "Đóng cửa đột xuất cần số quyết định"),
    ],
)
def test_a_bad_day_is_refused_on_the_page(world: World, login_as: SignIn, form: dict[str, str], words: str):
    answer = login_as(world.person("quantri")).post("/calendar/", data=form)
    assert answer.status_code == 422
    assert words in answer.text


@pytest.mark.parametrize("query", ["", "?year=1", "?year=99999", "?year=abc", "?year=2014", "?year=2100"])
def test_every_year_that_is_asked_for_shows_one_that_there_is(world: World, login_as: SignIn, query: str):
    assert login_as(world.person("quantri")).get(f"/calendar/{query}").status_code == 200


def test_forgetting_a_mangled_day_and_a_calendar_that_there_is_not_are_refused(
    world: World, login_as: SignIn
):
    client = login_as(world.person("quantri"))
    assert client.post("/calendar/forget", data={"day": "hôm qua"}).status_code == 422
    assert client.post("/calendar/forget", data={"day": "2026-11-20"}).status_code == 404
    assert client.get(f"/calendar/?unit={world.unit('LB').id}").status_code == 404
