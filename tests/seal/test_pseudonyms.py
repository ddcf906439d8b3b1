"""How a case speaks of those who denounce: one number a person in a case, none that links two cases."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from complaints.services.perform import perform
from tests.factories import World, build_petition

VI = Sender("Quách Tường Vi", "001299887766", "0987001122", "Ngách 77")
AN = Sender("Lò Văn An", "001299887700", "0987001133", "Ngách 78")


def denounce(world: World, sender: Sender, case: Case | None = None) -> Petition:
    """Register a denunciation, and open a case for it or join it to one."""
    petition = build_petition(
        world,
        kind="denunciation",
        senders=(sender,),
        respondent_level="commune_officer",
        field="construction",
    )
    officer = world.principal("donthu.lb")
    with unit_of_work():
        if case is None:
            perform(petition, "open_case", actor=officer, data={"on": "16/11/2026"})
        else:
            perform(petition, "join_case", actor=officer, data={"on": "16/11/2026", "case_id": str(case.id)})
    return petition


def test_denouncers_are_numbered_in_a_case_and_keep_their_number(world: World, session: Session) -> None:
    first = denounce(world, VI)
    assert first.case is not None
    second, again = denounce(world, AN, first.case), denounce(world, VI, first.case)
    assert [p.pseudonyms for p in (first, second, again)] == ["1", "2", "1"]


def test_the_number_says_nothing_in_another_case(world: World, session: Session) -> None:
    first = denounce(world, AN)
    denounce(world, VI, first.case)
    assert denounce(world, VI).pseudonyms == "1"


def test_pages_name_the_number_and_nobody_else(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
) -> None:
    first = denounce(world, VI)
    second = denounce(world, AN, first.case)
    client = login_as(world.person("chutich.lb"))
    page = client.get(f"/cases/{first.case_id}").text
    assert "Người tố cáo 1 (bí mật)" in page and "Người tố cáo 2 (bí mật)" in page
    assert VI.full_name not in page and AN.full_name not in page
    assert "Người tố cáo 2 (bí mật)" in client.get(f"/petitions/{second.id}").text
    opened = client.post(
        f"/petitions/{second.id}/identity", data={"purpose": "check", "reason": "kiểm tra"}
    ).text
    assert AN.full_name in opened and "Người tố cáo 2" in opened


def test_a_late_reclassification_gives_a_number_too(world: World, session: Session) -> None:
    petition = build_petition(world, senders=(VI,), respondent_level="commune_officer", field="construction")
    officer = world.principal("donthu.lb")
    with unit_of_work():
        perform(petition, "classify", actor=officer, data={"kind": "denunciation", "field": "construction"})
        perform(petition, "open_case", actor=officer, data={"on": "16/11/2026"})
    assert petition.pseudonyms == "1" and not petition.parties
    assert build_petition(world).pseudonyms == ""


def test_several_denouncers_in_one_petition_have_a_range(world: World) -> None:
    petition = Petition(pseudonym_no=3, signer_count=3, case_id=1, kind="denunciation")
    assert petition.pseudonyms == "3-5"
