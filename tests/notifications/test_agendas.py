"""The mails of the morning: each person's day at 07:30 on working days, the leaders' week; once, and what may be off."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import HANOI, frozen
from app.core.db import db, unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.parties import Party
from complaints.services import conflicts
from notifications import preferences
from notifications.agendas import send_agendas
from notifications.models import OutboundMessage
from notifications.rules import FIXED, MAILED, Kind
from notifications.views import MAIL_NAMES
from tests import hands
from tests.factories import World
from tests.notifications.builders import Mailbox, assigned_case

LoginAs = Callable[[Person], FlaskClient]
MONDAY = date(2026, 12, 14)


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """Return an instant of a day in Hanoi."""
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=HANOI)


def mornings(kind: Kind = Kind.DAILY) -> dict[str, OutboundMessage]:
    """Return the mails of a kind by who gets them."""
    rows = select(Person.username, OutboundMessage).join_from(OutboundMessage, Person)
    return dict(db.session.execute(rows.where(OutboundMessage.kind == kind)).all())


@pytest.fixture
def late_case(world: World, smtp: Mailbox, empty_queue: None) -> Case:
    """A case of thuly.lb that is due on the Monday."""
    case = assigned_case(world)
    case.next_due_on = MONDAY
    db.session.flush()
    return case


def test_the_day_is_told_at_half_past_seven_with_numbers_and_links_alone(
    world: World, session: Session, late_case: Case
) -> None:
    with frozen(at(MONDAY, 7, 29)):
        send_agendas()
        assert not mornings()
    with frozen(at(MONDAY, 7, 30)):
        send_agendas()
    mail = mornings()["thuly.lb"]
    assert mail.subject == "[Tiếp Dân] Việc ngày 14/12/2026: 1 đến hạn hôm nay"
    assert "1 đến hạn hôm nay" in mail.body
    assert f"/cases/{late_case.id}" in mail.body
    assert "(hạn 14/12/2026)" in mail.body
    assert "/notifications/mail" in mail.body
    sender = session.scalars(select(Party.full_name)).first()
    assert sender
    assert sender not in mail.subject + mail.body + mail.html


def test_whoever_oversees_reads_what_is_late_around_them(
    world: World, session: Session, late_case: Case
) -> None:
    with frozen(at(MONDAY + timedelta(days=1), 8)):
        send_agendas()
    mails = mornings()
    assert "1 quá hạn" in mails["thuly.lb"].body
    assert "Quanh bạn, trong phạm vi bạn theo dõi: 1 việc quá hạn." in mails["chutich.lb"].body
    assert late_case.number not in mails["chutich.lb"].body
    assert "thuly.hn" not in mails


def test_the_day_is_told_once_however_often_it_is_asked_for(
    world: World, session: Session, late_case: Case
) -> None:
    with frozen(at(MONDAY, 8)):
        send_agendas()
        first = set(mornings())
        late_case.next_due_on = MONDAY - timedelta(days=1)
        session.flush()
        send_agendas()
        assert set(mornings()) == first
    with frozen(at(MONDAY + timedelta(days=1), 8)):
        send_agendas()
    rows = session.scalars(select(OutboundMessage).where(OutboundMessage.kind == Kind.DAILY)).all()
    keys = [row.dedupe_key for row in rows]
    assert len(keys) == len(set(keys))
    assert {key.split(":")[1] for key in keys} == {"2026-12-14", "2026-12-15"}


@pytest.mark.parametrize("day", [date(2026, 12, 13), date(2027, 1, 1)])
def test_on_a_day_off_nobody_is_told(world: World, session: Session, late_case: Case, day: date) -> None:
    late_case.next_due_on = day
    session.flush()
    with frozen(at(day, 9)):
        send_agendas()
    assert not mornings()


def test_in_the_evening_the_morning_is_not_made_up_for(
    world: World, session: Session, late_case: Case
) -> None:
    with frozen(at(MONDAY, 17)):
        send_agendas()
    assert not mornings()


def test_whoever_has_nothing_to_do_gets_no_mail(world: World, session: Session, late_case: Case) -> None:
    with frozen(at(MONDAY, 8)):
        send_agendas()
    assert "thuly.hn" not in mornings()
    assert "quantri" not in mornings()


def test_who_is_in_conflict_reads_nothing_of_the_case(
    world: World, session: Session, late_case: Case
) -> None:
    head = world.principal("chutich.lb")
    with unit_of_work():
        conflicts.declare(late_case, reason="Người khiếu nại là em ruột.", actor=head)
    late_case.next_due_on = MONDAY - timedelta(days=3)
    session.flush()
    with frozen(at(MONDAY, 8)):
        send_agendas()
    mails = mornings()
    assert "thuly.lb" in mails
    assert "chutich.lb" not in mails


def test_leaders_get_their_week_on_its_first_working_day(
    world: World, session: Session, late_case: Case
) -> None:
    late_case.next_due_on = MONDAY - timedelta(days=3)
    session.flush()
    with frozen(at(MONDAY, 8)):
        send_agendas()
    weekly = mornings(Kind.WEEKLY)
    assert "thuly.lb" not in weekly
    assert "1 quá hạn" in weekly["thanhtra"].body
    assert world.unit("LB").short_name in weekly["thanhtra"].body
    with frozen(at(MONDAY + timedelta(days=1), 8)):
        send_agendas()
    assert set(mornings(Kind.WEEKLY)) == set(weekly)


def test_after_a_monday_off_the_week_is_told_on_the_tuesday(
    world: World, session: Session, late_case: Case
) -> None:
    """30/04 and 01/05/2029 are a Monday and a Tuesday off; so the Wednesday it is."""
    wednesday = date(2029, 5, 2)
    with frozen(at(wednesday, 8)):
        send_agendas()
    assert "thanhtra" in mornings(Kind.WEEKLY)


def test_a_mail_that_was_switched_off_is_not_written(world: World, session: Session, late_case: Case) -> None:
    with unit_of_work():
        preferences.choose(
            world.person("thuly.lb").id, [k for k in preferences.SWITCHABLE if k != Kind.DAILY]
        )
    with frozen(at(MONDAY, 8)):
        send_agendas()
    assert "thuly.lb" not in mornings()


def test_what_concerns_deadlines_and_safety_cannot_be_switched_off(world: World, session: Session) -> None:
    person = world.person("thuly.lb").id
    with unit_of_work():
        preferences.choose(person, [])
    assert preferences.switched_off(person) == MAILED - FIXED
    assert {Kind.ALERTS, Kind.SECURITY, Kind.SIGN_IN_TROUBLE, Kind.ONE_TIME_LINK, Kind.IDENTITY} <= FIXED
    assert set(MAIL_NAMES) == MAILED  # each stands on the page by its name


def test_the_choice_is_ones_own_and_unknown_kinds_change_nothing(
    world: World, session: Session, login_as: LoginAs
) -> None:
    client = login_as(world.person("thuly.lb"))
    client.post("/notifications/mail", data={"wanted": ["assigned", "nothing", "alerts"]})
    assert preferences.switched_off(world.person("thuly.lb").id) == MAILED - FIXED - {Kind.ASSIGNED}
    assert preferences.switched_off(world.person("chutich.lb").id) == frozenset()


@pytest.mark.browser
def test_in_the_browser_a_mail_is_switched_off_and_on_again(
    live_world: World, page: Page, sign_in: Callable[[Person], Page], screenshot: Callable[[str], None]
) -> None:
    sign_in(live_world.person("thuly.lb"))
    page.goto("/notifications/")
    page.get_by_role("link", name="Thư muốn nhận").click()
    daily = page.get_by_label("Việc trong ngày")
    expect(daily).to_be_checked()
    expect(page.get_by_label("Cảnh báo thời hạn")).to_be_disabled()
    daily.uncheck()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_role("status")).to_contain_text("Đã lưu")
    expect(page.get_by_label("Việc trong ngày")).not_to_be_checked()
    hands.sound(page)
    screenshot("mail-choices")
    page.get_by_label("Việc trong ngày").check()
    page.get_by_role("button", name="Lưu").click()
    expect(page.get_by_label("Việc trong ngày")).to_be_checked()
