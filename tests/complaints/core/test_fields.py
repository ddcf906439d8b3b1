"""What was typed in a step becomes data, or one clear line beside the field."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from complaints.codes import ComplexityCriterion
from complaints.workflow.base import FieldKind, FieldSpec
from complaints.workflow.fields import FieldError, clean, spec, to_json
from complaints.workflow.results import PART_OF, RESULT_NAMES

CHOICES = (FieldKind.CHOICE, FieldKind.CHOICES)


def _one(kind: FieldKind, *, required: bool = False) -> FieldSpec:
    return spec(
        "it",
        kind,
        "Mục này",
        "It",
        required=required,
        choices=ComplexityCriterion if kind in CHOICES else None,
    )


@pytest.mark.parametrize("kind, typed, read", [
    (FieldKind.DATE, "05/11/2026", date(2026, 11, 5)), (FieldKind.DATE, "2026-11-05", date(2026, 11, 5)),
    (FieldKind.DATE, date(2026, 11, 5), date(2026, 11, 5)),
    (FieldKind.LINE, "  Sở  Xây dựng ", "Sở Xây dựng"), (FieldKind.TEXT, "Một\r\nhai", "Một\nhai"),
    (FieldKind.CHOICE, "places", "places"),
    (FieldKind.CHOICES, ["places", "foreign", "places"], ["places", "foreign"]), (FieldKind.CHOICES, "places", ["places"]),
    (FieldKind.INTEGER, "1.200", 1200), (FieldKind.INTEGER, 3, 3),
    (FieldKind.NUMBER, "12,5", Decimal("12.5")), (FieldKind.NUMBER, "0", Decimal(0)),
    (FieldKind.YES_NO, "on", True), (FieldKind.YES_NO, True, True), (FieldKind.YES_NO, "no", False),
    (FieldKind.YES_NO, "y", True), (FieldKind.YES_NO, "Yes", True), (FieldKind.YES_NO, "true", True), (FieldKind.YES_NO, "1", True),
    (FieldKind.YES_NO, "co", True), (FieldKind.PETITION, "7", 7), (FieldKind.PARTIES, "35", [35]),
    (FieldKind.LINE, "x" * 300, "x" * 300), (FieldKind.TEXT, "x" * 20_000, "x" * 20_000),
    (FieldKind.INTEGER, str(10**9 - 1), 10**9 - 1), (FieldKind.NUMBER, "999999999999,99", Decimal("999999999999.99")),
    (FieldKind.YES_NO, "", False), (FieldKind.UNIT, "7", 7), (FieldKind.PERSON, "7", 7), (FieldKind.CASE, "7", 7),
    (FieldKind.DATE, "", None), (FieldKind.CHOICES, [], None), (FieldKind.LINE, None, None),
])  # fmt: skip
def test_what_was_typed_is_read(kind: FieldKind, typed: Any, read: Any) -> None:
    assert clean((_one(kind),), {"it": typed}) == {"it": read}


@pytest.mark.parametrize("kind, typed, words", [
    (FieldKind.DATE, "31/02/2026", "ngày/tháng/năm"), (FieldKind.DATE, "hôm qua", "ngày/tháng/năm"),
    (FieldKind.DATE, "5/11", "ngày/tháng/năm"),
    (FieldKind.LINE, "x" * 301, "300"), (FieldKind.TEXT, "x" * 20_001, "đính kèm"),
    (FieldKind.CHOICE, "nowhere", "danh sách"), (FieldKind.CHOICES, ["places", "nowhere"], "danh sách"),
    (FieldKind.INTEGER, "ba", "số nguyên"), (FieldKind.INTEGER, "-1", "từ 0"), (FieldKind.INTEGER, str(10**9), "từ 0"),
    (FieldKind.NUMBER, "nhiều", "một số"), (FieldKind.NUMBER, "-1", "từ 0"), (FieldKind.NUMBER, "NaN", "từ 0"),
    (FieldKind.NUMBER, "1e13", "từ 0"), (FieldKind.NUMBER, "1000000000000", "từ 0"),
])  # fmt: skip
def test_what_cannot_be_read_is_refused_beside_its_field(kind: FieldKind, typed: Any, words: str) -> None:
    with pytest.raises(FieldError) as refused:
        clean((_one(kind),), {"it": typed})
    assert refused.value.field == "it"
    assert words in refused.value.reason_vi


@pytest.mark.parametrize("typed", [{}, {"it": ""}, {"it": "   "}, {"it": None}])
def test_a_required_field_left_empty_is_asked_for(typed: dict[str, Any]) -> None:
    with pytest.raises(FieldError) as refused:
        clean((_one(FieldKind.TEXT, required=True),), typed)
    assert (refused.value.field, refused.value.reason_vi) == ("it", "Hãy nhập: mục này.")
    assert str(refused.value) == "it: Hãy nhập: mục này."


def test_a_field_is_optional_and_without_a_hint_unless_it_says_otherwise() -> None:
    plain = FieldSpec("it", FieldKind.LINE, "Mục này", "It")
    assert (plain.required, plain.choices, plain.help_vi) == (False, None, "")
    assert spec("it", FieldKind.LINE, "Mục này", "It") == plain
    assert spec("it", FieldKind.LINE, "Mục này", "It", help_vi="Gợi ý.").help_vi == "Gợi ý."


def test_a_choice_without_a_list_reads_nothing() -> None:
    with pytest.raises(FieldError, match="danh sách"):
        clean((spec("it", FieldKind.CHOICE, "Mục", "It"),), {"it": "x"})


def test_only_the_fields_of_the_step_are_kept() -> None:
    assert clean((_one(FieldKind.LINE),), {"it": "a", "state": "closed"}) == {"it": "a"}


def test_data_kept_as_json_read_back_as_they_were() -> None:
    fields = (
        spec("on", FieldKind.DATE, "Ngày", "Date"), spec("money", FieldKind.NUMBER, "Tiền", "Money"),
        spec("publish", FieldKind.YES_NO, "Công khai", "Publish"), spec("note", FieldKind.TEXT, "Ghi chú", "Note"),
        spec("n", FieldKind.INTEGER, "Số", "N"),
    )  # fmt: skip
    data = clean(fields, {"on": "24/11/2026", "money": "1,25", "publish": "", "n": "0"})
    kept = to_json(data)
    assert kept == {"on": "2026-11-24", "money": "1.25", "n": 0}
    assert clean(fields, kept) == data


def test_officials_are_some_of_the_people_handled_investigated_or_prosecuted() -> None:
    """Forms 03/GQKN, 04/GQTC and 05/KQTH count the officials among the people of the column before."""
    parts = [(f"{what}_officials", f"{what}_people") for what in ("handled", "investigated", "prosecuted")]
    assert list(PART_OF) == parts
    assert {name for pair in parts for name in pair} <= RESULT_NAMES
