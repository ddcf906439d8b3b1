"""The page of a clock: the whole in one sentence first, in the reader's language."""

from collections.abc import Callable

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.organisation.models import Person
from complaints.models.clocks import Clock
from tests.factories import World, build_petition

VI = (
    "Nhận khiếu nại thứ Hai 16/11/2026, không tính ngày nhận; 7 ngày làm việc, bỏ thứ Bảy 21/11, Chủ nhật 22/11, thứ Ba 24/11 "
    "(Ngày Văn hóa Việt Nam); hạn cuối thứ Năm 26/11/2026 (Luật Khiếu nại Điều 27, sửa bởi Luật 136/2025 Điều 2 khoản 15)."
)
EN = (
    "Accepting a complaint: the period begins with Monday 16/11/2026, which is not counted; 7 working days, skipping Saturday "
    "21/11, Sunday 22/11, Tuesday 24/11 (Vietnam Cultural Day); due Thursday 26/11/2026 (Law on Complaints Article 27, as "
    "amended by Law 136/2025 Article 2 clause 15)."
)


def test_a_clock_is_explained_in_the_language_of_whoever_asks(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
) -> None:
    petition = build_petition(world, kind="complaint")
    wanted = select(Clock.id).where(Clock.petition_id == petition.id, Clock.code == "KN_ACCEPT")
    clock_id = session.scalars(wanted).one()
    client = login_as(world.person("donthu.lb"))
    page = client.get(f"/clocks/{clock_id}").text
    assert VI in page
    assert "<h1" in page and "Thụ lý khiếu nại" in page
    fragment = client.get(f"/clocks/{clock_id}", headers={"X-Fragment": "1"}).text
    assert VI in fragment and "<html" not in fragment
    assert fragment.index(VI) < fragment.index("<ol")
    with client.session_transaction() as kept:
        kept["locale"] = "en"
    page = client.get(f"/clocks/{clock_id}").text
    assert EN in page and "Accepting a complaint</h1>" in page
    assert "Hạn cuối" not in page and "ngày làm việc" not in page
