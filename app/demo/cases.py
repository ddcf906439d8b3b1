"""The demo's petitions and cases: the samples, received over the last weeks and walked by the real services."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Any

from app.core.clock import at_local, frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from app.core.permissions import Principal
from app.demo.organisation import DemoWorld
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.identity import Sender
from complaints.services.jurisdiction import confirm_competence, proposal_for
from complaints.services.perform import perform, propose
from complaints.services.registration import NewPetition, register_petition

SAMPLES = Path(__file__).parent / "samples.json"
FIELDS = {
    "đất đai": "land", "xây dựng": "construction", "chính sách xã hội": "social", "giáo dục": "education",
    "lao động": "labour", "tư pháp": "justice", "môi trường": "environment", "tài chính": "finance", "y tế": "health",
    "hành chính": "administration", "giao thông": "traffic", "an ninh trật tự": "security", "đô thị": "urban",
    "văn hoá": "culture", "dân sự": "civil", "khác": "other",
}  # fmt: skip
KINDS = {"proposal_or_feedback": "proposal"}
_FAMILY = ("Nguyễn", "Trần", "Lê", "Phạm", "Hoàng", "Vũ", "Đặng", "Bùi", "Đỗ", "Hồ")
_MIDDLE = ("Văn", "Thị", "Đức", "Ngọc", "Minh", "Thanh", "Hữu", "Thu")
_GIVEN = (
    "An",
    "Bình",
    "Cường",
    "Dung",
    "Giang",
    "Hà",
    "Khánh",
    "Liên",
    "Nga",
    "Oanh",
    "Phúc",
    "Quang",
    "Tâm",
    "Vân",
)
_STREETS = (
    "phố Ngọc Lâm",
    "phố Bồ Đề",
    "ngõ 12 Nguyễn Văn Cừ",
    "phố Việt Hưng",
    "tổ 5 Phúc Lợi",
    "phố Ái Mộ",
)

Walk = tuple[tuple[str, int, dict[str, Any]], ...]
# How far a case of a kind is walked: (action, days after the step before, data)
COMPLAINT: Walk = (
    ("accept", 3, {"document_no": "{n}/TB-UBND", "contested": "act"}),
    ("verify", 2, {"document_no": "{n}/QĐ-XM"}),
    ("report", 8, {"words": "Báo cáo kết quả xác minh: nội dung khiếu nại có cơ sở một phần."}),
    ("draft", 1, {}),
    (
        "decide",
        2,
        {
            "document_no": "{n}/QĐ-UBND",
            "outcome": "partly",
            "words": "Chấp nhận một phần.",
            "return_money": 12,
            "basis_checked": True,
        },
    ),
    ("dispatch", 1, {}),
)
DENUNCIATION: Walk = (
    ("accept", 4, {"document_no": "{n}/QĐ-TL"}),
    ("notify", 2, {}),
    (
        "verify",
        1,
        {"document_no": "{n}/QĐ-XM", "team_size": 3, "leader": "Trưởng phòng", "no_conflict": True},
    ),
    ("report", 9, {"words": "Báo cáo kết quả xác minh nội dung tố cáo."}),
    ("conclude", 3, {"document_no": "{n}/KL-UBND", "outcome": "partly", "words": "Tố cáo đúng một phần."}),
    ("send_conclusion", 2, {}),
    ("handle", 2, {"document_no": "{n}/QĐ-KL", "words": "Kiểm điểm, rút kinh nghiệm."}),
)
PROPOSAL: Walk = (
    ("study", 2, {}),
    ("answer", 7, {"document_no": "{n}/UBND-VP", "words": "Đã xử lý và trả lời bằng văn bản."}),
)
WALKS: Mapping[str, Walk] = {
    "complaint": COMPLAINT, "denunciation": DENUNCIATION, "proposal": PROPOSAL,
}  # fmt: skip
HEAD_STEPS = frozenset({"accept", "verify", "draft", "decide", "conclude", "handle", "answer", "study"})


@dataclass(frozen=True)
class Office:
    """Who does what in one commune of the demo."""

    code: str
    desk: str
    head: str
    handler: str
    division: str


OFFICES = (
    Office("LB", "donthu.lb", "chutich.lb", "thuly.lb", "LB-KT"),
    Office("BD", "donthu.bd", "chutich.bd", "thuly.bd", "BD-KT"),
    Office("VH", "donthu.vh", "chutich.vh", "thuly.vh", "VH-KT"),
)


def load_cases(world: DemoWorld) -> int:
    """Register about eighty petitions over the last ten weeks and walk them to every state; return how many.

    Each step is a unit of work of its own on its own day, through the services that the pages call.
    """
    random = Random(2026)  # noqa: S311 - invented names, not secrets
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))["samples"]
    last = today()
    number = 0
    for round_, office in enumerate((OFFICES[0], OFFICES[0], OFFICES[1], OFFICES[2])):
        for index, sample in enumerate(samples):
            if round_ and (index + round_) % 2:
                continue
            number += 1
            age = 2 + (index * 7 + round_ * 11) % 62
            with suppress(DomainError):  # what the law forbids a sample to do simply ends its walk
                _tell(Story(world, office, sample, last - timedelta(days=age), number), random)
    return number


def _at(day: date) -> datetime:
    return at_local(day, time(9, 30))


@dataclass(frozen=True)
class Story:
    """One sample at one office: received on a day, and walked as deep as its number says."""

    world: DemoWorld
    office: Office
    sample: Mapping[str, Any]
    day: date
    number: int

    @property
    def depth(self) -> int:
        """Return how many steps are taken; none leaves the petition at the desk."""
        return self.number % 8


def _tell(story: Story, random: Random) -> None:
    desk = story.world.principal(story.office.desk)
    with frozen(_at(story.day)), unit_of_work():
        petition_id = register_petition(_petition(story, random), actor=desk).id
    if story.depth == 0:
        return
    _route(story, petition_id, story.day + timedelta(days=1 + story.number % 3))
    case_id = db.session.get_one(Petition, petition_id).case_id
    if case_id is not None and story.depth > 1:
        _walk(story, case_id, story.day + timedelta(days=3))


def _petition(story: Story, random: Random) -> NewPetition:
    world, office, sample = story.world, story.office, story.sample
    anonymous = "không ghi tên" in sample["summary"] or "không tên" in sample["summary"]
    group = 23 if "23 hộ" in sample["summary"] else 1
    senders = () if anonymous else (_sender(random),)
    level = sample["respondent_level"]
    return NewPetition(
        unit_id=world.units[office.code].id,
        source=sample["channel"],
        received_on=story.day,
        summary=sample["summary"],
        senders=senders,
        kind="admin_feedback" if level == "regulation" else KINDS.get(sample["kind"], sample["kind"]),
        field=FIELDS.get(sample["field"], "other"),
        respondent=sample["respondent"],
        respondent_level=level,
        respondent_unit_id=world.units[office.code].id if level.startswith("commune") else None,
        signer_count=group,
        anonymous=anonymous,
        in_person=sample["channel"] == "in_person",
    )


def _sender(random: Random) -> Sender:
    name = f"{random.choice(_FAMILY)} {random.choice(_MIDDLE)} {random.choice(_GIVEN)}"
    return Sender(
        name,
        f"0010{random.randrange(50, 99)}{random.randrange(10**6):06d}",
        f"09{random.randrange(10**8):08d}",
        f"Số {random.randrange(1, 200)} {random.choice(_STREETS)}",
    )


def _route(story: Story, petition_id: int, day: date) -> None:
    """Confirm the proposed competence, and open the case or prepare what the head is to approve."""
    if day > today():
        return
    desk, head = story.world.principal(story.office.desk), story.world.principal(story.office.head)
    with frozen(_at(day)), unit_of_work():
        petition = db.session.get_one(Petition, petition_id)
        proposal = proposal_for(petition)
        if proposal is None:
            return
        confirm_competence(petition, own=proposal.own, actor=desk)
        action = proposal.outcome
        words = {"words": "Theo đề xuất của phần mềm và hồ sơ kèm theo.", "to_body": proposal.body_vi,
                 "ground": proposal.store_ground or "guided_before", "kinds": list(WALKS)}  # fmt: skip
        if action in ("classify", "refuse_reception"):
            return
        data = {**words, "on": day.isoformat()}
        if action in ("open_case", "join_case", "split"):
            perform(petition, action, actor=desk, data=data)
        elif story.depth % 2:
            propose(petition, action, actor=desk, data=data)
        else:
            perform(petition, action, actor=head, data=data)


def _walk(story: Story, case_id: int, day: date) -> None:
    """Give the case to its handler and take steps of its kind until the depth, or today, is reached."""
    world, office, number = story.world, story.office, story.number
    head, handler = world.principal(office.head), world.principal(office.handler)
    case = db.session.get_one(Case, case_id)
    if day > today():
        return
    with frozen(_at(day)), unit_of_work():
        assign(case, unit_id=world.units[office.division].id, handler_id=handler.person_id, actor=head)
    for action, wait, data in WALKS[case.kind][: story.depth - 1]:
        day += timedelta(days=wait + number % 2)
        if day > today():
            return
        filled = {k: v.format(n=number) if isinstance(v, str) else v for k, v in data.items()}
        _step(
            case_id, action, head if action in HEAD_STEPS else handler, {**filled, "on": day.isoformat()}, day
        )


def _step(case_id: int, action: str, actor: Principal, data: dict[str, Any], day: date) -> None:
    with frozen(_at(day)), unit_of_work():
        perform(db.session.get_one(Case, case_id), action, actor=actor, data=data)
