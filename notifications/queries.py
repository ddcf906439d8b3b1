"""Reads for the pages of notices and of sent mail; a person's notices are their own alone."""

from datetime import datetime
from functools import cache

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from app.core.db import db
from app.core.errors import NotFound
from app.core.paging import Page, keyset_page
from app.core.permissions import Principal
from notifications.models import MessageState, Notice, OutboundMessage

COUNT_MAX = 100


def unread_count(person_id: int) -> int:
    """Return how many notices a person has not read, counted up to COUNT_MAX: the bell costs the same for ever."""
    return db.session.execute(_unread(), {"person_id": person_id}).scalar_one()


@cache
def _unread() -> Select[int]:
    """Return the query that every page asks, built once."""
    some = select(Notice.id).where(Notice.person_id == bindparam("person_id"), Notice.unread).limit(COUNT_MAX)
    return select(func.count()).select_from(some.subquery())


def notices_of(principal: Principal, *, cursor: str | None = None) -> Page[Notice]:
    """Return one page of a person's notices: unread first, in each part the newest first."""
    mine = select(Notice).where(Notice.person_id == principal.person_id)
    return keyset_page(mine, [Notice.unread, Notice.changed_at, Notice.id], cursor=cursor, descending=True)


def notice_of(principal: Principal, notice_id: int) -> Notice:
    """Return a notice of the principal's own. Raises NotFound, also for somebody else's."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.person_id != principal.person_id:
        raise NotFound
    return notice


def sent_mail(state: MessageState | None, *, cursor: str | None = None) -> Page[OutboundMessage]:
    """Return one page of the outbox, the newest first, in one state or all."""
    statement = select(OutboundMessage).options(joinedload(OutboundMessage.person))
    if state is not None:
        statement = statement.where(OutboundMessage.state == state)
    return keyset_page(statement, [OutboundMessage.id], cursor=cursor, descending=True)


def message(message_id: int) -> OutboundMessage:
    """Return a message. Raises NotFound."""
    found = db.session.get(OutboundMessage, message_id)
    if found is None:
        raise NotFound
    return found


def seen_until(page: Page[Notice]) -> datetime | None:
    """Return up to when a reader of this page has seen what is new, None when nothing on it is unread."""
    return max((notice.changed_at for notice in page.items if notice.unread), default=None)
