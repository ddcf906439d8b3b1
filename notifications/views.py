"""Pages of notices under the bell, and of the mail that was sent or held."""

from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import func, select

from app.core.db import db, unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.paging import keyset_page
from app.core.permissions import Permission
from app.web.access import access, current_principal
from notifications import services
from notifications.models import MessageState, Notice, OutboundMessage

blueprint = Blueprint("notifications", __name__, url_prefix="/notifications", template_folder="templates")
COUNT_MAX = 100
STATES = {
    MessageState.PENDING: "chờ gửi",
    MessageState.SENT: "đã gửi",
    MessageState.FAILED: "không gửi được",
    MessageState.HELD: "giữ lại (chưa bật gửi thư)",
}


def unread_count(person_id: int) -> int:
    """Return how many notices a person has not read, at most COUNT_MAX."""
    some = select(Notice.id).where(Notice.person_id == person_id, Notice.read_at.is_(None)).limit(COUNT_MAX)
    return db.session.execute(select(func.count()).select_from(some.subquery())).scalar_one()


@blueprint.app_context_processor
def _bell() -> dict[str, Any]:
    if not current_user.is_authenticated:
        return {}
    return {"unread_count": unread_count(current_user.person_id)}


@blueprint.get("/")
@access(Permission.NOTIFICATION_VIEW)
def inbox() -> ResponseReturnValue:
    """Show my notices, newest first."""
    mine = select(Notice).where(Notice.person_id == current_principal().person_id)
    page = keyset_page(mine, [Notice.id], cursor=request.args.get("cursor"), descending=True)
    return render_template("notifications/inbox.html", page=page)


@blueprint.get("/count.json")
@access(Permission.NOTIFICATION_VIEW)
def count() -> ResponseReturnValue:
    """Return the number under the bell."""
    return jsonify(unread=unread_count(current_principal().person_id))


@blueprint.post("/read")
@access(Permission.NOTIFICATION_VIEW)
def read_all() -> ResponseReturnValue:
    """Mark all my notices read."""
    with unit_of_work():
        services.mark_read(current_principal())
    return redirect(url_for("notifications.inbox"))


@blueprint.post("/<int:notice_id>/open")
@access(Permission.NOTIFICATION_VIEW)
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark one notice read and go where it leads."""
    notice = db.session.get(Notice, notice_id)
    if notice is None or notice.person_id != current_principal().person_id:
        raise NotFound
    target = notice.target
    with unit_of_work():
        services.mark_read(current_principal(), notice_id)
    return redirect(target or url_for("notifications.inbox"))


@blueprint.get("/sent-mail")
@access(Permission.MAIL_VIEW_SENT)
def sent_mail() -> ResponseReturnValue:
    """Show what left or was held."""
    page = keyset_page(
        select(OutboundMessage), [OutboundMessage.id], cursor=request.args.get("cursor"), descending=True
    )
    return render_template("notifications/sent_mail.html", page=page, states=STATES, on=services.mail_is_on())


@blueprint.post("/sent-mail/<int:message_id>/retry")
@access(Permission.MAIL_VIEW_SENT)
def retry(message_id: int) -> ResponseReturnValue:
    """Try a message again."""
    message = db.session.get(OutboundMessage, message_id)
    if message is None:
        raise NotFound
    try:
        with unit_of_work():
            services.retry(message)
        flash(_("Đã xếp vào hàng gửi."), "success")
    except DomainError as error:
        flash(error.message, "danger")
    return redirect(url_for("notifications.sent_mail"))
