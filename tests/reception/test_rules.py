"""The rules of the desk as a table: what is refused, and beside which field."""

from datetime import date, timedelta
from typing import Any

import pytest

from complaints.services.identity import Sender
from reception.codes import max_representatives
from reception.entries import HandedPaper, NewLetter, NewVisit
from reception.rules import letter_problems, tidy_identity_number, visit_problems

TODAY = date(2026, 11, 16)
SEN = Sender("Lê Thị Sen", "999190000001", "0912345678", "Số 5 ngõ 12")
VISIT: dict[str, Any] = {
    "unit_id": 1, "received_on": TODAY, "kind": "complaint", "summary": "Bồi thường đất.", "outcome": "taken_in",
    "visitors": (SEN,),
}  # fmt: skip
LETTER: dict[str, Any] = {
    "unit_id": 1, "received_on": TODAY, "source": "post", "summary": "Bồi thường đất.", "senders": (SEN,),
}  # fmt: skip


def visit_fields(**changes: Any) -> list[str | None]:
    """Return the fields beside which a visit's problems stand."""
    return [problem.field for problem in visit_problems(NewVisit(**{**VISIT, **changes}), today=TODAY)]


def letter_fields(**changes: Any) -> list[str | None]:
    """Return the fields beside which a letter's problems stand."""
    return [problem.field for problem in letter_problems(NewLetter(**{**LETTER, **changes}), today=TODAY)]


def person(**changes: Any) -> tuple[Sender, ...]:
    """Return Sen with something different."""
    return (Sender(**{**SEN.__dict__, **changes}),)


def crowd(representatives: int, others: int = 0) -> tuple[Sender, ...]:
    """Return named people, the first of whom represent the others; the first shows papers."""
    people = [
        Sender(f"Người Thứ {n}", is_representative=n < representatives)
        for n in range(representatives + others)
    ]
    return (Sender("Lê Thị Sen", SEN.identity_number, "", SEN.address, is_representative=True), *people[1:])


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"received_on": TODAY + timedelta(days=1)}, "received_on"),
        ({"received_on": date(2012, 12, 31)}, "received_on"),
        ({"letter_date": TODAY + timedelta(days=1)}, "letter_date"),
        ({"reception": "video"}, "reception"),
        ({"kind": "praise"}, "kind"),
        ({"summary": "  \u200b "}, "summary"),
        ({"summary": "đơn " * 60_000}, "summary"),
        ({"respondent": "x" * 301}, "respondent"),
        ({"visitors": person(full_name=" ")}, "visitors-0-full_name"),
        ({"visitors": person(full_name="Sen 😀")}, "visitors-0-full_name"),
        ({"visitors": person(full_name="S" * 201)}, "visitors-0-full_name"),
        ({"visitors": person(identity_number="12345678901")}, "visitors-0-identity_number"),
        ({"visitors": person(identity_number="9991900000012")}, "visitors-0-identity_number"),
        ({"visitors": person(identity_number="")}, "visitors-0-identity_number"),
        ({"visitors": person(phone="12345")}, "visitors-0-phone"),
        ({"visitors": person(phone="gọi con gái")}, "visitors-0-phone"),
        ({"visitors": person(address="")}, "visitors-0-address"),
        ({"visitors": person(address="a" * 301)}, "visitors-0-address"),
        ({"visitors": (SEN, Sender("", "999190000003"))}, "visitors-1-full_name"),
        ({"people_count": 0}, "people_count"),
        ({"people_count": 30_000}, "people_count"),
        ({"visitors": (SEN, Sender("Trần Văn Bàng")), "people_count": 1}, "people_count"),
        ({"signer_count": 0}, "signer_count"),
        ({"people_count": 5}, "representatives_appointed"),
        ({"people_count": 5, "representatives_appointed": True}, "representatives_appointed"),
        ({"outcome": ""}, "outcome"),
        ({"outcome": "refusal_pending"}, "outcome"),
        ({"outcome": "await_reps"}, "outcome"),
        (
            {
                "outcome": "await_reps",
                "people_count": 8,
                "representatives_appointed": True,
                "visitors": crowd(1),
            },
            "outcome",
        ),
        ({"outcome": "guided"}, "directed_to"),
        ({"outcome": "transferred"}, "directed_to"),
        ({"outcome": "explained", "outcome_note": "rồi"}, "outcome_note"),
        ({"outcome": "refused", "outcome_note": "Say rượu, đã mời ra về."}, "refusal_ground"),
        ({"outcome": "refused", "refusal_ground": "L9.1"}, "outcome_note"),
        ({"outcome": "guided", "directed_to": "Tòa án", "papers": (HandedPaper("Đơn", 2),)}, "papers"),
    ],
)
def test_a_visit_that_breaks_a_rule_is_refused_beside_its_field(changes: dict[str, Any], field: str) -> None:
    assert visit_fields(**changes) == [field]


def test_everything_that_is_missing_is_said_at_once() -> None:
    prefix = "visitors-0-"
    missing = [f"{prefix}full_name", f"{prefix}identity_number", f"{prefix}address", "summary", "outcome"]
    assert visit_fields(visitors=(), summary="", outcome="") == missing


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"visitors": person(identity_number="123456789")},
        {"visitors": person(identity_number="C1234567")},
        {"visitors": person(identity_number=" 999 190 000 001 ")},
        {"visitors": person(identity_number=""), "papers_not_shown": True},
        {"visitors": person(full_name="Công ty TNHH Bàng & Sen (chi nhánh 2/9)")},
        {"visitors": person(phone="+84 (0)912.345.678")},
        {"summary": "Khen ngợi 😀 và phản ánh"},
        {"people_count": 4},
        {"people_count": 5, "representatives_appointed": False},
        {"people_count": 8, "representatives_appointed": False, "outcome": "await_reps"},
        {
            "outcome": "refused",
            "refusal_ground": "D4.b",
            "outcome_note": "Không cho kiểm tra túi.",
            "visitors": (),
        },
        {"outcome": "guided", "directed_to": "Tòa án nhân dân khu vực 2"},
        {"outcome": "explained", "outcome_note": "Đã có quyết định số 12 năm 2025."},
        {"received_on": date(2013, 1, 1)},
    ],
)
def test_a_visit_that_keeps_the_rules_is_written(changes: dict[str, Any]) -> None:
    assert visit_fields(**changes) == []


@pytest.mark.parametrize(
    ("people", "chosen", "allowed"),
    [
        (5, 1, True),
        (5, 2, True),
        (5, 3, False),
        (10, 2, True),
        (10, 3, False),
        (11, 5, True),
        (40, 5, True),
        (40, 6, False),
    ],
)
@pytest.mark.law("R21")
def test_a_group_sends_as_many_representatives_as_the_law_allows(
    people: int, chosen: int, allowed: bool
) -> None:
    fields = visit_fields(people_count=people, representatives_appointed=True, visitors=crowd(chosen))
    assert fields == ([] if allowed else ["representatives_appointed"])
    assert max_representatives(people) == (2 if people <= 10 else 5)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"source": "pigeon"}, "source"),
        ({"source": "online", "kind": "denunciation"}, "kind"),
        ({"source": "phone", "kind": "mixed"}, "kind"),
        ({"source": "forwarded_press"}, "forwarded_by"),
        ({"source": "forwarded_deputy", "forwarded_by": " "}, "forwarded_by"),
        ({"anonymous": True}, "anonymous"),
        ({"senders": ()}, "senders-0-full_name"),
        ({"signer_count": 0}, "signer_count"),
        ({"letter_date": TODAY + timedelta(days=3)}, "letter_date"),
        ({"summary": ""}, "summary"),
    ],
)
def test_a_letter_that_breaks_a_rule_is_refused_beside_its_field(changes: dict[str, Any], field: str) -> None:
    assert letter_fields(**changes) == [field]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"senders": (), "anonymous": True},
        {"source": "online", "kind": "proposal"},
        {"source": "forwarded_deputy", "forwarded_by": "Đoàn đại biểu Quốc hội"},
        {"senders": (Sender("Trần Văn Bàng"),), "signer_count": 62},
        {"kind": "denunciation"},
    ],
)
def test_a_letter_that_keeps_the_rules_is_registered(changes: dict[str, Any]) -> None:
    assert letter_fields(**changes) == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("summary", "Bà LE THI  SEN tố cáo việc thu tiền."),
        ("summary", "Người gửi: Lê Thị Sen."),
        ("request", "Liên hệ số 0912.345.678"),
        ("outcome_note", "Căn cước 999 190 000 001 đã xem"),
        ("note", "Le\u0302 Thi\u0323 Sen đến lần 2"),
    ],
)
@pytest.mark.parametrize("kind", ["denunciation", "mixed"])
@pytest.mark.law("R03", "I01", "I02")
def test_a_denouncer_is_not_named_in_words_that_others_read(field: str, text: str, kind: str) -> None:
    assert visit_fields(kind=kind, **{field: text}) == [field]
    assert visit_fields(kind="complaint", **{field: text}) == []


def test_a_name_inside_another_word_is_not_taken_for_the_denouncer() -> None:
    summary = "Thửa đất ở làng Bàng Liệt Thị Sen Hồ."
    assert visit_fields(kind="denunciation", visitors=person(full_name="Liệt Thị Se"), summary=summary) == []


@pytest.mark.parametrize(
    ("typed", "kept"), [(" 999 190-000.001 ", "999190000001"), ("c1234567", "C1234567"), ("", "")]
)
def test_an_identity_number_is_kept_without_separators(typed: str, kept: str) -> None:
    assert tidy_identity_number(typed) == kept
