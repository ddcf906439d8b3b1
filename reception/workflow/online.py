"""An online reception session: the sub-machine of law.md 7.1 with its three lead times (D154 Arts 16 to 24). Pure."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from app.core.permissions import Permission
from complaints.codes import PetitionKind
from complaints.rulebook.said import length
from complaints.workflow.base import Data, Facts, FieldKind, State, Transition, Workflow
from complaints.workflow.fields import DOCUMENT_NO, NOTE, ON, WORDS, spec
from reception.codes import OnlineGround

_STATES = (
    State("proposed", "Chờ người đứng đầu quyết định", "Awaiting the head's decision"),
    State("scheduled", "Đã có lịch, chờ thông báo", "Scheduled"),
    State("notified", "Đã thông báo, chờ kiểm tra kết nối", "Participants notified"),
    State("tested", "Đã kiểm tra kết nối", "Connection tested"),
    State("connected", "Các điểm cầu đã kết nối", "All points connected"),
    State("identified", "Đã xác định nhân thân", "Everyone identified"),
    State("in_session", "Đang tiếp", "In session"),
    State("ended", "Đã kết thúc, chờ lưu bản ghi", "Ended, recording to be filed"),
    State("archived", "Đã lưu hồ sơ, bản ghi", "Archived", open=False),
    State("in_person", "Chuyển sang tiếp trực tiếp", "Changed to reception in person", open=False),
)
_TIME = re.compile(r"([01]?\d|2[0-3])[:hH.]([0-5]\d)")
_SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class OnlineFacts(Facts):
    """What the guards may know besides: the planned hour, and the latest day or hour of each lead time."""

    moment: datetime | None = None  # now, in Hanoi's wall time
    protection_requested: bool = False
    latest_notice_on: date | None = None
    latest_test_on: date | None = None
    connect_by: datetime | None = None


def clock_time(text: str) -> time | None:
    """Return the time of day that was typed as 9:00, 09h00 or 9.00; None when it is none."""
    found = _TIME.fullmatch(text.strip())
    return time(int(found[1]), int(found[2])) if found else None


def _facts(facts: Facts) -> OnlineFacts:
    return facts if isinstance(facts, OnlineFacts) else OnlineFacts()


def _may_be_online(facts: Facts, data: Data) -> str | None:
    """D154 Art 20(4): a denunciation only without a request for protection, and where secrecy can be kept."""
    if facts.kind != PetitionKind.DENUNCIATION:
        if data.get("ground") == OnlineGround.DENUNCIATION:
            return "Căn cứ này chỉ dành cho tố cáo; hãy chọn căn cứ khác của Điều 20 Nghị định 154/2026."
        return None
    if _facts(facts).protection_requested:
        return "Người tố cáo yêu cầu bảo vệ bí mật: không tiếp trực tuyến, hãy chuyển sang tiếp trực tiếp (NĐ 154/2026 Điều 20)."
    if data and not data.get("secrecy_ensured"):
        return "Tố cáo chỉ tiếp trực tuyến khi cơ quan bảo đảm được bí mật: xác nhận điều này, hoặc tiếp trực tiếp."
    return None


def _notified_in_time(facts: Facts, data: Data) -> str | None:
    """R24."""
    latest, on = _facts(facts).latest_notice_on, data.get("on") or facts.today
    if latest is not None and on > latest:
        return f"Phải thông báo chậm nhất {latest:%d/%m/%Y}; hãy hẹn buổi khác hoặc chuyển sang tiếp trực tiếp (NĐ 154/2026 Điều 23)."
    return None


def _tested_in_time(facts: Facts, data: Data) -> str | None:
    """R25."""
    latest, on = _facts(facts).latest_test_on, data.get("on") or facts.today
    if latest is not None and on > latest:
        return f"Phải kiểm tra kết nối xong chậm nhất {latest:%d/%m/%Y}; hãy hẹn buổi khác hoặc tiếp trực tiếp (NĐ 154/2026 Điều 23)."
    return None


def _connected_in_time(facts: Facts, _data: Data) -> str | None:
    """R26: recorded at the moment at which all points are up."""
    own = _facts(facts)
    if own.connect_by is not None and own.moment is not None and own.moment > own.connect_by:
        return (
            f"Các điểm cầu phải kết nối xong trước {own.connect_by:%H:%M ngày %d/%m/%Y}; "
            "hãy hẹn buổi khác hoặc tiếp trực tiếp (NĐ 154/2026 Điều 23)."
        )
    return None


def _all_identified(_facts: Facts, data: Data) -> str | None:
    if data and not data.get("everyone"):
        return "Chỉ bắt đầu khi đã xác định nhân thân tất cả người tham gia (NĐ 154/2026 Điều 12); ai chưa rõ thì mời ra khỏi điểm cầu."
    return None


def _recorded(_facts: Facts, data: Data) -> str | None:
    """R27: recording is no choice."""
    if data and not data.get("recording"):
        return "Buổi tiếp trực tuyến phải được ghi âm, ghi hình (NĐ 154/2026 Điều 18): bật ghi rồi xác nhận."
    return None


def _filed(_facts: Facts, data: Data) -> str | None:
    if data and not _SHA256.fullmatch(str(data.get("sha256")).lower()):
        return "Mã băm SHA-256 gồm 64 ký tự 0-9, a-f; chép lại từ phần mềm ghi hình hoặc lệnh sha256sum."
    return None


_PLANNED = frozenset({"scheduled", "notified", "tested", "connected", "identified", "in_session"})
_BEFORE = frozenset({"proposed", "scheduled", "notified", "tested", "connected", "identified"})
_DESK, _HEAD = Permission.VISIT_RECORD, Permission.SESSION_DECIDE
_DAY = spec("starts_on", FieldKind.DATE, "Ngày tiếp", "Day of the session", required=True)
_HOUR = spec("starts_time", FieldKind.LINE, "Giờ bắt đầu", "Starts at", required=True, help_vi="Ví dụ 08:30.")

WORKFLOW = Workflow(
    name="online",
    initial="proposed",
    states={state.code: state for state in _STATES},
    transitions=(
        Transition("R01", "schedule", frozenset({"proposed"}), "scheduled", _HEAD, "Quyết định tiếp trực tuyến",
                   "Decide on the session", f"Chọn căn cứ của Điều 20 và giờ tiếp; thông báo phải gửi trước ít nhất {length('ONLINE_NOTICE')}.",
                   fields=(spec("ground", FieldKind.CHOICE, "Căn cứ", "Ground", required=True, choices=OnlineGround), _DAY, _HOUR,
                           spec("secrecy_ensured", FieldKind.YES_NO, "Cơ quan bảo đảm bí mật thông tin người tố cáo",
                                "Secrecy is ensured", help_vi="Chỉ cần khi nội dung là tố cáo."), NOTE),
                   guard=_may_be_online, cites=("R01",)),
        Transition("R24", "notify", frozenset({"scheduled"}), "notified", _DESK, "Ghi đã thông báo, thiết lập điểm cầu",
                   "Record the notice", "Thông báo người tham gia và thiết lập các điểm cầu.",
                   fields=(ON, DOCUMENT_NO, NOTE), guard=_notified_in_time, cites=("R24",)),
        Transition("R25", "test", frozenset({"notified"}), "tested", _DESK, "Ghi kết nối thử thành công", "Record the test",
                   "Đã kết nối thử thành công với tất cả điểm cầu.", fields=(ON, NOTE), guard=_tested_in_time, cites=("R25",)),
        Transition("R26", "connect", frozenset({"tested"}), "connected", _DESK, "Các điểm cầu đã kết nối", "All points are up",
                   "Ghi ngay khi tất cả điểm cầu đã kết nối.", fields=(NOTE,), guard=_connected_in_time, cites=("R26",)),
        Transition("R02", "identify", frozenset({"connected"}), "identified", _DESK, "Xác định nhân thân tất cả người tham gia",
                   "Identify everyone", "Kiểm tra giấy tờ, tư cách đại diện của từng người ở mỗi điểm cầu.",
                   fields=(spec("everyone", FieldKind.YES_NO, "Đã xác định nhân thân tất cả", "Everyone is identified"), NOTE),
                   guard=_all_identified, cites=("R02", "R04")),
        Transition("R27", "begin", frozenset({"identified"}), "in_session", _DESK, "Bắt đầu tiếp", "Begin",
                   "Bật ghi âm, ghi hình rồi bắt đầu.",
                   fields=(spec("recording", FieldKind.YES_NO, "Đang ghi âm, ghi hình", "Recording is on"), NOTE),
                   guard=_recorded, cites=("R27",)),
        Transition("R23", "end", frozenset({"in_session"}), "ended", _DESK, "Kết thúc buổi tiếp", "End the session",
                   "Ghi kết quả buổi tiếp; lượt tiếp ghi vào sổ tiếp công dân như thường lệ.", fields=(WORDS,), cites=("R23",)),
        Transition("R27", "archive", frozenset({"ended"}), "archived", _DESK, "Lưu hồ sơ, bản ghi", "File the recording",
                   "Bản ghi lưu trên máy chủ của cơ quan nhà nước, ký số hoặc xác thực.",
                   fields=(spec("place", FieldKind.LINE, "Nơi lưu bản ghi", "Where it is kept", required=True),
                           spec("sha256", FieldKind.LINE, "Mã băm SHA-256 của bản ghi", "SHA-256 of the recording", required=True),
                           spec("retention", FieldKind.LINE, "Thời hạn bảo quản", "Kept for", required=True,
                                help_vi="Theo quy định về lưu trữ; Nghị định 154/2026 không ghi số năm."),
                           spec("authenticated", FieldKind.LINE, "Ký số, xác thực: ai, khi nào", "Signed or authenticated by",
                                required=True)),
                   guard=_filed, cites=("R27",)),
        Transition("R24", "reschedule", _PLANNED, "scheduled", _HEAD, "Hẹn lại buổi khác", "Reschedule",
                   "Không bảo đảm điều kiện hoặc kết nối hỏng: hẹn giờ khác, các bước thông báo và kiểm tra làm lại.",
                   fields=(_DAY, _HOUR, WORDS), cites=("R13", "R24")),
        Transition("R01", "to_in_person", _BEFORE, "in_person", _HEAD, "Chuyển sang tiếp trực tiếp", "Receive in person",
                   "Không đủ điều kiện tiếp trực tuyến, hoặc người dân muốn gặp trực tiếp.", fields=(WORDS,), cites=("R01",)),
    ),
)  # fmt: skip
