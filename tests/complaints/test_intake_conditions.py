"""The checklist of a petition on its page, and what happens to papers and words when it turns out a denunciation."""

import io
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from app.core import seal
from app.core.clock import frozen
from app.core.db import db, unit_of_work
from app.core.errors import NotAllowed
from app.files.services import read_file, store_upload
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.notes import add_note, attach
from complaints.services.perform import perform
from complaints.services.registration import Paper
from tests.access.test_every_route import sign_in
from tests.conftest import TODAY, sealed_bytes
from tests.factories import World, build_petition
from tests.files.samples import PDF

NAME = "Nguyễn Văn Thử"


pytestmark = pytest.mark.usefixtures("folder")  # every test has a store of its own


def act(world: World, subject: Any, action: str, by: str = "donthu.lb", **data: Any) -> HistoryEntry:
    with unit_of_work():
        return perform(subject, action, actor=world.principal(by), data=data)


def test_the_page_lists_what_is_missing_and_the_officer_records_what_the_paper_has(
    world: World, client: FlaskClient
) -> None:
    petition = build_petition(world, kind="complaint")
    sign_in(client, world, "donthu.lb")
    page = client.get(f"/petitions/{petition.id}").text
    assert "Điều kiện xử lý" in page
    assert "Chữ ký hoặc điểm chỉ" in page
    have = ["vietnamese", "dated", "named", "respondent", "request"]
    answer = client.post(
        f"/petitions/{petition.id}/conditions", data={"met": have, "version": petition.version}
    )
    assert answer.status_code == 302
    db.session.expire_all()
    assert petition.eligible is False
    page = client.get(f"/petitions/{petition.id}").text
    assert "còn thiếu 1 điều kiện" in page
    assert "chưa đủ điều kiện" in page
    with pytest.raises(NotAllowed, match="không đủ điều kiện"):
        act(world, petition, "open_case", on="16/11/2026")
    # Storing proposes the very ground, and the rules propose to store.
    assert '<option selected value="no_signature">' in client.get(f"/petitions/{petition.id}/do/store").text
    assert "lưu đơn, ghi lý do" in page


def test_all_conditions_met_open_the_way_and_a_stale_form_changes_nothing(
    world: World, client: FlaskClient
) -> None:
    petition = build_petition(world, kind="proposal", respondent_level="commune")
    sign_in(client, world, "donthu.lb")
    path, version = f"/petitions/{petition.id}/conditions", petition.version
    have = {"met": ["vietnamese", "dated", "named", "signed", "content"], "version": version}
    assert client.post(path, data=have).status_code == 302
    db.session.expire_all()
    assert petition.eligible is True
    stale = client.post(path, data={"met": [], "version": version})
    assert stale.status_code == 422
    assert "vừa được người khác cập nhật" in stale.text
    db.session.expire_all()
    assert petition.eligible is True
    act(world, petition, "open_case", on="16/11/2026")


def test_a_new_kind_asks_for_its_own_conditions(world: World, client: FlaskClient) -> None:
    petition = build_petition(world, kind="proposal")
    sign_in(client, world, "donthu.lb")
    client.post(f"/petitions/{petition.id}/conditions", data={"met": [], "version": petition.version})
    db.session.expire_all()
    assert petition.eligible is False
    act(world, petition, "classify", kind="complaint", field="land")
    assert (petition.eligible, petition.conditions) == (None, None)


def handed_in(world: World) -> Paper:
    with unit_of_work():
        upload = FileStorage(io.BytesIO(PDF), filename=f"Đơn của {NAME}.pdf")
        file = store_upload(upload, actor=world.principal("donthu.lb"), sealed=False)
    return Paper(f"Đơn của {NAME}", 1, False, file)


def test_papers_of_what_turns_out_a_denunciation_are_sealed_bytes_and_names(
    world: World, client: FlaskClient, folder: Path
) -> None:
    petition = build_petition(world, papers=(handed_in(world),))
    [clear] = folder.glob("*/*")
    act(world, petition, "classify", kind="denunciation", field="land")
    file = petition.attachments[0].file
    assert file is not None
    assert (petition.attachments[0].title, file.name, file.sealed) == ("Tài liệu 1", "", True)
    [kept] = folder.glob("*/*")
    assert kept != clear
    assert kept.read_bytes() != PDF
    assert read_file(file) == PDF
    name = seal.decrypt(sealed_bytes(file, "sealed_name"), context=f"file-name:{file.storage_key}")
    assert name.decode() == f"Đơn của {NAME}.pdf"
    path = f"/petitions/{petition.id}/attachments/{petition.attachments[0].id}"
    sign_in(client, world, "thanhtra")
    assert client.get(path).status_code == 404
    client.post("/sign-out")
    sign_in(client, world, "chutich.lb")
    assert client.get(path).data == PDF


def test_words_written_before_the_sealing_are_hidden_from_whoever_may_not_open_it(
    world: World, client: FlaskClient
) -> None:
    petition = build_petition(world)
    with unit_of_work():
        add_note(petition, f"Đã gọi điện cho ông {NAME}.", actor=world.principal("donthu.lb"))
    with frozen(date(2026, 11, 17)):
        act(world, petition, "classify", kind="denunciation", field="land")
        for username, sees in (("thanhtra", False), ("donthu.lb", True)):
            client.post("/sign-out")
            sign_in(client, world, username)
            page = client.get(f"/petitions/{petition.id}").text
            assert (NAME in page) is sees, username
            assert ("Nội dung ghi trước khi niêm phong" in page) is not sees


@pytest.mark.parametrize("state", ["propose_accept", "accepted_1", "verifying"])
def test_a_complaint_becomes_a_denunciation_at_any_moment_before_the_decision(
    world: World, client: FlaskClient, state: str
) -> None:
    petition = build_petition(world, kind="complaint", papers=(handed_in(world),))
    act(world, petition, "open_case", on="16/11/2026")
    case = petition.case
    assert case is not None
    chair = world.principal("chutich.lb")
    with unit_of_work():
        upload = FileStorage(io.BytesIO(PDF), filename=f"{NAME}.pdf")
        attach(case, [(store_upload(upload, actor=chair, sealed=False), f"Giấy của {NAME}")], actor=chair)
        add_note(case, f"Làm việc với ông {NAME}.", actor=chair)
    if state != "propose_accept":
        act(world, case, "accept", by="chutich.lb", on="16/11/2026", document_no="1", contested="act")
    if state == "verifying":
        case.handler_id = world.person("thuly.lb").id
        act(world, case, "verify", by="chutich.lb", on="16/11/2026", document_no="2")
    assert case.state == state
    with frozen(date(2026, 11, 18)):
        act(world, case, "reclassify", by="chutich.lb", kind="denunciation", words="Thực chất là tố cáo.")
        _check_sealed(world, client, petition, case)


def _check_sealed(world: World, client: FlaskClient, petition: Petition, case: Case) -> None:
    assert (petition.kind, petition.state, petition.case_id) == ("denunciation", "classified", None)
    assert petition.sealed_identity_id is not None
    running = {c.code: c.started_on for c in db.session.scalars(
        select(Clock).where(Clock.petition_id == petition.id, Clock.state == "running"))}  # fmt: skip
    assert running == {"PETITION_DISCIPLINE": TODAY, "TC_INIT": TODAY, "TC_TRANSFER": TODAY}
    open_clocks = select(Clock).where(Clock.case_id == case.id, Clock.state.in_(("running", "paused")))
    assert db.session.scalars(open_clocks).all() == []
    assert (case.outcome, case.is_open) == ("reclassified", False)
    assert [(a.title, a.file.sealed) for a in case.attachments] == [("Tệp hồ sơ 1", True)]
    for username in ("thanhtra", "chutich.hn"):
        client.post("/sign-out")
        sign_in(client, world, username)
        for path in (f"/cases/{case.id}", f"/petitions/{petition.id}"):
            assert NAME not in client.get(path).text, (username, path)
