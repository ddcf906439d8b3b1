"""The workflow tables against law.md 7.2, 7.3, 7.5 and 7.7: what is allowed where, and that the tables hold together.

`WHERE` is written by hand from the law's tables and not from the code, so that a row lost or gained there shows here.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import date

import pytest

from complaints import codes
from complaints.clocks import Verb
from complaints.rulebook.loader import load_rulebook
from complaints.workflow import catalogue
from complaints.workflow.base import (
    PREVIOUS,
    ClockEffect,
    Facts,
    FieldKind,
    GuardRefused,
    NotInWorkflow,
    State,
    Transition,
    Workflow,
)
from complaints.workflow.intake import CLASSIFIED_CLOCKS, FORWARDED_CLOCKS, OVERDUE_CLOCKS

FLOWS = {flow.name: flow for flow in catalogue.ALL}

_ANYWHERE = "report_to_forwarder reply harm_told"
_FIRST_WITHDRAWAL = (
    "terminate terminate_ended terminate_no_object withdraw_part withdraw_some send_suspension"
)
_ASK = "request_information record_information"
_BEFORE_CONCLUSION = "reclassify notify withdraw_part withdrawn_goes_on terminate to_investigation part_to_investigation send_suspension"
_CONTINUED_ENDS = "withdraw_part withdrawn_goes_on terminate to_investigation part_to_investigation"

WHERE: dict[str, dict[str, str]] = {
    "intake": {
        "registered": "classify report_to_head",
        "classified": "classify open_case open_second open_continued join_case store link guide return transfer to_inspection "
                      "to_investigation demand_subordinate guide_split split report_to_head transfer_conduct withdraw "
                      "withdraw_some",
        "destroyed": "", "with_case": "report_to_head tell_referrer", "stored": "destroy take_up tell_referrer", "linked": "destroy take_up",
        "withdrawn": "", "guided": "take_up", "transferred": "take_up referrer_notice tell_citizen", "returned": "take_up", "split_guided": "", "split": "",
        "to_inspection": "", "to_investigation": "", "demand_subordinate": "",
    },
    "complaint": {
        "propose_accept": f"accept refuse reclassify {_FIRST_WITHDRAWAL}",
        "accepted_1": f"reclassify draft_at_once verify declare_complex order_emergency lift_emergency suspend {_FIRST_WITHDRAWAL}",
        "verifying": f"reclassify request_information record_information declare_complex order_emergency lift_emergency report suspend {_FIRST_WITHDRAWAL}",
        "verified": f"reclassify record_information declare_complex order_emergency lift_emergency set_dialogue draft suspend {_FIRST_WITHDRAWAL}",
        "dialogue_set": "reclassify record_information declare_complex order_emergency lift_emergency hold_dialogue dialogue_without postpone_dialogue suspend "
                        + _FIRST_WITHDRAWAL,
        "dialogue_done": f"reclassify record_information declare_complex order_emergency lift_emergency decide suspend {_FIRST_WITHDRAWAL}",
        "decision_draft": f"reclassify record_information declare_complex order_emergency lift_emergency decide {_FIRST_WITHDRAWAL}",
        "suspended": f"resume lift_emergency record_information {_FIRST_WITHDRAWAL}",
        "decided_1": "lift_emergency dispatch deliver publish confirm_effect send_suspension",
        "effective": "review execute publish send_suspension",
        "executing": "review close publish send_suspension",
        "under_review": "end_review publish send_suspension",
        "terminated": "send_suspension",
        "appealed": "dispatch publish send_suspension",
        "refused": "", "closed": "", "reclassified": "",
    },
    # 7.4: no draft without a dialogue (S-5), no second window, S-7 and S-8 by the system.
    "complaint_second": {
        "propose_accept_2": f"accept refuse reclassify {_FIRST_WITHDRAWAL}",
        "accepted_2": f"reclassify order_emergency lift_emergency verify request_file {_ASK} declare_complex suspend {_FIRST_WITHDRAWAL}",
        "verifying": f"reclassify order_emergency lift_emergency request_file {_ASK} declare_complex report suspend {_FIRST_WITHDRAWAL}",
        "verified": f"reclassify order_emergency lift_emergency record_information declare_complex set_dialogue suspend {_FIRST_WITHDRAWAL}",
        "dialogue_set": "reclassify order_emergency lift_emergency record_information declare_complex hold_dialogue dialogue_without postpone_dialogue suspend "
                        + _FIRST_WITHDRAWAL,
        "dialogue_done": f"reclassify order_emergency lift_emergency record_information declare_complex decide suspend {_FIRST_WITHDRAWAL}",
        "suspended": f"lift_emergency resume {_FIRST_WITHDRAWAL}",
        "decided_2": "lift_emergency dispatch deliver publish send_suspension",
        "effective": "review execute dispatch deliver publish send_suspension",
        "executing": "review close dispatch deliver publish send_suspension",
        "under_review": "end_review publish send_suspension",
        "terminated": "send_suspension",
        "refused": "", "closed": "", "reclassified": "",
    },
    # 3.5: the council is asked after verification (Art 52), then the dialogue, in both instances (K06).
    "discipline": {
        "propose_accept": f"accept refuse reclassify {_FIRST_WITHDRAWAL}",
        "accepted_1": f"reclassify order_emergency lift_emergency verify {_ASK} declare_complex suspend {_FIRST_WITHDRAWAL}",
        "verifying": f"reclassify order_emergency lift_emergency {_ASK} declare_complex report suspend {_FIRST_WITHDRAWAL}",
        "verified": f"reclassify order_emergency lift_emergency record_information declare_complex consult_council suspend {_FIRST_WITHDRAWAL}",
        "council_heard": f"reclassify order_emergency lift_emergency record_information declare_complex set_dialogue suspend {_FIRST_WITHDRAWAL}",
        "dialogue_set": "reclassify order_emergency lift_emergency record_information declare_complex hold_dialogue dialogue_without postpone_dialogue suspend "
                        + _FIRST_WITHDRAWAL,
        "dialogue_done": f"reclassify order_emergency lift_emergency record_information declare_complex decide suspend {_FIRST_WITHDRAWAL}",
        "suspended": f"lift_emergency resume {_FIRST_WITHDRAWAL}",
        "decided_1": "lift_emergency dispatch deliver publish confirm_effect send_suspension",
        "effective": "review execute publish send_suspension",
        "executing": "review close publish send_suspension",
        "under_review": "end_review publish send_suspension",
        "terminated": "send_suspension",
        "appealed": "dispatch publish send_suspension",
        "refused": "", "closed": "", "reclassified": "",
    },
    "discipline_second": {
        "propose_accept_2": f"accept refuse reclassify {_FIRST_WITHDRAWAL}",
        "accepted_2": f"reclassify order_emergency lift_emergency verify request_file {_ASK} declare_complex suspend {_FIRST_WITHDRAWAL}",
        "verifying": f"reclassify order_emergency lift_emergency request_file {_ASK} declare_complex report suspend {_FIRST_WITHDRAWAL}",
        "verified": f"reclassify order_emergency lift_emergency record_information declare_complex consult_council suspend {_FIRST_WITHDRAWAL}",
        "council_heard": f"reclassify order_emergency lift_emergency record_information declare_complex set_dialogue suspend {_FIRST_WITHDRAWAL}",
        "dialogue_set": "reclassify order_emergency lift_emergency record_information declare_complex hold_dialogue dialogue_without postpone_dialogue suspend "
                        + _FIRST_WITHDRAWAL,
        "dialogue_done": f"reclassify order_emergency lift_emergency record_information declare_complex decide suspend {_FIRST_WITHDRAWAL}",
        "suspended": f"lift_emergency resume {_FIRST_WITHDRAWAL}",
        "decided_2": "lift_emergency dispatch deliver publish send_suspension",
        "effective": "review execute dispatch deliver publish send_suspension",
        "executing": "review close dispatch deliver publish send_suspension",
        "under_review": "end_review publish send_suspension",
        "terminated": "send_suspension",
        "refused": "", "closed": "", "reclassified": "",
    },
    "denunciation": {
        "tc_check": "lengthen_check accept refuse reclassify terminate to_investigation part_to_investigation",
        "tc_accepted": f"verify suspend extend {_BEFORE_CONCLUSION}",
        "tc_verifying": f"record_work assess suspend extend report {_BEFORE_CONCLUSION}",
        "tc_assessment": f"assessed {_BEFORE_CONCLUSION}",
        "tc_reported": f"conclude suspend extend {_BEFORE_CONCLUSION}",
        "tc_suspended": f"resume {_BEFORE_CONCLUSION}",
        "tc_concluded": "notify send_conclusion handle publish part_to_investigation send_suspension",
        "tc_handled": "notify send_conclusion publish other_result result_told close part_to_investigation "
                      "send_suspension",
        "tc_terminated": "send_suspension", "to_investigation": "send_suspension",
        "tc_not_accepted": "", "tc_closed": "", "reclassified": "", "taken_over": "",
    },
    # T-25 to T-30 at the direct superior; from the acceptance on the rest of the table of 7.5.
    "continued": {
        "cont_received": "",
        "sup_demand": f"demand end_demand reclassify {_CONTINUED_ENDS}",
        "sup_waiting": f"demand_received record_report end_demand take_over {_CONTINUED_ENDS}",
        "sup_reported": f"end_demand take_over {_CONTINUED_ENDS}",
        "handing_over": f"accept {_CONTINUED_ENDS}",
        "cont_review": f"reject accept transfer resolve_again reclassify {_CONTINUED_ENDS}",
        "tc_accepted": f"verify suspend extend {_BEFORE_CONCLUSION}",
        "tc_verifying": f"record_work assess suspend extend report {_BEFORE_CONCLUSION}",
        "tc_assessment": f"assessed {_BEFORE_CONCLUSION}",
        "tc_reported": f"conclude suspend extend {_BEFORE_CONCLUSION}",
        "tc_suspended": f"resume {_BEFORE_CONCLUSION}",
        "tc_concluded": "notify send_conclusion handle publish part_to_investigation send_suspension",
        "tc_handled": "notify send_conclusion publish other_result result_told close part_to_investigation "
                      "send_suspension",
        "tc_terminated": "send_suspension", "to_investigation": "send_suspension",
        "left_to_resolver": "", "cont_rejected": "", "cont_transferred": "", "tc_closed": "", "reclassified": "",
    },
    "proposal": {
        "petition_open": "study reclassify",
        "studying": "answer transfer reclassify",
        "answered": "", "transferred": "", "reclassified": "",
    },
    "feedback": {
        "fb_handling": "tell_state test publish_result transfer reclassify",
        "fb_published": "", "fb_transferred": "", "reclassified": "",
    },
}  # fmt: skip

# Where a step leads: every move that changes the state, by law.md's tables.
LEADS: dict[str, dict[str, str]] = {
    "intake": {
        "classify": "classified", "open_case": "with_case", "open_second": "with_case", "open_continued": "with_case", "join_case": "with_case", "store": "stored",
        "guide": "guided", "return": "returned", "transfer": "transferred", "to_inspection": "to_inspection",
        "to_investigation": "to_investigation", "demand_subordinate": "demand_subordinate",
        "guide_split": "split_guided", "split": "split", "transfer_conduct": "transferred", "destroy": "destroyed",
        "link": "linked", "withdraw": "withdrawn", "take_up": "classified",
    },
    "complaint": {
        "accept": "accepted_1", "refuse": "refused", "reclassify": "reclassified", "draft_at_once": "decision_draft",
        "verify": "verifying", "report": "verified", "set_dialogue": "dialogue_set", "draft": "decision_draft",
        "hold_dialogue": "dialogue_done", "dialogue_without": "dialogue_done", "postpone_dialogue": "verified",
        "decide": "decided_1", "suspend": "suspended", "resume": PREVIOUS, "terminate": "terminated",
        "terminate_ended": "terminated", "terminate_no_object": "terminated", "review": "under_review", "end_review": PREVIOUS,
        "confirm_effect": "effective", "execute": "executing", "close": "closed", "appeal": "appealed",
    },
    "complaint_second": {
        "accept": "accepted_2", "refuse": "refused", "reclassify": "reclassified", "verify": "verifying",
        "report": "verified", "set_dialogue": "dialogue_set", "hold_dialogue": "dialogue_done",
        "dialogue_without": "dialogue_done", "postpone_dialogue": "verified", "decide": "decided_2",
        "suspend": "suspended", "resume": PREVIOUS, "terminate": "terminated", "take_effect": "effective",
        "execute": "executing", "close": "closed",
        "terminate_ended": "terminated", "terminate_no_object": "terminated", "review": "under_review", "end_review": PREVIOUS,
    },
    "discipline": {
        "accept": "accepted_1", "refuse": "refused", "reclassify": "reclassified", "verify": "verifying",
        "report": "verified", "consult_council": "council_heard", "set_dialogue": "dialogue_set",
        "hold_dialogue": "dialogue_done", "dialogue_without": "dialogue_done", "postpone_dialogue": "council_heard",
        "decide": "decided_1", "suspend": "suspended", "resume": PREVIOUS, "terminate": "terminated",
        "confirm_effect": "effective", "execute": "executing", "close": "closed", "appeal": "appealed",
        "terminate_ended": "terminated", "terminate_no_object": "terminated", "review": "under_review", "end_review": PREVIOUS,
    },
    "discipline_second": {
        "accept": "accepted_2", "refuse": "refused", "reclassify": "reclassified", "verify": "verifying",
        "report": "verified", "consult_council": "council_heard", "set_dialogue": "dialogue_set",
        "hold_dialogue": "dialogue_done", "dialogue_without": "dialogue_done", "postpone_dialogue": "council_heard",
        "decide": "decided_2", "suspend": "suspended", "resume": PREVIOUS, "terminate": "terminated",
        "take_effect": "effective", "execute": "executing", "close": "closed",
        "terminate_ended": "terminated", "terminate_no_object": "terminated", "review": "under_review", "end_review": PREVIOUS,
    },
    "denunciation": {
        "accept": "tc_accepted", "refuse": "tc_not_accepted", "reclassify": "reclassified", "verify": "tc_verifying",
        "assess": "tc_assessment", "assessed": "tc_verifying", "suspend": "tc_suspended", "resume": PREVIOUS,
        "terminate": "tc_terminated", "to_investigation": "to_investigation", "report": "tc_reported",
        "conclude": "tc_concluded", "handle": "tc_handled", "close": "tc_closed", "be_taken_over": "taken_over",
    },
    "continued": {
        "continue_overdue": "sup_demand", "demand": "sup_waiting", "record_report": "sup_reported",
        "end_demand": "left_to_resolver", "take_over": "handing_over", "accept": "tc_accepted",
        "continue_concluded": "cont_review", "reject": "cont_rejected", "transfer": "cont_transferred",
        "resolve_again": "tc_accepted", "reclassify": "reclassified", "verify": "tc_verifying",
        "assess": "tc_assessment", "assessed": "tc_verifying", "suspend": "tc_suspended", "resume": PREVIOUS,
        "terminate": "tc_terminated", "to_investigation": "to_investigation", "report": "tc_reported",
        "conclude": "tc_concluded", "handle": "tc_handled", "close": "tc_closed",
    },
    "proposal": {
        "study": "studying", "answer": "answered", "transfer": "transferred", "reclassify": "reclassified",
    },
    "feedback": {
        "publish_result": "fb_published", "transfer": "fb_transferred", "reclassify": "reclassified",
    },
}  # fmt: skip

# What each step does to the clocks: law.md's last column but one. '+' starts, '-' stops, 'x' cancels.
_LEAVES_DESK = "-PETITION_DISCIPLINE -RECEP_REPLY"
CLOCKS: dict[tuple[str, str], str] = {
    ("intake", "open_case"): "-PETITION_DISCIPLINE xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND",
    ("intake", "open_second"): "-PETITION_DISCIPLINE xTC_TRANSFER xFB_TRANSFER",
    ("intake", "open_continued"): "-PETITION_DISCIPLINE xTC_INIT xTC_TRANSFER xFB_TRANSFER",
    (
        "intake",
        "join_case",
    ): "-PETITION_DISCIPLINE xKN_ACCEPT xTC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND",
    (
        "intake",
        "store",
    ): f"{_LEAVES_DESK} -KN_ACCEPT -TC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND +PETITION_RETENTION",
    (
        "intake",
        "link",
    ): f"{_LEAVES_DESK} -KN_ACCEPT -TC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND +PETITION_RETENTION",
    (
        "intake",
        "withdraw",
    ): f"{_LEAVES_DESK} -KN_ACCEPT -TC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND",
    ("intake", "destroy"): "-PETITION_RETENTION",
    ("intake", "owe_referrer"): "+REFERRER_RESULT",
    ("intake", "tell_referrer"): "-REFERRER_RESULT",
    ("intake", "referrer_notice"): "+REFERRER_TO_CITIZEN",
    ("intake", "tell_citizen"): "-REFERRER_TO_CITIZEN",
    ("intake", "take_up"): "xPETITION_RETENTION +PETITION_DISCIPLINE",
    ("intake", "guide"): f"{_LEAVES_DESK} -KN_ACCEPT -TC_TRANSFER xTC_INIT xFB_TRANSFER xTC_OVERDUE_DEMAND",
    ("intake", "return"): f"{_LEAVES_DESK} -KN_ACCEPT xTC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND",
    (
        "intake",
        "transfer",
    ): f"{_LEAVES_DESK} -KN_ACCEPT -TC_TRANSFER xTC_INIT -FB_TRANSFER xTC_OVERDUE_DEMAND",
    (
        "intake",
        "transfer_conduct",
    ): f"{_LEAVES_DESK} xKN_ACCEPT xTC_TRANSFER xTC_INIT -FB_TRANSFER xTC_OVERDUE_DEMAND",
    (
        "intake",
        "to_inspection",
    ): f"{_LEAVES_DESK} -TC_INIT -TC_TRANSFER xKN_ACCEPT xFB_TRANSFER xTC_OVERDUE_DEMAND",
    (
        "intake",
        "to_investigation",
    ): f"{_LEAVES_DESK} -TC_INIT -TC_TRANSFER xKN_ACCEPT xFB_TRANSFER xTC_OVERDUE_DEMAND",
    (
        "intake",
        "demand_subordinate",
    ): f"{_LEAVES_DESK} -KN_ACCEPT -TC_INIT -TC_TRANSFER xFB_TRANSFER -TC_OVERDUE_DEMAND",
    (
        "intake",
        "guide_split",
    ): f"{_LEAVES_DESK} xKN_ACCEPT xTC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND",
    ("intake", "split"): f"{_LEAVES_DESK} xKN_ACCEPT xTC_INIT xTC_TRANSFER xFB_TRANSFER xTC_OVERDUE_DEMAND",
    ("intake", "report_to_forwarder"): "-TC_PRESS",
    ("intake", "reply"): "-RECEP_REPLY",
    ("complaint", "accept"): "-KN_ACCEPT -RECEP_REPLY +KN1_RESOLVE",
    ("complaint", "refuse"): "-KN_ACCEPT -RECEP_REPLY",
    ("complaint", "reclassify"): "xKN_ACCEPT xKN1_RESOLVE xKN_SUSP_SEND xKN_INFO_REQUEST xKN_WINDOW2",
    ("complaint", "declare_complex"): ">KN1_RESOLVE",
    ("complaint", "request_information"): "+KN_INFO_REQUEST",
    ("complaint", "record_information"): "-KN_INFO_REQUEST",
    ("complaint", "decide"): "-KN1_RESOLVE xKN_INFO_REQUEST +KN1_SEND +KN_EFFECT +KN_PUBLISH",
    ("complaint", "publish"): "-KN_PUBLISH",
    ("complaint", "dispatch"): "-KN1_SEND",
    ("complaint", "deliver"): "-KN1_SEND xKN_WINDOW2 +KN_WINDOW2",
    ("complaint", "suspend"): "|KN1_RESOLVE +KN_SUSP_SEND",
    ("complaint", "resume"): "^KN1_RESOLVE +KN_SUSP_SEND",
    ("complaint", "send_suspension"): "-KN_SUSP_SEND",
    (
        "complaint",
        "terminate",
    ): "-KN1_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_WINDOW2 xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "complaint",
        "terminate_ended",
    ): "-KN1_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_WINDOW2 xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "complaint",
        "terminate_no_object",
    ): "-KN1_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_WINDOW2 xKN_INFO_REQUEST +KN_SUSP_SEND",
    ("complaint", "mark_overdue"): "+KN_WINDOW2",
    ("complaint", "appeal"): "-KN_WINDOW2 xKN_EFFECT",
    ("complaint", "appeal_overdue"): "-KN_WINDOW2",
    ("complaint", "confirm_effect"): "-KN_EFFECT -KN_WINDOW2 +KN_EXECUTE",
    ("complaint", "execute"): "-KN_EXECUTE",
    ("complaint_second", "accept"): "-KN_ACCEPT -RECEP_REPLY +KN2_RESOLVE",
    ("complaint_second", "refuse"): "-KN_ACCEPT -RECEP_REPLY",
    ("complaint_second", "reclassify"): "xKN_ACCEPT xKN2_RESOLVE xKN_SUSP_SEND xKN_INFO_REQUEST",
    ("complaint_second", "request_file"): "+KN_INFO_REQUEST",
    ("complaint_second", "request_information"): "+KN_INFO_REQUEST",
    ("complaint_second", "record_information"): "-KN_INFO_REQUEST",
    ("complaint_second", "declare_complex"): ">KN2_RESOLVE",
    ("complaint_second", "decide"): "-KN2_RESOLVE xKN_INFO_REQUEST +KN2_SEND +KN_PUBLISH +KN_EFFECT",
    ("complaint_second", "publish"): "-KN_PUBLISH",
    ("complaint_second", "dispatch"): "-KN2_SEND",
    ("complaint_second", "deliver"): "-KN2_SEND",
    ("complaint_second", "suspend"): "|KN2_RESOLVE +KN_SUSP_SEND",
    ("complaint_second", "resume"): "^KN2_RESOLVE +KN_SUSP_SEND",
    ("complaint_second", "send_suspension"): "-KN_SUSP_SEND",
    ("complaint_second", "terminate"): "-KN2_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "complaint_second",
        "terminate_ended",
    ): "-KN2_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "complaint_second",
        "terminate_no_object",
    ): "-KN2_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    ("complaint_second", "take_effect"): "-KN_EFFECT +KN_EXECUTE",
    ("complaint_second", "execute"): "-KN_EXECUTE",
    ("discipline", "accept"): "-KN_ACCEPT -RECEP_REPLY +KNK_RESOLVE",
    ("discipline", "refuse"): "-KN_ACCEPT -RECEP_REPLY",
    ("discipline", "reclassify"): "xKN_ACCEPT xKNK_RESOLVE xKN_SUSP_SEND xKN_INFO_REQUEST",
    ("discipline", "request_information"): "+KN_INFO_REQUEST",
    ("discipline", "record_information"): "-KN_INFO_REQUEST",
    ("discipline", "declare_complex"): ">KNK_RESOLVE",
    ("discipline", "decide"): "-KNK_RESOLVE xKN_INFO_REQUEST +KN1_SEND +KN_PUBLISH +KNK_EFFECT",
    ("discipline", "publish"): "-KN_PUBLISH",
    ("discipline", "dispatch"): "-KN1_SEND",
    ("discipline", "deliver"): "-KN1_SEND +KNK_WINDOW2 +KNK_WINDOW2_DISMISSAL",
    ("discipline", "suspend"): "|KNK_RESOLVE +KN_SUSP_SEND",
    ("discipline", "resume"): "^KNK_RESOLVE +KN_SUSP_SEND",
    ("discipline", "send_suspension"): "-KN_SUSP_SEND",
    ("discipline", "terminate"): "-KNK_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    ("discipline", "terminate_ended"): "-KNK_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "discipline",
        "terminate_no_object",
    ): "-KNK_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    ("discipline", "confirm_effect"): "-KNK_EFFECT -KNK_WINDOW2 -KNK_WINDOW2_DISMISSAL +KN_EXECUTE",
    ("discipline", "appeal"): "-KNK_WINDOW2 -KNK_WINDOW2_DISMISSAL xKNK_EFFECT",
    ("discipline", "execute"): "-KN_EXECUTE",
    ("discipline_second", "accept"): "-KN_ACCEPT -RECEP_REPLY +KNK_RESOLVE",
    ("discipline_second", "refuse"): "-KN_ACCEPT -RECEP_REPLY",
    ("discipline_second", "reclassify"): "xKN_ACCEPT xKNK_RESOLVE xKN_SUSP_SEND xKN_INFO_REQUEST",
    ("discipline_second", "request_file"): "+KN_INFO_REQUEST",
    ("discipline_second", "request_information"): "+KN_INFO_REQUEST",
    ("discipline_second", "record_information"): "-KN_INFO_REQUEST",
    ("discipline_second", "declare_complex"): ">KNK_RESOLVE",
    ("discipline_second", "decide"): "-KNK_RESOLVE xKN_INFO_REQUEST +KN2_SEND +KN_PUBLISH +KNK_EFFECT",
    ("discipline_second", "publish"): "-KN_PUBLISH",
    ("discipline_second", "dispatch"): "-KN2_SEND",
    ("discipline_second", "deliver"): "-KN2_SEND",
    ("discipline_second", "suspend"): "|KNK_RESOLVE +KN_SUSP_SEND",
    ("discipline_second", "resume"): "^KNK_RESOLVE +KN_SUSP_SEND",
    ("discipline_second", "send_suspension"): "-KN_SUSP_SEND",
    ("discipline_second", "terminate"): "-KNK_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "discipline_second",
        "terminate_ended",
    ): "-KNK_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    (
        "discipline_second",
        "terminate_no_object",
    ): "-KNK_RESOLVE -KN_ACCEPT -RECEP_REPLY xKN_INFO_REQUEST +KN_SUSP_SEND",
    ("discipline_second", "take_effect"): "-KNK_EFFECT +KN_EXECUTE",
    ("discipline_second", "execute"): "-KN_EXECUTE",
    ("denunciation", "lengthen_check"): ">TC_INIT",
    ("denunciation", "accept"): "-TC_INIT +TC_RESOLVE +TC_NOTIFY",
    ("denunciation", "refuse"): "-TC_INIT -RECEP_REPLY",
    ("denunciation", "reclassify"): "xTC_INIT xTC_RESOLVE xTC_NOTIFY xTC_SUSP_SEND",
    ("denunciation", "notify"): "-TC_NOTIFY -RECEP_REPLY",
    ("denunciation", "assess"): "|TC_RESOLVE",
    ("denunciation", "assessed"): "^TC_RESOLVE",
    ("denunciation", "suspend"): "|TC_RESOLVE +TC_SUSP_SEND",
    ("denunciation", "resume"): "^TC_RESOLVE",
    ("denunciation", "send_suspension"): "-TC_SUSP_SEND",
    ("denunciation", "extend"): ">TC_RESOLVE",
    ("denunciation", "terminate"): "-TC_RESOLVE -TC_INIT -TC_NOTIFY -RECEP_REPLY +TC_SUSP_SEND",
    ("denunciation", "to_investigation"): "-TC_RESOLVE -TC_INIT -TC_NOTIFY",
    ("denunciation", "conclude"): "-TC_RESOLVE +TC_CONCL_SEND +TC_HANDLE +TC_PUBLISH",
    ("denunciation", "send_conclusion"): "-TC_CONCL_SEND",
    ("denunciation", "handle"): "-TC_HANDLE +TC_PUBLISH",
    ("denunciation", "other_result"): "+TC_RESULT_BACK",
    ("denunciation", "result_told"): "-TC_RESULT_BACK",
    ("denunciation", "publish"): "-TC_PUBLISH",
    ("denunciation", "be_taken_over"): "xTC_RESOLVE xTC_NOTIFY xTC_SUSP_SEND xRECEP_REPLY",
    ("continued", "demand"): "-TC_OVERDUE_DEMAND",
    ("continued", "demand_received"): "+TC_OVERDUE_REPORT",
    ("continued", "record_report"): "-TC_OVERDUE_REPORT",
    ("continued", "end_demand"): "-RECEP_REPLY xTC_OVERDUE_DEMAND xTC_OVERDUE_REPORT",
    ("continued", "take_over"): "xTC_OVERDUE_REPORT",
    ("continued", "accept"): "-TC_CONT_REVIEW +TC_RESOLVE +TC_NOTIFY",
    ("continued", "continue_concluded"): "+TC_CONT_REVIEW",
    ("continued", "reject"): "-TC_CONT_REVIEW -RECEP_REPLY",
    ("continued", "transfer"): "-TC_CONT_REVIEW -RECEP_REPLY",
    ("continued", "resolve_again"): "-TC_CONT_REVIEW +TC_RESOLVE +TC_NOTIFY",
    ("continued", "reclassify"): "xTC_OVERDUE_DEMAND xTC_CONT_REVIEW xTC_RESOLVE xTC_NOTIFY xTC_SUSP_SEND",
    ("continued", "notify"): "-TC_NOTIFY -RECEP_REPLY",
    ("continued", "assess"): "|TC_RESOLVE",
    ("continued", "assessed"): "^TC_RESOLVE",
    ("continued", "suspend"): "|TC_RESOLVE +TC_SUSP_SEND",
    ("continued", "resume"): "^TC_RESOLVE",
    ("continued", "send_suspension"): "-TC_SUSP_SEND",
    ("continued", "extend"): ">TC_RESOLVE",
    (
        "continued",
        "terminate",
    ): "-TC_RESOLVE -TC_NOTIFY -RECEP_REPLY +TC_SUSP_SEND xTC_OVERDUE_DEMAND xTC_OVERDUE_REPORT xTC_CONT_REVIEW",
    (
        "continued",
        "to_investigation",
    ): "-TC_RESOLVE -TC_NOTIFY xTC_OVERDUE_DEMAND xTC_OVERDUE_REPORT xTC_CONT_REVIEW",
    ("continued", "conclude"): "-TC_RESOLVE +TC_CONCL_SEND +TC_HANDLE +TC_PUBLISH",
    ("continued", "send_conclusion"): "-TC_CONCL_SEND",
    ("continued", "handle"): "-TC_HANDLE +TC_PUBLISH",
    ("continued", "other_result"): "+TC_RESULT_BACK",
    ("continued", "result_told"): "-TC_RESULT_BACK",
    ("continued", "publish"): "-TC_PUBLISH",
    ("proposal", "study"): "+PROPOSAL_TARGET",
    ("proposal", "answer"): "-PROPOSAL_TARGET -RECEP_REPLY",
    ("proposal", "transfer"): "-PROPOSAL_TARGET -RECEP_REPLY",
    ("proposal", "reclassify"): "xPROPOSAL_TARGET",
    ("feedback", "tell_state"): "-RECEP_REPLY",
    ("feedback", "publish_result"): "-RECEP_REPLY",
    ("feedback", "transfer"): "-RECEP_REPLY",
}
_MARK = {
    Verb.START: "+",
    Verb.STOP: "-",
    Verb.CANCEL: "x",
    Verb.PAUSE: "|",
    Verb.RESUME: "^",
    Verb.EXTEND: ">",
}

EVERY_STATE = [(flow, state) for flow in FLOWS.values() for state in flow.states]
EVERY_ROW = [(flow, row) for flow in FLOWS.values() for row in flow.transitions]


def _name(value: object) -> str:
    if isinstance(value, Workflow):
        return value.name
    return f"{value.code}-{value.action}" if isinstance(value, Transition) else str(value)


def _attempt(flow: Workflow, state: str, action: str) -> str:
    """Tell what becomes of an action: 'not listed', or 'listed' whatever its guard says of empty facts."""
    try:
        flow.find(state, action, Facts())
    except NotInWorkflow as error:
        assert error.reason_vi
        return "not listed"
    except GuardRefused as error:
        assert error.reason_vi
    return "listed"


@pytest.mark.parametrize("flow, state", EVERY_STATE, ids=_name)
def test_every_step_is_tried_from_every_state_and_allowed_only_where_the_law_lists_it(
    flow: Workflow, state: str
) -> None:
    wanted = set(WHERE[flow.name][state].split()) | (
        set(_ANYWHERE.split()) if flow.name == "intake" else set()
    )
    every_action = {row.action for other in FLOWS.values() for row in other.transitions}
    allowed = {action for action in every_action if _attempt(flow, state, action) == "listed"}
    assert allowed == wanted


def test_the_list_by_hand_covers_every_state_of_every_table() -> None:
    assert {name: set(states) for name, states in WHERE.items()} == {
        f.name: set(f.states) for f in FLOWS.values()
    }


@pytest.mark.parametrize("flow, row", EVERY_ROW, ids=_name)
def test_every_step_leads_where_the_law_says(flow: Workflow, row: Transition) -> None:
    assert row.target == LEADS[flow.name].get(row.action)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=_name)
def test_the_steps_drive_the_clocks_that_the_law_names(flow: Workflow) -> None:
    driven: dict[str, set[str]] = defaultdict(set)
    for row in flow.transitions:
        driven[row.action] |= {_MARK[effect.verb] + effect.clock for effect in row.effects}
    wanted = {action: set(words.split()) for (name, action), words in CLOCKS.items() if name == flow.name}
    assert {action: effects for action, effects in driven.items() if effects} == wanted


@pytest.mark.parametrize("flow, row", EVERY_ROW, ids=_name)
def test_every_clock_named_has_a_rule_and_every_document_a_form(flow: Workflow, row: Transition) -> None:
    book = load_rulebook()
    for effect in row.effects:
        assert book.rule(effect.clock, date(2026, 11, 23))
        assert effect.basis in {
            "on",
            "received",
            "effect_on",
            "window_ends_on",
            "retention_ends_on",
            "settled_on",
            *(field.name for field in row.fields),
        }
    assert row.document is None or row.document in codes.FORMS


@pytest.mark.parametrize("flow, row", EVERY_ROW, ids=_name)
def test_every_step_has_words_cites_and_fields_that_a_form_can_show(flow: Workflow, row: Transition) -> None:
    assert row.label_vi and row.label_en and row.help_vi.endswith(".") and row.cites
    names = [field.name for field in row.fields]
    assert len(names) == len(set(names))
    for field in row.fields:
        assert field.label_vi and field.label_en
        assert (field.choices is not None) is (field.kind in (FieldKind.CHOICE, FieldKind.CHOICES))
        assert field.choices is None or issubclass(field.choices, codes.Code)


@pytest.mark.parametrize("flow", FLOWS.values(), ids=_name)
def test_rows_that_share_an_action_and_a_state_ask_the_same_and_need_the_same_right(flow: Workflow) -> None:
    for state in flow.states:
        rows: dict[str, Transition] = {}
        for row in flow.leaving(state):
            first = rows.setdefault(row.action, row)
            assert (row.fields, row.permission, row.proposable) == (
                first.fields,
                first.permission,
                first.proposable,
            )


@pytest.mark.parametrize("flow", FLOWS.values(), ids=_name)
def test_what_a_head_signs_asks_for_a_reason_and_can_be_prepared(flow: Workflow) -> None:
    for row in flow.transitions:
        if row.action in (
            "refuse",
            "store",
            "terminate",
            "terminate_ended",
            "terminate_no_object",
            "suspend",
        ):  # each refusal: code, words, approver
            required = {field.name for field in row.fields if field.required}
            assert {"ground", "words"} <= required
            assert row.proposable
            assert row.permission.value.endswith(":decide")


@pytest.mark.parametrize("flow", FLOWS.values(), ids=_name)
def test_every_state_is_reached_and_every_open_state_reaches_an_end(flow: Workflow) -> None:
    leads: dict[str, set[str]] = defaultdict(set)
    for state in flow.states:
        for row in flow.leaving(state):
            if row.target == PREVIOUS:
                leads[state] |= {
                    source for t in flow.transitions if t.target == state for source in t.sources
                }
            elif row.target is not None:
                leads[state].add(row.target)
    assert _reachable(flow.initial, leads) == set(flow.states)
    ends = {code for code, state in flow.states.items() if not state.open}
    for code in flow.states:
        assert _reachable(code, leads) & ends


def _reachable(start: str, leads: dict[str, set[str]]) -> set[str]:
    seen, todo = {start}, [start]
    while todo:
        for state in leads[todo.pop()] - seen:
            seen.add(state)
            todo.append(state)
    return seen


def test_a_classified_petition_starts_the_clocks_of_its_kind() -> None:
    book = load_rulebook()
    assert CLASSIFIED_CLOCKS == {"complaint": ("KN_ACCEPT",), "denunciation": ("TC_INIT", "TC_TRANSFER"),
                                 "admin_feedback": ("FB_TRANSFER",)}  # fmt: skip
    assert OVERDUE_CLOCKS == {"denunciation": ("TC_OVERDUE_DEMAND",)}
    assert FORWARDED_CLOCKS == {"denunciation": ("TC_PRESS",)}
    assert all(book.rule(code, date(2026, 11, 23)) for clocks in FORWARDED_CLOCKS.values() for code in clocks)


# The machinery of the tables.


def test_an_action_that_stands_in_two_rows_is_offered_once_and_the_data_choose_the_row() -> None:
    flow = FLOWS["complaint"]
    offered = [row.action for row, _ in flow.available("decision_draft", Facts())]
    assert offered.count("decide") == 1
    plain = flow.find("decision_draft", "decide", Facts(), {"publish": False})
    published = flow.find("decision_draft", "decide", Facts(), {"publish": True})
    assert {e.clock for e in published.effects} - {e.clock for e in plain.effects} == {"KN_PUBLISH"}


def test_what_is_not_allowed_now_is_offered_with_its_reason() -> None:
    offered = {row.action: reason for row, reason in FLOWS["complaint"].available("accepted_1", Facts())}
    assert offered["draft_at_once"] is None
    assert "giao việc" in (offered["verify"] or "")
    assert FLOWS["complaint"].available("nowhere", Facts()) == []


def test_of_two_refused_rows_the_first_reason_is_told() -> None:
    first = Transition(
        "A", "go", frozenset({"a"}), "b", _ROW.permission, "Đi", "Go", "Đi.", guard=lambda _f, _d: "một"
    )
    flow = _flow(first, replace(first, code="B", guard=lambda _f, _d: "hai"))
    assert [reason for _, reason in flow.available("a", Facts())] == ["một"]
    with pytest.raises(GuardRefused, match="A: một"):
        flow.find("a", "go", Facts())


def test_a_refused_row_gives_way_to_an_allowed_one() -> None:
    refused = replace(_ROW, guard=lambda _f, _d: "không")
    flow = _flow(refused, replace(_ROW, code="B"))
    assert [(row.code, reason) for row, reason in flow.available("a", Facts())] == [("B", None)]
    assert flow.find("a", "go", Facts()).code == "B"


_ROW = Transition(
    "A", "go", frozenset({"a"}), "b", FLOWS["proposal"].transitions[0].permission, "Đi", "Go", "Đi tiếp.",
    effects=(ClockEffect(Verb.START, "KN_ACCEPT"),),
)  # fmt: skip


def _flow(*rows: Transition, initial: str = "a", end_open: bool = False) -> Workflow:
    states = {"a": State("a", "A", "A"), "b": State("b", "B", "B", open=end_open)}
    return Workflow("trial", initial, states, rows)


@pytest.mark.parametrize("rows, extra, finding", [
    ((replace(_ROW, target="c"),), {}, "A go: unknown state c"),
    ((replace(_ROW, sources=frozenset({"a", "z"})),), {}, "A go: unknown state z"),
    ((replace(_ROW, help_vi=""),), {}, "A go: no sources or no words"),
    ((_ROW,), {"initial": "q"}, "unknown initial state q"),
    ((_ROW,), {"end_open": True}, "open state b has no way out"),
    ((replace(_ROW, target=None),), {}, "open state a has no way out"),
    ((_ROW, replace(_ROW, code="B", sources=frozenset({"b"}), target="a")), {}, "end b is left"),
])  # fmt: skip
def test_a_table_that_does_not_hold_together_stops_the_start(
    rows: tuple[Transition, ...], extra: dict[str, object], finding: str
) -> None:
    with pytest.raises(ValueError, match=finding):
        _flow(*rows, **extra)  # type: ignore[arg-type]


def test_every_state_has_one_name_whichever_table_it_stands_in() -> None:
    assert catalogue.state_label("tc_check") == "Kiểm tra điều kiện thụ lý"
    assert catalogue.state_label("tc_check", "en") == "Initial check"
    assert catalogue.state_label("no_such_state") == "no_such_state"
