"""Who is competent: every sample comes out as law.md leads to, and each rule of 3.6, 4.4 and P08 to P24 by itself."""

import json
from collections.abc import Callable
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from complaints.codes import (
    Field,
    IneligibleReason,
    NonAcceptanceGround,
    PetitionKind,
    RefusalGround,
    RespondentLevel,
)
from complaints.competence import COMPLAINT_LADDER, DENUNCIATION_LADDER, Successor
from complaints.routing import (
    BodyFacts,
    Competence,
    CompetentBody,
    Level,
    Signs,
    body_facts,
    propose_competence,
)
from complaints.workflow.catalogue import INTAKE

SAMPLES = json.loads((Path(__file__).parents[2] / "data" / "samples.json").read_text(encoding="utf-8"))[
    "samples"
]
COMMUNE, DEPARTMENT, PROVINCE = (BodyFacts(level) for level in Level)

_KINDS = {"proposal_or_feedback": "proposal"}
_FIELDS = {
    "đất đai": "land", "xây dựng": "construction", "chính sách xã hội": "social", "giáo dục": "education",
    "lao động": "labour", "tư pháp": "justice", "môi trường": "environment", "tài chính": "finance", "khác": "other",
    "y tế": "health", "hành chính": "administration", "giao thông": "traffic", "an ninh trật tự": "security",
    "đô thị": "urban", "văn hoá": "culture", "dân sự": "civil",
}  # fmt: skip

# What a person reads in the summary or the note of a sample, and the file's codes do not say.
_READ: dict[str, dict[str, Any]] = {
    "S06": {"disciplinary": True},
    "S08": {"time_barred": True},
    "S15": {"anonymous": True, "has_evidence": True},
    "S16": {"anonymous": True},
    "S18": {"crime_signs": True, "has_evidence": True},
    "S20": {"source": "forwarded_press"},
    "S21": {"overdue": True},
    "S29": {"answered_before": True},
}
_SECOND = {"S05", "S19"}


def _propose(sample: dict[str, str], receiving: BodyFacts = COMMUNE) -> Competence:
    signs = Signs(**{"source": sample["channel"], **_READ.get(sample["id"], {})})
    return propose_competence(
        _KINDS.get(sample["kind"], sample["kind"]), _FIELDS[sample["field"]], sample["respondent_level"],
        "second" if sample["id"] in _SECOND else "first", receiving=receiving, signs=signs,
    )  # fmt: skip


# What each word of `expected` means for the proposal made at a commune.
_EXPECTED: dict[str, Callable[[Competence], bool]] = {
    "own:commune_chair:first": lambda c: c.own and c.body == "commune_chair" and c.outcome == "open_case",
    "own:province_chair:second": lambda c: not c.own and c.body == "province_chair" and c.outcome == "guide",
    "disciplinary": lambda c: c.disciplinary and c.outcome == "guide",
    "guide:labour_inspection": lambda c: c.body == "labour_inspection" and c.outcome == "guide",
    "not_accepted:time_bar": lambda c: c.own and c.non_acceptance == NonAcceptanceGround.TIME_BAR,
    "own:department_director:first": lambda c: (
        not c.own and c.body == "department_director" and c.outcome == "guide"
    ),
    "guide:court": lambda c: not c.own and c.body == "court" and c.outcome == "guide",
    "own:commune_chair": lambda c: c.own and c.body == "commune_chair" and c.outcome == "open_case",
    "own:province_chair": lambda c: not c.own and c.body == "province_chair" and c.outcome == "transfer",
    "anonymous_with_evidence": lambda c: c.outcome == "to_inspection",
    "store": lambda c: c.outcome == "store" and c.store_ground == IneligibleReason.ANONYMOUS,
    "own:managing_authority": lambda c: c.own and c.body == "managing_authority" and c.outcome == "open_case",
    "crime_signs": lambda c: c.outcome == "to_investigation",
    "continued:direct_superior": lambda c: (
        c.as_superior and c.body == "province_chair" and c.outcome == "guide"
    ),
    "overdue:direct_superior": lambda c: (
        c.as_superior and c.body == "province_chair" and c.outcome == "guide"
    ),
    "feedback_or_guide": lambda c: c.outcome == "classify" and c.reclassify_as == PetitionKind.PROPOSAL,
    "own:commune_unit": lambda c: c.own and c.body == "commune_unit" and c.outcome == "open_case",
    "transfer:department": lambda c: not c.own and c.body == "department" and c.outcome == "transfer",
    "admin_feedback": lambda c: c.outcome == "classify" and c.reclassify_as == PetitionKind.ADMIN_FEEDBACK,
    "refuse_reception:D4.h": lambda c: c.outcome == "store" and c.refusal_ground == RefusalGround.D4_H,
    "split": lambda c: c.own and c.outcome == "split",
}


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample["id"])
def test_every_sample_received_at_a_commune_comes_out_as_the_law_leads_to(sample: dict[str, str]) -> None:
    competence = _propose(sample)
    assert _EXPECTED[sample["expected"]](competence), (sample["expected"], competence)


@pytest.mark.parametrize("sample", [s for s in SAMPLES if s["expected"].startswith("own:province_chair")],
                         ids=lambda sample: sample["id"])  # fmt: skip
def test_what_belongs_to_the_provincial_chair_is_the_citys_own(sample: dict[str, str]) -> None:
    competence = _propose(sample, body_facts("reception_office"))
    assert competence.own
    assert (competence.body, competence.outcome) == ("province_chair", "open_case")


def test_there_are_32_samples_and_every_expectation_is_known() -> None:
    assert len(SAMPLES) == 32
    assert {sample["expected"] for sample in SAMPLES} == set(_EXPECTED)


def _complaint(
    level: str, receiving: BodyFacts, instance: str = "first", field: str = "land", **signs: Any
) -> Competence:
    return propose_competence("complaint", field, level, instance, receiving=receiving, signs=Signs(**signs))


def _denunciation(level: str, receiving: BodyFacts, instance: str = "first", **signs: Any) -> Competence:
    return propose_competence(
        "denunciation", "land", level, instance, receiving=receiving, signs=Signs(**signs)
    )


def _proposal(level: str, receiving: BodyFacts, **signs: Any) -> Competence:
    return propose_competence("proposal", "urban", level, receiving=receiving, signs=Signs(**signs))


def _cites(competence: Competence) -> str:
    return " ".join(reason.cite for reason in competence.reasons)


@pytest.mark.parametrize("unit_kind, level", [
    ("commune", Level.COMMUNE), ("department", Level.DEPARTMENT), ("province", Level.PROVINCE),
    ("reception_office", Level.PROVINCE), ("inspectorate", Level.PROVINCE),
])  # fmt: skip
def test_the_reception_office_and_the_inspectorate_stand_for_the_province(
    unit_kind: str, level: Level
) -> None:
    assert body_facts(unit_kind) == BodyFacts(level, unit_kind)


def test_a_division_is_no_body_that_receives() -> None:
    with pytest.raises(KeyError):
        body_facts("division")


def test_an_unknown_kind_is_an_error() -> None:
    with pytest.raises(ValueError, match="poem"):
        propose_competence("poem", "land", "commune", receiving=COMMUNE)


# Complaints: the ladder of 3.6.


@pytest.mark.parametrize("level, first, second", [
    ("commune", "commune_chair", "province_chair"),
    ("commune_chair", "commune_chair", "province_chair"),
    ("commune_officer", "commune_chair", "province_chair"),
    ("department", "department_director", "province_chair"),
    ("department_director", "department_director", "province_chair"),
    ("department_deputy", "department_director", "province_chair"),
    ("department_officer", "department_director", "province_chair"),
    ("province_chair", "province_chair", "minister"),
])  # fmt: skip
def test_a_complaint_climbs_one_step_for_the_second_instance(level: str, first: str, second: str) -> None:
    for receiving in (COMMUNE, DEPARTMENT, PROVINCE):
        assert _complaint(level, receiving).body == first
        assert _complaint(level, receiving, "second").body == second


def test_a_complaint_in_own_jurisdiction_is_opened_and_asks_to_confirm_whose_respondent_it_is() -> None:
    unseen = _complaint("commune_chair", COMMUNE)
    seen = _complaint("commune_chair", COMMUNE, respondent_is_ours=True)
    assert (unseen.own, unseen.outcome, unseen.certain) == (True, "open_case", False)
    assert (seen.own, seen.outcome, seen.certain) == (True, "open_case", True)
    assert len(unseen.reasons) == len(seen.reasons) + 1


def test_a_province_has_only_one_chair_so_nothing_is_left_to_confirm() -> None:
    assert _complaint("province_chair", PROVINCE).certain
    assert _complaint("commune_chair", PROVINCE, "second", respondent_is_ours=False).own


def test_a_complaint_about_another_commune_is_guided_there() -> None:
    competence = _complaint("commune_chair", COMMUNE, respondent_is_ours=False)
    assert (competence.own, competence.outcome, competence.body) == (False, "guide", "commune_chair")


def test_a_complaint_is_guided_once_and_then_stored() -> None:
    again = _complaint("department_director", COMMUNE, guided_before=True)
    assert (again.outcome, again.store_ground) == ("store", IneligibleReason.GUIDED_BEFORE)
    assert "P10" in _cites(again)


def test_a_complaint_that_a_newspaper_sent_on_goes_back_to_it() -> None:
    competence = _complaint("department_director", COMMUNE, source="forwarded_press", guided_before=True)
    assert (competence.outcome, competence.certain) == ("return", False)
    assert "P11" in _cites(competence)


def test_at_the_reception_place_a_complaint_may_also_be_transferred() -> None:
    assert _complaint("department_director", COMMUNE, source="in_person").alternatives == ("transfer",)
    assert _complaint("department_director", COMMUNE, source="online", in_person=True).alternatives == (
        "transfer",
    )
    assert _complaint("department_director", COMMUNE, source="in_person", in_person=False).alternatives == ()


def test_an_agency_under_a_department_may_have_a_head_of_its_own_who_resolves_first() -> None:
    competence = _complaint("department_officer", DEPARTMENT, respondent_is_ours=True)
    assert (competence.own, competence.certain) == (True, False)
    assert "Điều 19" in competence.reasons[-1].article


def test_a_time_barred_complaint_is_opened_so_that_the_head_can_refuse_it() -> None:
    competence = _complaint("commune_chair", COMMUNE, time_barred=True)
    assert (competence.outcome, competence.non_acceptance) == ("open_case", NonAcceptanceGround.TIME_BAR)
    assert _complaint("commune_chair", COMMUNE).non_acceptance == ""


@pytest.mark.parametrize("level, field, body, certain", [
    ("court", "justice", "court", True),
    ("private", "labour", "labour_inspection", True),
    ("private", "civil", "court", True),
    ("public_service_unit", "education", "managing_authority", True),
    ("", "land", "other_system", False),
])  # fmt: skip
def test_a_complaint_outside_the_administration_is_guided_to_its_own_system(
    level: str, field: str, body: str, certain: bool
) -> None:
    competence = _complaint(level, COMMUNE, field=field)
    assert (competence.own, competence.body, competence.outcome) == (False, body, "guide")
    assert competence.certain is certain


@pytest.mark.law("K03", "K09")
def test_a_disciplinary_complaint_goes_to_the_issuer_first_and_then_to_the_body_above() -> None:
    first = _complaint("commune_chair", COMMUNE, disciplinary=True)
    second = _complaint("commune_chair", COMMUNE, "second", disciplinary=True)
    ours = _complaint("commune_chair", COMMUNE, disciplinary=True, respondent_is_ours=True)
    assert (first.body, first.outcome) == ("disciplinary_issuer", "guide")
    assert (second.body, second.outcome) == ("disciplinary_superior", "guide")
    assert (ours.own, ours.outcome) == (True, "open_case")
    assert all(c.disciplinary and "K09" in _cites(c) for c in (first, second, ours))


def test_what_is_no_administrative_decision_is_classified_anew() -> None:
    assert _complaint("regulation", COMMUNE).reclassify_as == PetitionKind.ADMIN_FEEDBACK
    group = _complaint("resident_group", COMMUNE)
    assert (group.outcome, group.reclassify_as, group.own) == ("classify", PetitionKind.PROPOSAL, True)


# Denunciations: the ladder of 4.4.


@pytest.mark.parametrize("level, body, owner", [
    ("commune_officer", "commune_chair", COMMUNE),
    ("commune_chair", "province_chair", PROVINCE),
    ("commune", "province_chair", PROVINCE),
    ("department_officer", "department_director", DEPARTMENT),
    ("department", "province_chair", PROVINCE),
    ("department_director", "province_chair", PROVINCE),
    ("department_deputy", "province_chair", PROVINCE),
    ("province_chair", "prime_minister", None),
])  # fmt: skip
def test_a_denunciation_goes_to_whoever_manages_the_denounced(
    level: str, body: str, owner: BodyFacts | None
) -> None:
    for receiving in (COMMUNE, DEPARTMENT, PROVINCE):
        competence = _denunciation(level, receiving)
        assert competence.body == body
        assert competence.own is (receiving == owner)
        assert competence.outcome == ("open_case" if receiving == owner else "transfer")


def test_a_denunciation_that_is_ours_is_certain_once_somebody_has_looked() -> None:
    assert _denunciation("commune_officer", COMMUNE, respondent_is_ours=True).certain
    assert not _denunciation("commune_officer", COMMUNE).certain
    assert not _denunciation("commune", PROVINCE).certain  # medium in law.md 4.4
    assert not _denunciation("commune_officer", COMMUNE, respondent_is_ours=False).own


def test_who_denounces_in_person_is_guided_and_may_be_transferred_in_secrecy() -> None:
    competence = _denunciation("commune_chair", COMMUNE, source="in_person")
    assert (competence.outcome, competence.alternatives) == ("guide", ("transfer",))


@pytest.mark.parametrize("sign, ground", [
    ("guided_before", IneligibleReason.GUIDED_BEFORE), ("sent_to_right_body", IneligibleReason.SENT_TO_RIGHT_BODY),
])  # fmt: skip
def test_a_denunciation_is_never_transferred_twice(sign: str, ground: str) -> None:
    signs: dict[str, Any] = {sign: True}
    competence = _denunciation("commune_chair", COMMUNE, **signs)
    assert (competence.outcome, competence.store_ground) == ("store", ground)


def test_a_denunciation_from_the_press_owes_the_newspaper_an_answer() -> None:
    assert "TC07" in _cites(_denunciation("commune_officer", COMMUNE, source="forwarded_press"))
    assert "TC07" not in _cites(_denunciation("commune_officer", COMMUNE))


@pytest.mark.parametrize("level, body, own, certain", [
    ("public_service_unit", "managing_authority", True, False),
    ("private", "field_authority", True, False),
    ("resident_group", "field_authority", True, False),
    ("court", "court", False, True),
    ("", "other_system", False, False),
])  # fmt: skip
def test_a_denunciation_off_the_ladder(level: str, body: str, own: bool, certain: bool) -> None:
    competence = _denunciation(level, COMMUNE)
    assert (competence.body, competence.own, competence.certain) == (body, own, certain)
    if own:
        assert not _denunciation(level, COMMUNE, respondent_is_ours=False).own


def test_signs_of_crime_come_before_everything_else() -> None:
    competence = _denunciation("commune_chair", COMMUNE, crime_signs=True, anonymous=True)
    assert (competence.outcome, competence.body) == ("to_investigation", "investigation")


@pytest.mark.parametrize("signs", [{"anonymous": True}, {"source": "phone"}, {"source": "online"}])
def test_what_is_not_handled_under_the_law_is_inspected_with_evidence_and_stored_without(
    signs: dict[str, Any],
) -> None:
    with_evidence = _denunciation("commune_officer", COMMUNE, has_evidence=True, **signs)
    without = _denunciation("commune_officer", COMMUNE, **signs)
    assert (with_evidence.outcome, with_evidence.own) == ("to_inspection", True)
    ground = IneligibleReason.ANONYMOUS if signs.get("anonymous") else IneligibleReason.WRONG_FORM
    assert (without.outcome, without.store_ground) == ("store", ground)


def test_a_signed_mail_about_a_neighbour_is_feedback_but_an_anonymous_letter_is_stored() -> None:
    assert _denunciation("private", COMMUNE, source="online").reclassify_as == PetitionKind.PROPOSAL
    assert _denunciation("private", COMMUNE, anonymous=True).outcome == "store"


def test_a_denunciation_of_a_regulation_is_feedback_on_it() -> None:
    assert _denunciation("regulation", COMMUNE).reclassify_as == PetitionKind.ADMIN_FEEDBACK


@pytest.mark.parametrize("level, superior", [
    ("commune_officer", "province_chair"), ("department_officer", "province_chair"),
    ("commune_chair", "prime_minister"), ("province_chair", "other_system"),
])  # fmt: skip
def test_a_continued_denunciation_goes_to_the_superior_of_whoever_concluded(
    level: str, superior: str
) -> None:
    competence = _denunciation(level, COMMUNE, "second")
    assert (competence.body, competence.as_superior, competence.own) == (superior, True, False)
    assert competence.certain is (superior != "other_system")


def test_a_continued_denunciation_is_opened_by_the_superior_and_an_overdue_one_demanded_of_the_subordinate() -> (
    None
):
    continued = _denunciation("commune_officer", PROVINCE, "second")
    overdue = _denunciation("commune_officer", PROVINCE, overdue=True)
    assert (continued.own, continued.outcome) == (True, "open_case")
    assert (overdue.own, overdue.outcome) == (True, "demand_subordinate")


def test_an_overdue_denunciation_that_names_the_chair_names_the_resolver_who_is_late() -> None:
    competence = _denunciation("commune_chair", COMMUNE, overdue=True)
    assert (competence.body, competence.outcome, competence.certain) == ("province_chair", "transfer", True)
    assert _denunciation("commune", PROVINCE, overdue=True).certain


# Proposals, mixed, others.


@pytest.mark.parametrize("level, body, owner", [
    ("commune", "commune_unit", COMMUNE), ("commune_chair", "commune_unit", COMMUNE),
    ("resident_group", "commune_unit", COMMUNE), ("department", "department", DEPARTMENT),
    ("department_officer", "department", DEPARTMENT), ("province_chair", "province_chair", PROVINCE),
    ("court", "court", None),
])  # fmt: skip
def test_a_proposal_is_opened_by_the_body_it_concerns_and_transferred_by_others(
    level: str, body: str, owner: BodyFacts | None
) -> None:
    for receiving in (COMMUNE, DEPARTMENT, PROVINCE):
        competence = _proposal(level, receiving)
        assert (competence.body, competence.own) == (body, receiving == owner)
        assert competence.outcome == ("open_case" if receiving == owner else "transfer")


def test_a_proposal_that_names_nobody_is_the_receivers_to_look_at() -> None:
    assert _proposal("", COMMUNE).own
    elsewhere = _proposal("private", COMMUNE, respondent_is_ours=False)
    assert (elsewhere.outcome, elsewhere.body, elsewhere.certain) == ("transfer", "field_authority", False)


def test_a_proposal_that_has_been_answered_is_stored_and_may_be_refused_at_reception() -> None:
    competence = _proposal("commune", COMMUNE, answered_before=True)
    assert (competence.outcome, competence.refusal_ground) == ("store", RefusalGround.D4_H)


def test_a_mixed_petition_is_split_where_one_body_is_competent_and_else_guided() -> None:
    def mixed(level: str, receiving: BodyFacts) -> Competence:
        return propose_competence("mixed", "land", level, receiving=receiving)

    assert (mixed("commune", COMMUNE).outcome, mixed("commune", COMMUNE).alternatives) == (
        "split",
        ("guide_split",),
    )
    assert mixed("commune", PROVINCE).outcome == "guide_split"
    assert mixed("", COMMUNE).outcome == "guide_split"


@pytest.mark.parametrize("level, field, body", [
    ("private", "civil", "court"), ("court", "land", "court"), ("", "justice", "court"), ("", "other", "other_system"),
])  # fmt: skip
def test_other_matters_are_guided_to_their_own_system_once(level: str, field: str, body: str) -> None:
    once = propose_competence("other", field, level, receiving=COMMUNE)
    again = propose_competence("other", field, level, receiving=COMMUNE, signs=Signs(guided_before=True))
    assert (once.outcome, once.body, once.own) == ("guide", body, False)
    assert (again.outcome, again.store_ground) == ("store", IneligibleReason.GUIDED_BEFORE)


def test_feedback_on_a_regulation_goes_to_the_office_for_it() -> None:
    competence = propose_competence("admin_feedback", "administration", "regulation", receiving=COMMUNE)
    assert (competence.body, competence.outcome) == ("feedback_office", "transfer")


@pytest.mark.parametrize("signs, ground", [
    ({}, IneligibleReason.NO_CONTENT),
    ({"anonymous": True}, IneligibleReason.NO_NAME_ADDRESS),
    ({"missing_ground": "no_signature"}, IneligibleReason.NO_SIGNATURE),
    ({"guided_before": True}, IneligibleReason.GUIDED_BEFORE),
    ({"sent_to_right_body": True}, IneligibleReason.SENT_TO_RIGHT_BODY),
])  # fmt: skip
def test_an_ineligible_petition_is_stored_whatever_it_asks(signs: dict[str, Any], ground: str) -> None:
    competence = _complaint("commune_chair", COMMUNE, eligible=False, **signs)
    assert (competence.outcome, competence.store_ground) == ("store", ground)
    assert _complaint("commune_chair", COMMUNE, eligible=True).outcome == "open_case"


def test_an_anonymous_denunciation_with_evidence_counts_as_eligible() -> None:
    competence = _denunciation("commune_officer", COMMUNE, eligible=False, anonymous=True, has_evidence=True)
    assert competence.outcome == "to_inspection"


def test_feedback_that_lacks_its_form_is_not_received_and_the_province_looks_at_its_own() -> None:
    lacking = propose_competence(
        "admin_feedback", "administration", "regulation", receiving=COMMUNE, signs=Signs(eligible=False)
    )
    assert (lacking.outcome, lacking.store_ground) == ("store", IneligibleReason.FEEDBACK_FORM)
    own = propose_competence(
        "admin_feedback", "administration", "regulation", receiving=body_facts("province")
    )
    assert (own.own, own.outcome, own.certain) == (True, "open_case", False)


# Former districts (law.md 9): the province's own table says who took over, never the code.

_HERE = Successor(
    "UBND quận Long Biên", "UBND phường Long Biên", Level.COMMUNE, True, "BB 1/2025", "01/07/2025"
)
_THERE = replace(_HERE, new_body="Sở Xây dựng", level=Level.DEPARTMENT, is_ours=False)


def _former(kind: str, level: str, instance: str = "first", **signs: Any) -> Competence:
    return propose_competence(kind, "land", level, instance, receiving=COMMUNE, signs=Signs(**signs))


def test_a_first_complaint_about_a_former_district_goes_to_whom_the_table_names() -> None:
    assert _former("complaint", "former_district").outcome == "report_to_head"
    ours = _former("complaint", "former_district", successor=_HERE)
    assert (ours.own, ours.body, ours.outcome, ours.certain) == (True, "commune_chair", "open_case", False)
    assert ours.reasons[0].article == "BB 1/2025"
    theirs = _former("complaint", "former_district_officer", successor=_THERE)
    assert (theirs.own, theirs.body, theirs.outcome) == (False, "department_director", "guide")


def test_a_second_complaint_about_a_former_district_goes_to_the_provincial_chair() -> None:
    assert _former("complaint", "former_district", "second").body == "province_chair"


def test_former_leaders_of_a_district_are_denounced_to_the_provincial_chair_others_where_they_work() -> None:
    assert _former("denunciation", "former_district").body == "province_chair"
    unknown = _former("denunciation", "former_district_officer")
    assert (unknown.body, unknown.own, unknown.certain) == ("other_system", False, False)
    assert _former("denunciation", "former_district_officer", successor=_HERE).own


def test_a_successor_of_a_body_that_still_has_a_level_is_told_and_asks_for_a_look() -> None:
    plain = _former("proposal", "commune", respondent_is_ours=True)
    told = _former("proposal", "commune", respondent_is_ours=True, successor=_HERE)
    assert plain.certain and not told.certain
    assert "UBND phường Long Biên" in told.reasons[-1].text_vi
    assert _former("proposal", "former_district", successor=_THERE).outcome == "transfer"


# Over everything.


def _everything() -> list[Competence]:
    signs = [
        Signs(), Signs(source="in_person"), Signs(source="forwarded_deputy"), Signs(guided_before=True),
        Signs(anonymous=True), Signs(anonymous=True, has_evidence=True), Signs(overdue=True), Signs(eligible=False),
        Signs(respondent_is_ours=False), Signs(respondent_is_ours=True, disciplinary=True), Signs(source="phone"),
    ]  # fmt: skip
    cases = product(
        PetitionKind, ("land", "labour"), (*RespondentLevel, ""), ("first", "second"), Level, signs
    )
    return [
        propose_competence(kind, field, level, instance, receiving=BodyFacts(at), signs=sign)
        for kind, field, level, instance, at, sign in cases
    ]


def test_every_proposal_names_a_body_an_action_of_the_intake_table_and_cited_reasons() -> None:
    actions = {transition.action for transition in INTAKE.transitions}
    for competence in _everything():
        assert competence.body in set(CompetentBody)
        assert competence.body_vi
        assert competence.outcome in actions
        assert set(competence.alternatives) <= actions
        assert competence.reasons
        assert all(reason.text_vi and reason.cite for reason in competence.reasons)
        assert bool(competence.store_ground) == (competence.outcome == "store")
        assert bool(competence.reclassify_as) == (competence.outcome == "classify")


def test_a_proposal_is_kept_as_json() -> None:
    competence = _complaint("department_director", COMMUNE, source="in_person")
    kept = json.loads(json.dumps(competence.as_dict()))
    assert kept["body"] == "department_director"
    assert kept["alternatives"] == ["transfer"]
    assert kept["reasons"][0].keys() == {"text_vi", "cite", "article"}


def test_the_ladders_know_every_level_of_the_administration() -> None:
    outside = {"public_service_unit", "resident_group", "regulation", "court", "private", "former_district",
               "former_district_officer"}  # fmt: skip
    assert set(COMPLAINT_LADDER) == set(DENUNCIATION_LADDER) == set(RespondentLevel) - outside
    assert set(_FIELDS.values()) == set(Field)
