"""What the samples do not bring: matters of each rarer kind, told through the real services, one short story each.

A second complaint linked to its first, a disciplinary complaint, two competing days of effect, a denunciation with a
protected denouncer, one continued above because the commune is overdue, a complaint that a deputy sent on, an online
session to come, a target of the unit beside the law, and visits at the desk. Days are counted back from today, so that
the demo looks alive whenever it is loaded.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from app.core.clock import today
from app.core.db import db
from app.core.errors import DomainError
from app.demo.organisation import DemoWorld
from app.demo.telling import NAMES, Teller
from app.organisation.queries import work_calendar
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.rulebook.loader import Layer, Unit
from complaints.services.identity import Sender
from complaints.services.local_rules import NewRule, set_local_rule
from complaints.services.protection import measures_of, take
from reception.entries import NewVisit
from reception.models import OnlineSession
from reception.services.online import NewSession, move_session, propose_session
from reception.services.visits import record_visit

Story = Callable[[Teller], Any]


@dataclass(frozen=True)
class Showcase:
    """What was told: how many petitions came of it, and the stories that the law forbade on the day, each with why."""

    petitions: int
    failed: Mapping[str, str]


def load_showcase(world: DemoWorld) -> Showcase:
    """Tell each story, as far as the law allows on the day: one that it forbids ends there and is named."""
    teller, failed = Teller(world, today()), dict[str, str]()
    before = db.session.query(Petition).count()
    for name, story in {**STORIES, **_visits(teller)}.items():
        try:
            story(teller)
        except DomainError as error:
            failed[name] = error.message
    return Showcase(db.session.query(Petition).count() - before, failed)


def _decided(t: Teller, start: int, sender: Sender, summary: str, **how: Any) -> int:
    """Tell of a first complaint at Long Biên, accepted and decided at once; return its case."""
    petition = t.petition(start, desk="donthu.lb", unit="LB", sender=sender, summary=summary, kind="complaint",
                          field="land", respondent="Quyết định của Chủ tịch UBND phường Long Biên", **how,
                          respondent_level="commune_chair", respondent_unit_id=t.world.units["LB"].id)  # fmt: skip
    case = t.open(start - 1, petition, desk="donthu.lb")
    t.step(start - 3, case, "accept", "chutich.lb", document_no=f"{start}/TB-UBND", contested="decision",
           known_on=t.day(start + 6).isoformat())  # fmt: skip
    t.give(start - 3, case, to="thuly.lb", unit="LB-KT", by="chutich.lb")
    t.step(
        start - 5, case, "draft_at_once", "chutich.lb", words="Kiểm tra lại, quyết định có sai sót rõ ràng."
    )
    t.step(start - 7, case, "decide", "chutich.lb", document_no=f"{start}/QĐ-UBND", outcome="partly",
           words="Chấp nhận một phần: đo lại diện tích, tính bổ sung cây trồng.", basis_checked=True)  # fmt: skip
    t.step(start - 8, case, "dispatch", "thuly.lb")
    return case


def _second_complaint(t: Teller) -> None:
    """Tell how a complainant goes on to the city, which names the first case and accepts."""
    first = _decided(
        t, 58, NAMES[0], "Không đồng ý việc xác định ranh giới thửa đất khi cấp giấy chứng nhận."
    )
    t.step(47, first, "deliver", "thuly.lb", delivered_on=t.day(48).isoformat())
    petition = t.petition(
        26, desk="donthu.hn", unit="BTCD", sender=NAMES[0], kind="complaint", instance="second", field="land",
        summary="Không đồng ý quyết định giải quyết lần đầu của Chủ tịch UBND phường Long Biên về ranh giới thửa đất.",
        respondent="Quyết định giải quyết khiếu nại lần đầu", respondent_level="commune_chair",
        respondent_unit_id=t.world.units["LB"].id,
    )  # fmt: skip
    second = t.open(24, petition, desk="donthu.hn", action="open_second", first_case_id=first)
    t.step(22, second, "accept", "chutich.hn", document_no="31/TB-UBND")


def _competing_days(t: Teller) -> None:
    """Both days of effect have passed and nobody complained further: the head chooses one and confirms."""
    case = _decided(t, 50, NAMES[1], "Khiếu nại diện tích bồi thường thiếu 18 m² so với giấy chứng nhận.")
    t.step(37, case, "deliver", "thuly.lb", delivered_on=t.day(38).isoformat())


def _disciplinary(t: Teller) -> None:
    """Tell how a civil servant complains about a warning; verified, the disciplinary council is to be heard next."""
    petition = t.petition(
        19, desk="donthu.lb", unit="LB", sender=NAMES[2], kind="complaint", disciplinary=True, field="administration",
        summary="Khiếu nại quyết định kỷ luật cảnh cáo; cho rằng việc xem xét chưa đúng trình tự.",
        respondent="Quyết định kỷ luật của Chủ tịch UBND phường", respondent_level="commune_chair",
        respondent_unit_id=t.world.units["LB"].id,
    )  # fmt: skip
    case = t.open(18, petition, desk="donthu.lb")
    t.step(15, case, "accept", "chutich.lb", document_no="44/TB-UBND", known_on=t.day(23).isoformat())
    t.give(15, case, to="thuly2.lb", unit="LB-VX", by="chutich.lb")
    t.step(14, case, "verify", "chutich.lb", document_no="45/QĐ-XM")
    t.step(5, case, "report", "thuly2.lb", words="Trình tự xem xét kỷ luật thiếu biên bản họp kiểm điểm.")


def _protected(t: Teller) -> None:
    """Tell how a threatened denouncer asks for protection and the head decides; who it is stays sealed."""
    petition = t.petition(
        21, desk="donthu.lb", unit="LB", sender=NAMES[3], kind="denunciation", field="construction",
        summary="Tố cáo công chức địa chính nhận tiền để bỏ qua công trình xây dựng sai phép.",
        respondent="Công chức địa chính, xây dựng của phường", respondent_level="commune_officer",
        respondent_unit_id=t.world.units["LB"].id,
    )  # fmt: skip
    case_id = t.open(20, petition, desk="donthu.lb")
    t.step(16, case_id, "accept", "chutich.lb", document_no="52/QĐ-TL")
    t.give(16, case_id, to="thuly.lb", unit="LB-KT", by="chutich.lb")
    t.step(14, case_id, "notify", "thuly.lb")
    _protect(t, 12, case_id, "request", {
        "form": "written", "paper_on": t.day(12).isoformat(), "relations": ["denouncer", "child"],
        "people": "Người tố cáo và con đẻ (thông tin mẫu)", "objects": ["life", "health"], "measures": ["life"],
        "words": "Bị nhắn tin đe doạ sau khi gửi đơn.",
    })  # fmt: skip
    _protect(t, 11, case_id, "protect", {
        "document_no": "9/QĐ-BV", "decided_by": "resolver", "measures": ["life", "secrecy"],
        "starts_on": t.day(11).isoformat(), "starts_at": "08:30", "words": "Có căn cứ, phối hợp công an phường.",
    })  # fmt: skip


def _protect(t: Teller, before: int, case_id: int, action: str, data: Mapping[str, Any]) -> None:
    head = t.world.principal("chutich.lb")

    def step(day: date) -> None:
        case = db.session.get_one(Case, case_id)
        files = measures_of(case)
        measure = files[0] if action == "request" else files[-1]
        take(case, measure, action, actor=head, data={"on": day.isoformat(), **data})

    t.at(before, step)


def _online(t: Teller) -> None:
    """Plan a session with two points next week, notified in time; let another wait for the head."""
    calendar = work_calendar(t.world.units["LB"].id)
    # A week from now; around Tết later, so that the notice of six days ago still came in time.
    planned = max(calendar.roll_forward(t.last + timedelta(days=7)), calendar.add_working_days(t.day(6), 6))
    desk, head = t.world.principal("tiepdan.lb"), t.world.principal("chutich.lb")

    def propose(summary: str, points: tuple[str, ...]) -> Callable[[date], int]:
        new = NewSession(t.world.units["LB"].id, "complaint", summary, 5, points, protection_requested=False)
        return lambda _day: propose_session(new, actor=desk).id

    number = t.at(9, propose("Khiếu nại kéo dài về bồi thường dự án đường; cần Sở Nông nghiệp và Môi trường cùng dự.",
                             ("Sở Nông nghiệp và Môi trường", "Điểm cầu tổ 5 Phúc Lợi")))  # fmt: skip
    decided = {"ground": "complex", "starts_on": planned.isoformat(), "starts_time": "08:30"}
    t.at(
        8,
        lambda _day: move_session(
            db.session.get_one(OnlineSession, number), "schedule", actor=head, data=decided
        ),
    )
    t.at(6, lambda day: move_session(db.session.get_one(OnlineSession, number), "notify", actor=desk,
                                     data={"on": day.isoformat(), "document_no": "61/TB-UBND"}))  # fmt: skip
    t.at(
        1,
        propose(
            "Người khiếu nại đang điều trị ở xa, đề nghị tiếp trực tuyến.",
            ("Bệnh viện Đức Giang",),
        ),
    )


def _target(t: Teller) -> None:
    """Set a target beside the law: the commune wants to accept complaints sooner than the law asks."""
    rule = NewRule(
        t.world.units["LB"].id, Layer.INTERNAL, "KN_ACCEPT", Unit.WORKING, 5, t.last, None, "Trả lời dân sớm hơn.",
        "Kế hoạch số 12/KH-UBND (dữ liệu mẫu)",
    )  # fmt: skip
    t.at(0, lambda _day: set_local_rule(rule, actor=t.world.principal("quantri")))


def _visits(t: Teller) -> Mapping[str, Story]:
    """Return a fortnight at the desk: also a denouncer, and a group and a written refusal that wait."""
    unit, desk = t.world.units["LB"].id, t.world.principal("tiepdan.lb")
    heard: tuple[tuple[int, str, str, dict[str, Any]], ...] = (
        (13, "complaint", "Khiếu nại việc chậm chi trả tiền hỗ trợ tái định cư.", {
            "outcome": "taken_in", "respondent": "UBND phường", "respondent_level": "commune_chair", "field": "land"}),
        (9, "complaint", "Không đồng ý bản án về tranh chấp lối đi chung.", {
            "outcome": "guided", "directed_to": "Toà án nhân dân khu vực", "respondent_level": "court"}),
        (8, "proposal", "Đề nghị lắp đèn chiếu sáng ngõ 12 Nguyễn Văn Cừ.", {
            "outcome": "taken_in", "respondent": "UBND phường", "respondent_level": "commune", "field": "urban"}),
        (6, "proposal", "Hỏi lịch cấp đổi giấy tờ; đã được trả lời bằng văn bản.", {
            "outcome": "explained", "outcome_note": "Văn bản trả lời ngày trước vẫn đúng; hướng dẫn lịch cấp đổi."}),
        (5, "complaint", "Mười hai hộ không đồng ý phương án di dời chợ.", {
            "outcome": "await_reps", "people_count": 12, "representatives_appointed": False}),
        (2, "denunciation", "Tố cáo việc thu tiền ngoài quy định tại một trường học.", {
            "outcome": "taken_in", "respondent": "Hiệu trưởng một trường", "respondent_level": "public_service_unit",
            "field": "education"}),
        (1, "complaint", "Lại khiếu nại mức bồi thường thửa đất đã có quyết định giải quyết có hiệu lực.", {
            "outcome": "refused", "refusal_ground": "L9.3",
            "outcome_note": "Đã giải thích nhiều lần: vụ việc đã được giải quyết đúng chính sách, pháp luật."}),
    )  # fmt: skip

    def visit(place: int) -> Story:
        before, kind, summary, more = heard[place]
        visitors = (NAMES[place % 3],)
        return lambda t: t.at(before, lambda day: record_visit(
            NewVisit(unit, day, kind, summary, visitors=visitors, **more), actor=desk))  # fmt: skip

    return {f"visit: {line[3]['outcome']}, {line[1]}": visit(place) for place, line in enumerate(heard)}


def _continued(t: Teller) -> None:
    """Tell how a denunciation is overdue at a commune: the city demands a report, and the commune has the demand."""
    said: dict[str, Any] = {
        "sender": NAMES[2], "kind": "denunciation", "field": "finance", "respondent": "Kế toán của phường Việt Hưng",
        "respondent_level": "commune_officer", "respondent_unit_id": t.world.units["VH"].id,
    }  # fmt: skip
    letter = t.petition(58, desk="donthu.vh", unit="VH", **said,
                        summary="Tố cáo kế toán của phường thu tiền thuê mặt bằng không ghi sổ.")  # fmt: skip
    first = t.open(57, letter, desk="donthu.vh")
    t.step(55, first, "accept", "chutich.vh", document_no="12/QĐ-TL")
    t.give(55, first, to="thuly.vh", unit="VH-KT", by="chutich.vh")
    t.step(54, first, "notify", "thuly.vh")
    letter = t.petition(9, desk="donthu.hn", unit="BTCD", instance="second", overdue_claim=True, **said,
                        summary="Tố cáo tiếp: phường Việt Hưng thụ lý đã lâu, quá hạn mà chưa kết luận.")  # fmt: skip
    case = t.open(8, letter, desk="donthu.hn", action="open_continued", first_case_id=first)
    t.step(7, case, "demand", "chutich.hn", to_body="Chủ tịch UBND phường Việt Hưng", document_no="71/UBND-BTCD",
           words="Báo cáo quá trình giải quyết, lý do chậm và trách nhiệm.")  # fmt: skip
    t.step(5, case, "demand_received", "chutich.hn", delivered_on=t.day(5).isoformat())


def _sent_on(t: Teller) -> None:
    """Tell of a complaint that a deputy sent on: it is decided, and the deputy is owed the result."""
    _decided(t, 12, NAMES[1], "Khiếu nại việc từ chối cấp phép sửa nhà trong ngõ.", source="forwarded_deputy",
             forwarded_by="Đoàn đại biểu Quốc hội thành phố Hà Nội")  # fmt: skip


STORIES: Mapping[str, Story] = {
    "second complaint": _second_complaint,
    "competing days": _competing_days,
    "disciplinary complaint": _disciplinary,
    "protected denouncer": _protected,
    "online sessions": _online,
    "target beside the law": _target,
    "continued denunciation": _continued,
    "sent on by a deputy": _sent_on,
}
