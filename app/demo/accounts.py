"""The demo's log-ins, as the start message prints them. All names are invented."""

from app.core.permissions import Role

DEMO_PASSWORD = "tiepdan-demo-2026"

# user name, full name, position, unit code, role
PEOPLE: tuple[tuple[str, str, str, str, Role], ...] = (
    ("tiepdan.lb", "Nguyễn Thu Hằng", "Công chức tiếp công dân", "LB-VP", Role.RECEPTION_OFFICER),
    ("donthu.lb", "Trần Minh Quân", "Công chức xử lý đơn", "LB-VP", Role.PETITION_OFFICER),
    ("truongvp.lb", "Vũ Đức Long", "Chánh Văn phòng", "LB-VP", Role.UNIT_HEAD),
    ("thuly.lb", "Lê Hoàng Nam", "Chuyên viên", "LB-KT", Role.HANDLER),
    ("thuly2.lb", "Đỗ Thị Mai", "Chuyên viên", "LB-VX", Role.HANDLER),
    ("truongphong.lb", "Phạm Văn Sơn", "Trưởng phòng", "LB-KT", Role.UNIT_HEAD),
    ("chutich.lb", "Hoàng Thị Lan", "Chủ tịch UBND phường", "LB", Role.LEADER),
    ("tiepdan.bd", "Bùi Ngọc Anh", "Công chức tiếp công dân", "BD-VP", Role.RECEPTION_OFFICER),
    ("donthu.bd", "Ngô Văn Khải", "Công chức xử lý đơn", "BD-VP", Role.PETITION_OFFICER),
    ("thuly.bd", "Đặng Thị Yến", "Chuyên viên", "BD-KT", Role.HANDLER),
    ("chutich.bd", "Lý Quốc Hùng", "Chủ tịch UBND phường", "BD", Role.LEADER),
    ("donthu.vh", "Mai Thanh Tùng", "Công chức xử lý đơn", "VH-VP", Role.PETITION_OFFICER),
    ("thuly.vh", "Phan Thị Ngọc", "Chuyên viên", "VH-KT", Role.HANDLER),
    ("chutich.vh", "Dương Văn Bình", "Chủ tịch UBND phường", "VH", Role.LEADER),
    ("donthu.pl", "Trịnh Thu Trang", "Công chức xử lý đơn", "PL-VP", Role.PETITION_OFFICER),
    ("chutich.pl", "Cao Minh Đức", "Chủ tịch UBND phường", "PL", Role.LEADER),
    ("tiepdan.hn", "Hồ Thị Phương", "Cán bộ Ban Tiếp công dân", "BTCD", Role.RECEPTION_OFFICER),
    ("donthu.hn", "Tạ Quang Huy", "Cán bộ Ban Tiếp công dân", "BTCD", Role.PETITION_OFFICER),
    ("thanhtra", "Nguyễn Hữu Thắng", "Thanh tra viên", "TTTP", Role.INSPECTOR),
    ("chutich.hn", "Lê Thị Minh Châu", "Chủ tịch UBND thành phố", "HN", Role.LEADER),
    ("giamdoc.sxd", "Đinh Công Tráng", "Giám đốc Sở", "SXD", Role.LEADER),
    ("quantri", "Nguyễn Văn Quản", "Quản trị hệ thống", "HN", Role.ADMINISTRATOR),
)

# What the start message shows: one for each way through the product.
DEMO_ACCOUNTS: tuple[tuple[str, str], ...] = (
    ("tiepdan.lb", "cán bộ tiếp công dân, phường Long Biên"),
    ("donthu.lb", "cán bộ xử lý đơn, phường Long Biên"),
    ("truongphong.lb", "trưởng phòng, phường Long Biên"),
    ("thuly.lb", "người thụ lý, phường Long Biên"),
    ("chutich.lb", "Chủ tịch phường Long Biên"),
    ("thanhtra", "thanh tra viên thành phố"),
    ("quantri", "quản trị"),
)
