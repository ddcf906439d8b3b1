"""Pages of notices under the bell, and of the mail that was sent or held."""

from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any

from flask import Blueprint, flash, jsonify, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_date
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.core.clock import local_day, today
from app.core.db import unit_of_work
from app.core.errors import Conflict, Invalid
from app.core.permissions import Permission
from app.web.access import access, current_principal
from notifications import outbox, preferences, queries, services, words
from notifications.models import MessageState, Notice
from notifications.rules import FIXED, Kind

blueprint = Blueprint(
    "notifications",
    __name__,
    url_prefix="/notifications",
    template_folder="templates",
    static_folder="static",
)
# Words, tone and icon of a message's state.
STATES = {
    MessageState.PENDING: (_l("chờ gửi"), "soon", "hourglass-split"),
    MessageState.SENT: (_l("đã gửi"), "fine", "check-circle"),
    MessageState.FAILED: (_l("không gửi được"), "late", "exclamation-octagon-fill"),
    MessageState.HELD: (_l("giữ lại"), "plain", "pause-circle"),
}
ICONS = {
    Kind.ALERTS: "alarm-fill",
    Kind.ASSIGNED: "briefcase-fill",
    Kind.TO_ASSIGN: "person-plus-fill",
    Kind.HANDED_BACK: "arrow-return-left",
    Kind.HANDED_OVER: "arrow-left-right",
    Kind.PROPOSAL: "pencil-square",
    Kind.APPROVED: "check-circle-fill",
    Kind.SENT_BACK: "arrow-counterclockwise",
    Kind.MOVED: "arrow-right-circle-fill",
    Kind.IDENTITY: "shield-lock-fill",
    Kind.IDENTITY_ASKED: "shield-lock-fill",
    Kind.IDENTITY_REFUSED: "shield-lock-fill",
    Kind.DATES_MOVED: "calendar-event-fill",
    Kind.SIGN_IN_TROUBLE: "shield-exclamation",
    Kind.SECURITY: "shield-check",
    Kind.ONE_TIME_LINK: "key-fill",
}
MAIL_NAMES = {
    Kind.DAILY: _l("Việc trong ngày: gửi lúc 07:30 ngày làm việc"),
    Kind.WEEKLY: _l("Việc trong tuần của các cơ quan được theo dõi: gửi ngày làm việc đầu tuần"),
    Kind.ASSIGNED: _l("Được giao vụ việc"),
    Kind.TO_ASSIGN: _l("Vụ việc chờ giao người thụ lý"),
    Kind.HANDED_BACK: _l("Vụ việc được trả lại"),
    Kind.HANDED_OVER: _l("Hồ sơ chuyển giao từ cơ quan cũ"),
    Kind.PROPOSAL: _l("Đề xuất chờ duyệt"),
    Kind.SENT_BACK: _l("Đề xuất của tôi được trả lại"),
    Kind.DATES_MOVED: _l("Thời hạn đổi ngày vì lịch làm việc"),
    Kind.ALERTS: _l("Cảnh báo thời hạn"),
    Kind.IDENTITY: _l("Được phép xem thông tin niêm phong"),
    Kind.IDENTITY_ASKED: _l("Đề nghị mở thông tin niêm phong chờ tôi quyết định"),
    Kind.IDENTITY_REFUSED: _l("Đề nghị mở thông tin niêm phong của tôi không được đồng ý"),
    Kind.SIGN_IN_TROUBLE: _l("Đăng nhập sai nhiều lần"),
    Kind.SECURITY: _l("Thay đổi về đăng nhập của tôi"),
    Kind.ONE_TIME_LINK: _l("Liên kết đặt mật khẩu"),
}


@blueprint.app_context_processor
def _bell() -> dict[str, Any]:
    """Give every page the words on the bell: empty, a number, or '99+'."""
    if not (current_user and current_user.is_authenticated):
        return {}
    count = queries.unread_count(current_user.person_id)
    return {"unread_count": "99+" if count >= queries.COUNT_MAX else str(count or "")}


@blueprint.get("/")
@access(Permission.NOTIFICATION_VIEW)
def inbox() -> ResponseReturnValue:
    """Show my notices: unread first, by day."""
    cursor = request.args.get("cursor")
    page = queries.notices_of(current_principal(), cursor=cursor)
    groups = [
        (unread, _day_name(day), list(notices))
        for (unread, day), notices in groupby(page.items, key=lambda n: (n.unread, local_day(n.changed_at)))
    ]
    return render_template(
        "notifications/inbox.html",
        page=page,
        groups=groups,
        seen_until=None if cursor else queries.seen_until(page),
        title=lambda notice: words.title(notice.kind, notice.facts),
        moves=lambda notice: [words.move_words(line) for line in notice.facts.get("moves", ())],
        lines=lambda notice: [words.alert_words(line) for line in notice.facts.get("lines", ())],
        icons=ICONS,
    )


def _day_name(day: Any) -> str:
    if day == today():
        return _("Hôm nay")
    if day == today() - timedelta(days=1):
        return _("Hôm qua")
    return str(format_date(day, "EEEE, dd/MM/yyyy"))


@blueprint.get("/count.json")
@access(Permission.NOTIFICATION_VIEW)
def count() -> ResponseReturnValue:
    """Return the number under the bell, counted up to a hundred."""
    return jsonify(unread=queries.unread_count(current_principal().person_id))


@blueprint.post("/read")
@access(Permission.NOTIFICATION_VIEW)
def read_all() -> ResponseReturnValue:
    """Mark my notices read, as far as the page showed them."""
    try:
        seen_until = datetime.fromisoformat(request.form.get("seen_until", ""))
    except ValueError:
        raise Invalid(_("Tải lại trang rồi thử lại.")) from None
    if seen_until.tzinfo is None:
        seen_until = seen_until.replace(tzinfo=UTC)
    with unit_of_work():
        services.mark_all_read(current_principal(), seen_until)
    return redirect(url_for("notifications.inbox"))


@blueprint.post("/<int:notice_id>/read")
@access(Permission.NOTIFICATION_VIEW)
def read_one(notice_id: int) -> ResponseReturnValue:
    """Mark one notice of mine read and stay."""
    _read(notice_id)
    return redirect(url_for("notifications.inbox"))


@blueprint.post("/<int:notice_id>/open")
@access(Permission.NOTIFICATION_VIEW)
def open_notice(notice_id: int) -> ResponseReturnValue:
    """Mark one notice of mine read and go where it leads."""
    target = _read(notice_id).target
    return redirect(target or url_for("notifications.inbox"))


def _read(notice_id: int) -> Notice:
    notice = queries.notice_of(current_principal(), notice_id)
    with unit_of_work():
        services.mark_read(current_principal(), notice_id)
    return notice


@blueprint.get("/mail")
@access(Permission.NOTIFICATION_VIEW)
def mail_choices() -> ResponseReturnValue:
    """Show which mails I get, which of them I may switch off, and why not the others."""
    off = preferences.switched_off(current_principal().person_id)
    return render_template(
        "notifications/mail_choices.html",
        choices=[(kind, MAIL_NAMES[kind], kind not in off) for kind in preferences.SWITCHABLE],
        fixed=[MAIL_NAMES[kind] for kind in Kind if kind in FIXED],
    )


@blueprint.post("/mail")
@access(Permission.NOTIFICATION_VIEW)
def choose_mail() -> ResponseReturnValue:
    """Keep which mails I want."""
    with unit_of_work():
        preferences.choose(current_principal().person_id, request.form.getlist("wanted"))
    flash(_("Đã lưu. Thông báo trong phần mềm vẫn đủ như trước."), "success")
    return redirect(url_for("notifications.mail_choices"))


@blueprint.get("/sent-mail")
@access(Permission.MAIL_VIEW_SENT)
def sent_mail() -> ResponseReturnValue:
    """Show what left, waits or was held."""
    wanted = request.args.get("state", "")
    state = MessageState(wanted) if wanted in set(MessageState) else None
    page = queries.sent_mail(state, cursor=request.args.get("cursor"))
    return render_template(
        "notifications/sent_mail.html", page=page, states=STATES, wanted=state, on=outbox.mail_is_on()
    )


@blueprint.get("/sent-mail/<int:message_id>")
@access(Permission.MAIL_VIEW_SENT)
def message(message_id: int) -> ResponseReturnValue:
    """Show one message with what became of it."""
    found = queries.message(message_id)
    return render_template(
        "notifications/message.html",
        message=found,
        states=STATES,
        on=outbox.mail_is_on(),
        tries=outbox.ATTEMPTS_MAX,
    )


@blueprint.post("/sent-mail/<int:message_id>/retry")
@access(Permission.MAIL_VIEW_SENT)
def retry(message_id: int) -> ResponseReturnValue:
    """Try a message again that was given up or held."""
    found = queries.message(message_id)
    try:
        with unit_of_work():
            services.retry_failed(found, actor=current_principal())
        flash(_("Đã xếp thư vào hàng gửi."), "success")
    except Conflict as error:
        flash(error.message, "danger")
    return redirect(url_for("notifications.message", message_id=message_id))
