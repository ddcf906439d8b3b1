"""What each step of the tables is: law.md's number, who may take it, what it issues, what it asks for, and of which kind.

`STEPS` is written by hand from law.md 7.2 to 7.7 (the actors are those of 8.1: HD decides, PH and VF handle, ADV closes,
SUP reviews) and not from the code. '+' after the right: an officer may prepare it and the head approves; '!' after a field:
it must be filled in. `TO_DO` and `DONE` are the results that reports.md counts.
"""

from datetime import date

import pytest

from complaints import codes, codes_protection
from complaints.workflow import catalogue, protection
from complaints.workflow.base import Facts, FieldKind, FieldSpec, Transition, Workflow

FLOWS = {flow.name: flow for flow in (*catalogue.ALL, *catalogue.PARALLEL)}

# 7.4 S-9 and "the same machine": rows of 7.3 that every complaint has.
_SHARED = """
    C-4 verify | decide+ | 05/KN | on! document_no words
    C-5 request_information | handle | letter | on! to_body! document_no words!
    C-7 report | handle | 13/KN | on! document_no words!
    C-10 hold_dialogue | handle | 14/KN | on! words!
    C-11 dialogue_without | handle | 14/KN | on! words!
    C-12 postpone_dialogue | handle | - | on! reason words!
    C-13 publish | handle | - | on! forms! words
    C-14 dispatch | handle | - | on! words
    C-15 suspend | decide+ | 14a/KN | on! document_no ground! words!
    C-16 resume | decide+ | 14b/KN | on! document_no words!
    C-15 send_suspension | handle | - | on! words
    C-17 terminate | decide+ | 14a/KN | on! document_no ground! form words!
    C-18 withdraw_part | handle | - | on! form words!
    C-19 withdraw_some | handle | - | on! parties others form words!
    C-20 terminate_ended | decide+ | 14a/KN | on! document_no ground! to_body! words!
    C-21 terminate_no_object | decide+ | 14a/KN | on! document_no ground! words!
    C-22 order_emergency | decide+ | letter | on! document_no until! words!
    C-22 lift_emergency | decide+ | letter | on! document_no words!
    X2 reclassify | handle | - | kind! words!
    C-26 execute | decide | letter | on! document_no words!
    C-27 close | close | - | on! words DONE
    C-28 review | review | letter | on! discovered_on! document_no words!
    C-28 end_review | review | letter | on! document_no review_outcome! words!
"""
_FIRST = """
    C-2 refuse | decide+ | 04/KN | on! document_no ground! words!
    C-13 decide | decide+ | 15/KN | on! document_no! outcome! words! publish TO_DO
    C-13 decide | decide+ | 15/KN | on! document_no! outcome! words! publish TO_DO
    C-23 mark_overdue | decide | - | -
    C-24 appeal | decide | - | -
    C-24 appeal_overdue | decide | - | -
    C-25 confirm_effect | decide | - | on! effective_by! words
"""
_SECOND = """
    S-2 refuse | decide+ | 04/KN | on! document_no ground! words!
    S-3 request_file | handle | letter | on! to_body! document_no words
    S-6 decide | decide+ | letter | on! document_no! outcome! words! TO_DO
    S-6 deliver | handle | - | delivered_on! words
    S-7 take_effect | decide | - | -
    S-8 mark_overdue | decide | - | -
"""
_DISCIPLINE = """
    C-5 record_information | handle | - | on! words
    C-6 declare_complex | decide+ | letter | on! document_no criteria! words!
    K06 consult_council | decide+ | letter | on! document_no words!
    C-8 set_dialogue | decide+ | letter | on! dialogue_on! document_no words
"""
STEPS: dict[str, str] = {
    "intake": """
        X2 classify | process | - | kind! field! statutory_field instance respondent_level has_evidence guided_before overdue_claim disciplinary dismissal
        X4 open_case | process | 01/TT05 | on! words
        X8 open_case | process | - | on! words
        X17 open_case | process | 01/TT05 | on! words
        F-6 open_case | process | - | on! words
        S-1 open_second | process | 01/TT05 | on! first_case_id first_decision words
        X23 join_case | process | - | case_id! words
        X3 store | decide+ | - | on! ground! words!
        X6 store | decide+ | - | on! ground! words!
        X11 store | decide+ | - | on! ground! words!
        X12 store | decide+ | - | on! ground! words!
        X23 link | decide+ | - | on! petition_id! words!
        X22 destroy | decide+ | letter | on! document_no originals_returned words!
        X5 guide | decide+ | 02/TT05 | on! to_body! document_no words! originals_returned
        X10 guide | decide+ | 02/TT05 | on! to_body! document_no words! originals_returned
        X20 guide | decide+ | 02/TT05 | on! to_body! document_no words! originals_returned
        X7 return | decide+ | letter | on! document_no originals_returned words!
        X9 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        X18 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        X20 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        V12 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        F-6 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        F-7 transfer_conduct | decide+ | 03/TT05 | on! to_body! document_no words!
        X13 to_inspection | decide+ | letter | on! to_body! document_no words!
        X14 to_investigation | decide+ | letter | on! to_body! document_no words!
        X16 demand_subordinate | decide+ | letter | on! to_body! document_no words!
        X19 guide_split | decide+ | 02/TT05 | on! document_no words!
        X19 split | process | - | kinds! words
        X21 report_to_head | process | letter | on! words!
        C-17 withdraw | decide+ | - | on! form! everyone goes_on words!
        C-19 withdraw_some | process | - | on! remaining! form! words!
        X15 report_to_forwarder | process | letter | on! document_no words!
        V16 reply | process | letter | on! reply! document_no words
    """,
    "complaint": _SHARED + _FIRST + """
        C-1 accept | decide+ | 03/KN | on! document_no remote known_on obstacle obstacle_days obstacle_words attorney attorney_on
        C-3 draft_at_once | decide+ | - | on! words!
        C-5 record_information | handle | - | on! others_wait words!
        C-5 record_information | handle | - | on! others_wait words!
        C-6 declare_complex | decide+ | letter | on! document_no criteria! words!
        C-8 set_dialogue | decide+ | letter | on! dialogue_on! document_no words
        C-9 draft | decide+ | - | on! words
        C-14 deliver | handle | - | delivered_on! words
    """,
    "complaint_second": _SHARED + _SECOND + """
        S-2 accept | decide+ | 03/KN | on! document_no remote
        C-5 record_information | handle | - | on! words
        S-4 declare_complex | decide+ | letter | on! document_no criteria! council words!
        S-5 set_dialogue | decide+ | letter | on! dialogue_on! chair! in_person document_no words
    """,
    "discipline": _SHARED + _FIRST + _DISCIPLINE + """
        C-1 accept | decide+ | 03/KN | on! document_no
        C-14 deliver | handle | - | delivered_on! words
        C-14 deliver | handle | - | delivered_on! words
    """,
    "discipline_second": _SHARED + _SECOND + _DISCIPLINE + """
        S-2 accept | decide+ | 03/KN | on! document_no
    """,
    "denunciation": """
        T-1 lengthen_check | decide+ | letter | on! ground! document_no words!
        T-2 accept | decide+ | 04/TC | on! document_no!
        T-3 refuse | decide+ | letter | on! document_no ground! words!
        T-4 reclassify | handle | - | kind! words!
        T-5 notify | handle | 05/TC | on! document_no words
        T-6 verify | decide+ | 07/TC | on! document_no team_size! leader! no_conflict words
        T-7 record_work | handle | letter | on! words!
        T-8 assess | decide+ | 09/TC | on! document_no words!
        T-9 assessed | handle | - | on! words
        T-10 suspend | decide+ | letter | on! document_no ground! words!
        T-11 resume | decide+ | letter | on! document_no words!
        T-12 extend | decide+ | 01/TC | on! days! document_no criteria! words!
        T-13 extend | decide+ | 01/TC | on! days! document_no criteria! words!
        T-10 send_suspension | handle | - | on! words
        T-14 withdraw_part | handle | 02/TC | on! form words!
        T-16 withdrawn_goes_on | decide | 02/TC | on! ground! form words!
        T-15 terminate | decide+ | letter | on! document_no ground! goes_on everyone form words!
        T-17 terminate | decide+ | letter | on! document_no ground! goes_on everyone form words!
        T-18 to_investigation | decide+ | letter | on! to_body! document_no words!
        T-18 part_to_investigation | decide+ | letter | on! to_body! document_no words!
        T-19 report | handle | 10/TC | on! document_no words!
        T-20 conclude | decide+ | 12/TC | on! document_no! outcome! words! TO_DO
        T-21 send_conclusion | handle | letter | on! words
        T-22 handle | decide+ | letter | on! document_no handling_decision words!
        T-22 handle | decide+ | letter | on! document_no handling_decision words!
        T-22 publish | handle | - | on! forms place!
        T-22 other_result | handle | - | on! to_body! words
        T-22 result_told | handle | - | on! document_no words!
        T-24 mark_overdue | decide | - | -
        T-23 close | close | - | on! words DONE
    """,
    "proposal": """
        F-1 study | assign | - | on! words
        F-2 answer | decide+ | letter | on! document_no words!
        F-3 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        F-4 reclassify | handle | - | kind! words!
    """,
    "feedback": """
        F-6 test | handle | - | on! basis_found criteria words!
        F-6 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        F-7 reclassify | handle | - | kind! words!
        F-8 tell_state | handle | - | on! document_no words!
        F-8 publish_result | decide+ | letter | on! document_no outcome! forms! words!
    """,
    "protection": """
        B-2 waive | decide | - | on! ground! document_no! paper_on! words
        B-3 request | decide | - | on! form! paper_on relations! people! objects! measures! words!
        B-3 request_paper | decide | - | on! paper_on! words
        B-4 protect | decide | - | on! document_no! decided_by! measures! starts_on! starts_at! words!
        B-5 refer | decide | - | on! to_kind! to_body! document_no words
        B-5 referral_paper | decide | - | on! document_no! words
        B-6 refuse_protection | decide | - | on! document_no! words!
        B-7 change | decide | - | on! document_no! measures! words!
        B-8 end_protection | decide | - | on! document_no! ground! words!
    """,
}  # fmt: skip
GROUPS = {
    "TO_DO": "recover_money recover_land return_money return_land return_organisations return_individuals handled_organisations "
             "handled_people handled_officials investigated_matters investigated_people investigated_officials",
    "DONE": "recover_money recover_land return_money return_land handled_organisations handled_people handled_officials "
            "prosecuted_matters prosecuted_people prosecuted_officials",
}  # fmt: skip
RIGHTS = {
    "process": "PETITION_PROCESS",
    "handle": "CASE_HANDLE",
    "assign": "CASE_ASSIGN",
    "close": "CASE_CLOSE",
    "review": "CASE_REVIEW",
}
DECIDES = {"intake": "PETITION_DECIDE", "protection": "PROTECTION_DECIDE"}

# How each field is asked for, and from which list: where a list differs from step to step its step is named.
KINDS: dict[FieldKind, str] = {
    FieldKind.DATE: "on dialogue_on delivered_on until discovered_on known_on attorney_on paper_on starts_on",
    FieldKind.LINE: "document_no to_body leader place starts_at",
    FieldKind.TEXT: "words obstacle_words first_decision people",
    FieldKind.CHOICE: "kind field statutory_field instance respondent_level ground form goes_on reply outcome reason effective_by "
                      "review_outcome chair obstacle attorney basis_found decided_by to_kind",
    FieldKind.CHOICES: "kinds criteria forms in_person relations objects measures",
    FieldKind.INTEGER: "remaining days team_size others obstacle_days return_organisations return_individuals handled_organisations "
                       "handled_people handled_officials investigated_matters investigated_people investigated_officials "
                       "prosecuted_matters prosecuted_people prosecuted_officials",
    FieldKind.NUMBER: "recover_money recover_land return_money return_land",
    FieldKind.YES_NO: "has_evidence guided_before overdue_claim disciplinary dismissal originals_returned everyone remote others_wait "
                      "publish council no_conflict handling_decision",
    FieldKind.CASE: "first_case_id case_id",
    FieldKind.PETITION: "petition_id",
    FieldKind.PARTIES: "parties",
}  # fmt: skip
KIND_OF = {name: kind for kind, names in KINDS.items() for name in names.split()}
_P = codes_protection
LISTS: dict[str, type[codes.Code]] = {
    "kind": codes.PetitionKind, "kinds": codes.PetitionKind, "field": codes.Field, "statutory_field": codes.StatutoryField,
    "instance": codes.Instance, "respondent_level": codes.RespondentLevel, "form": codes.WithdrawalForm, "goes_on": codes.GoesOnGround,
    "reply": codes.ReplyResult, "reason": codes.ValidAbsence, "effective_by": codes.EffectBasis, "review_outcome": codes.ReviewOutcome,
    "chair": codes.DialogueChair, "obstacle": codes.TimebarObstacle, "attorney": codes.AttorneyForm, "basis_found": codes.FeedbackBasis,
    "criteria": codes.ComplexityCriterion, "forms": codes.PublicationForm, "in_person": codes.InPersonGround,
    "relations": _P.Relation, "objects": _P.Protected, "measures": _P.Measure, "decided_by": _P.ProtectionBody, "to_kind": _P.ProtectionBody,
    "store ground": codes.IneligibleReason, "refuse ground": codes.NonAcceptanceGround, "suspend ground": codes.SuspensionGround,
    "terminate ground": codes.FullWithdrawal, "terminate_ended ground": codes.EndOfComplainant,
    "terminate_no_object ground": codes.NothingLeft, "decide outcome": codes.ComplaintOutcome,
    "complaint_second decide outcome": codes.SecondOutcome, "discipline_second decide outcome": codes.SecondOutcome,
    "denunciation lengthen_check ground": codes.LongerCheckGround, "denunciation refuse ground": codes.DenunciationRefusal,
    "denunciation suspend ground": codes.DenunciationSuspension, "denunciation withdrawn_goes_on ground": codes.GoesOnGround,
    "denunciation terminate ground": codes.DenunciationTermination, "denunciation conclude outcome": codes.DenunciationOutcome,
    "feedback test criteria": codes.FeedbackCriterion, "feedback publish_result outcome": codes.FeedbackOutcome,
    "feedback publish_result forms": codes.FeedbackPublication, "protection waive ground": _P.SecrecyWaiver,
    "protection request form": _P.RequestForm, "protection end_protection ground": _P.ProtectionEnd,
}  # fmt: skip

# The day from which a clock counts, where it is not the day of the act (C32, C35, C38, P16).
BASES = {
    "intake": {("destroy", "PETITION_RETENTION"): "retention_ends_on"},
    "complaint": {
        ("deliver", "KN1_SEND"): "delivered_on", ("deliver", "KN_WINDOW2"): "delivered_on", ("confirm_effect", "KN_EFFECT"): "effect_on",
        ("confirm_effect", "KN_WINDOW2"): "window_ends_on", ("confirm_effect", "KN_EXECUTE"): "settled_on",
    },
    "complaint_second": {
        ("deliver", "KN2_SEND"): "delivered_on", ("take_effect", "KN_EFFECT"): "effect_on", ("take_effect", "KN_EXECUTE"): "effect_on",
    },
    "discipline": {
        ("deliver", "KN1_SEND"): "delivered_on", ("deliver", "KNK_WINDOW2"): "delivered_on",
        ("deliver", "KNK_WINDOW2_DISMISSAL"): "delivered_on", ("confirm_effect", "KNK_EFFECT"): "effect_on",
        ("confirm_effect", "KNK_WINDOW2"): "window_ends_on", ("confirm_effect", "KNK_WINDOW2_DISMISSAL"): "window_ends_on",
        ("confirm_effect", "KN_EXECUTE"): "settled_on",
    },
    "discipline_second": {
        ("deliver", "KN2_SEND"): "delivered_on", ("take_effect", "KNK_EFFECT"): "effect_on", ("take_effect", "KN_EXECUTE"): "effect_on",
    },
}  # fmt: skip

_IN_HAND = {"accepted_1", "verifying", "verified", "dialogue_set", "dialogue_done"}
_IN_HAND_2 = _IN_HAND - {"accepted_1"} | {"accepted_2"}
# What the system does by itself: from where, and at the end of which clock or after which act (C-23, C-24, S-7, S-8, T-24).
BY_SYSTEM: dict[str, dict[str, tuple[str, set[str]]]] = {
    "complaint": {
        "mark_overdue": ("KN1_RESOLVE", _IN_HAND | {"decision_draft"}), "appeal": ("second_complaint", {"decided_1"}),
        "appeal_overdue": ("second_complaint", _IN_HAND | {"decision_draft", "propose_accept", "suspended"}),
    },
    "complaint_second": {"mark_overdue": ("KN2_RESOLVE", _IN_HAND_2), "take_effect": ("KN_EFFECT", {"decided_2"})},
    "discipline": {
        "mark_overdue": ("KNK_RESOLVE", _IN_HAND | {"council_heard"}), "appeal": ("second_complaint", {"decided_1"}),
        "appeal_overdue": ("second_complaint", _IN_HAND | {"council_heard", "propose_accept", "suspended"}),
    },
    "discipline_second": {
        "mark_overdue": ("KNK_RESOLVE", _IN_HAND_2 | {"council_heard"}), "take_effect": ("KNK_EFFECT", {"decided_2"}),
    },
    "denunciation": {"mark_overdue": ("TC_RESOLVE", {"tc_accepted", "tc_verifying", "tc_reported"})},
}  # fmt: skip
# Ends, and the ends that one later act may still leave (X22; B-3 after a waiver).
ENDS = {
    "intake": "destroyed with_case stored linked withdrawn guided transferred returned split_guided split to_inspection "
              "to_investigation demand_subordinate",
    "complaint": "refused appealed terminated closed reclassified", "complaint_second": "refused terminated closed reclassified",
    "discipline": "refused appealed terminated closed reclassified", "discipline_second": "refused terminated closed reclassified",
    "denunciation": "tc_not_accepted tc_terminated to_investigation tc_closed reclassified",
    "proposal": "answered transferred reclassified", "feedback": "fb_published fb_transferred reclassified",
    "protection": "secrecy_waived prot_referred prot_refused prot_ended",
}  # fmt: skip
KEPT = {"intake": {"stored", "linked"}, "protection": {"secrecy_waived"}}
STARTS = {
    "intake": "registered", "complaint": "propose_accept", "complaint_second": "propose_accept_2", "discipline": "propose_accept",
    "discipline_second": "propose_accept_2", "denunciation": "tc_check", "proposal": "petition_open", "feedback": "fb_handling",
    "protection": "secrecy_on",
}  # fmt: skip


def _written(flow: Workflow, row: Transition) -> str:
    right = row.permission.name if row.permission.name != DECIDES.get(flow.name, "CASE_DECIDE") else "decide"
    right = next((word for word, name in RIGHTS.items() if name == right), right)
    fields = " ".join(field.name + "!" * field.required for field in row.fields)
    return (
        f"{row.code} {row.action} | {right}{'+' * row.proposable} | {row.document or '-'} | {fields or '-'}"
    )


def _by_hand(name: str) -> list[str]:
    lines = [line.strip() for line in STEPS[name].splitlines() if line.strip()]
    return [" ".join(GROUPS.get(word, word) for word in line.split(" ")) for line in lines]


@pytest.mark.parametrize("name", STEPS)
def test_every_step_has_the_number_the_right_the_paper_and_the_fields_that_the_law_gives_it(
    name: str,
) -> None:
    assert sorted(_written(FLOWS[name], row) for row in FLOWS[name].transitions) == sorted(_by_hand(name))


def _asked(field: FieldSpec, row: Transition, flow: str) -> tuple[FieldKind, object]:
    listed = next(
        (LISTS[key] for key in (f"{flow} {row.action} {field.name}", f"{row.action} {field.name}", field.name) if key in LISTS),
        None,
    )  # fmt: skip
    return KIND_OF[field.name], listed


@pytest.mark.parametrize("name", STEPS)
def test_every_field_is_asked_for_in_its_kind_and_from_its_own_list(name: str) -> None:
    for row in FLOWS[name].transitions:
        for field in row.fields:
            assert (field.kind, field.choices) == _asked(field, row, name), (
                f"{row.code} {row.action} {field.name}"
            )


@pytest.mark.parametrize("name", STEPS)
def test_a_clock_counts_from_the_day_of_the_act_unless_the_law_names_another(name: str) -> None:
    named = {
        (row.action, effect.clock): effect.basis
        for row in FLOWS[name].transitions
        for effect in row.effects
        if effect.basis != "on"
    }
    assert named == BASES.get(name, {})


@pytest.mark.parametrize("name", STEPS)
def test_what_the_system_does_by_itself_and_from_where(name: str) -> None:
    found = {
        row.action: (row.expiry_of or row.follows, set(row.sources))
        for row in FLOWS[name].transitions
        if row.by_system
    }
    assert found == BY_SYSTEM.get(name, {})
    assert all(not (row.expiry_of and row.follows) for row in FLOWS[name].transitions)
    assert {row.follows for row in FLOWS[name].transitions} <= {"", "second_complaint"}


@pytest.mark.parametrize("name", STEPS)
def test_where_a_table_begins_and_where_it_ends(name: str) -> None:
    flow = FLOWS[name]
    assert (flow.name, flow.initial) == (name, STARTS[name])
    assert {code for code, state in flow.states.items() if not state.open} == set(ENDS[name].split())
    assert {code for code, state in flow.states.items() if state.kept} == KEPT.get(name, set())


# 7.6: the table that runs beside a case.
_PROTECTION = {
    "secrecy_on": "waive request", "secrecy_waived": "request", "prot_requested": "request_paper protect refer refuse_protection",
    "prot_active": "request_paper change end_protection", "prot_referred": "request_paper referral_paper", "prot_refused": "",
    "prot_ended": "",
}  # fmt: skip


def test_protection_goes_where_the_law_lists_it_and_its_only_clock_is_an_internal_target() -> None:
    flow = protection.WORKFLOW
    assert {code: {row.action for row in flow.leaving(code)} for code in flow.states} == {
        state: set(actions.split()) for state, actions in _PROTECTION.items()
    }
    assert {row.action: row.target for row in flow.transitions if row.target} == {
        "waive": "secrecy_waived", "request": "prot_requested", "protect": "prot_active", "refer": "prot_referred",
        "refuse_protection": "prot_refused", "end_protection": "prot_ended",
    }  # fmt: skip
    assert {row.action: [(effect.verb.value, effect.clock) for effect in row.effects] for row in flow.transitions if row.effects} == {
        "request": [("start", "PROTECTION_TARGET")], "protect": [("stop", "PROTECTION_TARGET")],
        "refer": [("stop", "PROTECTION_TARGET")], "refuse_protection": [("stop", "PROTECTION_TARGET")],
    }  # fmt: skip


def test_facts_that_nobody_states_stand_for_the_plain_case() -> None:
    """A first complaint in writing by one person, about no decision of discipline; nothing is late, nothing halted."""
    plain = Facts()
    assert (plain.today, plain.instance, plain.signer_count, plain.written) == (
        date(2026, 7, 1),
        "first",
        1,
        True,
    )
    assert (plain.disciplinary, plain.dismissal, plain.overdue, plain.overdue_claim, plain.complex) == (
        False,
    ) * 5
