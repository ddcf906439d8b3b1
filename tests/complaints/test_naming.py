"""Words typed in a later step of a sealed petition or case do not name the denouncer, however it is spelled (I01, I04)."""

import unicodedata
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select

from app.core import seal
from app.core.audit import AuditEntry
from app.core.db import db, unit_of_work
from app.core.errors import Invalid
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.assignment import assign, hand_back
from complaints.services.conflicts import declare
from complaints.services.extracts import save_extract
from complaints.services.jurisdiction import confirm_competence
from complaints.services.notes import add_note
from complaints.services.perform import perform, propose, send_back
from tests.complaints.test_referrer import TODAY, act, opened
from tests.factories import World, build_petition

NAME = "Nguyễn Văn Thử"  # with 001090000001 and 0912345678, as the factory has it
HARM = {"on": TODAY, "measures": ["own"], "told": "Công an phường", "words": "Người tố cáo bị đe doạ."}
SPELLINGS = (
    f"Đã hỏi ông {NAME}.",
    "nguyen van thu",
    "NGUYỄN VĂN THỬ, nhà số 1",
    unicodedata.normalize("NFD", NAME),
    "Nguyễn-Văn\nThử",
    "Nguyê\u0303n Va\u0306n Thu\u031b\u0309",
    "Nguyễn\u200b Văn Thử",
    "căn cước 001 090 000 001",
    "CCCD 001.090.000.001",
    "gọi 0912-345-678",
)
OTHERS = ("Nguyễn Văn Thủy đã làm việc.", "Thử lại sau.", "Số 1090/2026", "Người tố cáo không đồng ý.")


def denunciation(world: World, **changes: Any) -> Petition:
    """Return a denunciation at Long Biên, its sender sealed."""
    return build_petition(world, kind="denunciation", respondent_level="commune_officer", **changes)


def refused(field: str, do: Callable[[], object]) -> None:
    """See that words are refused beside their field, without saying whom they name."""
    with pytest.raises(Invalid, match="Hãy viết 'người tố cáo' thay vào") as error, unit_of_work():
        do()
    assert error.value.field == field
    assert "Thử" not in error.value.message


@pytest.mark.law("I01", "I04")
@pytest.mark.parametrize("words", SPELLINGS)
def test_a_step_does_not_take_words_that_name_the_denouncer(world: World, words: str) -> None:
    petition = denunciation(world)
    for field in ("told", "words"):
        with pytest.raises(Invalid, match="Hãy viết") as error:
            act(world, petition, "harm_told", "donthu.lb", **{**HARM, field: words})
        assert error.value.field == field
    assert db.session.scalar(select(func.count()).where(HistoryEntry.act == "harm_told")) == 0


@pytest.mark.parametrize("words", OTHERS)
def test_other_words_are_taken(world: World, words: str) -> None:
    petition = denunciation(world)
    act(world, petition, "harm_told", "donthu.lb", **{**HARM, "words": words})
    line = db.session.scalars(select(HistoryEntry).where(HistoryEntry.act == "harm_told")).one()
    assert line.data["words"] == words


def test_the_check_opens_no_identity_and_the_audit_which_tells_what_people_saw_has_nothing_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    petition = denunciation(world)
    looks: list[str] = []
    honest = seal.decrypt_json

    def count(sealed: bytes, *, context: str) -> Any:
        looks.append(context)
        return honest(sealed, context=context)

    monkeypatch.setattr(seal, "decrypt_json", count)
    act(world, petition, "harm_told", "donthu.lb", **HARM)
    assert looks == []
    acts = set(db.session.scalars(select(AuditEntry.action)))
    assert "identity.opened" not in acts
    assert "petition.harm_told" in acts


def test_every_place_where_words_are_written_about_a_sealed_case_asks_the_same(world: World) -> None:
    petition = opened(world, "denunciation")
    case = petition.case
    assert case is not None
    head, handler = world.principal("chutich.lb"), world.principal("thuly.lb")
    said = f"Theo lời {NAME}"
    refused("text", lambda: add_note(case, said, actor=handler))
    refused("text", lambda: add_note(petition, said, actor=world.principal("donthu.lb")))
    refused("reason", lambda: hand_back(case, actor=handler, reason=said))
    refused(
        "note", lambda: assign(case, unit_id=world.unit("LB-KT").id, handler_id=None, actor=head, note=said)
    )
    act(world, case, "accept", on=TODAY, document_no="1/QĐ")
    act(world, case, "verify", on=TODAY, team_size=2, leader="Trưởng phòng", no_conflict=True)
    report = {"on": TODAY, "words": said}
    refused("words", lambda: perform(case, "report", actor=handler, data=report))
    moved = {"on": TODAY, "to_body": "Công an", "words": said}
    refused("words", lambda: propose(case, "to_investigation", actor=handler, data=moved))
    with unit_of_work():
        propose(case, "to_investigation", actor=handler, data={**moved, "words": "Có dấu hiệu tội phạm."})
    refused("reason", lambda: send_back(case, actor=head, reason=said))


def test_the_reason_for_competence_does_not_name_the_denouncer_either(world: World) -> None:
    petition = denunciation(world)
    desk = world.principal("donthu.lb")
    refused("reason", lambda: confirm_competence(petition, own=False, reason=NAME, actor=desk))


def test_a_complaint_names_its_sender_as_ever(world: World) -> None:
    petition = opened(world)
    assert petition.case is not None
    with unit_of_work():
        add_note(petition.case, f"Đã đối thoại với ông {NAME}.", actor=world.principal("thuly.lb"))


def test_a_seal_that_does_not_open_stops_no_step(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    petition = denunciation(world)

    def closed(_sealed: bytes, *, context: str) -> Any:
        raise seal.SealError(context)

    monkeypatch.setattr(seal, "decrypt", closed)
    act(world, petition, "harm_told", "donthu.lb", **HARM)
    assert db.session.scalar(select(func.count()).where(HistoryEntry.act == "harm_told")) == 1
    with pytest.raises(Invalid, match="Chưa kiểm tra được"):  # but no extract goes out unread
        save_extract(petition, "Cán bộ thu tiền sai quy định.", actor=world.principal("donthu.lb"), number=0)


def test_the_reason_of_a_conflict_does_not_name_the_denouncer_either(world: World) -> None:
    petition = opened(world, "denunciation")
    case = petition.case
    assert case is not None
    handler = world.principal("thuly.lb")
    refused("reason", lambda: declare(case, reason=f"Là em ruột của {NAME}", actor=handler))


def test_words_are_looked_through_from_the_moment_a_petition_turns_out_a_denunciation(world: World) -> None:
    petition = build_petition(world)
    desk = world.principal("donthu.lb")
    with unit_of_work():
        add_note(petition, f"Đã gọi cho ông {NAME}.", actor=desk)
    act(world, petition, "classify", "donthu.lb", kind="denunciation", field="land")
    refused("text", lambda: add_note(petition, f"Đã gọi cho ông {NAME}.", actor=desk))
