"""The same denouncer found again inside the vault: for the few, recorded, and unreadable without the key."""

from collections.abc import Callable
from hashlib import sha256

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.core import seal
from app.core.audit import AuditEntry
from app.core.db import db, unit_of_work
from app.core.errors import NotFound
from app.organisation.models import Person
from complaints.models.parties import IdentityHash, SealedIdentity
from complaints.models.petitions import Petition
from complaints.services.identity import Sender, open_identity, opened_senders
from complaints.services.vault import rekey, same_denouncer
from tests.conftest import as_owner
from tests.factories import World, build_petition
from tests.seal.conftest import FRESH

Turn = Callable[..., None]
NUMBER, PHONE = "001299887766", "0987001122"


def denounce(world: World, *senders: Sender, by: str = "donthu.lb", unit: str = "LB") -> Petition:
    return build_petition(
        world, by=by, unit=unit, kind="denunciation", senders=senders, respondent_level="commune_officer",
        field="construction",
    )  # fmt: skip


def found(world: World, petition: Petition, who: str = "chutich.lb") -> list[int]:
    """Open an identity and look for the same person, as the page does."""
    actor = world.principal(who)
    with unit_of_work():
        kept = open_identity(petition, actor=actor, purpose="check", reason="kiểm tra trùng")
    senders = opened_senders(kept)
    with unit_of_work():
        return [other.id for other in same_denouncer(petition, senders, actor=actor)]


def made_anew(batch: int = 200) -> int:
    """Make the hashes anew, as the owner that the command works as."""
    with as_owner(db.session()):
        return rekey(batch=batch)


@pytest.mark.parametrize(
    ("again", "same"),
    [
        (Sender("Tên Khác", NUMBER, "", ""), True),
        (Sender("Tên Khác", "001 299 887 766", "", ""), True),
        (Sender("Tên Khác", "", "+84 987 001 122", ""), True),
        (Sender("QUACH  TUONG VI", "", "", "ngách 77 cây trám"), True),
        (Sender("Quách Tường Vi", "", "", "nơi khác"), False),
        (Sender("Quách Tường Vi", "", "", ""), False),
        (Sender("Tên Khác", "001299887767", "0987001123", "Ngách 77 Cây Trám"), False),
        (Sender("Tên Khác", "1", "0912", ""), False),
    ],
)
def test_a_number_a_telephone_or_a_name_with_its_address_tells_the_same_person(
    world: World, session: Session, again: Sender, same: bool
) -> None:
    first = denounce(world, Sender("Quách Tường Vi", NUMBER, PHONE, "Ngách 77 Cây Trám"))
    second = denounce(world, again)
    assert found(world, second) == ([first.id] if same else [])
    assert found(world, first) == ([second.id] if same else [])


def test_only_who_may_open_both_learns_of_it_and_the_record_says_so(world: World, session: Session) -> None:
    who = Sender("Quách Tường Vi", NUMBER, PHONE, "Ngách 77")
    here, there = denounce(world, who), denounce(world, who, by="donthu.bd", unit="BD")
    assert found(world, here) == []
    for username in ("tiepdan.lb", "thanhtra", "chutich.hn", "quantri", "chutich.bd"):
        with pytest.raises(NotFound):
            found(world, here, username)
    assert there.id not in found(world, here, "donthu.lb")
    entries = session.scalars(select(AuditEntry).where(AuditEntry.action == "identity.compared")).all()
    assert [entry.subject_id for entry in entries] == [here.id, here.id]


def test_a_dump_without_the_key_cannot_check_a_guess(world: World, session: Session) -> None:
    denounce(world, Sender("Quách Tường Vi", NUMBER, PHONE, "Ngách 77"))
    digests = session.scalars(select(IdentityHash.digest)).all()
    assert len(digests) == 3
    plain = {sha256(guess.encode()).digest() for guess in (NUMBER, PHONE, PHONE[1:], "Quách Tường Vi")}
    assert not plain & set(digests)


def test_hashes_follow_the_key_and_are_found_meanwhile(world: World, session: Session, turn: Turn) -> None:
    who = Sender("Quách Tường Vi", NUMBER, PHONE, "Ngách 77")
    first = denounce(world, who)
    old = seal.keys()[0]
    turn(FRESH, old)
    second = denounce(world, who)
    assert found(world, second) == [first.id], "under both keys while it is turned"
    before = set(session.scalars(select(IdentityHash.digest)))
    assert made_anew(batch=1) == 1 and made_anew() == 0
    session.expire_all()
    assert set(session.scalars(select(IdentityHash.digest))) < before
    assert set(session.scalars(select(SealedIdentity.hashed_under))) == {FRESH.key_id}
    assert found(world, second) == [first.id]


def test_identities_from_before_get_their_hashes_and_lost_ones_are_left(
    world: World, session: Session, turn: Turn
) -> None:
    denounce(world, Sender("Quách Tường Vi", NUMBER, PHONE, "Ngách 77"))
    with as_owner(session):
        session.execute(update(SealedIdentity).values(hashed_under=None))
    assert made_anew() == 1
    turn(FRESH)
    assert made_anew() == 0


def test_whoever_opens_an_identity_is_led_to_the_other_denunciations(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
) -> None:
    who = Sender("Quách Tường Vi", NUMBER, PHONE, "Ngách 77")
    first, second = denounce(world, who), denounce(world, who)
    page = login_as(world.person("chutich.lb")).post(
        f"/petitions/{second.id}/identity", data={"purpose": "check", "reason": "kiểm tra trùng"}
    )
    assert "Đơn tố cáo khác của cùng người" in page.text and first.number in page.text
