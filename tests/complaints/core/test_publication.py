"""How long and how often a decision or a conclusion is made public: each form against its figure (C31, TC31)."""

from datetime import date, timedelta
from typing import Any

import pytest

from complaints.codes import PublicationForm
from complaints.workflow import catalogue, publication
from complaints.workflow.base import Beside, Facts

D = date
ON = D(2026, 11, 16)
COMPLAINT = ("complaint", "decided_1", frozenset({"KN_PUBLISH"}))
DENUNCIATION = ("denunciation", "tc_handled", frozenset({"TC_PUBLISH"}))

COMPLAINT_FIELDS = publication.COMPLAINT.fields()


def _refused(of: tuple[str, str, frozenset[str]], **data: Any) -> tuple[str, str] | None:
    name, state, running = of
    flow = next(flow for flow in catalogue.ALL if flow.name == name)
    (row,) = [row for row in flow.leaving(state) if row.action == "publish"]
    reason = row.refusal(Facts(today=ON, running_clocks=running), {"on": ON, **data})
    if reason is None:
        return None
    assert isinstance(reason, Beside)
    assert reason.field in {field.name for field in row.fields}
    return reason.field, str(reason)


# Monday 16 November 2026 and fifteen days, the first not counted, are Tuesday 1 December.
@pytest.mark.law("C31", "TC31")
@pytest.mark.parametrize("of", [COMPLAINT, DENUNCIATION], ids=lambda of: of[0])
@pytest.mark.parametrize("form, name", [("posting", "posted"), ("website", "web")])
@pytest.mark.parametrize(
    "last, refused",
    [(D(2026, 12, 1), False), (D(2026, 12, 20), False), (D(2026, 11, 30), True), (D(2026, 11, 1), True)],
)
def test_what_is_posted_or_on_a_website_stays_for_fifteen_days(
    of: tuple[str, str, frozenset[str]], form: str, name: str, last: date, *, refused: bool
) -> None:
    found = _refused(of, forms=[form], **{f"{name}_from": ON, f"{name}_to": last})
    if not refused:
        assert found is None
        return
    assert found is not None
    field, words = found
    assert field == f"{name}_to"
    assert "ít nhất 15 ngày" in words
    assert "đến hết ngày 01/12/2026" in words
    assert ("Luật Khiếu nại Điều 41" if of is COMPLAINT else "Luật Tố cáo Điều 40") in words


@pytest.mark.parametrize("of", [COMPLAINT, DENUNCIATION], ids=lambda of: of[0])
@pytest.mark.parametrize("data, field", [
    ({}, "print_issues"),
    ({"print_issues": 0, "broadcasts": 0}, "print_issues"),
    ({"print_issues": 1}, "print_issues"),
    ({"print_issues": 2}, None),
    ({"broadcasts": 1}, "broadcasts"),
    ({"broadcasts": 2}, None),
    ({"print_issues": 2, "broadcasts": 1}, "broadcasts"),
    ({"print_issues": 2, "broadcasts": 5}, None),
])  # fmt: skip
def test_print_and_broadcast_are_each_twice(
    of: tuple[str, str, frozenset[str]], data: dict[str, int], field: str | None
) -> None:
    found = _refused(of, forms=["media"], **data)
    assert (found and found[0]) == field
    if found is not None and any(data.values()):
        assert "ít nhất 2" in found[1]
        assert "Điều" in found[1]


@pytest.mark.parametrize("data, field", [
    ({}, "meeting_on"),
    ({"meeting_on": ON}, "meeting_told_on"),
    ({"meeting_on": ON, "meeting_told_on": ON - timedelta(days=2)}, "meeting_told_on"),
    ({"meeting_on": ON, "meeting_told_on": ON - timedelta(days=3)}, None),
])  # fmt: skip
def test_a_meeting_on_a_complaint_is_announced_three_days_before(
    data: dict[str, date], field: str | None
) -> None:
    found = _refused(COMPLAINT, forms=["meeting"], **data)
    assert (found and found[0]) == field
    if "meeting_told_on" in data and found:
        assert "ít nhất 3 ngày" in found[1]
        assert "không tính ngày họp" in found[1]


def test_for_a_meeting_on_a_denunciation_the_law_names_no_days() -> None:
    assert _refused(DENUNCIATION, forms=["meeting"], meeting_on=ON) is None
    missing = _refused(DENUNCIATION, forms=["meeting"])
    assert missing is not None
    assert missing[0] == "meeting_on"


@pytest.mark.parametrize("data, field", [
    ({"posted_from": ON}, "posted_to"),
    ({"posted_to": D(2026, 12, 1)}, "posted_from"),
    ({}, "posted_from"),
    ({"posted_from": ON, "posted_to": D(2026, 12, 1), "broadcasts": 2}, "forms"),
    ({"posted_from": ON, "posted_to": D(2026, 12, 1), "web_from": ON}, "forms"),
    # The day of the act is the first public day, by which the limit is kept.
    ({"posted_from": D(2026, 11, 14), "posted_to": D(2026, 12, 1)}, "on"),
    ({"posted_from": D(2026, 11, 17), "posted_to": D(2026, 12, 7)}, "on"),
])  # fmt: skip
def test_what_does_not_fit_together_is_said_beside_its_field(data: dict[str, Any], field: str) -> None:
    found = _refused(COMPLAINT, forms=["posting"], **data)
    assert found is not None
    assert found[0] == field
    if field == "on":
        assert f"{data['posted_from']:%d/%m/%Y}" in found[1]


@pytest.mark.parametrize("form, names", [
    ("posting", "posted_from posted_to"), ("website", "web_from web_to"), ("media", "print_issues broadcasts"),
    ("meeting", "meeting_on meeting_told_on"),
])  # fmt: skip
def test_what_is_typed_of_a_form_that_was_not_chosen_is_not_recorded_for_nothing(
    form: str, names: str
) -> None:
    chosen = {"posting": "website", "website": "posting"}.get(form, "posting")
    for name in names.split():
        typed: Any = 2 if form == "media" else ON
        found = _refused(COMPLAINT, forms=[chosen], **{name: typed})
        assert found is not None
        assert (found[0], PublicationForm(form).vi in found[1], "chọn cả" in found[1]) == (
            "forms",
            True,
            True,
        )  # type: ignore[call-arg]


def test_while_no_form_is_chosen_only_the_form_is_asked_for() -> None:
    assert _refused(COMPLAINT, posted_from=ON) is None
    [forms] = [field for field in COMPLAINT_FIELDS if field.name == "forms"]
    assert forms.required


def test_a_meeting_is_the_first_public_day_too_and_without_a_day_of_the_act_today_is_meant() -> None:
    told = ON - timedelta(days=9)
    found = _refused(COMPLAINT, forms=["meeting"], meeting_on=ON - timedelta(days=1), meeting_told_on=told)
    assert found is not None
    assert found[0] == "on"
    today = {"on": None, "forms": ["posting"], "posted_from": ON}
    assert _refused(COMPLAINT, **today, posted_to=D(2026, 12, 1)) is None
    short = _refused(COMPLAINT, **today, posted_to=D(2026, 11, 30))
    assert short is not None
    assert short[0] == "posted_to"


def test_the_form_says_beforehand_how_long_and_how_often() -> None:
    help_vi = {field.name: field.help_vi for field in COMPLAINT_FIELDS}
    assert all(
        help_vi[name].startswith("Ít nhất 15 ngày, không tính ngày bắt đầu")
        for name in ("posted_to", "web_to")
    )
    assert (help_vi["print_issues"], help_vi["broadcasts"]) == ("Ít nhất 2 kỳ.", "Ít nhất 2 lần.")
    assert "ít nhất 3 ngày" in help_vi["meeting_told_on"]


def test_several_forms_start_on_the_day_of_the_first_and_a_broadcast_may_come_before() -> None:
    both = {
        "posted_from": D(2026, 11, 18),
        "posted_to": D(2026, 12, 8),
        "web_from": ON,
        "web_to": D(2026, 12, 1),
    }
    assert _refused(COMPLAINT, forms=["posting", "website"], **both) is None
    later = {"posted_from": D(2026, 11, 18), "posted_to": D(2026, 12, 8), "broadcasts": 2}
    assert _refused(COMPLAINT, forms=["posting", "media"], **later) is None
    earlier = _refused(COMPLAINT, forms=["posting", "media"], broadcasts=2, posted_from=D(2026, 11, 10),
                       posted_to=D(2026, 12, 8))  # fmt: skip
    assert earlier is not None
    assert earlier[0] == "on"


def test_before_the_law_had_a_number_nothing_is_too_short() -> None:
    on = D(2019, 5, 1)
    assert _refused(DENUNCIATION, on=on, forms=["posting"], posted_from=on, posted_to=on) is None
