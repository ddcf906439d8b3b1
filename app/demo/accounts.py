"""The demo's log-ins. All names are invented; nobody here holds or held such an office."""

from typing import NamedTuple

from app.core.permissions import Role

DEMO_PASSWORD = "tiepdan-demo-2026"  # noqa: S105 - printed at every start; production refuses demo accounts


class DemoPerson(NamedTuple):
    """One account: in which unit, with which roles there."""

    username: str
    full_name: str
    position: str
    unit: str
    roles: tuple[Role, ...]


_RECEIVES, _SORTS, _HANDLES = Role.RECEPTION_OFFICER, Role.PETITION_OFFICER, Role.HANDLER
_HEADS, _LEADS, _WATCHES, _RUNS = Role.UNIT_HEAD, Role.LEADER, Role.INSPECTOR, Role.ADMINISTRATOR

PEOPLE: tuple[DemoPerson, ...] = (
    # Phường Long Biên: every role
    DemoPerson("tiepdan.lb", "Nguyễn Thu Hằng", "Công chức tiếp công dân", "LB-VP", (_RECEIVES,)),
    DemoPerson("donthu.lb", "Trần Minh Quân", "Công chức xử lý đơn", "LB-VP", (_SORTS,)),
    DemoPerson("truongvp.lb", "Vũ Đức Long", "Chánh Văn phòng", "LB-VP", (_HEADS, _WATCHES)),
    DemoPerson("thuly.lb", "Lê Hoàng Nam", "Chuyên viên", "LB-KT", (_HANDLES,)),
    DemoPerson("thuly2.lb", "Đỗ Thị Mai", "Chuyên viên", "LB-VX", (_HANDLES,)),
    DemoPerson("truongphong.lb", "Phạm Văn Sơn", "Trưởng phòng", "LB-KT", (_HEADS,)),
    DemoPerson("chutich.lb", "Hoàng Thị Lan", "Chủ tịch UBND phường", "LB", (_LEADS,)),
    # The other communes: fewer people, some with two tasks
    DemoPerson("tiepdan.bd", "Bùi Ngọc Anh", "Công chức tiếp công dân", "BD-VP", (_RECEIVES,)),
    DemoPerson("donthu.bd", "Ngô Văn Khải", "Công chức xử lý đơn", "BD-VP", (_SORTS,)),
    DemoPerson("thuly.bd", "Đặng Thị Yến", "Chuyên viên", "BD-KT", (_HANDLES,)),
    DemoPerson("chutich.bd", "Lý Quốc Hùng", "Chủ tịch UBND phường", "BD", (_LEADS,)),
    DemoPerson("donthu.vh", "Mai Thanh Tùng", "Công chức tiếp dân, xử lý đơn", "VH-VP", (_RECEIVES, _SORTS)),
    DemoPerson("thuly.vh", "Phan Thị Ngọc", "Chuyên viên", "VH-KT", (_HANDLES,)),
    DemoPerson("chutich.vh", "Dương Văn Bình", "Chủ tịch UBND phường", "VH", (_LEADS,)),
    DemoPerson("donthu.pl", "Trịnh Thu Trang", "Công chức tiếp dân, xử lý đơn", "PL-VP", (_RECEIVES, _SORTS)),
    DemoPerson("chutich.pl", "Cao Minh Đức", "Chủ tịch UBND phường", "PL", (_LEADS,)),
    # The city
    DemoPerson("tiepdan.hn", "Hồ Thị Phương", "Cán bộ Ban Tiếp công dân", "BTCD", (_RECEIVES,)),
    DemoPerson("donthu.hn", "Tạ Quang Huy", "Cán bộ Ban Tiếp công dân", "BTCD", (_SORTS,)),
    DemoPerson("truongban.hn", "Lương Thị Bích Thuỷ", "Trưởng Ban Tiếp công dân", "BTCD", (_HEADS,)),
    DemoPerson("thanhtra", "Nguyễn Hữu Khoa", "Thanh tra viên", "TTTP", (_WATCHES,)),
    DemoPerson("chutich.hn", "Lê Thị Minh Châu", "Chủ tịch UBND thành phố", "HN", (_LEADS,)),
    DemoPerson("thuly.sxd", "Kiều Anh Dũng", "Chuyên viên", "SXD-QL", (_HANDLES,)),
    DemoPerson("giamdoc.sxd", "Đinh Thị Tuyết Nhung", "Giám đốc Sở", "SXD", (_LEADS,)),
    DemoPerson("quantri", "Nguyễn Văn Quản", "Quản trị hệ thống", "HN", (_RUNS,)),
)

# What the start message shows: one for each way through the product.
DEMO_ACCOUNTS: tuple[tuple[str, str], ...] = (
    ("tiepdan.lb", "cán bộ tiếp công dân, phường Long Biên"),
    ("donthu.lb", "cán bộ xử lý đơn, phường Long Biên"),
    ("truongphong.lb", "trưởng phòng, phường Long Biên"),
    ("thuly.lb", "người thụ lý, phường Long Biên"),
    ("chutich.lb", "Chủ tịch UBND phường Long Biên"),
    ("thanhtra", "thanh tra viên thành phố"),
    ("chutich.hn", "Chủ tịch UBND thành phố"),
    ("quantri", "quản trị hệ thống"),
)
