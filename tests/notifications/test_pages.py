"""The pages of notices and of sent mail: mine alone, unread first, by day, at the same cost at any size."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import frozen, now
from app.core.db import unit_of_work
from app.organisation.models import Person
from notifications.models import MessageState, Notice, OutboundMessage
from notifications.rules import Kind
from notifications.services import Telling, tell
from notifications.sweep import run_sweep
from tests.conftest import TODAY
from tests.factories import World
from tests.notifications.builders import Mailbox, assigned_case, petitions

LoginAs = Callable[[Person], FlaskClient]
LATER = TODAY + timedelta(days=40)


def tell_of(person: Person, number: int, *, at: datetime | None = None) -> None:
    """Write a notice of an assignment."""
    with frozen(at or now()), unit_of_work():
        facts = {"number": f"VV-{number}/2026/LB"}
        tell([Telling(person.id, Kind.ASSIGNED, facts, f"/cases/{number}", f"assigned:{person.id}:{number}")])


def page(client: FlaskClient, address: str = "/notifications/") -> str:
    """Return a page that must be there."""
    answer = client.get(address)
    assert answer.status_code == 200, answer.status
    return answer.get_data(as_text=True)


def test_an_empty_page_says_what_will_come(world: World, login_as: LoginAs) -> None:
    """Nothing to read, nothing to mark, no number on the bell."""
    client = login_as(world.person("thuly.lb"))
    text = page(client)
    assert "Chưa có thông báo nào" in text
    assert "Đánh dấu đã đọc hết" not in text
    assert client.get("/notifications/count.json").json == {"unread": 0}


def test_unread_comes_first_and_each_part_is_grouped_by_day(
    world: World, login_as: LoginAs, session: Session
) -> None:
    """What was read yesterday stands below what came last week and was not."""
    person = world.person("thuly.lb")
    for number, days in ((1, 7), (2, 1), (3, 0)):
        tell_of(person, number, at=now() - timedelta(days=days))
    client = login_as(person)
    second = session.scalars(select(Notice).where(Notice.target == "/cases/2")).one()
    assert client.post(f"/notifications/{second.id}/read").status_code == 302
    text = page(client)
    places = [
        text.index(words)
        for words in ("Chưa đọc · Hôm nay", "VV-3", "Chưa đọc · ", "VV-1", "Đã đọc · Hôm qua", "VV-2")
    ]
    assert places == sorted(places) or places[0] == places[2]
    assert text.index("VV-3") < text.index("VV-1") < text.index("Đã đọc · Hôm qua") < text.index("VV-2")
    assert client.get("/notifications/count.json").json == {"unread": 2}


def test_opening_a_notice_marks_it_and_leads_to_the_file(
    world: World, login_as: LoginAs, session: Session
) -> None:
    """One click."""
    case = assigned_case(world)
    client = login_as(world.person("thuly.lb"))
    notice = session.scalars(select(Notice)).one()
    answer = client.post(f"/notifications/{notice.id}/open")
    assert answer.headers["Location"] == f"/cases/{case.id}"
    assert client.get("/notifications/count.json").json == {"unread": 0}


def test_somebody_elses_notice_is_not_there(world: World, login_as: LoginAs, session: Session) -> None:
    """Neither to be seen nor to be marked; missing and forbidden look alike."""
    tell_of(world.person("thuly.lb"), 1)
    notice = session.scalars(select(Notice)).one()
    client = login_as(world.person("thuly.bd"))
    assert "VV-1" not in page(client)
    for act in ("read", "open"):
        assert client.post(f"/notifications/{notice.id}/{act}").status_code == 404
        assert client.post(f"/notifications/{notice.id + 999}/{act}").status_code == 404
    session.refresh(notice)
    assert notice.unread


def test_marking_all_read_goes_as_far_as_the_page_showed(
    world: World, login_as: LoginAs, session: Session
) -> None:
    """What came after the page was made stays; nonsense in the form changes nothing."""
    person = world.person("thuly.lb")
    tell_of(person, 1)
    client = login_as(person)
    shown = page(client).split('name="seen_until" value="')[1].split('"')[0]
    tell_of(person, 2, at=now() + timedelta(minutes=1))
    assert client.post("/notifications/read", data={"seen_until": "mai"}).status_code == 422
    assert client.get("/notifications/count.json").json == {"unread": 2}
    client.post("/notifications/read", data={"seen_until": shown})
    assert client.get("/notifications/count.json").json == {"unread": 1}


def test_a_long_list_is_paged_and_costs_the_same(
    world: World, login_as: LoginAs, session: Session, count_queries: list[str]
) -> None:
    """Each notice once over all pages, unread before read; the bell stops at '99+'."""
    person = world.person("thuly.lb")
    for number in range(1, 31):
        tell_of(person, number, at=now() - timedelta(hours=number))
    client = login_as(person)
    for notice in session.scalars(select(Notice).order_by(Notice.id).limit(10)):
        client.post(f"/notifications/{notice.id}/read")
    count_queries.clear()
    first = page(client)
    cost = len(count_queries)
    assert first.count('<li class="notice') == 25
    address = first.split('rel="next" href="')[1].split('"')[0]
    second = page(client, address.replace("&amp;", "&"))
    assert second.count('<li class="notice') == 5
    assert second.count('<li class="notice unread') == 0
    for number in range(31, 150):
        tell_of(person, number)
    count_queries.clear()
    text = page(client)
    assert len(count_queries) == cost
    assert "99+" in text
    assert client.get("/notifications/count.json").json == {"unread": 100}


def test_the_digest_shows_each_deadline_with_its_link(
    world: World, login_as: LoginAs, session: Session
) -> None:
    """Number, clock, how late, due date; and links only to lists that the person may open."""
    [petition] = petitions(world, 1)
    with frozen(LATER):
        run_sweep()
        chair = page(login_as(world.person("chutich.lb")))
        assert f'href="/petitions/{petition.id}"' in chair
        assert "thời hạn cần chú ý" in chair
        assert "quá hạn 10 ngày làm việc" in chair
        assert "Theo dõi, đôn đốc" in chair


def test_sent_mail_is_the_administrators_alone(world: World, login_as: LoginAs, session: Session) -> None:
    """With the reason why nothing leaves, a page a message, and an empty state a filter."""
    assigned_case(world)
    message = session.scalars(select(OutboundMessage)).one()
    other = login_as(world.person("chutich.lb"))
    assert other.get("/notifications/sent-mail").status_code == 404
    assert other.get(f"/notifications/sent-mail/{message.id}").status_code == 404
    other.post("/sign-out")
    client = login_as(world.person("quantri"))
    text = page(client, "/notifications/sent-mail")
    assert "Chưa bật gửi thư" in text
    assert "thuly.lb@example.vn" in text
    assert "Không có thư nào ở trạng thái này" in page(client, "/notifications/sent-mail?state=failed")
    assert "thuly.lb@example.vn" in page(client, "/notifications/sent-mail?state=held")
    assert "thuly.lb@example.vn" in page(client, "/notifications/sent-mail?state=nonsense")
    one = page(client, f"/notifications/sent-mail/{message.id}")
    assert "VV-1/2026/LB được giao cho bạn" in one
    assert message.message_id.strip("<>") in one
    assert client.get("/notifications/sent-mail/999999").status_code == 404


def test_a_failed_mail_is_sent_again_from_the_page(
    world: World, login_as: LoginAs, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    """'Gửi lại' stands beside what failed, and does nothing to what was sent."""
    assigned_case(world)
    message = session.scalars(select(OutboundMessage)).one()
    message.state, message.attempts, message.last_error = MessageState.FAILED, 8, "SMTPDataError 451"
    session.commit()
    client = login_as(world.person("quantri"))
    assert "Gửi lại" in page(client, "/notifications/sent-mail")
    answer = client.post(f"/notifications/sent-mail/{message.id}/retry", follow_redirects=True)
    assert "Đã xếp thư vào hàng gửi." in answer.get_data(as_text=True)
    session.refresh(message)
    assert (message.state, message.attempts) == (MessageState.PENDING, 1)
    message.state = MessageState.SENT
    session.commit()
    answer = client.post(f"/notifications/sent-mail/{message.id}/retry", follow_redirects=True)
    assert "Thư này đã gửi" in answer.get_data(as_text=True)
