"""The menu: one table, shown as far as the person may go."""

from dataclasses import dataclass
from typing import Any

from flask import Flask, current_app, request
from flask_babel import lazy_gettext as _l
from flask_login import current_user

from app.core.permissions import Permission


@dataclass(frozen=True)
class NavItem:
    """A line of the menu."""

    label: Any
    endpoint: str
    icon: str
    permission: Permission


NAVIGATION: tuple[NavItem, ...] = (
    NavItem(_l("Hôm nay"), "home.today", "house", Permission.HOME_VIEW),
    NavItem(_l("Tiếp công dân"), "desk.home", "person-plus", Permission.VISIT_RECORD),
    NavItem(_l("Nhập đơn đến"), "desk.new_letter", "envelope-plus", Permission.PETITION_REGISTER),
    NavItem(_l("Sổ tiếp công dân"), "desk.log_book", "journal-text", Permission.VISIT_VIEW),
    NavItem(_l("Tiếp trực tuyến"), "online.index", "camera-video", Permission.VISIT_VIEW),
    NavItem(_l("Đơn thư"), "petitions.inbox", "envelope-open", Permission.PETITION_VIEW),
    NavItem(_l("Vụ việc"), "cases.worklist", "briefcase", Permission.CASE_VIEW),
    NavItem(_l("Theo dõi, đôn đốc"), "supervision.overview", "speedometer2", Permission.SUPERVISION_VIEW),
    NavItem(_l("Thư đã gửi"), "notifications.sent_mail", "send", Permission.MAIL_VIEW_SENT),
    NavItem(_l("Đơn vị, người dùng"), "organisation.units", "diagram-3", Permission.ORGANISATION_MANAGE),
    NavItem(_l("Uỷ quyền khi vắng mặt"), "delegations.index", "person-check", Permission.DELEGATION_MANAGE),
    NavItem(_l("Cơ quan kế tiếp"), "successions.index", "arrow-left-right", Permission.ORGANISATION_MANAGE),
    NavItem(_l("Lịch làm việc"), "calendar.year", "calendar3", Permission.CALENDAR_VIEW),
    NavItem(_l("Quy định"), "rules.index", "book", Permission.RULE_VIEW),
    NavItem(_l("Quy định riêng về thời hạn"), "local_rules.index", "sliders", Permission.RULE_MANAGE),
)


def visible_items() -> list[NavItem]:
    """Return the lines that lead somewhere for whoever is signed in."""
    if not current_user.is_authenticated:
        return []
    principal, views = current_user.principal, current_app.view_functions
    return [item for item in NAVIGATION if item.endpoint in views and principal.may(item.permission)]


def active_item() -> str:
    """Return the endpoint of the menu line that the present page belongs to."""
    endpoint = request.endpoint or ""
    exact = [item.endpoint for item in NAVIGATION if item.endpoint == endpoint]
    if exact:
        return exact[0]
    blueprint = endpoint.partition(".")[0]
    return next((item.endpoint for item in NAVIGATION if item.endpoint.partition(".")[0] == blueprint), "")


def init_app(app: Flask) -> None:
    """Give templates the menu."""
    app.jinja_env.globals.update(nav_items=visible_items, active_nav=active_item)
