"""The code lists: complete by law.md, each value with words in both languages and its article."""

import inspect
import json
from pathlib import Path

import pytest

from complaints import codes
from complaints.codes import (
    Code,
    ComplexityCriterion,
    DenunciationRefusal,
    Field,
    FormName,
    IneligibleReason,
    NonAcceptanceGround,
    PetitionKind,
    RefusalGround,
    ReplyResult,
    RespondentLevel,
    Source,
    StatutoryField,
    choices,
    form_name,
    label,
    statutory_field,
)
from complaints.routing import CompetentBody

LISTS = [
    cls for _, cls in inspect.getmembers(codes, inspect.isclass) if issubclass(cls, Code) and cls is not Code
] + [CompetentBody]  # fmt: skip
SAMPLES = Path(__file__).parents[2] / "data" / "samples.json"


@pytest.mark.parametrize("codes_", LISTS, ids=lambda cls: cls.__name__)
def test_every_value_has_words_in_both_languages_and_no_two_read_alike(codes_: type[Code]) -> None:
    assert codes_.__doc__
    assert len({member.vi for member in codes_}) == len({member.en for member in codes_}) == len(codes_)
    for member in codes_:
        assert member.vi and member.en
        assert len(member.value) <= 40  # the columns that keep a code
        assert member == member.value == str(member)


@pytest.mark.parametrize("codes_, count", [
    (RefusalGround, 13), (NonAcceptanceGround, 9), (ComplexityCriterion, 7), (ReplyResult, 4), (StatutoryField, 6),
    (DenunciationRefusal, 5), (codes.SuspensionGround, 2), (codes.DenunciationSuspension, 2),
    (codes.FullWithdrawal, 2), (codes.EndOfComplainant, 2), (codes.NothingLeft, 2), (codes.ReviewOutcome, 2), (codes.TimebarObstacle, 5), (codes.AttorneyForm, 3), (codes.DenunciationTermination, 3), (codes.GoesOnGround, 3),
    (codes.LongerCheckGround, 2),
])  # fmt: skip
def test_a_list_of_the_law_has_as_many_values_as_the_law_and_each_its_article(
    codes_: type[Code], count: int
) -> None:
    assert len(codes_) == count
    assert all(member.article for member in codes_)


def test_the_refusals_that_need_a_written_notice_are_the_two_of_the_decree() -> None:
    assert {"L9.3", "D4.h"} == codes.WRITTEN_REFUSALS


def test_the_clauses_of_non_acceptance_are_numbered_as_article_11() -> None:
    assert [member.value for member in NonAcceptanceGround] == [str(n) for n in range(1, 10)]
    assert all(member.article.endswith(f"khoản {member}") for member in NonAcceptanceGround)


def test_reasons_of_ineligibility_have_their_article() -> None:
    assert all(member.article for member in IneligibleReason)


def test_labels_are_found_by_stored_value_and_language() -> None:
    assert label(Source, "post") == "Bưu chính"
    assert label(Source, "post", "en") == "By post"
    assert label(Source, "pigeon") == "pigeon"
    assert label(Source, None) == ""


def test_choices_keep_the_order_of_the_list() -> None:
    assert choices(PetitionKind)[0] == ("complaint", "Khiếu nại")
    assert choices(PetitionKind, "en")[1] == ("denunciation", "Denunciation")
    assert [value for value, _ in choices(Field)] == [field.value for field in Field]


def test_forms_are_named_by_their_code() -> None:
    assert form_name("04/TC") == "Quyết định thụ lý tố cáo"
    assert form_name("99/XX") == "99/XX"
    assert codes.FORMS["letter"] == FormName("letter", "Văn bản")


@pytest.mark.parametrize("kind, field, word", [
    ("complaint", "land", "land"), ("complaint", "social", "policy"), ("complaint", "construction", "other"),
    ("denunciation", "land", "administrative"), ("denunciation", "social", "administrative"),
    ("denunciation", "administration", "administrative"), ("denunciation", "justice", "judicial"),
    ("denunciation", "civil", "other"), ("denunciation", "other", "other"),
    ("proposal", "land", "land"), ("proposal", "labour", "policy"), ("proposal", "traffic", "other"),
])  # fmt: skip
def test_a_field_rolls_up_to_the_words_of_the_statutory_form(kind: str, field: str, word: str) -> None:
    assert statutory_field(kind, field) == word


def test_a_roll_up_stays_within_the_columns_of_the_kind() -> None:
    columns = {
        "complaint": {"land", "policy", "other"},  # 02/XLD 9 to 11
        "denunciation": {
            "administrative",
            "judicial",
            "other",
        },  # 15, 17, 18; corruption (16) is never guessed
        "proposal": {"land", "policy", "other"},  # 20 to 22
    }
    for kind, words in columns.items():
        assert {statutory_field(kind, field) for field in Field} == words


def test_the_lists_hold_every_word_of_the_samples() -> None:
    samples = json.loads(SAMPLES.read_text(encoding="utf-8"))["samples"]
    assert {sample["respondent_level"] for sample in samples} <= set(RespondentLevel)
    assert {sample["channel"] for sample in samples} <= set(Source)
