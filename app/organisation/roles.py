"""Roles, scopes and permissions in words, and the page and document 'who may do what' made from the table of grants."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from flask import Flask

from app.core.permissions import GRANTS, NEED_TO_KNOW, Permission, Role, Scope
from app.organisation.models import UnitKind
from app.web.access import route_table


class Words(NamedTuple):
    """A label in both languages."""

    vi: str
    en: str

    def speak(self, language: str) -> str:
        """Return the words in a language ('vi' or 'en')."""
        return self.en if language == "en" else self.vi


ROLE_WORDS: Mapping[Role, Words] = {
    Role.RECEPTION_OFFICER: Words("Cán bộ tiếp công dân", "Reception officer"),
    Role.PETITION_OFFICER: Words("Cán bộ xử lý đơn", "Petition officer"),
    Role.HANDLER: Words("Người thụ lý, xác minh", "Handler"),
    Role.UNIT_HEAD: Words("Trưởng đơn vị, bộ phận", "Unit head"),
    Role.LEADER: Words("Người đứng đầu cơ quan", "Leader (head of the body)"),
    Role.INSPECTOR: Words("Thanh tra, theo dõi", "Inspector"),
    Role.ADMINISTRATOR: Words("Quản trị hệ thống", "Administrator"),
}

UNIT_KIND_WORDS: Mapping[UnitKind, Words] = {
    UnitKind.PROVINCE: Words("UBND tỉnh, thành phố", "Provincial People's Committee"),
    UnitKind.RECEPTION_OFFICE: Words("Ban tiếp công dân", "Citizen reception office"),
    UnitKind.INSPECTORATE: Words("Thanh tra tỉnh, thành phố", "Inspectorate"),
    UnitKind.DEPARTMENT: Words("Sở, ngành", "Department"),
    UnitKind.COMMUNE: Words("UBND xã, phường, đặc khu", "Commune People's Committee"),
    UnitKind.DIVISION: Words("Phòng, bộ phận", "Division"),
}

# What somebody in the role does all day: shown where roles are given and in the docs.
ROLE_TASKS: Mapping[Role, Words] = {
    Role.RECEPTION_OFFICER: Words(
        "Tiếp công dân, ghi sổ, nhận đơn và giấy tờ.",
        "Receives citizens, keeps the log book, takes in letters and papers.",
    ),
    Role.PETITION_OFFICER: Words(
        "Vào sổ, phân loại đơn, đề xuất xử lý.",
        "Registers and classifies petitions, proposes what is done with them.",
    ),
    Role.HANDLER: Words(
        "Thụ lý, xác minh vụ việc được giao, soạn báo cáo.",
        "Works on the cases assigned: verifies, reports, drafts.",
    ),
    Role.UNIT_HEAD: Words(
        "Duyệt xử lý đơn, giao và đôn đốc việc của đơn vị mình.",
        "Approves, assigns and watches the work of the unit.",
    ),
    Role.LEADER: Words(
        "Tiếp dân, quyết định, kết luận, ban hành văn bản; theo dõi cấp dưới.",
        "Receives, decides, concludes and signs; watches the bodies below.",
    ),
    Role.INSPECTOR: Words(
        "Theo dõi thời hạn và kết quả của các cơ quan thuộc phạm vi.",
        "Watches deadlines and results across the bodies overseen.",
    ),
    Role.ADMINISTRATOR: Words(
        "Quản lý đơn vị, người dùng, lịch làm việc, mục tiêu nội bộ; không xem được đơn thư, vụ việc.",
        "Manages units, people, the calendar and internal targets; sees no petition and no case.",
    ),
}

SCOPE_WORDS: Mapping[Scope, Words] = {
    Scope.OWN: Words("của mình", "own"),
    Scope.UNIT: Words("đơn vị mình", "unit and below"),
    Scope.BODY: Words("cả cơ quan", "whole body"),
    Scope.OVERSEEN: Words("cả cấp dưới", "body and bodies below"),
    Scope.BELOW: Words("cấp dưới", "bodies below"),
    Scope.ALL: Words("toàn hệ thống", "everywhere"),
}

SCOPE_MEANS: Mapping[Scope, Words] = {
    Scope.OWN: Words(
        "Chỉ những gì được giao cho mình hoặc do mình vào sổ.",
        "What is assigned to the person or was registered by them.",
    ),
    Scope.UNIT: Words(
        "Đơn vị nơi giữ vai trò và các bộ phận bên trong.", "The unit of the role and the units inside it."
    ),
    Scope.BODY: Words(
        "Cả cơ quan (Ủy ban nhân dân, sở) mà đơn vị thuộc về.",
        "The whole body (People's Committee, department) of the unit.",
    ),
    Scope.OVERSEEN: Words(
        "Cơ quan của mình và mọi cơ quan cấp dưới; với Thanh tra và Ban tiếp công dân là toàn tỉnh, thành phố.",
        "The body and every body below it; for an inspectorate or reception office the whole province.",
    ),
    Scope.BELOW: Words(
        "Mọi cơ quan cấp dưới, không gồm cơ quan của mình.", "Every body below, and not the own body."
    ),
    Scope.ALL: Words("Không gắn với đơn vị nào.", "Not tied to a unit."),
}

PERMISSION_WORDS: Mapping[Permission, Words] = {
    Permission.HOME_VIEW: Words(
        "Mở trang chính, tài khoản của mình", "Open the home page and the own account"
    ),
    Permission.NOTIFICATION_VIEW: Words("Xem thông báo của mình", "See the own notifications"),
    Permission.VISIT_RECORD: Words("Ghi lượt tiếp công dân", "Record a visit"),
    Permission.VISIT_VIEW: Words("Xem sổ tiếp công dân", "See the log book of visits"),
    Permission.PETITION_REGISTER: Words("Vào sổ đơn", "Register a petition"),
    Permission.PETITION_VIEW: Words("Xem đơn", "See petitions"),
    Permission.PETITION_PROCESS: Words("Phân loại, đề xuất xử lý đơn", "Classify petitions, propose the way"),
    Permission.PETITION_DECIDE: Words("Duyệt xử lý đơn", "Approve what is done with a petition"),
    Permission.CASE_VIEW: Words("Xem vụ việc", "See cases"),
    Permission.CASE_ASSIGN: Words("Giao vụ việc", "Assign cases"),
    Permission.CASE_HANDLE: Words("Xác minh, báo cáo vụ việc", "Work on cases"),
    Permission.CASE_DECIDE: Words(
        "Thụ lý, quyết định, kết luận vụ việc", "Accept, decide and conclude cases"
    ),
    Permission.CASE_REVIEW: Words(
        "Xem xét lại việc giải quyết khiếu nại của cấp dưới", "Review how a body below settled a complaint"
    ),
    Permission.CASE_CLOSE: Words("Kết thúc vụ việc", "Close cases"),
    Permission.SESSION_DECIDE: Words("Quyết định buổi tiếp trực tuyến", "Decide on online sessions"),
    Permission.SUPERVISION_VIEW: Words("Theo dõi, đôn đốc", "Watch over deadlines and officers"),
    Permission.IDENTITY_OPEN: Words(
        "Mở danh tính người tố cáo khi được phép", "Open a denouncer's identity when let in"
    ),
    Permission.IDENTITY_GRANT: Words(
        "Cho người khác mở danh tính người tố cáo", "Let others open a denouncer's identity"
    ),
    Permission.PROTECTION_VIEW: Words(
        "Xem hồ sơ bảo vệ người tố cáo", "See the file of protection of a denunciation"
    ),
    Permission.PROTECTION_DECIDE: Words(
        "Quyết định biện pháp bảo vệ người tố cáo", "Decide on protecting those who denounce"
    ),
    Permission.RECORD_VIEW: Words("Xem ai đã xem vụ việc và vì sao", "See who looked at a case, and why"),
    Permission.ORGANISATION_MANAGE: Words("Quản lý đơn vị và người dùng", "Manage units and people"),
    Permission.DELEGATION_MANAGE: Words(
        "Uỷ quyền khi vắng mặt", "Have somebody stand in while another is away"
    ),
    Permission.CALENDAR_VIEW: Words("Xem lịch làm việc", "See the calendar"),
    Permission.CALENDAR_MANAGE: Words("Sửa lịch làm việc", "Change the calendar"),
    Permission.RULE_MANAGE: Words(
        "Đặt quy định địa phương, mục tiêu nội bộ về thời hạn", "Set local rules and internal targets"
    ),
    Permission.RULE_REHEARSE: Words(
        "Thử trước một quy định mới trên hồ sơ đang mở", "Rehearse a new version of a rule on open matters"
    ),
    Permission.RULE_VIEW: Words("Xem quy định về thời hạn", "See the rules on time limits"),
    Permission.MAIL_VIEW_SENT: Words("Xem thư đã gửi", "See the mail that was sent"),
}

NEED_MEANS = Words(
    "Đơn tố cáo chỉ cho người cần biết: người vào sổ, cán bộ xử lý đơn của cơ quan nhận, người đứng đầu có thẩm quyền, "
    "người thụ lý và trưởng đơn vị được giao. Cấp trên và thanh tra theo dõi vẫn thấy hồ sơ, không thấy danh tính.",
    "A denunciation is for those who need to know of it: the registrar, the petition officers of the receiving body, "
    "the head competent to resolve it, the handler and the head of the unit it was given to. Leaders above and "
    "inspectors keep the file, without the identity. These grants reach less far on a denunciation:",
)
CLOSED_MEANS = Words(
    "Dù giữ quyền gì, người bị tố cáo, đơn vị của người đó (trừ cơ quan có thẩm quyền giải quyết) và người có xung đột "
    "lợi ích không thấy hồ sơ ở bất cứ đâu.",
    "Whatever rights they hold, the denounced, their unit (unless it is the body competent to resolve) and whoever has "
    "a conflict of interest see the file nowhere: in no list, count, search, figure or notice (law.md I12).",
)

RESOURCE_WORDS: Mapping[str, Words] = {
    "home": Words("Chung", "General"),
    "notification": Words("Chung", "General"),
    "visit": Words("Tiếp công dân", "Reception"),
    "session": Words("Tiếp công dân", "Reception"),
    "petition": Words("Đơn thư", "Petitions"),
    "case": Words("Vụ việc", "Cases"),
    "supervision": Words("Theo dõi", "Supervision"),
    "identity": Words("Danh tính người tố cáo", "Denouncers' identity"),
    "protection": Words("Bảo vệ người tố cáo", "Protection of denouncers"),
    "record": Words("Nhật ký truy cập", "The record of access"),
    "organisation": Words("Quản trị", "Administration"),
    "delegation": Words("Quản trị", "Administration"),
    "calendar": Words("Lịch làm việc", "Calendar"),
    "rule": Words("Quản trị", "Administration"),
    "mail": Words("Quản trị", "Administration"),
}


@dataclass(frozen=True)
class GrantRow:
    """One permission and how far it reaches for each role that holds it."""

    permission: Permission
    scopes: Mapping[Role, Scope]


@dataclass(frozen=True)
class GrantGroup:
    """The permissions on one kind of thing."""

    words: Words
    rows: tuple[GrantRow, ...]


def permission_words(permission: Permission) -> Words:
    """Return a permission in words; its code when it has none yet."""
    return PERMISSION_WORDS.get(permission, Words(permission.value, permission.value))


def grants_table() -> list[GrantGroup]:
    """Return the table of grants by what it is about, in the order in which a matter goes through the office."""
    order = [*PERMISSION_WORDS, *(p for p in Permission if p not in PERMISSION_WORDS)]
    groups: dict[Words, list[GrantRow]] = {}
    for permission in order:
        resource = permission.value.partition(":")[0]
        scopes = {role: GRANTS[role][permission] for role in Role if permission in GRANTS[role]}
        words = RESOURCE_WORDS.get(resource, Words(resource, resource))
        groups.setdefault(words, []).append(GrantRow(permission, scopes))
    return [GrantGroup(words, tuple(rows)) for words, rows in groups.items()]


_HEAD = """# Roles: who may do what

Made from the tables in code (`app/core/permissions.py`: `GRANTS`; `@access(...)` on every view); do not edit by hand.
After a change: `UPDATE_DOCS=1 .venv/bin/python -m pytest tests/organisation/test_roles.py`.

Code asks for permissions, never for roles. A person holds roles in units, each from - to; whoever holds several has all
their rights together. What is out of reach answers 'not found', so that nobody learns that it exists.
"""


def roles_markdown(app: Flask) -> str:
    """Return docs/roles.md: the roles, the scopes, role x permission x scope, and every route with what opens it."""
    parts = [_HEAD, "## Roles\n", _roles(), "## Scopes\n", _scopes(), "## Permissions\n", _permissions()]
    parts += ["## Need to know\n", NEED_MEANS.en + "\n", _need(), CLOSED_MEANS.en + "\n"]
    parts += ["## Routes\n", "`open to all` needs no sign-in.\n", _routes(app)]
    return "\n".join(parts)


def _roles() -> str:
    lines = ["| code | vai trò | role | does |", "|---|---|---|---|"]
    lines += [f"| `{r.value}` | {w.vi} | {w.en} | {ROLE_TASKS[r].en} |" for r, w in ROLE_WORDS.items()]
    return "\n".join(lines) + "\n"


def _scopes() -> str:
    lines = ["| scope | phạm vi | reaches |", "|---|---|---|"]
    lines += [f"| {w.en} | {w.vi} | {SCOPE_MEANS[s].en} |" for s, w in SCOPE_WORDS.items()]
    return "\n".join(lines) + "\n"


def _permissions() -> str:
    lines = [
        "| permission | quyền | " + " | ".join(ROLE_WORDS[role].en for role in Role) + " |",
        "|---" * (len(Role) + 2) + "|",
    ]
    for group in grants_table():
        for row in group.rows:
            cells = [SCOPE_WORDS[row.scopes[role]].en if role in row.scopes else "–" for role in Role]
            lines.append(
                f"| `{row.permission.value}` | {permission_words(row.permission).vi} | {' | '.join(cells)} |"
            )
    return "\n".join(lines) + "\n"


def need_table() -> list[tuple[Role, Permission, Scope, Scope]]:
    """Return where a denunciation is narrower: (role, permission, what is granted, what is left on a denunciation)."""
    return [
        (role, permission, GRANTS[role][permission], scope)
        for role, narrowed in NEED_TO_KNOW.items()
        for permission, scope in narrowed.items()
    ]


def _need() -> str:
    lines = ["| role | permission | otherwise | on a denunciation |", "|---|---|---|---|"]
    lines += [
        f"| {ROLE_WORDS[role].en} | `{p.value}` | {SCOPE_WORDS[granted].en} | {SCOPE_WORDS[left].en} |"
        for role, p, granted, left in need_table()
    ]
    return "\n".join(lines) + "\n"


def _routes(app: Flask) -> str:
    lines = ["| address | methods | opened by | endpoint |", "|---|---|---|---|"]
    for route in route_table(app):
        opened = f"`{route.permission.value}`" if route.permission else "open to all"
        rule = route.rule.replace("|", "\\|")
        lines.append(f"| `{rule}` | {', '.join(route.methods)} | {opened} | `{route.endpoint}` |")
    return "\n".join(lines) + "\n"
