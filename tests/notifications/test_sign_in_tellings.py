"""What concerns somebody's sign-in is told to them, under the bell and by mail, in their language."""

import re

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.db import unit_of_work
from app.core.events import publish
from app.organisation.events import SecurityChanged, SignInTrouble
from app.organisation.services.account import change_own_password
from notifications.models import Notice, OutboundMessage
from notifications.words import title
from tests.conftest import PASSWORD
from tests.factories import World
from tests.organisation.test_second_factor import enrol


def told(session: Session, kind: str) -> list[tuple[int, dict[str, object]]]:
    rows = session.scalars(select(Notice).where(Notice.kind == kind).order_by(Notice.id))
    return [(row.person_id, row.facts) for row in rows]


def test_a_new_factor_and_a_new_password_are_told_to_the_person_alone(world: World, session: Session) -> None:
    enrol(world, "chutich.lb")
    with unit_of_work():
        change_own_password(PASSWORD, "trời xanh mây trắng", actor=world.principal("chutich.lb"))
    mine = world.person("chutich.lb").id
    assert told(session, "security") == [
        (mine, {"what": "factor_added"}),
        (mine, {"what": "password_changed"}),
    ]


@pytest.mark.parametrize("what", ["factor_added", "factor_removed", "recovery_used", "password_changed"])
@pytest.mark.parametrize(
    "locale, words", [("vi", "Báo ngay người quản trị"), ("en", "Tell your administrator")]
)
def test_the_mail_speaks_the_language_of_its_reader(
    world: World, session: Session, what: str, locale: str, words: str
) -> None:
    world.person("thuly.lb").locale = locale
    session.commit()
    with unit_of_work():
        publish(SecurityChanged(world.person("thuly.lb").id, what, "one"))
        publish(SecurityChanged(world.person("thuly.lb").id, what, "one"))
    message = session.scalars(select(OutboundMessage)).one()
    assert words in message.body and "/account" in message.body and words in message.html


def test_trouble_names_the_account_and_leads_each_to_their_page(world: World, session: Session) -> None:
    person = world.person("thuly.lb").id
    with unit_of_work():
        publish(SignInTrouble(person, 10))
        publish(SignInTrouble(person, 10))
    targets = {
        row.person_id: row.target
        for row in session.scalars(select(Notice).where(Notice.kind == "sign_in_trouble"))
    }
    assert targets == {person: "/account", world.person("quantri").id: f"/admin/people/{person}"}
    said = title("sign_in_trouble", told(session, "sign_in_trouble")[0][1])
    assert re.match("10 lần đăng nhập sai vào tài khoản thuly.lb", said)
