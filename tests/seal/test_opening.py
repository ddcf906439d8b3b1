"""Who is let in to a sealed identity: by a second person, for a purpose, for a time, on a marked page."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import frozen
from app.core.db import unit_of_work
from app.core.errors import Conflict, DomainError, Invalid, NotFound
from app.organisation.models import Person
from app.organisation.services.delegations import NewDelegation, give
from complaints.codes_identity import OpeningPurpose
from complaints.models.openings import IdentityOpening, IdentityRequest
from complaints.models.parties import IdentityGrant
from complaints.models.petitions import Petition
from complaints.services import identity, opening
from complaints.services.assignment import assign
from complaints.services.conflicts import record_denounced
from complaints.services.perform import perform
from complaints.services.registration import Paper
from notifications.models import Notice
from tests.access.test_planted_name import NAME, world_day
from tests.conftest import TODAY, as_owner
from tests.factories import World, build_petition
from tests.files.test_services import store
from tests.seal.test_rotation import WHO

SignIn = Callable[[Person], FlaskClient]
WHY = {"purpose": "meeting", "reason": "gặp người tố cáo để làm rõ"}


@pytest.fixture
def petition(world: World, session: Session) -> Petition:
    """A denunciation that the commune resolves, assigned to its handler, with one sealed paper."""
    paper = store(world, f"{NAME}.pdf", sealed=True)
    made = build_petition(
        world, kind="denunciation", senders=WHO, respondent_level="commune_officer", field="construction",
        papers=(Paper("Đơn", file=paper),),
    )  # fmt: skip
    with unit_of_work():
        perform(made, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
        assert made.case is not None
        assign(made.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return made


def ask(world: World, petition: Petition, who: str = "thuly.lb") -> IdentityRequest:
    with unit_of_work():
        return opening.ask_for_identity(petition, **WHY, days=3, actor=world.principal(who))


def decide(
    world: World, petition: Petition, request: IdentityRequest, who: str = "chutich.lb", **how: bool
) -> None:
    with unit_of_work():
        opening.decide_request(
            petition, request.id, approve=how.get("approve", True), days=3, download=how.get("download", False),
            actor=world.principal(who),
        )  # fmt: skip


def may(world: World, petition: Petition, who: str = "thuly.lb") -> bool:
    return identity.may_open_identity(world.principal(who), petition)


@pytest.mark.law("I12")
def test_whoever_is_not_let_in_by_law_asks_and_a_second_person_decides(
    world: World, petition: Petition, session: Session
) -> None:
    assert (
        may(world, petition, "donthu.lb") and may(world, petition, "chutich.lb") and not may(world, petition)
    )
    request = ask(world, petition)
    told = session.scalars(select(Notice).where(Notice.kind == "identity_asked")).all()
    assert [notice.person_id for notice in told] == [world.person("chutich.lb").id]
    assert not may(world, petition)
    decide(world, petition, request)
    assert may(world, petition) and not may(world, petition, "tiepdan.lb")
    with frozen(TODAY + timedelta(days=4)):
        assert not may(world, petition), "it ends by itself"
    acts = session.scalars(select(AuditEntry.action).where(AuditEntry.action.like("identity.%"))).all()
    assert acts[-2:] == ["identity.asked", "identity.granted"]


def test_nobody_decides_on_their_own_request_and_no_other_head_does(
    world: World, petition: Petition, session: Session
) -> None:
    request = ask(world, petition)
    for who in ("thuly.lb", "donthu.lb", "truongphong.lb", "chutich.bd", "chutich.hn", "thanhtra", "quantri"):
        with pytest.raises(NotFound):
            decide(world, petition, request, who)
    with unit_of_work():
        session.execute(update(IdentityRequest).values(grant_id=None))
        own = IdentityRequest(
            sealed_identity_id=request.sealed_identity_id, person_id=world.person("chutich.lb").id, purpose="check",
            days=1, context="identity-request:own", ciphertext=request.ciphertext, requested_at=request.requested_at,
        )  # fmt: skip
        session.add(own)
    with pytest.raises(NotFound):
        decide(world, petition, own)
    with pytest.raises(Invalid, match="người thứ hai"), unit_of_work():
        opening.grant_identity(
            petition,
            person_id=world.person("chutich.lb").id,
            **WHY,
            days=1,
            actor=world.principal("chutich.lb"),
        )


def test_a_request_is_decided_once_and_a_refusal_is_told(
    world: World, petition: Petition, session: Session
) -> None:
    request = ask(world, petition)
    with pytest.raises(Conflict, match="đang chờ"):
        ask(world, petition)
    decide(world, petition, request, approve=False)
    assert not may(world, petition)
    assert session.scalars(select(Notice.person_id).where(Notice.kind == "identity_refused")).all() == [
        world.person("thuly.lb").id
    ]
    with pytest.raises(Conflict, match="đã được quyết định"):
        decide(world, petition, request)
    ask(world, petition)
    with pytest.raises(Conflict, match="không cần đề nghị"):
        ask(world, petition, "donthu.lb")


def test_a_head_who_is_denounced_hears_nothing_of_a_request_and_decides_none(
    world: World, petition: Petition, session: Session
) -> None:
    """Nor does who stands in for that head with the seal: what is closed to either of the two stays closed."""
    with unit_of_work():
        give(
            NewDelegation("chutich.lb", "truongphong.lb", ["case:decide"], True, TODAY, TODAY, "1/UQ"),
            actor=world.principal("chutich.lb"),
        )
    deputy = world.principal("truongphong.lb")
    assert identity.competent_head(deputy, petition) and identity.may_open_identity(deputy, petition)
    with unit_of_work():
        assert petition.case is not None
        record_denounced(
            petition.case, name="chutich.lb", unit_id=None, actor=world.principal("truongphong.lb")
        )
    request = ask(world, petition)
    assert not session.scalars(select(Notice).where(Notice.kind == "identity_asked")).all()
    assert not identity.competent_head(deputy, petition) and not identity.may_open_identity(deputy, petition)
    for who in ("chutich.lb", "truongphong.lb"):
        with pytest.raises(NotFound):
            decide(world, petition, request, who)


def test_the_record_says_on_whose_behalf_somebody_was_let_in(
    world: World, petition: Petition, session: Session
) -> None:
    with unit_of_work():
        give(
            NewDelegation("chutich.lb", "truongphong.lb", ["case:decide"], True, TODAY, TODAY, "1/UQ"),
            actor=world.principal("chutich.lb"),
        )
    decide(world, petition, ask(world, petition), "truongphong.lb")
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity.granted")).one()
    assert entry.actor_id == world.person("truongphong.lb").id
    assert entry.detail["on_behalf_of"] == world.person("chutich.lb").id


def test_the_head_ends_a_right_before_its_time(world: World, petition: Petition, session: Session) -> None:
    decide(world, petition, ask(world, petition))
    [grant] = session.scalars(select(IdentityGrant)).all()
    head = world.principal("chutich.lb")
    for who in ("thuly.lb", "chutich.bd"):
        with pytest.raises(NotFound):
            opening.revoke_grant(petition, grant.id, actor=world.principal(who))
    with unit_of_work():
        opening.revoke_grant(petition, grant.id, actor=head)
    assert not may(world, petition) and grant.revoked_by_id == head.person_id
    with pytest.raises(Conflict):
        opening.revoke_grant(petition, grant.id, actor=head)
    with pytest.raises(NotFound):
        opening.revoke_grant(petition, 10_000_000, actor=head)


@pytest.mark.parametrize(
    ("change", "field"),
    [({"purpose": ""}, "purpose"), ({"purpose": "curious"}, "purpose"), ({"reason": " x "}, "reason"), ({"days": 31}, "days"), ({"days": 0}, "days")],
)  # fmt: skip
def test_a_purpose_of_the_list_words_and_a_length_are_asked_for(
    world: World, petition: Petition, change: dict[str, object], field: str
) -> None:
    asked: dict[str, object] = {**WHY, "days": 3, **change}
    with pytest.raises(Invalid) as error, unit_of_work():
        opening.ask_for_identity(petition, actor=world.principal("thuly.lb"), **asked)  # type: ignore[arg-type]
    assert error.value.field == field
    with pytest.raises(Invalid) as error, unit_of_work():
        opening.grant_identity(petition, person_id=world.person("thuly.lb").id,
                               actor=world.principal("chutich.lb"), **asked)  # type: ignore[arg-type]  # fmt: skip
    assert error.value.field == field


def test_every_purpose_names_the_articles_that_allow_it() -> None:
    assert all("Điều" in purpose.article and purpose.vi and purpose.en for purpose in OpeningPurpose)


def test_an_opening_keeps_its_purpose_and_its_words_sealed(
    world: World, petition: Petition, session: Session
) -> None:
    words = f"gọi cho {NAME}"
    head = world.principal("chutich.lb")
    with unit_of_work():
        identity.open_identity(petition, actor=head, purpose="meeting", reason=words)
    [row] = session.scalars(select(IdentityOpening)).all()
    assert NAME.encode() not in row.ciphertext
    entry = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity.opened")).one()
    assert entry.detail["purpose"] == "meeting" and NAME not in str(entry.detail)
    assert [line.words for line in opening.openings_of(petition, head)] == [words]
    assert opening.openings_of(petition, world.principal("donthu.lb")) == []
    for match, role in (("permission denied", nullcontext()), ("appended", as_owner(session))):
        with role, pytest.raises(DBAPIError, match=match), session.begin_nested():
            session.execute(update(IdentityOpening).values(purpose="check"))


def test_why_somebody_was_let_in_is_read_by_the_head_and_until_when_by_those_let_in(
    world: World, petition: Petition
) -> None:
    decide(world, petition, ask(world, petition))
    [for_head], [for_registrar] = (
        opening.grants_of(petition, world.principal(who)) for who in ("chutich.lb", "donthu.lb")
    )
    assert for_head.words == WHY["reason"] and not for_registrar.words
    assert for_head.until == for_registrar.until and for_registrar.purpose == "meeting"
    assert opening.grants_of(petition, world.principal("tiepdan.lb")) == []


@pytest.mark.parametrize("download", [False, True])
def test_papers_are_taken_along_only_when_the_head_said_so(
    world: World, petition: Petition, login_as: SignIn, download: bool
) -> None:
    decide(world, petition, ask(world, petition), download=download)
    client = login_as(world.person("thuly.lb"))
    path = f"/petitions/{petition.id}/attachments/{petition.attachments[0].id}"
    assert client.get(path).status_code == (200 if download else 404)
    page = client.post(f"/petitions/{petition.id}/identity", data=WHY).text
    assert NAME in page and ("not-printed" in page) is not download
    assert (path in client.get(f"/petitions/{petition.id}").text) is download


def test_the_page_is_marked_with_its_reader_and_the_time_and_has_no_style_of_its_own(
    world: World, petition: Petition, login_as: SignIn
) -> None:
    page = login_as(world.person("chutich.lb")).post(f"/petitions/{petition.id}/identity", data=WHY).text
    assert (
        page.count("<span>Chủ tịch LB · 08:00 16/11/2026</span>") == 12 or page.count("Chủ tịch LB ·") == 12
    )
    assert "style=" not in page


def test_bad_input_is_told_beside_its_field_and_what_was_typed_stays(
    world: World, petition: Petition, login_as: SignIn
) -> None:
    client = login_as(world.person("chutich.lb"))
    bad = client.post(f"/petitions/{petition.id}/identity", data={"reason": "vì cần gặp"})
    assert (
        bad.status_code == 422
        and "Chọn mục đích" in bad.text
        and "vì cần gặp" in bad.text
        and NAME not in bad.text
    )
    client.post("/sign-out")
    client = login_as(world.person("thuly.lb"))
    bad = client.post(f"/petitions/{petition.id}/identity/requests", data={**WHY, "days": "99"})
    assert bad.status_code == 422 and "từ 1 đến 30" in bad.text and WHY["reason"] in bad.text


def test_nothing_can_be_asked_for_where_nothing_is_sealed(world: World, session: Session) -> None:
    clear = build_petition(world)
    for act in (
        lambda: opening.ask_for_identity(clear, **WHY, days=1, actor=world.principal("donthu.lb")),
        lambda: opening.decide_request(clear, 1, approve=True, days=1, download=False, actor=world.principal("chutich.lb")),
        lambda: opening.revoke_grant(clear, 1, actor=world.principal("chutich.lb")),
        lambda: opening.grant_identity(clear, person_id=1, **WHY, days=1, actor=world.principal("chutich.lb")),
    ):  # fmt: skip
        with pytest.raises(DomainError):
            act()
    assert world_day(0) == TODAY
