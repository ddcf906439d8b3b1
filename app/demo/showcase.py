"""What the samples do not bring: matters of each rarer kind, told through the real services, one short story each.

A second complaint linked to its first, a disciplinary complaint, two competing days of effect, a denunciation with a
protected denouncer, an online session to come, a target of the unit beside the law, and visits at the desk. Days are
counted back from today, so that the demo looks alive whenever it is loaded.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from app.core.clock import at_local, frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from app.demo.organisation import DemoWorld
from app.organisation.queries import work_calendar
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.rulebook.loader import Layer, Unit
from complaints.services.assignment import assign
from complaints.services.identity import Sender
from complaints.services.jurisdiction import confirm_competence
from complaints.services.local_rules import NewRule, set_local_rule
from complaints.services.perform import perform
from complaints.services.protection import measures_of, take
from complaints.services.registration import NewPetition, register_petition
from reception.entries import NewVisit
from reception.models import OnlineSession
from reception.services.online import NewSession, move_session, propose_session
from reception.services.visits import record_visit

NAMES = (
    Sender("Trần Văn Mẫu", "001066000211", "0981000211", "Số 14 phố Ngọc Lâm"),
    Sender("Lê Thị Thí Dụ", "001171000212", "0981000212", "Số 3 phố Ái Mộ"),
    Sender("Phạm Văn Minh Hoạ", "001080000213", "0981000213", "Số 27 ngõ 12 Nguyễn Văn Cừ"),
    Sender("Hoàng Thị Ví Dụ", "001185000214", "0981000214", "Tổ 5 Phúc Lợi"),
)


@dataclass(frozen=True)
class Teller:
    """Tells stories of a demo world by days before today."""

    world: DemoWorld
    last: date

    def day(self, before: int) -> date:
        """Return the day so many days ago."""
        return self.last - timedelta(days=before)

    def at(self, before: int, act: Callable[[date], Any]) -> Any:
        """Do something on the morning so many days ago, in a unit of work of its own."""
        day = self.day(before)
        with frozen(at_local(day, time(9, 30))), unit_of_work():
            return act(day)

    def petition(self, before: int, *, desk: str, unit: str, sender: Sender, **said: Any) -> int:
        """Register what came by post and classify it; return its id."""
        world, actor = self.world, self.world.principal(desk)
        named = ("kind", "instance", "disciplinary")
        kind: dict[str, Any] = {name: said.pop(name) for name in named if name in said}

        def register(day: date) -> int:
            new = NewPetition(
                unit_id=world.units[unit].id, source="post", received_on=day, senders=(sender,), **said
            )
            petition = register_petition(new, actor=actor)
            data: dict[str, Any] = {
                **kind,
                "field": said["field"],
                "respondent_level": said["respondent_level"],
                "on": day.isoformat(),
            }
            perform(petition, "classify", actor=actor, data=data)
            return petition.id

        return int(self.at(before, register))

    def open(
        self, before: int, petition_id: int, *, desk: str, action: str = "open_case", **data: Any
    ) -> int:
        """Confirm that the office is competent and open the case; return its id."""
        actor = self.world.principal(desk)

        def confirm(day: date) -> int:
            petition = db.session.get_one(Petition, petition_id)
            confirm_competence(petition, own=True, reason="Theo quy định về thẩm quyền.", actor=actor)
            perform(petition, action, actor=actor, data={"on": day.isoformat(), **data})
            assert petition.case_id is not None
            return petition.case_id

        return int(self.at(before, confirm))

    def step(self, before: int, case_id: int, action: str, by: str, **data: Any) -> None:
        """Take a step of a case."""
        actor = self.world.principal(by)
        self.at(before, lambda day: perform(db.session.get_one(Case, case_id), action, actor=actor,
                                            data={"on": day.isoformat(), **data}))  # fmt: skip

    def give(self, before: int, case_id: int, *, to: str, unit: str, by: str) -> None:
        """Assign a case to its handler."""
        world = self.world
        self.at(before, lambda _day: assign(
            db.session.get_one(Case, case_id), unit_id=world.units[unit].id, handler_id=world.people[to].id,
            actor=world.principal(by)))  # fmt: skip


def load_showcase(world: DemoWorld) -> int:
    """Tell each story, as far as the law allows on the day; return how many petitions were registered."""
    teller = Teller(world, today())
    before = db.session.query(Petition).count()
    for story in (_second_complaint, _competing_days, _disciplinary, _protected, _online, _target, _visits):
        with suppress(DomainError):
            story(teller)
    return db.session.query(Petition).count() - before


def _decided(t: Teller, start: int, sender: Sender, summary: str) -> int:
    """Tell of a first complaint at Long Biên, accepted and decided at once; return its case."""
    petition = t.petition(start, desk="donthu.lb", unit="LB", sender=sender, summary=summary, kind="complaint",
                          field="land", respondent="Quyết định của Chủ tịch UBND phường Long Biên",
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


def _visits(t: Teller) -> None:
    """Record a fortnight at the desk: taken in, guided, explained, a group, a denouncer; each in the register."""
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
    )  # fmt: skip
    for place, (before, kind, summary, more) in enumerate(heard):

        def record(
            day: date,
            place: int = place,
            kind: str = kind,
            summary: str = summary,
            more: dict[str, Any] = more,
        ) -> None:
            visitor = NAMES[place % 3]
            record_visit(NewVisit(unit, day, kind, summary, visitors=(visitor,), **more), actor=desk)

        with suppress(DomainError):
            t.at(before, record)
