"""The roles and scopes in words, for pages and the docs."""

from app.core.permissions import GRANTS, Permission, Role, Scope

ROLE_VI: dict[Role, str] = {
    Role.RECEPTION_OFFICER: "Cán bộ tiếp công dân",
    Role.PETITION_OFFICER: "Cán bộ xử lý đơn",
    Role.HANDLER: "Người thụ lý, xác minh",
    Role.UNIT_HEAD: "Trưởng đơn vị",
    Role.LEADER: "Lãnh đạo (người đứng đầu)",
    Role.INSPECTOR: "Thanh tra viên",
    Role.ADMINISTRATOR: "Quản trị",
}
SCOPE_VI: dict[Scope, str] = {
    Scope.OWN: "của mình",
    Scope.UNIT: "đơn vị mình và cấp dưới",
    Scope.BODY: "cả cơ quan",
    Scope.OVERSEEN: "các cơ quan theo dõi",
    Scope.ALL: "toàn hệ thống",
}
PERMISSION_VI: dict[Permission, str] = {
    Permission.CALENDAR_MANAGE: "Sửa lịch làm việc",
    Permission.CASE_ASSIGN: "Giao vụ việc",
    Permission.CASE_CLOSE: "Kết thúc vụ việc",
    Permission.CASE_DECIDE: "Quyết định trong vụ việc",
    Permission.CASE_HANDLE: "Thụ lý, xác minh vụ việc",
    Permission.CASE_VIEW: "Xem vụ việc",
    Permission.HOME_VIEW: "Mở trang chính",
    Permission.IDENTITY_GRANT: "Cho xem danh tính người tố cáo",
    Permission.IDENTITY_OPEN: "Mở danh tính người tố cáo khi được phép",
    Permission.MAIL_VIEW_SENT: "Xem thư đã gửi",
    Permission.NOTIFICATION_VIEW: "Xem thông báo của mình",
    Permission.ORGANISATION_MANAGE: "Quản lý đơn vị và người dùng",
    Permission.PETITION_DECIDE: "Duyệt xử lý đơn",
    Permission.PETITION_PROCESS: "Xử lý đơn",
    Permission.PETITION_REGISTER: "Vào sổ đơn",
    Permission.PETITION_VIEW: "Xem đơn",
    Permission.SUPERVISION_VIEW: "Theo dõi, đôn đốc",
    Permission.VISIT_RECORD: "Ghi lượt tiếp công dân",
    Permission.VISIT_VIEW: "Xem sổ tiếp công dân",
}


def grants_table() -> list[tuple[Permission, dict[Role, Scope]]]:
    """Return each permission with the roles that hold it and how far it reaches."""
    return [
        (permission, {role: grants[permission] for role, grants in GRANTS.items() if permission in grants})
        for permission in sorted(Permission)
    ]


def grants_markdown() -> str:
    """Return the table of grants for docs/roles.md."""
    roles = list(Role)
    lines = [
        "| quyền | " + " | ".join(ROLE_VI[role] for role in roles) + " |",
        "|---" * (len(roles) + 1) + "|",
    ]
    for permission, held in grants_table():
        cells = [SCOPE_VI[held[role]] if role in held else "–" for role in roles]
        lines.append(f"| {PERMISSION_VI[permission]} (`{permission.value}`) | " + " | ".join(cells) + " |")
    return "\n".join(lines) + "\n"
