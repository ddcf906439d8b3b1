"""The steps of the tables written by hand from law.md 7.2 to 7.7 (the actors are those of 8.1), and not from the code.

HD decides, PH and VF handle, ADV closes, SUP reviews. '+' after the right: an officer may prepare it and the head approves;
'!' after a field: it must be filled in. `TO_DO` and `DONE` are the results that reports.md counts.
"""

from complaints import codes, codes_continued, codes_protection
from complaints.workflow.base import FieldKind

# 7.4 S-9 and "the same machine": rows of 7.3 that every complaint has.
_SHARED = """
    C-4 verify | decide+ | 05/KN | on! document_no words
    C-5 request_information | handle | letter | on! to_body! document_no words!
    C-7 report | handle | 13/KN | on! document_no words!
    C-10 hold_dialogue | handle | 14/KN | on! copies! words!
    C-11 dialogue_without | handle | 14/KN | on! copies! words!
    C-12 postpone_dialogue | handle | - | on! reason words!
    C-13 publish | handle | - | on! forms! PUBLISHED meeting_told_on words
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
# 7.5: what holds for a denunciation, and for one that the superior resolves (T-26, T-29, T-30).
_DENUNCIATION = """
    T-4 reclassify | handle | - | kind! words!
    T-5 notify | handle | 05/TC | on! document_no words
    T-6 verify | decide+ | 07/TC | on! document_no team_size! leader! no_conflict words
    T-7 record_work | handle | 08/TC | on! copies! words!
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
    T-22 publish | handle | - | on! forms! PUBLISHED place!
    T-22 other_result | handle | - | on! to_body! words
    T-22 result_told | handle | - | on! document_no words!
    T-24 mark_overdue | decide | - | -
    T-23 close | close | - | on! words DONE
    X2 reclassify | decide+ | - | kind! words!
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
        T-25 open_continued | process | - | on! first_case_id first_decision words
        T-27 open_continued | process | - | on! first_case_id first_decision words
        TC09 harm_told | PETITION_REGISTER | - | on! measures! told! words!
        V18 owe_referrer | process | - | -
        V18 referrer_notice | process | - | on! document_no! asked_on words
        V18 referrer_notice | process | - | on! document_no! asked_on words
        V18 tell_referrer | process | letter | on! document_no! words
        V18 tell_citizen | process | letter | on! document_no! words!
        X2 take_up | decide+ | - | on! kind! words!
    """,
    "complaint": _SHARED + _FIRST + """
        C-1 accept | decide+ | 03/KN | on! document_no remote contested! known_on obstacle obstacle_days obstacle_words attorney attorney_on agents
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
        C-1 accept | decide+ | 03/KN | on! document_no known_on! obstacle obstacle_days obstacle_words
        C-14 deliver | handle | - | delivered_on! words
        C-14 deliver | handle | - | delivered_on! words
    """,
    "discipline_second": _SHARED + _SECOND + _DISCIPLINE + """
        S-2 accept | decide+ | 03/KN | on! document_no
    """,
    "denunciation": _DENUNCIATION + """
        T-1 lengthen_check | decide+ | letter | on! ground! document_no words!
        T-2 accept | decide+ | 04/TC | on! document_no!
        T-3 refuse | decide+ | letter | on! document_no ground! words!
        T-25 be_demanded | decide | - | -
        T-26 be_taken_over | decide | - | -
    """,
    "continued": _DENUNCIATION + """
        T-25 continue_overdue | handle | - | -
        T-25 demand | decide+ | letter | on! to_body! document_no words!
        T-25 demand_received | handle | - | delivered_on! words
        T-25 record_report | handle | - | on! document_no words!
        T-25 end_demand | decide+ | letter | on! document_no words!
        T-25 end_demand | decide+ | letter | on! document_no words!
        T-26 take_over | decide+ | letter | on! document_no ground! words!
        T-26 accept | decide+ | 04/TC | on! document_no!
        T-27 continue_concluded | handle | - | -
        T-28 reject | decide+ | letter | on! document_no words!
        T-29 accept | decide+ | 04/TC | on! document_no! words!
        T-29 transfer | decide+ | 03/TT05 | on! to_body! document_no words!
        T-30 resolve_again | decide+ | 04/TC | on! document_no! ground! words!
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
    "PUBLISHED": "posted_from posted_to web_from web_to print_issues broadcasts meeting_on",
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
    FieldKind.DATE: "on dialogue_on delivered_on until discovered_on known_on attorney_on paper_on starts_on asked_on "
                    "posted_from posted_to web_from web_to meeting_on meeting_told_on",
    FieldKind.LINE: "document_no to_body leader place starts_at told",
    FieldKind.TEXT: "words obstacle_words first_decision people agents",
    FieldKind.CHOICE: "kind field statutory_field instance respondent_level ground form goes_on reply outcome reason effective_by "
                      "review_outcome chair obstacle attorney basis_found decided_by to_kind contested",
    FieldKind.CHOICES: "kinds criteria forms in_person relations objects measures",
    FieldKind.INTEGER: "remaining days team_size others obstacle_days copies print_issues broadcasts return_organisations return_individuals handled_organisations "
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
# One ground is enough, more may hold (D31 Art 5; Law on Denunciations Art 37(3)).
KIND_OF |= {
    "continued take_over ground": FieldKind.CHOICES,
    "continued resolve_again ground": FieldKind.CHOICES,
}
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
    "denunciation suspend ground": codes.DenunciationSuspension, "continued suspend ground": codes.DenunciationSuspension, "denunciation withdrawn_goes_on ground": codes.GoesOnGround, "continued withdrawn_goes_on ground": codes.GoesOnGround,
    "denunciation terminate ground": codes.DenunciationTermination, "continued terminate ground": codes.DenunciationTermination, "denunciation conclude outcome": codes.DenunciationOutcome, "continued conclude outcome": codes.DenunciationOutcome,
    "accept contested": codes.Contested, "harm_told measures": codes_protection.HarmMeasure,
    "continued take_over ground": codes_continued.TakeOverGround, "continued resolve_again ground": codes_continued.ReResolveGround,
    "feedback test criteria": codes.FeedbackCriterion, "feedback publish_result outcome": codes.FeedbackOutcome,
    "feedback publish_result forms": codes.FeedbackPublication, "protection waive ground": _P.SecrecyWaiver,
    "protection request form": _P.RequestForm, "protection end_protection ground": _P.ProtectionEnd,
}  # fmt: skip

# The day from which a clock counts, where it is not the day of the act (C32, C35, C38, P16).
BASES = {
    "intake": {
        ("destroy", "PETITION_RETENTION"): "retention_ends_on", ("take_up", "PETITION_DISCIPLINE"): "received",
    },
    "continued": {
        ("demand_received", "TC_OVERDUE_REPORT"): "delivered_on", ("continue_concluded", "TC_CONT_REVIEW"): "received",
    },
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
_BEFORE_CONCLUSION = {"tc_accepted", "tc_verifying", "tc_assessment", "tc_reported", "tc_suspended"}
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
    "intake": {"owe_referrer": ("case_resolved", {"with_case"})},
    "denunciation": {
        "mark_overdue": ("TC_RESOLVE", {"tc_accepted", "tc_verifying", "tc_reported"}),
        "be_demanded": ("superior_demand", _BEFORE_CONCLUSION), "be_taken_over": ("taken_over", _BEFORE_CONCLUSION),
    },
    "continued": {
        "mark_overdue": ("TC_RESOLVE", {"tc_accepted", "tc_verifying", "tc_reported"}),
        "continue_overdue": ("continued_denunciation", {"cont_received"}),
        "continue_concluded": ("continued_denunciation", {"cont_received"}),
    },
}  # fmt: skip
# Ends, and the ends that one later act may still leave (X22; X2 take_up; B-3 after a waiver).
ENDS = {
    "intake": "destroyed with_case stored linked withdrawn guided transferred returned split_guided split to_inspection "
              "to_investigation demand_subordinate",
    "complaint": "refused appealed terminated closed reclassified", "complaint_second": "refused terminated closed reclassified",
    "discipline": "refused appealed terminated closed reclassified", "discipline_second": "refused terminated closed reclassified",
    "denunciation": "tc_not_accepted tc_terminated to_investigation tc_closed taken_over reclassified",
    "continued": "left_to_resolver cont_rejected cont_transferred tc_terminated to_investigation tc_closed reclassified",
    "proposal": "answered transferred reclassified", "feedback": "fb_published fb_transferred reclassified",
    "protection": "secrecy_waived prot_referred prot_refused prot_ended",
}  # fmt: skip
KEPT = {"intake": {"stored", "linked", "guided", "transferred", "returned"}, "protection": {"secrecy_waived"}}
STARTS = {
    "intake": "registered", "complaint": "propose_accept", "complaint_second": "propose_accept_2", "discipline": "propose_accept",
    "discipline_second": "propose_accept_2", "denunciation": "tc_check", "continued": "cont_received", "proposal": "petition_open", "feedback": "fb_handling",
    "protection": "secrecy_on",
}  # fmt: skip
