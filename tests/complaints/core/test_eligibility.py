"""The conditions of a petition by kind (P03, P04, F05): what is missing, and what then counts as eligible."""

import pytest

from complaints.codes import IneligibleReason, PetitionKind
from complaints.eligibility import CONDITIONS, OnRecord, eligible, findings, missing

ALL = {kind: {condition.key: True for condition in conditions} for kind, conditions in CONDITIONS.items()}


@pytest.mark.parametrize(("kind", "keys"), [
    ("complaint", "vietnamese dated named signed respondent request"),
    ("denunciation", "vietnamese dated named signed respondent content reachable"),
    ("proposal", "vietnamese dated named signed content"),
    ("admin_feedback", "vietnamese named reachable content"),
])  # fmt: skip
def test_each_kind_has_the_conditions_of_the_law(kind: str, keys: str) -> None:
    assert {condition.key for condition in CONDITIONS[kind]} == set(keys.split())
    grounds = {condition.ground for condition in CONDITIONS[kind]}
    assert grounds <= set(IneligibleReason)
    assert (IneligibleReason.FEEDBACK_FORM in grounds) is (kind == PetitionKind.ADMIN_FEEDBACK)
    assert all(condition.article and condition.label_en for condition in CONDITIONS[kind])


def test_mixed_and_other_petitions_have_no_list_of_their_own() -> None:
    assert findings("mixed", OnRecord()) == findings(None, OnRecord()) == ()


@pytest.mark.parametrize("kind", CONDITIONS)
def test_one_missing_condition_makes_it_ineligible(kind: str) -> None:
    assert eligible(kind, ALL[kind], anonymous=False, has_evidence=False)
    for condition in CONDITIONS[kind]:
        assert not eligible(kind, {**ALL[kind], condition.key: False}, anonymous=False, has_evidence=True)


def test_an_unsigned_denunciation_with_evidence_counts_as_eligible_but_not_without_an_act() -> None:
    unsigned = {**ALL["denunciation"], "named": False, "signed": False, "reachable": False, "dated": False}
    assert eligible("denunciation", unsigned, anonymous=True, has_evidence=True)
    assert not eligible("denunciation", unsigned, anonymous=True, has_evidence=False)
    assert not eligible("denunciation", unsigned, anonymous=False, has_evidence=True)
    assert not eligible("denunciation", {**unsigned, "content": False}, anonymous=True, has_evidence=True)
    assert not eligible("complaint", {**ALL["complaint"], "named": False}, anonymous=True, has_evidence=True)


def test_what_a_person_found_goes_before_what_the_register_shows() -> None:
    record = OnRecord(named=False, content=True)
    shown = {f.condition.key: (f.met, f.confirmed) for f in findings("proposal", record)}
    assert shown["named"] == (False, False)
    assert shown["signed"] == (None, False)
    found = findings("proposal", record, {"named": True, "signed": False})
    assert {f.condition.key: f.met for f in found if f.confirmed} == {"named": True, "signed": False}
    assert [condition.ground for condition in missing(found)] == ["no_signature"]
