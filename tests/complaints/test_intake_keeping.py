"""What is not processed: each way of storing has its row, the year of keeping, destroying, linking, withdrawing."""

import io
import runpy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import Invalid, NotAllowed
from app.factory import MIGRATIONS
from app.files.models import StoredFile
from app.files.services import store_upload
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.models.shared import NOT_DUE
from complaints.queries import worklists
from complaints.queries.related import linkable, related_to
from complaints.services.clocks import rebuild_all
from complaints.services.identity import Sender
from complaints.services.perform import perform, propose
from complaints.services.registration import Paper
from notifications.sweep import run_sweep
from tests.access.test_every_route import sign_in
from tests.conftest import TODAY
from tests.factories import World, build_petition
from tests.files.samples import PDF

YEAR_END = date(2027, 11, 16)  # a Tuesday: one year after the tests' Monday
AFTER = date(2027, 11, 17)
WORDS = {"on": "16/11/2026", "words": "Đơn không ghi rõ nội dung."}


pytestmark = pytest.mark.usefixtures("folder")  # every test has a store of its own


def files_in(folder: Path) -> list[Path]:
    return [path for path in folder.glob("*/*")]


def act(world: World, subject: Any, action: str, by: str = "chutich.lb", **data: Any) -> HistoryEntry:
    with unit_of_work():
        return perform(subject, action, actor=world.principal(by), data=data)


def stored(world: World, *, ground: str = "no_content", **changes: Any) -> Petition:
    petition = build_petition(world, **{"kind": "complaint", **changes})
    act(world, petition, "store", **WORDS, ground=ground)
    return petition


def keeping(petition: Petition) -> Clock:
    of = select(Clock).where(Clock.petition_id == petition.id, Clock.code == "PETITION_RETENTION")
    return db.session.scalars(of).one()


def paper(world: World, name: str = "Đơn của Nguyễn Văn Thử.pdf", *, original: bool = False) -> Paper:
    with unit_of_work():
        file = store_upload(
            FileStorage(io.BytesIO(PDF), filename=name), actor=world.principal("donthu.lb"), sealed=False
        )
    return Paper(name, 1, original, file)


def test_a_stored_petition_is_kept_a_year_and_is_neither_open_nor_late_nor_due(world: World) -> None:
    petition = stored(world)
    clock = keeping(petition)
    assert (clock.state, clock.due_on) == ("running", YEAR_END)
    assert (petition.is_open, petition.next_due_on, petition.eligible) == (False, NOT_DUE, False)
    with frozen(AFTER):
        assert not petition.is_late(AFTER)
        run_sweep()  # the head learns that it may be destroyed; nothing is late
        principal = world.principal("chutich.lb")
        seen = worklists.reached(principal, worklists.Permission.PETITION_VIEW)
        assert worklists.petition_counts(seen).late == 0
    assert rebuild_all() == []


@pytest.mark.parametrize(("changes", "ground", "code"), [
    ({}, "illegible", "X3"),
    ({"respondent_level": "department"}, "guided_before", "X6"),
    ({"kind": "denunciation"}, "guided_before", "X11"),
    ({"kind": "denunciation", "senders": (), "anonymous": True}, "anonymous", "X12"),
])  # fmt: skip
def test_each_way_of_storing_keeps_its_row_its_ground_its_words_and_who_approved(
    world: World, changes: dict[str, Any], ground: str, code: str
) -> None:
    petition = build_petition(world, **{"kind": "complaint", **changes})
    with unit_of_work():
        propose(petition, "store", actor=world.principal("donthu.lb"), data={**WORDS, "ground": ground})
    line = act(world, petition, "store", **WORDS, ground=ground)
    assert (line.transition, line.data["ground"], line.data["words"]) == (code, ground, WORDS["words"])
    assert line.actor_id == world.person("chutich.lb").id
    assert keeping(petition).state == "running"


def test_nothing_is_destroyed_before_the_last_day_of_the_year_has_passed(world: World) -> None:
    petition = stored(world)
    decision = {"document_no": "7/QĐ", "words": "Hết thời hạn lưu."}
    with frozen(YEAR_END), pytest.raises(NotAllowed, match="16/11/2027"):
        act(world, petition, "destroy", on="16/11/2027", **decision)
    with frozen(AFTER):
        with pytest.raises(NotAllowed, match="16/11/2027"):
            act(world, petition, "destroy", on="16/11/2027", **decision)
        with pytest.raises(NotAllowed):
            act(world, petition, "destroy", by="donthu.lb", on="17/11/2027", **decision)
        act(world, petition, "destroy", on="17/11/2027", **decision)
    clock = keeping(petition)
    assert (petition.state, petition.outcome, clock.state, clock.late) == (
        "destroyed",
        "stored",
        "met",
        False,
    )
    assert clock.stopped_on == YEAR_END


def test_destroying_takes_the_papers_and_leaves_the_register(
    world: World, client: FlaskClient, folder: Path
) -> None:
    petition = stored(world, papers=(paper(world),))
    attachment = petition.attachments[0]
    assert len(files_in(folder)) == 1
    with frozen(AFTER):
        act(world, petition, "destroy", on="17/11/2027", document_no="7/QĐ", words="Hết thời hạn lưu.")
        assert files_in(folder) == []
        assert db.session.scalars(select(StoredFile)).all() == []
        sign_in(client, world, "chutich.lb")
        assert client.get(f"/petitions/{petition.id}/attachments/{attachment.id}").status_code == 404
        page = client.get(f"/petitions/{petition.id}").text
    assert "đã huỷ" in page
    assert petition.number in page
    assert "Hết thời hạn lưu." in page


def test_a_paper_that_another_split_item_still_has_stays_until_the_last_is_destroyed(
    world: World, folder: Path
) -> None:
    mixed = build_petition(world, kind="mixed", papers=(paper(world),))
    act(world, mixed, "split", by="donthu.lb", kinds=["complaint", "proposal"])
    items = db.session.scalars(select(Petition).where(Petition.split_from_id == mixed.id)).all()
    for item in items:
        act(world, item, "store", **WORDS, ground="no_content")
    with frozen(AFTER):
        for item in items:
            act(world, item, "destroy", on="17/11/2027", document_no="7/QĐ", words="Hết hạn.")
            assert len(files_in(folder)) == 1  # the mixed petition itself keeps its paper


def _destroy_and_fail(world: World, petition: Petition) -> None:
    with unit_of_work():
        perform(petition, "destroy", actor=world.principal("chutich.lb"),
                data={"on": "17/11/2027", "document_no": "7/QĐ", "words": "Hết hạn."})  # fmt: skip
        raise RuntimeError


def test_an_ended_unit_of_work_that_fails_destroys_nothing(world: World, folder: Path) -> None:
    petition = stored(world, papers=(paper(world),))
    with frozen(AFTER), pytest.raises(RuntimeError):
        _destroy_and_fail(world, petition)
    db.session.expire_all()
    assert petition.state == "stored"
    assert len(files_in(folder)) == 1


def test_a_new_paper_on_the_same_content_is_linked_both_ways_and_kept(
    world: World, client: FlaskClient
) -> None:
    earlier = build_petition(world, kind="complaint", respondent_level="department")
    act(world, earlier, "guide", on="16/11/2026", to_body="Sở Xây dựng", words="Gửi đến Sở.")
    later = build_petition(world, kind="complaint", respondent_level="department")
    assert [p.id for p in related_to(later, principal=world.principal("donthu.lb")).perhaps] == [earlier.id]
    assert [p.id for p in linkable(later, principal=world.principal("donthu.lb"))] == [earlier.id]
    line = act(world, later, "link", on="16/11/2026", petition_id=earlier.id, words="Cùng nội dung.")
    assert (later.state, line.transition, later.guided_before) == ("linked", "X23", True)
    assert keeping(later).due_on == YEAR_END
    sign_in(client, world, "donthu.lb")
    assert earlier.number in client.get(f"/petitions/{later.id}").text
    page = client.get(f"/petitions/{earlier.id}").text
    assert "Đơn sau cùng nội dung" in page
    assert later.number in page
    assert "Có đơn mới cùng nội dung gắn vào" in page


def test_a_link_goes_to_an_answered_petition_of_the_same_kind_in_the_same_register(world: World) -> None:
    new = build_petition(world, kind="complaint")
    pending = build_petition(world, kind="complaint")
    elsewhere = stored(world)
    other_kind = build_petition(world, kind="proposal", respondent_level="department")
    act(world, other_kind, "transfer", on="16/11/2026", to_body="Sở", words="Chuyển.")
    for chosen in (pending, other_kind, new):
        with pytest.raises(Invalid) as refused:
            act(world, new, "link", on="16/11/2026", petition_id=chosen.id, words="Cùng nội dung.")
        assert refused.value.field == "petition_id"
    db.session.expire_all()
    assert new.state == "classified"
    act(world, new, "link", on="16/11/2026", petition_id=elsewhere.id, words="Cùng nội dung.")


def test_denouncers_are_never_compared_outside_the_seal(world: World) -> None:
    sender = (Sender("Nguyễn Văn Thử", "001090000001", "0912345678", "Long Biên"),)
    build_petition(world, kind="denunciation", senders=sender)
    again = build_petition(world, kind="denunciation", senders=sender)
    clear = build_petition(world, kind="proposal", senders=sender)
    assert not related_to(again, principal=world.principal("donthu.lb")).perhaps
    assert not related_to(clear, principal=world.principal("donthu.lb")).perhaps


def test_original_papers_go_back_with_the_letter(world: World, client: FlaskClient) -> None:
    petition = build_petition(
        world, kind="complaint", respondent_level="department", papers=(paper(world, original=True),)
    )
    sign_in(client, world, "donthu.lb")
    assert "có giấy tờ gốc" in client.get(f"/petitions/{petition.id}").text
    guide = {"on": "16/11/2026", "to_body": "Sở", "words": "Gửi đến Sở."}
    with pytest.raises(NotAllowed, match="giấy tờ gốc"):
        act(world, petition, "guide", **guide)
    act(world, petition, "guide", **guide, originals_returned="y")
    assert petition.originals_returned_on == TODAY


def test_a_reported_petition_carries_its_flag_in_the_lists_too(world: World, client: FlaskClient) -> None:
    petition = build_petition(world, kind="complaint", signer_count=30)
    act(world, petition, "report_to_head", by="donthu.lb", on="16/11/2026", words="Đông người, gay gắt.")
    assert petition.flagged
    sign_in(client, world, "chutich.lb")
    assert "phức tạp, đông người" in client.get("/petitions/").text
    assert "phức tạp, đông người" in client.get(f"/petitions/{petition.id}").text


def test_a_petition_is_withdrawn_before_there_is_a_case(world: World) -> None:
    petition = build_petition(world, kind="complaint", signer_count=3)
    act(
        world,
        petition,
        "withdraw_some",
        by="donthu.lb",
        on="16/11/2026",
        remaining=2,
        form="letter",
        words="Rút.",
    )
    assert petition.signer_count == 2
    withdrawal = {"on": "16/11/2026", "form": "minutes", "words": "Rút toàn bộ."}
    with pytest.raises(NotAllowed, match="tất cả"):
        act(world, petition, "withdraw", **withdrawal)
    act(world, petition, "withdraw", **withdrawal, everyone="y")
    assert (petition.state, petition.outcome, petition.next_due_on) == ("withdrawn", "withdrawn", NOT_DUE)


def test_a_denunciation_withdrawn_under_pressure_goes_on(world: World) -> None:
    petition = build_petition(world, kind="denunciation")
    with pytest.raises(NotAllowed, match="Điều 33"):
        act(world, petition, "withdraw", on="16/11/2026", form="letter", goes_on="pressure", words="Bị ép.")
    assert petition.state == "classified"


def test_a_continued_denunciation_asks_for_a_demand_in_five_working_days_from_receipt(world: World) -> None:
    petition = build_petition(world)
    act(world, petition, "classify", by="donthu.lb", kind="denunciation", field="land", overdue_claim="y")
    of = select(Clock).where(Clock.petition_id == petition.id, Clock.code == "TC_OVERDUE_DEMAND")
    clock = db.session.scalars(of).one()
    assert (clock.started_on, clock.due_on) == (TODAY, date(2026, 11, 23))
    line = act(world, petition, "demand_subordinate", on="16/11/2026",
               to_body="UBND phường", words="Yêu cầu giải quyết, báo cáo.")  # fmt: skip
    assert (line.transition, clock.state) == ("X16", "met")


def test_the_list_of_what_may_be_destroyed_holds_only_what_was_kept_long_enough(
    world: World, client: FlaskClient
) -> None:
    petition = stored(world)
    with frozen(date(2026, 12, 1)):
        later = build_petition(world, kind="complaint")
        act(world, later, "store", on="01/12/2026", ground="no_content", words="Không rõ.")
    with frozen(AFTER):
        sign_in(client, world, "chutich.lb")
        page = client.get("/petitions/?closed=1&due=kept").text
    assert f'href="/petitions/{petition.id}"' in page
    assert f'href="/petitions/{later.id}"' not in page


def test_the_case_and_the_joined_petitions_show_each_other(
    world: World, client: FlaskClient, session: Session
) -> None:
    first = build_petition(world, kind="denunciation", respondent_level="commune_officer")
    act(world, first, "open_case", by="donthu.lb", on="16/11/2026")
    case = first.case
    assert case is not None
    others = [
        build_petition(world, kind="denunciation", respondent_level="commune_officer") for _ in range(2)
    ]
    for other in others:
        act(world, other, "join_case", by="donthu.lb", case_id=case.id)
        assert other.sealed_identity_id not in (None, first.sealed_identity_id)
    sign_in(client, world, "chutich.lb")
    page = client.get(f"/cases/{case.id}").text
    assert all(p.number in page for p in (first, *others))
    assert "Nguyễn Văn Thử" not in page
    assert case.number in client.get(f"/petitions/{others[0].id}").text


def test_a_petition_joins_only_an_open_case_of_its_kind_at_its_own_body(world: World) -> None:
    first = build_petition(world, kind="proposal", respondent_level="commune")
    act(world, first, "open_case", by="donthu.lb", on="16/11/2026")
    case = first.case
    assert case is not None
    complaint = build_petition(world, kind="complaint")
    with pytest.raises(Invalid, match="loại khác"):
        act(world, complaint, "join_case", by="donthu.lb", case_id=case.id)
    db.session.expire_all()
    late = build_petition(world, kind="proposal", respondent_level="commune")
    act(world, case, "reclassify", kind="complaint", words="Thực chất là khiếu nại.")
    with pytest.raises(Invalid, match="kết thúc"):
        act(world, late, "join_case", by="donthu.lb", case_id=case.id)


def test_what_was_stored_before_the_clock_existed_gets_its_year_when_the_database_is_upgraded(
    world: World, session: Session
) -> None:
    petition = build_petition(world, kind="complaint")
    session.execute(
        text(
            "UPDATE petitions SET state = 'stored', is_open = false, processed_on = '2026-08-31' WHERE id = :id"
        ),
        {"id": petition.id},
    )
    migration = runpy.run_path(str(MIGRATIONS / "versions" / "0020_linked_and_sealed.py"))
    for _twice in range(2):
        session.execute(text(migration["_KEEP"]))
    session.expire_all()
    clock = keeping(petition)
    assert (clock.state, clock.started_on) == ("running", date(2026, 8, 31))
    head, petition_id = world.principal("chutich.lb"), petition.id
    rebuild_all()
    kept = session.get_one(Petition, petition_id)
    assert keeping(kept).due_on == date(2027, 8, 31)
    with frozen(date(2027, 9, 1)), unit_of_work():
        perform(kept, "destroy", actor=head,
                data={"on": "01/09/2027", "document_no": "7/QĐ", "words": "Hết thời hạn lưu."})  # fmt: skip
    assert kept.state == "destroyed"
