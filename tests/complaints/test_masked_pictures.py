"""Papers of a denunciation masked as pictures: made by one, confirmed by another, released; the paper stays sealed."""

import io
import re
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from werkzeug.datastructures import FileStorage

from app.core.audit import AuditEntry
from app.core.clock import frozen, now
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.files.masking import Box
from app.files.services import read_file, store_upload
from app.files.storage import storage
from app.organisation.models import Person
from complaints.models.extracts import MaskedPicture
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.identity import Sender
from complaints.services.masked_pictures import (
    confirm_picture,
    newest_of,
    picture_for,
    release_picture,
    released_of,
    save_picture,
    versions_of,
)
from complaints.services.perform import perform
from complaints.services.registration import Paper
from tests.factories import World, build_petition
from tests.files.test_masking import SECRET, jpeg, opened, png, scan

LoginAs = Callable[[Person], FlaskClient]
WHO = Sender("Đặng Thị Bích Hoà", "001190012347", "0912345678", "Số 12 ngõ 34 Hàng Bột")
RIGHT = Box(50, 0, 50, 100)
BROKEN = jpeg()[:300]


def denunciation(world: World, *files: tuple[str, bytes]) -> Petition:
    """Register a denunciation with files, give it a case and the case to the handler."""
    clerk, head = world.principal("donthu.lb"), world.principal("chutich.lb")
    with unit_of_work():
        stored = [
            store_upload(FileStorage(io.BytesIO(content), name), actor=clerk, sealed=True)
            for name, content in files
        ]
        made = build_petition(
            world, kind="denunciation", respondent_level="commune_officer", field="construction", senders=(WHO,),
            papers=tuple(Paper("Đơn viết tay", 1, False, file) for file in stored),
        )  # fmt: skip
        perform(made, "open_case", actor=clerk, data={"on": "16/11/2026"})
        assert made.case is not None
        perform(made.case, "accept", actor=head, data={"on": "16/11/2026", "document_no": "1"})
        assign(made.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id, actor=head)
    return made


@pytest.fixture
def petition(world: World) -> Petition:
    """A denunciation with a photograph and a scan of two pages."""
    return denunciation(world, ("anh.jpg", jpeg()), ("quet.pdf", scan()))


def save(
    world: World, petition: Petition, by: str = "donthu.lb", paper: int = 0, **changes: object
) -> MaskedPicture:
    values: dict[str, object] = {"page": 1, "boxes": [RIGHT], "nothing": False, "number": 0, **changes}
    attachment = petition.attachments[paper].id
    with unit_of_work():
        return save_picture(petition, attachment, actor=world.principal(by), **values)  # type: ignore[arg-type]


def test_two_people_stand_for_a_picture_before_anybody_else_sees_it(world: World, petition: Petition) -> None:
    clerk, head, handler = (world.principal(name) for name in ("donthu.lb", "chutich.lb", "thuly.lb"))
    paper = petition.attachments[0].id
    made = save(world, petition)
    assert (made.number, made.state, released_of([petition])) == (1, "draft", {})
    with pytest.raises(NotFound):
        picture_for(petition, made.id, actor=handler)
    with pytest.raises(NotAllowed):
        confirm_picture(petition, paper, page=1, number=1, actor=clerk)
    with pytest.raises(Conflict):
        release_picture(petition, paper, page=1, number=1, actor=clerk)
    assert confirm_picture(petition, paper, page=1, number=1, actor=head).state == "confirmed"
    assert released_of([petition]) == {}
    assert release_picture(petition, paper, page=1, number=1, actor=clerk).state == "released"
    assert [row.id for row in released_of([petition])[petition.id]] == [made.id]
    assert picture_for(petition, made.id, actor=handler).id == made.id


def test_the_kept_picture_has_no_pixel_of_what_was_masked_and_the_paper_stays_as_it_was(
    world: World, petition: Petition
) -> None:
    before = read_file(petition.attachments[0].file)  # type: ignore[arg-type]
    made = save(world, petition)
    content = read_file(made.file)
    picture = opened(content)
    wide, high = picture.size
    right = picture.crop((wide // 2 + 8, 0, wide, high))
    assert max(highest for _lowest, highest in right.getextrema()) <= 2  # type: ignore[misc]
    assert SECRET not in content
    assert (made.file.sealed, made.file.name) == (True, "")
    assert storage().read(made.file.storage_key)[:2] != b"\xff\xd8"  # encrypted where it lies
    assert read_file(petition.attachments[0].file) == before == jpeg()  # type: ignore[arg-type]


def test_each_page_of_a_scan_and_each_version_is_kept_for_itself(world: World, petition: Petition) -> None:
    head, paper = world.principal("chutich.lb"), petition.attachments[1].id
    for page in (1, 2):
        assert save(world, petition, paper=1, page=page).number == 1
    with unit_of_work():
        confirm_picture(petition, paper, page=2, number=1, actor=head)
        release_picture(petition, paper, page=2, number=1, actor=head)
    with pytest.raises(Conflict):
        save(world, petition, paper=1, page=2, number=0)
    assert save(world, petition, paper=1, page=2, number=1, boxes=[], nothing=True).number == 2
    assert [row.number for row in released_of([petition])[petition.id]] == [
        1
    ]  # the new one waits for two people
    assert [row.state for row in versions_of(petition, paper, 2)] == ["draft", "released"]
    assert [(row.page, row.number) for row in newest_of(petition)] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"boxes": []}, "boxes"),
        ({"boxes": [RIGHT] * 17}, "boxes"),
        ({"boxes": [Box(100, 0, 10, 10)]}, "boxes"),
        ({"boxes": [Box(10, 10, 0, 10)]}, "boxes"),
        ({"boxes": [Box(-1, 10, 5, 10)]}, "boxes"),
        ({"nothing": True}, "nothing"),
        ({"paper": 1, "page": 3}, "page"),
    ],
)
def test_what_masks_nothing_or_too_much_is_refused(
    world: World, petition: Petition, changes: dict[str, object], field: str, session: Session
) -> None:
    with pytest.raises(Invalid) as refusal:
        save(world, petition, **changes)
    assert refusal.value.field == field
    assert session.scalars(select(MaskedPicture)).all() == []


def test_only_who_is_let_in_masks_or_confirms(world: World, petition: Petition) -> None:
    save(world, petition)
    paper = petition.attachments[0].id
    for username in ("thuly.lb", "truongphong.lb", "thanhtra", "chutich.bd", "quantri"):
        actor = world.principal(username)
        with pytest.raises(NotFound):
            save(world, petition, by=username, number=1)
        for act in (confirm_picture, release_picture):
            with pytest.raises(NotFound):
                act(petition, paper, page=1, number=1, actor=actor)
    other = denunciation(world, ("anh.jpg", jpeg()))
    with pytest.raises(NotFound):  # another petition's paper
        save_picture(petition, other.attachments[0].id, page=1, boxes=[RIGHT], nothing=False, number=0,
                     actor=world.principal("donthu.lb"))  # fmt: skip
    with pytest.raises(NotFound):
        picture_for(petition, save(world, other).id, actor=world.principal("donthu.lb"))


def test_the_database_keeps_every_picture_as_it_was(
    world: World, petition: Petition, session: Session
) -> None:
    made = save(world, petition)
    made.boxes = []
    with pytest.raises(DBAPIError, match="permission denied"), session.begin_nested():
        session.flush()


def address(petition: Petition, paper: int = 0, act: str = "") -> str:
    """Return the address of the page on which a paper is masked."""
    return f"/petitions/{petition.id}/extract/pictures/{petition.attachments[paper].id}{act}"


def row(number: int, *values: str) -> dict[str, str]:
    return {
        f"boxes-{number}-{name}": value
        for name, value in zip(("left", "top", "width", "height"), values, strict=True)
    }


def test_pages_show_released_pictures_to_the_handler_and_the_paper_only_to_who_is_let_in(
    world: World, petition: Petition, login_as: LoginAs, session: Session
) -> None:
    made = save(world, petition)
    picture = f"/petitions/{petition.id}/extract/masked/{made.id}"
    seen = (f"/cases/{petition.case_id}", f"/petitions/{petition.id}")
    handler = login_as(world.person("thuly.lb"))
    assert handler.get(picture).status_code == 404
    assert handler.get(address(petition)).status_code == 404
    assert all(picture not in handler.get(page).text for page in seen)
    with unit_of_work():
        confirm_picture(petition, made.attachment_id, page=1, number=1, actor=world.principal("chutich.lb"))
        release_picture(petition, made.attachment_id, page=1, number=1, actor=world.principal("donthu.lb"))
    assert all(picture in handler.get(page).text for page in seen)
    sent = handler.get(picture)
    assert (sent.status_code, sent.mimetype) == (200, "image/jpeg")
    assert sent.headers["Cache-Control"] == "private, no-store"
    assert "sandbox" in sent.headers["Content-Security-Policy"]
    assert SECRET not in sent.data
    handler.post("/sign-out")
    stranger = login_as(world.person("chutich.bd"))
    assert stranger.get(picture).status_code == 404
    stranger.post("/sign-out")
    clerk = login_as(world.person("donthu.lb"))
    page = clerk.get(address(petition))
    assert page.status_code == 200
    assert "data:image/jpeg;base64," in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    assert clerk.get(address(petition, 1) + "?page=2").status_code == 200
    acts = set(session.scalars(select(AuditEntry.action)))
    assert acts >= {"picture.masked", "picture.confirmed", "picture.released", "identity.file_opened"}


def test_a_sign_in_that_is_not_fresh_sees_no_paper(
    world: World, petition: Petition, login_as: LoginAs, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(app.config, "FRESH_FOR", timedelta(minutes=10))
    clerk = login_as(world.person("donthu.lb"))
    with frozen(now() + timedelta(minutes=20)):
        answer = clerk.get(address(petition))
    assert answer.status_code == 302
    assert "/confirm" in answer.headers["Location"]


def test_what_was_typed_stays_beside_the_refusal(
    world: World, petition: Petition, login_as: LoginAs, session: Session
) -> None:
    clerk = login_as(world.person("donthu.lb"))
    for form, told in (
        ({}, "Vẽ ít nhất một ô che"),
        (row(0, "12,5", "x", "10", "10"), "Ô 1: ghi đủ bốn số từ 0 đến 100."),
        ({**row(0, "", "", "", ""), **row(1, "", "1", "1", "1")}, "Ô 2: ghi đủ bốn số từ 0 đến 100."),
        (row(0, "1", "1", "nan", "1e9"), "Ô 1: ghi đủ bốn số từ 0 đến 100."),
        (row(0, "1", "1", "0", "5"), "Ô che nằm ngoài ảnh hoặc không có diện tích."),
        ({**row(0, "1", "1", "5", "5"), "nothing": "y"}, "Đã có ô che"),
        ({**row(0, "1", "1", "5", "5"), "version": "3"}, "Người khác vừa lưu một bản che mới"),
    ):
        answer = clerk.post(address(petition), data={"version": "0", **form})
        assert answer.status_code == 422
        assert told in answer.text
        for value in form.values():
            assert f'value="{value}"' in answer.text or value in ("", "3")
    for act in ("/confirm", "/release"):
        assert clerk.post(address(petition, act=act), data={"version": "1"}).status_code == 422
    assert session.scalars(select(MaskedPicture)).all() == []
    done = clerk.post(address(petition), data={"version": "0", **row(0, "50", "0", "50,0", "100")})
    assert done.status_code == 302
    assert session.scalars(select(MaskedPicture)).one().boxes == [[50, 0, 50, 100]]
    assert re.search(r'name="boxes-0-left"[^>]*value="50"', clerk.get(address(petition)).text)


@pytest.mark.parametrize(("name", "content"), [("anh.jpg", BROKEN), ("quet.pdf", b"%PDF-1.4\n%%EOF")])
def test_a_broken_paper_is_refused_beside_the_boxes(
    world: World, login_as: LoginAs, name: str, content: bytes
) -> None:
    petition = denunciation(world, (name, content))
    clerk = login_as(world.person("donthu.lb"))
    told = "Không đọc được ảnh này"
    assert told in clerk.get(address(petition)).text
    answer = clerk.post(address(petition), data={"version": "0", **row(0, "1", "1", "5", "5")})
    assert (answer.status_code, told in answer.text) == (422, True)


def test_a_bomb_is_refused_and_what_is_no_picture_has_no_page(world: World, login_as: LoginAs) -> None:
    large = io.BytesIO()
    Image.new("1", (9000, 8000)).save(large, "PNG")
    petition = denunciation(world, ("anh.png", large.getvalue()), ("ghi.txt", b"chu"), ("nho.png", png()))
    clerk = login_as(world.person("donthu.lb"))
    assert "kích thước quá lớn" in clerk.get(address(petition)).text
    assert clerk.get(address(petition, 1)).status_code == 404
    assert clerk.get(address(petition, 2)).status_code == 200
    editor = clerk.get(f"/petitions/{petition.id}/extract").text
    assert address(petition, 2) in editor
    assert address(petition, 1) not in editor
