"""Each guard of the workflow tables both ways: what the law allows passes, what it forbids is refused and told why."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from complaints import codes
from complaints.clocks import Verb
from complaints.workflow import catalogue
from complaints.workflow.base import PREVIOUS, Facts, GuardRefused, NotInWorkflow, Transition, Workflow
from complaints.workflow.complaint_parts import SHARED_ACTIONS

FLOWS = {flow.name: flow for flow in catalogue.ALL}
D = date
_ASKED = {"demanded_on": D(2026, 12, 22)}

# (workflow, state, action, facts, data, words of the refusal or None)
_ATTORNEY = {"attorney": "certified", "attorney_on": D(2026, 6, 1)}
GUARDS: list[tuple[str, str, str, dict[str, Any], dict[str, Any], str | None]] = [
    # X4, X8, X17: a case is opened of a petition that is eligible, ours and of a kind that is resolved.
    ("intake", "classified", "open_case", {"kind": "complaint"}, {}, None),
    ("intake", "classified", "open_case", {"kind": "proposal", "in_jurisdiction": True, "eligible": True}, {}, None),
    ("intake", "classified", "open_case", {"kind": "denunciation", "has_evidence": True}, {}, None),
    ("intake", "classified", "open_case", {"kind": "mixed"}, {}, "phân loại lại"),
    ("intake", "classified", "open_case", {"kind": "complaint", "in_jurisdiction": False}, {}, "Thẩm quyền"),
    ("intake", "classified", "open_case", {"kind": "complaint", "eligible": False}, {}, "không đủ điều kiện"),
    ("intake", "classified", "open_case", {"kind": "denunciation", "anonymous": True}, {}, "Điều 25"),
    ("intake", "classified", "open_case", {"kind": "denunciation", "outside_form": True}, {}, "Điều 22"),
    ("intake", "classified", "open_case", {"kind": "complaint", "outside_form": True}, {}, None),
    ("intake", "classified", "open_case", {"kind": "complaint", "instance": "second"}, {}, "bước mở vụ việc lần hai"),
    ("intake", "classified", "open_case", {"kind": "denunciation", "instance": "second"}, {}, "mở vụ việc tố cáo tiếp"),
    ("intake", "classified", "open_case", {"kind": "denunciation", "overdue_claim": True}, {}, "mở vụ việc tố cáo tiếp"),
    # T-25, T-27
    ("intake", "classified", "open_continued", {"kind": "denunciation", "instance": "second"}, {}, None),
    ("intake", "classified", "open_continued", {"kind": "denunciation", "overdue_claim": True}, {}, None),
    ("intake", "classified", "open_continued", {"kind": "denunciation"}, {}, "Chỉ dùng cho tố cáo tiếp"),
    ("intake", "classified", "open_continued", {"kind": "complaint", "instance": "second"}, {}, "Chỉ dùng cho tố cáo tiếp"),
    ("intake", "classified", "open_continued",
     {"kind": "denunciation", "instance": "second", "anonymous": True}, {}, "Điều 25"),
    ("intake", "classified", "open_continued",
     {"kind": "denunciation", "instance": "second", "in_jurisdiction": False}, {}, "Thẩm quyền"),
    ("intake", "classified", "open_case", {"kind": "complaint", "disciplinary": True, "written": False}, {}, "Điều 49"),
    ("intake", "classified", "open_case", {"kind": "complaint", "disciplinary": True}, {}, None),
    # S-1, K03
    ("intake", "classified", "open_second", {"kind": "complaint", "instance": "second"}, {}, None),
    ("intake", "classified", "open_second", {"kind": "complaint"}, {}, "Chỉ dùng cho khiếu nại lần hai"),
    ("intake", "classified", "open_second", {"kind": "denunciation", "instance": "second"}, {}, "khiếu nại lần hai"),
    ("intake", "classified", "open_second",
     {"kind": "complaint", "instance": "second", "disciplinary": True, "written": False}, {}, "Điều 49"),
    ("intake", "classified", "open_second", {"kind": "complaint", "instance": "second", "in_jurisdiction": False}, {}, "Thẩm quyền"),
    ("intake", "classified", "join_case", {"kind": "other"}, {}, "phân loại lại"),
    # X3, X12, X13: what has evidence is checked, not stored.
    ("intake", "classified", "store", {"kind": "complaint"}, {"ground": "illegible"}, None),
    ("intake", "classified", "store", {"kind": "denunciation"}, {"ground": "anonymous"}, None),
    ("intake", "classified", "store", {"kind": "denunciation", "has_evidence": True}, {"ground": "anonymous"}, "Điều 25"),
    ("intake", "classified", "store", {"kind": "denunciation", "has_evidence": True}, {"ground": "guided_before"}, None),
    # Each ground belongs to its kind; the right body handles what was sent to several.
    ("intake", "classified", "store", {"kind": "complaint"}, {"ground": "anonymous"}, "chỉ dùng cho tố cáo"),
    ("intake", "classified", "store", {"kind": "complaint"}, {"ground": "decided"}, None),
    ("intake", "classified", "store", {"kind": "denunciation"}, {"ground": "decided"}, "chỉ dùng cho khiếu nại"),
    ("intake", "classified", "store", {"kind": "proposal"}, {"ground": "concluded"}, "chỉ dùng cho tố cáo"),
    ("intake", "classified", "store", {"kind": "proposal"}, {"ground": "feedback_form"}, "quy định hành chính"),
    ("intake", "classified", "store", {"kind": "complaint", "in_jurisdiction": True}, {"ground": "sent_to_right_body"}, "vẫn được xử lý"),
    ("intake", "classified", "store", {"kind": "denunciation"}, {"ground": "wrong_form"}, None),
    ("intake", "classified", "link", {"kind": "complaint"}, {}, None),
    ("intake", "classified", "link", {"kind": "admin_feedback"}, {}, "trình tự riêng"),
    # C-17, C-19 before there is a case.
    ("intake", "classified", "withdraw", {"kind": "complaint"}, {"form": "letter"}, None),
    ("intake", "classified", "withdraw", {"kind": "complaint", "signer_count": 3}, {"form": "letter"}, "tất cả đều rút"),
    ("intake", "classified", "withdraw", {"kind": "complaint", "signer_count": 3}, {"form": "letter", "everyone": True}, None),
    ("intake", "classified", "withdraw", {"kind": "denunciation"}, {"form": "letter", "goes_on": "pressure"}, "Điều 33"),
    ("intake", "classified", "withdraw", {"kind": "complaint"}, {"form": "letter", "goes_on": "pressure"}, None),
    ("intake", "classified", "withdraw_some", {"signer_count": 3}, {"remaining": 2}, None),
    ("intake", "classified", "withdraw_some", {"signer_count": 3}, {"remaining": 3}, "từ 1 đến 2"),
    ("intake", "classified", "withdraw_some", {}, {}, "Chỉ có một người"),
    # X16: a subordinate owes an answer to what is resolved.
    ("intake", "classified", "demand_subordinate", {"kind": "denunciation", "in_jurisdiction": True}, {}, None),
    ("intake", "classified", "demand_subordinate", {"kind": "mixed"}, {}, "cấp dưới"),
    ("intake", "stored", "destroy", {"retention_ends_on": D(2027, 11, 16), "originals_attached": True}, {"on": D(2027, 11, 20)}, "giấy tờ gốc"),
    # X2 from a case: not while a contested decision is suspended.
    ("complaint", "verifying", "reclassify", {}, {}, None),
    ("complaint", "verifying", "reclassify", {"emergency_until": D(2026, 12, 1)}, {}, "hủy bỏ trước"),
    ("complaint_second", "verifying", "reclassify", {}, {}, None),
    ("complaint_second", "verifying", "reclassify", {"emergency_until": D(2026, 12, 1)}, {}, "hủy bỏ trước"),
    ("discipline", "verifying", "reclassify", {}, {}, None),
    ("discipline", "verifying", "reclassify", {"emergency_until": D(2026, 12, 1)}, {}, "hủy bỏ trước"),
    ("discipline_second", "verifying", "reclassify", {}, {}, None),
    ("discipline_second", "verifying", "reclassify", {"emergency_until": D(2026, 12, 1)}, {}, "hủy bỏ trước"),
    ("intake", "classified", "to_inspection", {"kind": "denunciation", "has_evidence": True}, {}, None),
    ("intake", "classified", "to_inspection", {"kind": "denunciation"}, {}, "chứng cứ"),
    ("intake", "classified", "to_inspection", {"kind": "complaint", "has_evidence": True}, {}, "tố cáo"),
    ("intake", "classified", "to_investigation", {"kind": "denunciation"}, {}, None),
    ("intake", "classified", "to_investigation", {"kind": "proposal"}, {}, "tố cáo"),
    # X5, X6, X10, X20: guide once; a denunciation only who came in person.
    ("intake", "classified", "guide", {"kind": "complaint", "in_jurisdiction": False}, {}, None),
    ("intake", "classified", "guide", {"kind": "complaint", "in_jurisdiction": True}, {}, "thuộc cơ quan mình"),
    ("intake", "classified", "guide", {"kind": "complaint", "guided_before": True}, {}, "một lần"),
    ("intake", "classified", "guide", {"kind": "denunciation", "in_person": True}, {}, None),
    ("intake", "classified", "guide", {"kind": "denunciation"}, {}, "chuyển đơn"),
    ("intake", "classified", "guide", {"kind": "proposal"}, {}, "chuyển đơn"),
    ("intake", "classified", "guide", {"kind": "mixed"}, {}, "tách đơn"),
    ("intake", "classified", "guide", {"kind": "other"}, {}, None),
    # P12: originals go back with the letter.
    ("intake", "classified", "guide", {"kind": "complaint", "originals_attached": True}, {"to_body": "A"}, "giấy tờ gốc"),
    ("intake", "classified", "guide", {"kind": "complaint", "originals_attached": True}, {"to_body": "A", "originals_returned": True}, None),
    ("intake", "classified", "return", {"kind": "complaint", "forwarded": True, "originals_attached": True}, {"words": "A"}, "giấy tờ gốc"),
    # X22: after its year, not on its last day.
    ("intake", "stored", "destroy", {"retention_ends_on": D(2027, 11, 16)}, {"on": D(2027, 11, 17)}, None),
    ("intake", "stored", "destroy", {"retention_ends_on": D(2027, 11, 16)}, {"on": D(2027, 11, 16)}, "16/11/2027"),
    ("intake", "stored", "destroy", {"retention_ends_on": D(2027, 11, 16), "today": D(2027, 11, 16)}, {}, "16/11/2027"),
    ("intake", "stored", "destroy", {}, {}, "thời hạn lưu"),
    # F-6, F-7
    ("intake", "classified", "open_case", {"kind": "admin_feedback"}, {}, None),
    ("intake", "classified", "transfer", {"kind": "admin_feedback"}, {}, None),
    ("intake", "classified", "transfer", {"kind": "admin_feedback", "in_jurisdiction": True}, {}, "cơ quan mình"),
    ("intake", "classified", "transfer_conduct", {"kind": "admin_feedback"}, {}, None),
    ("intake", "classified", "transfer_conduct", {"kind": "proposal"}, {}, "Chỉ dùng"),
    # X7: only what somebody sent on goes back.
    ("intake", "classified", "return", {"kind": "complaint", "forwarded": True}, {}, None),
    ("intake", "classified", "return", {"kind": "complaint"}, {}, "Chỉ trả lại"),
    ("intake", "classified", "return", {"kind": "proposal", "forwarded": True}, {}, "Chỉ trả lại"),
    ("intake", "classified", "return", {"kind": "complaint", "forwarded": True, "in_jurisdiction": True}, {}, "cơ quan mình"),
    # X9, X11, X18, V12: transfer once; a complaint only from the reception place.
    ("intake", "classified", "transfer", {"kind": "denunciation"}, {}, None),
    ("intake", "classified", "transfer", {"kind": "denunciation", "guided_before": True}, {}, "khoản 3"),
    ("intake", "classified", "transfer", {"kind": "proposal", "guided_before": True}, {}, None),
    ("intake", "classified", "transfer", {"kind": "complaint"}, {}, "hướng dẫn người gửi"),
    ("intake", "classified", "transfer", {"kind": "complaint", "in_person": True}, {}, None),
    ("intake", "classified", "transfer", {"kind": "mixed"}, {}, "tách đơn"),
    ("intake", "classified", "transfer", {"kind": "proposal", "in_jurisdiction": True}, {}, "cơ quan mình"),
    # F-6, F05: feedback in a form that is none is stored, by its own decree.
    ("intake", "classified", "open_case", {"kind": "admin_feedback", "eligible": False}, {}, "NĐ 20/2008 Điều 9"),
    # X19
    ("intake", "classified", "split", {"kind": "mixed"}, {}, None),
    ("intake", "classified", "split", {"kind": "complaint"}, {}, "nhiều nội dung"),
    ("intake", "classified", "guide_split", {"kind": "mixed"}, {}, None),
    ("intake", "classified", "guide_split", {"kind": "other"}, {}, "nhiều nội dung"),
    # V16, X15: what is owed while its clock runs, also after the desk is done.
    ("intake", "guided", "reply", {"running_clocks": frozenset({"RECEP_REPLY"})}, {}, None),
    ("intake", "with_case", "reply", {}, {}, "Không có thời hạn"),
    ("intake", "transferred", "report_to_forwarder", {"running_clocks": frozenset({"TC_PRESS"})}, {}, None),
    ("intake", "classified", "report_to_forwarder", {}, {}, "Không có thời hạn"),
    # V18: the result to whoever sent it on, and by a reception office to the citizen who asked before (R10, R11).
    ("intake", "with_case", "tell_referrer", {"running_clocks": frozenset({"REFERRER_RESULT"})}, {}, None),
    ("intake", "with_case", "tell_referrer", {"referrer_at_once": True}, {}, None),
    ("intake", "stored", "tell_referrer", {"referred": True}, {}, "Chưa có kết quả"),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {}, None),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"on": D(2026, 11, 16)}, None),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"on": D(2026, 11, 16), "asked_on": D(2026, 11, 16)}, None),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"on": D(2026, 11, 16), "asked_on": D(2026, 11, 17)}, "yêu cầu trước khi"),
    ("intake", "transferred", "referrer_notice", {}, {}, "Ban tiếp công dân đã chuyển"),
    ("intake", "transferred", "referrer_notice", {"we_refer": True, "running_clocks": frozenset({"REFERRER_TO_CITIZEN"})}, {}, "Đã ghi"),
    ("intake", "transferred", "tell_citizen", {"running_clocks": frozenset({"REFERRER_TO_CITIZEN"})}, {}, None),
    ("intake", "transferred", "tell_citizen", {"we_refer": True}, {}, "phải báo lại"),
    # TC09: harm is written down for whoever may be a denouncer, in any state.
    ("intake", "registered", "harm_told", {"kind": "mixed"}, {}, None),
    ("intake", "with_case", "harm_told", {"kind": "denunciation"}, {}, None),
    ("intake", "classified", "harm_told", {"kind": "complaint"}, {}, "tố cáo"),
    # C-1: a group with all signatures and its representatives appointed.
    ("complaint", "propose_accept", "accept", {}, {}, None),
    ("complaint", "propose_accept", "accept", {"signer_count": 23}, {}, "người đại diện"),
    ("complaint", "propose_accept", "accept", {"signer_count": 23, "representatives_appointed": True}, {}, None),
    # C01: 90 days from the day of receipt, which is not counted: 03/08 + 90 = 01/11, a Sunday, so 02/11 still serves.
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 1)}, {"known_on": D(2026, 8, 3)}, None),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 2)}, {"known_on": D(2026, 8, 3)}, "quá thời hiệu 90 ngày"),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 2), "timely_from": D(2026, 10, 31)}, {"known_on": D(2026, 8, 3)}, None),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 2)}, {"known_on": D(2026, 11, 3)}, "sau ngày nhận đơn"),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 16)},
     {"known_on": D(2026, 8, 3), "obstacle": "illness", "obstacle_days": 15, "obstacle_words": "Nằm viện."}, None),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 16)},
     {"known_on": D(2026, 8, 3), "obstacle": "illness", "obstacle_days": 14, "obstacle_words": "Nằm viện."}, "hoặc chọn 'Không thụ lý'"),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 16)}, {"known_on": D(2026, 8, 3), "obstacle_days": 15}, "ghi rõ trở ngại"),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 16)}, {"obstacle_days": 15}, "Ghi ngày nhận hoặc biết"),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 16)},
     {"known_on": D(2026, 8, 3), "obstacle": "illness", "obstacle_days": 106, "obstacle_words": "Nằm viện."}, "không thể nhiều hơn"),
    # C01: a decision has a day on which it was known; an act may still go on. K01: fifteen days, by Art 48.
    ("complaint", "propose_accept", "accept", {}, {"contested": "decision"}, "phải ghi ngày nhận"),
    ("complaint", "propose_accept", "accept", {}, {"contested": "act"}, None),
    ("complaint", "propose_accept", "accept", {"received_on": D(2026, 11, 2)}, {"contested": "decision", "known_on": D(2026, 11, 2)}, None),
    ("discipline", "propose_accept", "accept", {"signer_count": 2}, {}, "người đại diện"),
    ("discipline", "propose_accept", "accept", {"received_on": D(2026, 11, 16), "timebar_days": 15, "timebar_article": "Luật Khiếu nại Điều 48"},
     {"known_on": D(2026, 11, 1)}, None),
    ("discipline", "propose_accept", "accept", {"received_on": D(2026, 11, 16), "timebar_days": 15, "timebar_article": "Luật Khiếu nại Điều 48"},
     {"known_on": D(2026, 10, 31)}, "Điều 48"),
    ("discipline_second", "propose_accept_2", "accept", {"received_on": D(2026, 11, 16), "timebar_days": 15}, {"known_on": D(2026, 10, 31)}, None),
    # C03: several agents for different contents, never one content to two; the same agent may have several.
    ("complaint", "propose_accept", "accept", {}, {**_ATTORNEY, "agents": "Trần A: bồi thường; tái định cư\n\nLê B: thu hồi đất"}, None),
    ("complaint", "propose_accept", "accept", {}, {**_ATTORNEY, "agents": "Trần A: bồi thường\nTrần A: tái định cư; Bồi thường"}, None),
    ("complaint", "propose_accept", "accept", {}, {**_ATTORNEY, "agents": "Trần A: bồi thường; thu hồi đất\nLê B: Thu hồi  đất"}, "cho một người"),
    ("complaint", "propose_accept", "accept", {}, {**_ATTORNEY, "agents": "Trần A"}, "dấu hai chấm"),
    ("complaint", "propose_accept", "accept", {}, {**_ATTORNEY, "agents": "Trần A: ;"}, "dấu hai chấm"),
    ("complaint", "propose_accept", "accept", {}, {**_ATTORNEY, "agents": ": bồi thường"}, "dấu hai chấm"),
    ("complaint", "propose_accept", "accept", {}, {"agents": "Trần A: bồi thường"}, "chọn hình thức"),
    # C03: notarised until the wording lapses, certified for good; the day the paper was made decides.
    ("complaint", "propose_accept", "accept", {"today": D(2027, 1, 5), "notarised_until": D(2027, 1, 1)},
     {"attorney": "notarised", "attorney_on": D(2026, 12, 31)}, None),
    ("complaint", "propose_accept", "accept", {"today": D(2027, 1, 5), "notarised_until": D(2027, 1, 1)},
     {"attorney": "notarised", "attorney_on": D(2027, 1, 1)}, "chứng thực"),
    ("complaint", "propose_accept", "accept", {"today": D(2027, 1, 5), "notarised_until": D(2027, 1, 1)},
     {"attorney": "certified", "attorney_on": D(2027, 1, 1)}, None),
    ("complaint", "propose_accept", "accept", {}, {"attorney": "certified"}, "Ghi ngày lập"),
    ("complaint", "propose_accept", "accept", {}, {"attorney_on": D(2026, 6, 1)}, "Chọn hình thức"),
    ("complaint", "propose_accept", "accept", {}, {"attorney": "certified", "attorney_on": D(2026, 7, 2)}, "tương lai"),
    # C-4: somebody must hold the case.
    ("complaint", "accepted_1", "verify", {"has_handler": True}, {}, None),
    ("complaint", "accepted_1", "verify", {}, {}, "giao việc"),
    # C-5: an answer is recorded while one is owed.
    ("complaint", "verifying", "record_information", {"running_clocks": frozenset({"KN_INFO_REQUEST"})}, {}, None),
    ("complaint", "suspended", "record_information", {"running_clocks": frozenset({"KN_INFO_REQUEST"})}, {"others_wait": True}, None),
    ("complaint", "verifying", "record_information", {}, {}, "hãy ghi yêu cầu trước"),
    # C-6: once, in writing, before the limit ends (its last day still serves).
    ("complaint", "verifying", "declare_complex", {"resolve_due_on": D(2026, 12, 10)}, {"on": D(2026, 12, 10)}, None),
    ("complaint", "verifying", "declare_complex", {"resolve_due_on": D(2026, 12, 10)}, {"on": D(2026, 12, 11)}, "trước khi hết"),
    ("complaint", "verifying", "declare_complex", {"resolve_due_on": D(2026, 12, 10), "today": D(2026, 12, 11)}, {}, "trước khi hết"),
    ("complaint", "verifying", "declare_complex", {"resolve_due_on": None}, {}, None),
    ("complaint", "verifying", "declare_complex", {"complex": True}, {}, "đã được xác định"),
    # C-8: five days before the dialogue, which is not counted itself (C20).
    ("complaint", "verified", "set_dialogue", {}, {}, None),
    ("complaint", "verified", "set_dialogue", {}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 15)}, None),
    ("complaint", "verified", "set_dialogue", {}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 14)}, "ít nhất 5 ngày"),
    # C-13: the row is chosen by whether the decision is published.
    ("complaint", "decision_draft", "decide", {}, {"publish": True}, None),
    ("complaint", "decision_draft", "decide", {}, {}, None),
    ("complaint", "decided_1", "publish", {"running_clocks": frozenset({"KN_PUBLISH"})}, {}, None),
    ("complaint", "decided_1", "publish", {}, {}, "chờ công khai"),
    # C21, TC16: copies of minutes; a dialogue before the decree of 2026 has no number.
    ("complaint", "dialogue_set", "hold_dialogue", {}, {"copies": 3}, None),
    ("complaint", "dialogue_set", "hold_dialogue", {}, {}, None),
    ("complaint", "dialogue_set", "hold_dialogue", {}, {"copies": 2}, "ít nhất 3 bản (Nghị định 155/2026 Điều 11)"),
    ("complaint_second", "dialogue_set", "dialogue_without", {}, {"copies": 2}, "ít nhất 3 bản"),
    ("complaint", "dialogue_set", "dialogue_without", {}, {"copies": 2}, "ít nhất 3 bản"),
    ("discipline", "dialogue_set", "dialogue_without", {}, {"copies": 2}, "ít nhất 3 bản"),
    ("complaint", "dialogue_set", "dialogue_without", {}, {"copies": 3}, None),
    ("complaint_second", "dialogue_set", "dialogue_without", {}, {"copies": 3}, None),
    ("discipline", "dialogue_set", "dialogue_without", {}, {"copies": 3}, None),
    ("discipline_second", "dialogue_set", "dialogue_without", {}, {"copies": 3}, None),
    ("discipline_second", "dialogue_set", "dialogue_without", {}, {"copies": 2}, "ít nhất 3 bản"),
    ("complaint", "dialogue_set", "hold_dialogue", {}, {"copies": 2, "on": D(2026, 6, 30)}, None),
    ("denunciation", "tc_verifying", "record_work", {}, {"copies": 2}, None),
    ("denunciation", "tc_verifying", "record_work", {}, {}, None),
    ("denunciation", "tc_verifying", "record_work", {}, {"copies": 1}, "ít nhất 2 bản (Nghị định 31/2019"),
    # C-14
    ("complaint", "decided_1", "dispatch", {"running_clocks": frozenset({"KN1_SEND"})}, {}, None),
    ("complaint", "decided_1", "dispatch", {}, {}, "Đã ghi"),
    ("complaint", "decided_1", "deliver", {"decided_on": D(2026, 11, 2)}, {"delivered_on": D(2026, 11, 2)}, None),
    ("complaint", "decided_1", "deliver", {"decided_on": D(2026, 11, 2)}, {"delivered_on": D(2026, 11, 1)}, "trước ngày ban hành"),
    ("complaint", "decided_1", "deliver", {"delivered_on": D(2026, 11, 3)}, {}, "Đã ghi"),
    ("complaint", "decided_1", "deliver", {}, {}, None),
    # sending what C-15 and C-17 issued
    ("complaint", "terminated", "send_suspension", {"running_clocks": frozenset({"KN_SUSP_SEND"})}, {}, None),
    ("complaint", "suspended", "send_suspension", {}, {}, "chờ gửi"),
    # C-17, C-19: a group ends only when all withdraw, and goes on while one stays.
    ("complaint", "verifying", "terminate", {}, {"ground": "withdrawn"}, None),
    ("complaint", "verifying", "terminate", {"signer_count": 3}, {"ground": "withdrawn"}, "Ghi nhận một số người rút"),
    ("complaint", "verifying", "terminate", {"signer_count": 3}, {"ground": "everyone"}, None),
    ("complaint", "verifying", "terminate", {"signer_count": 3}, {}, None),
    ("complaint", "verifying", "withdraw_some", {"signer_count": 3}, {}, None),
    ("complaint", "verifying", "withdraw_some", {"signer_count": 3}, {"parties": [1], "others": 1}, None),
    ("complaint", "verifying", "withdraw_some", {"signer_count": 3}, {"parties": None, "others": None}, "Chọn những người rút"),
    ("complaint", "verifying", "withdraw_some", {"signer_count": 3}, {"parties": [1, 2], "others": 1}, "tất cả đều rút thì đình chỉ"),
    ("complaint", "verifying", "withdraw_some", {}, {}, "Chỉ còn một người"),
    # C-22: no longer than what is left of the resolution, one at a time; lifted while it is in force.
    ("complaint", "verifying", "order_emergency", {"resolve_due_on": D(2026, 12, 16), "today": D(2026, 11, 20)},
     {"on": D(2026, 11, 20), "until": D(2026, 12, 16)}, None),
    ("complaint", "verifying", "order_emergency", {"resolve_due_on": D(2026, 12, 16), "today": D(2026, 11, 20)},
     {"on": D(2026, 11, 20), "until": D(2026, 12, 17)}, "không quá ngày 16/12/2026"),
    ("complaint", "verifying", "order_emergency", {"resolve_due_on": D(2026, 12, 16), "today": D(2026, 11, 20)},
     {"on": D(2026, 11, 20), "until": D(2026, 11, 19)}, "từ ngày quyết định"),
    ("complaint", "verifying", "order_emergency", {"resolve_due_on": D(2026, 12, 16), "today": D(2026, 12, 17)}, {}, "không còn ngày nào"),
    ("complaint", "verifying", "order_emergency", {}, {}, "không còn ngày nào"),
    ("complaint", "verifying", "order_emergency",
     {"resolve_due_on": D(2026, 12, 16), "today": D(2026, 11, 20), "emergency_until": D(2026, 11, 20)}, {}, "hủy bỏ trước"),
    ("complaint", "decided_1", "lift_emergency", {"today": D(2026, 11, 20), "emergency_until": D(2026, 11, 20)}, {}, None),
    ("complaint", "verifying", "lift_emergency", {"today": D(2026, 11, 21), "emergency_until": D(2026, 11, 20)}, {}, "Không có quyết định"),
    ("complaint", "verifying", "lift_emergency", {}, {}, "Không có quyết định"),
    # C-25: both dates passed, the day itself not yet; the receipt known.
    ("complaint", "decided_1", "confirm_effect", {}, {}, "Chưa ghi ngày"),
    ("complaint", "decided_1", "confirm_effect",
     {"delivered_on": D(2026, 10, 5), "effect_on": D(2026, 11, 1), "window_ends_on": D(2026, 11, 4), "today": D(2026, 11, 5)}, {}, None),
    ("complaint", "decided_1", "confirm_effect",
     {"delivered_on": D(2026, 10, 5), "effect_on": D(2026, 11, 1), "window_ends_on": D(2026, 11, 4), "today": D(2026, 11, 4)}, {}, "lần hai"),
    ("complaint", "decided_1", "confirm_effect",
     {"delivered_on": D(2026, 10, 5), "effect_on": D(2026, 11, 1), "window_ends_on": D(2026, 10, 20), "today": D(2026, 11, 1)}, {}, "có hiệu lực"),
    # C-27
    ("complaint", "executing", "close", {}, {}, None),
    ("complaint", "executing", "close", {"running_clocks": frozenset({"KN1_SEND"})}, {}, "gửi quyết định"),
    ("complaint", "executing", "close", {"running_clocks": frozenset({"KN_PUBLISH"})}, {}, "công khai"),
    ("complaint", "executing", "close", {"running_clocks": frozenset({"KN_SUSP_SEND"})}, {}, "tạm đình chỉ"),
    # T-1
    ("denunciation", "tc_check", "lengthen_check", {"running_clocks": frozenset({"TC_INIT"})}, {}, None),
    ("denunciation", "tc_check", "lengthen_check", {}, {}, "không còn chạy"),
    ("denunciation", "tc_check", "lengthen_check", {"running_clocks": frozenset({"TC_INIT"}), "extension_count": 1}, {}, "kiểm tra 1 lần"),
    # T-2, T-5, T-6
    ("denunciation", "tc_check", "accept", {}, {}, None),
    ("denunciation", "tc_check", "accept", {"anonymous": True}, {}, "Điều 25"),
    ("denunciation", "tc_verifying", "notify", {"running_clocks": frozenset({"TC_NOTIFY"})}, {}, None),
    ("denunciation", "tc_verifying", "notify", {}, {}, "Đã ghi"),
    ("denunciation", "tc_accepted", "verify", {"has_handler": True}, {}, None),
    ("denunciation", "tc_accepted", "verify", {}, {}, "giao việc"),
    ("denunciation", "tc_accepted", "verify", {"has_handler": True}, {"team_size": 1, "no_conflict": True}, "ít nhất 2 người"),
    ("denunciation", "tc_accepted", "verify", {"has_handler": True}, {"team_size": 2}, "thân thích"),
    ("denunciation", "tc_accepted", "verify", {"has_handler": True}, {"team_size": 2, "no_conflict": True}, None),
    # T-12, T-13: before the old end; the second time with at least two criteria; never a third time.
    ("denunciation", "tc_verifying", "extend", {"resolve_due_on": D(2026, 12, 10)}, {"on": D(2026, 12, 10), "criteria": ["places"]}, None),
    ("denunciation", "tc_verifying", "extend", {"resolve_due_on": D(2026, 12, 10)}, {"on": D(2026, 12, 11)}, "trước khi hết"),
    ("denunciation", "tc_verifying", "extend", {"resolve_due_on": D(2026, 12, 10), "today": D(2026, 12, 11)}, {}, "trước khi hết"),
    ("denunciation", "tc_verifying", "extend", {"extension_count": 1}, {"criteria": ["places"]}, "ít nhất 2 trong bảy tiêu chí (Luật Tố cáo Điều 30"),
    ("denunciation", "tc_verifying", "extend", {"extension_count": 1}, {"criteria": ["places", "foreign"]}, None),
    ("denunciation", "tc_verifying", "extend", {"extension_count": 1}, {}, None),
    ("denunciation", "tc_verifying", "extend", {"extension_count": 2}, {"criteria": ["places", "foreign"]}, "gia hạn 2 lần"),
    # T-10, T-15, T-16
    ("denunciation", "tc_terminated", "send_suspension", {"running_clocks": frozenset({"TC_SUSP_SEND"})}, {}, None),
    ("denunciation", "tc_suspended", "send_suspension", {}, {}, "chờ gửi"),
    ("denunciation", "tc_verifying", "terminate", {}, {"ground": "withdrawn"}, None),
    ("denunciation", "tc_verifying", "terminate", {}, {"ground": "withdrawn", "goes_on": "pressure"}, "Điều 33"),
    ("denunciation", "tc_verifying", "terminate", {"signer_count": 2}, {"ground": "withdrawn"}, "tất cả đều rút"),
    ("denunciation", "tc_verifying", "terminate", {"signer_count": 2}, {"ground": "withdrawn", "everyone": True}, None),
    ("denunciation", "tc_verifying", "terminate", {"signer_count": 2}, {"ground": "death", "goes_on": "pressure"}, None),
    # T-21, T-22, T-23
    ("denunciation", "tc_concluded", "send_conclusion", {"running_clocks": frozenset({"TC_CONCL_SEND"})}, {}, None),
    ("denunciation", "tc_concluded", "send_conclusion", {}, {}, "Đã ghi"),
    ("denunciation", "tc_concluded", "handle", {}, {}, None),
    ("denunciation", "tc_concluded", "handle", {}, {"handling_decision": True}, None),
    ("denunciation", "tc_handled", "publish", {"running_clocks": frozenset({"TC_PUBLISH"})}, {}, None),
    ("denunciation", "tc_handled", "publish", {}, {}, "chờ công khai"),
    ("denunciation", "tc_handled", "close", {}, {}, None),
    ("denunciation", "tc_handled", "close", {"running_clocks": frozenset({"TC_RESULT_BACK"})}, {}, "được kiến nghị"),
    ("denunciation", "tc_handled", "other_result", {}, {}, None),
    ("denunciation", "tc_handled", "other_result", {"running_clocks": frozenset({"TC_RESULT_BACK"})}, {}, "Đang chờ"),
    ("denunciation", "tc_handled", "result_told", {}, {}, "đang chờ"),
    ("denunciation", "tc_handled", "result_told", {"running_clocks": frozenset({"TC_RESULT_BACK"})}, {}, None),
    ("denunciation", "tc_handled", "close", {"running_clocks": frozenset({"TC_PUBLISH"})}, {}, "công khai"),
    ("denunciation", "tc_handled", "close", {"running_clocks": frozenset({"TC_CONCL_SEND"})}, {}, "gửi kết luận"),
    ("denunciation", "tc_handled", "close", {"running_clocks": frozenset({"TC_NOTIFY"})}, {}, "thông báo thụ lý"),
    ("denunciation", "tc_handled", "close", {"running_clocks": frozenset({"TC_SUSP_SEND"})}, {}, "tạm đình chỉ"),
    # T-25: the report is owed from the receipt of the demand, once; without a report only a conclusion ends the matter.
    ("continued", "sup_waiting", "demand_received", _ASKED, {"delivered_on": D(2026, 12, 22)}, None),
    ("continued", "sup_waiting", "demand_received", _ASKED, {"delivered_on": D(2026, 12, 21)}, "22/12/2026"),
    ("continued", "sup_waiting", "demand_received", {"running_clocks": frozenset({"TC_OVERDUE_REPORT"})}, {}, "Đã ghi ngày"),
    ("continued", "sup_waiting", "record_report", _ASKED, {"on": D(2026, 12, 22)}, None),
    ("continued", "sup_waiting", "record_report", _ASKED, {"on": D(2026, 12, 21)}, "22/12/2026"),
    ("continued", "sup_reported", "end_demand", {"earlier": "open"}, {}, None),
    ("continued", "sup_waiting", "end_demand", {"earlier": "open"}, {}, "chưa báo cáo"),
    ("continued", "sup_demand", "end_demand", {"earlier": "concluded"}, {}, None),
    ("continued", "sup_demand", "end_demand", {}, {}, None),
    # T-26: only what is still unresolved below is taken over.
    ("continued", "sup_reported", "take_over", {"earlier": "open"}, {"ground": ["interest"]}, None),
    ("continued", "sup_waiting", "take_over", {}, {"ground": ["procedure"]}, None),
    ("continued", "sup_waiting", "take_over", {"earlier": "concluded"}, {}, "đã kết luận"),
    ("continued", "sup_reported", "take_over", {"earlier": "ended"}, {}, "đã kết thúc"),
    # T-15, T-17 before the superior has accepted anything.
    ("continued", "cont_review", "terminate", {}, {"ground": "withdrawn", "goes_on": "pressure"}, "Điều 33"),
    ("continued", "sup_demand", "terminate", {}, {"ground": "withdrawn"}, None),
    # F-1
    ("proposal", "petition_open", "study", {"has_handler": True}, {}, None),
    ("proposal", "petition_open", "study", {}, {}, "giao việc"),
    # S-5: the notice in time; who may stand in for the resolver (C19).
    ("complaint_second", "verified", "set_dialogue", {}, {"chair": "resolver"}, None),
    ("complaint_second", "verified", "set_dialogue", {}, {"chair": "deputy"}, None),
    ("complaint_second", "verified", "set_dialogue", {}, {"chair": "agency_head", "in_person": []}, None),
    ("complaint_second", "verified", "set_dialogue", {"signer_count": 5}, {"chair": "resolver", "in_person": ["group"]}, None),
    ("complaint_second", "verified", "set_dialogue", {"signer_count": 5}, {"chair": "deputy"}, "trực tiếp"),
    ("complaint_second", "verified", "set_dialogue", {}, {"chair": "verifier_head", "in_person": ["acute"]}, "trực tiếp"),
    ("complaint_second", "verified", "set_dialogue", {"resolver_kind": "department"}, {"chair": "deputy"}, "Điều 39"),
    ("complaint_second", "verified", "set_dialogue", {"resolver_kind": "department"}, {"chair": "resolver"}, None),
    ("complaint_second", "verified", "set_dialogue", {},
     {"chair": "resolver", "on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 14)}, "ít nhất 5 ngày"),
    ("discipline", "council_heard", "set_dialogue", {}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 15)}, None),
    ("discipline", "council_heard", "set_dialogue", {}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 14)}, "ít nhất 5 ngày"),
    ("discipline_second", "council_heard", "set_dialogue", {}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 15)}, None),
    ("discipline_second", "council_heard", "set_dialogue", {}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 14)}, "ít nhất 5 ngày"),
    # K02: whichever window it is, the receipt is recorded once and not before the issue.
    ("discipline", "decided_1", "deliver", {"dismissal": True}, {}, None),
    ("discipline", "decided_1", "deliver", {"dismissal": True, "delivered_on": D(2026, 11, 3)}, {}, "Đã ghi"),
    # C30, K07: the second decision is sent within a limit of its own.
    ("complaint_second", "effective", "dispatch", {"running_clocks": frozenset({"KN2_SEND"})}, {}, None),
    ("discipline_second", "executing", "dispatch", {"running_clocks": frozenset({"KN2_SEND"})}, {}, None),
    ("complaint_second", "executing", "close", {"running_clocks": frozenset({"KN2_SEND"})}, {}, "gửi quyết định"),
    ("discipline_second", "executing", "close", {"running_clocks": frozenset({"KN2_SEND"})}, {}, "gửi quyết định"),
    *(
        row
        for flow, state in (("complaint_second", "accepted_2"), ("discipline", "accepted_1"), ("discipline_second", "verifying"))
        for row in (
            (flow, state, "record_information", {"running_clocks": frozenset({"KN_INFO_REQUEST"})}, {}, None),
            (flow, state, "record_information", {}, {}, "đang chờ"),
        )
    ),
]  # fmt: skip
_SECOND = {"propose_accept": "propose_accept_2", "accepted_1": "accepted_2", "decided_1": "decided_2"}
_DUE = {"resolve_due_on": D(2026, 12, 10)}
# What holds in the first instance holds in the others: 7.4 S-9 and "the same machine".
GUARDS += [
    (flow, renamed.get(state, state), action, facts, data, why)
    for name, state, action, facts, data, why in GUARDS
    for flow, renamed in (("complaint_second", _SECOND), ("discipline", {}), ("discipline_second", _SECOND))
    if name == "complaint"
    and (action in SHARED_ACTIONS or (action == "confirm_effect" and flow == "discipline"))
]
# From the acceptance on the superior's case walks the table of the first one.
GUARDS += [("continued", *rest) for name, *rest in GUARDS if name == "denunciation" and rest[0] != "tc_check"]  # type: ignore[misc]
GUARDS += [
    row
    for flow, proposed, accepted, decided in (
        ("complaint_second", "propose_accept_2", "accepted_2", "decided_2"),
        ("discipline", "propose_accept", "accepted_1", "decided_1"),
        ("discipline_second", "propose_accept_2", "accepted_2", "decided_2"),
    )
    for row in (
        (flow, proposed, "accept", {}, {}, None),
        (flow, proposed, "accept", {"signer_count": 23}, {}, "người đại diện"),
        (flow, proposed, "accept", {"signer_count": 23, "representatives_appointed": True}, {}, None),
        (flow, accepted, "declare_complex", _DUE, {"on": D(2026, 12, 10)}, None),
        (flow, accepted, "declare_complex", _DUE, {"on": D(2026, 12, 11)}, "trước khi hết"),
        (flow, accepted, "declare_complex", {"complex": True}, {}, "đã được xác định"),
        (flow, decided, "deliver", {"decided_on": D(2026, 11, 2)}, {"delivered_on": D(2026, 11, 2)}, None),
        (
            flow,
            decided,
            "deliver",
            {"decided_on": D(2026, 11, 2)},
            {"delivered_on": D(2026, 11, 1)},
            "trước ngày ban hành",
        ),
        (flow, decided, "deliver", {"delivered_on": D(2026, 11, 3)}, {}, "Đã ghi"),
    )
]


@pytest.mark.parametrize(
    "flow, state, action, facts, data, refusal",
    GUARDS,
    ids=[f"{n}-{g[0]}-{g[2]}" for n, g in enumerate(GUARDS)],
)
def test_a_guard_allows_what_the_law_allows_and_says_why_it_refuses(
    flow: str, state: str, action: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    if refusal is None:
        assert FLOWS[flow].find(state, action, Facts(**facts), data).action == action
    else:
        with pytest.raises(GuardRefused) as refused:
            FLOWS[flow].find(state, action, Facts(**facts), data)
        assert refusal in refused.value.reason_vi


def test_every_guarded_step_is_tried_both_ways() -> None:
    # What the system does by itself at the end of a clock is offered to nobody and refused to nobody.
    guarded = {
        (flow.name, row.action)
        for flow in FLOWS.values()
        for row in flow.transitions
        if row.guard and not row.by_system
    }
    refused = {(flow, action) for flow, _, action, _, _, why in GUARDS if why is not None}
    allowed = {(flow, action) for flow, _, action, _, _, why in GUARDS if why is None}
    by_data = {
        ("complaint", "decide"),
        ("discipline", "decide"),
        ("denunciation", "handle"),
        ("continued", "handle"),
    }  # the data choose between two rows, one always fits
    assert guarded - refused == by_data
    # One shares its guard with open_case; of the others the table shows both rows.
    assert guarded - allowed == {("intake", "join_case"), ("discipline", "decide")}


@pytest.mark.parametrize(
    "flow, state, clock",
    [
        ("complaint", "verifying", "KN1_RESOLVE"),
        ("complaint_second", "verified", "KN2_RESOLVE"),
        ("discipline", "council_heard", "KNK_RESOLVE"),
        ("discipline_second", "dialogue_done", "KNK_RESOLVE"),
    ],
)
def test_a_case_is_overdue_at_the_end_of_its_limit_once_and_by_the_system_alone(
    flow: str, state: str, clock: str
) -> None:
    row = FLOWS[flow].at_expiry(state, clock, Facts())
    assert row is not None
    assert (row.action, row.target) == ("mark_overdue", None)
    assert FLOWS[flow].at_expiry(state, clock, Facts(overdue=True)) is None
    with pytest.raises(NotInWorkflow):
        FLOWS[flow].find(state, "mark_overdue", Facts())
    assert "mark_overdue" not in {row.action for row, _ in FLOWS[flow].available(state, Facts())}


def test_the_first_case_follows_a_second_complaint_by_the_system_alone() -> None:
    for flow in (FLOWS["complaint"], FLOWS["discipline"]):
        decided = flow.following("decided_1", "second_complaint", Facts())
        overdue = flow.following("verifying", "second_complaint", Facts(overdue=True))
        assert decided is not None
        assert overdue is not None
        assert (decided.action, overdue.action) == ("appeal", "appeal_overdue")
        assert flow.following("verifying", "second_complaint", Facts()) is None
        assert flow.following("closed", "second_complaint", Facts()) is None
        with pytest.raises(NotInWorkflow):
            flow.find("decided_1", "appeal", Facts())


def test_a_continued_denunciation_goes_its_way_by_the_system_alone() -> None:
    flow = FLOWS["continued"]
    overdue = flow.following("cont_received", "continued_denunciation", Facts(overdue_claim=True))
    concluded = flow.following("cont_received", "continued_denunciation", Facts())
    assert overdue is not None
    assert concluded is not None
    assert (overdue.code, overdue.target) == ("T-25", "sup_demand")
    assert (concluded.code, concluded.target) == ("T-27", "cont_review")
    assert flow.available("cont_received", Facts()) == []


def test_the_earlier_denunciation_follows_the_superior_by_the_system_alone() -> None:
    flow = FLOWS["denunciation"]
    for state in ("tc_accepted", "tc_verifying", "tc_assessment", "tc_reported", "tc_suspended"):
        demanded = flow.following(state, "superior_demand", Facts())
        taken = flow.following(state, "taken_over", Facts())
        assert demanded is not None
        assert taken is not None
        assert (demanded.target, taken.target) == (None, "taken_over")
        with pytest.raises(NotInWorkflow):
            flow.find(state, "be_taken_over", Facts())
    for state in ("tc_check", "tc_concluded", "tc_closed", "tc_terminated"):
        assert flow.following(state, "superior_demand", Facts()) is None
        assert flow.following(state, "taken_over", Facts()) is None


def test_the_window_against_a_dismissal_is_one_of_its_own() -> None:
    def started(**facts: Any) -> set[str]:
        row = FLOWS["discipline"].find("decided_1", "deliver", Facts(**facts))
        return {effect.clock for effect in row.effects if effect.verb is Verb.START}

    assert started() == {"KNK_WINDOW2"}
    assert started(dismissal=True) == {"KNK_WINDOW2_DISMISSAL"}


def test_the_end_of_the_limit_of_a_denunciation_is_marked_once_and_never_by_a_person() -> None:
    flow = FLOWS["denunciation"]
    for state in ("tc_accepted", "tc_verifying", "tc_reported"):
        row = flow.at_expiry(state, "TC_RESOLVE", Facts())
        assert row is not None and row.code == "T-24"
        assert flow.at_expiry(state, "TC_RESOLVE", Facts(overdue=True)) is None
        assert "mark_overdue" not in {offered.action for offered, _why in flow.available(state, Facts())}
    # The clock stands still or has stopped there.
    for state in ("tc_check", "tc_assessment", "tc_suspended", "tc_concluded", "tc_handled"):
        assert flow.at_expiry(state, "TC_RESOLVE", Facts()) is None


def test_the_first_and_the_second_extension_and_the_two_ways_to_terminate_are_rows_of_their_own() -> None:
    flow, two = FLOWS["denunciation"], {"criteria": ["places", "foreign"]}
    assert flow.find("tc_verifying", "extend", Facts(), two).code == "T-12"
    assert flow.find("tc_verifying", "extend", Facts(extension_count=1), two).code == "T-13"
    offered = {
        row.action: row.code
        for row, why in flow.available("tc_verifying", Facts(extension_count=1))
        if not why
    }
    assert offered["extend"] == "T-13"
    for ground, code in (("withdrawn", "T-15"), ("death", "T-17"), ("decided", "T-17")):
        assert flow.find("tc_verifying", "terminate", Facts(), {"ground": ground}).code == code


def test_the_data_choose_whether_a_handling_decision_is_published_too() -> None:
    def started(**data: bool) -> set[str]:
        row = FLOWS["denunciation"].find("tc_concluded", "handle", Facts(), data)
        return {effect.clock for effect in row.effects if effect.verb is Verb.START}

    assert started() == set()
    assert started(handling_decision=True) == {"TC_PUBLISH"}


# A walk at random: whatever is done in whatever order, the clocks stay with the states that own them.

_RESOLVING = {"KN1_RESOLVE", "KN2_RESOLVE", "KNK_RESOLVE", "TC_RESOLVE", "PROPOSAL_TARGET"}
_PAUSED_IN = {"suspended", "tc_suspended", "tc_assessment"}
_FREE = Facts(
    kind="denunciation", has_handler=True, representatives_appointed=True, has_evidence=True, in_person=True,
    delivered_on=D(2026, 7, 1), forwarded=True,
)  # fmt: skip
_DATA: list[dict[str, Any]] = [{}, {"publish": True}, {"handling_decision": True}, {"ground": "withdrawn"}]


class _Walk:
    """A subject that moves through one table, with the clocks that run and those that are paused."""

    def __init__(self, flow: Workflow, kind: str, running: set[str], *, claim: bool = False) -> None:
        self.flow, self.kind, self.claim = flow, kind, claim
        self.state, self.previous = flow.initial, flow.initial
        self.running, self.paused = set(running), set[str]()

    def facts(self) -> Facts:
        """Return facts under which most guards are satisfied."""
        clocks = frozenset(self.running | self.paused)
        values = {
            **vars(_FREE),
            "kind": self.kind,
            "running_clocks": clocks,
            "overdue_claim": self.claim,
        }
        return Facts(**values)

    def steps(self) -> list[tuple[Transition, dict[str, Any]]]:
        """Return what can be done now, with data that lead there."""
        found: list[tuple[Transition, dict[str, Any]]] = []
        leaving = self.flow.leaving(self.state)
        found += [(row, {}) for row in leaving if row.by_system and row.refusal(self.facts(), {}) is None]
        for action in sorted({row.action for row in leaving if not row.by_system}):
            for data in _DATA:
                try:
                    found.append((self.flow.find(self.state, action, self.facts(), data), data))
                except GuardRefused:
                    continue
        return found

    def take(self, row: Transition) -> None:
        """Move by one row, as complaints/services/perform.py does."""
        target = self.previous if row.target == PREVIOUS else row.target
        if target is not None and target != self.state:
            self.previous, self.state = self.state, target
        for effect in row.effects:
            if effect.verb is Verb.START:
                assert effect.clock not in _RESOLVING & (self.running | self.paused), (
                    "a resolution starts once"
                )
                self.running.add(effect.clock)
            elif effect.verb is Verb.PAUSE:
                assert effect.clock in self.running, "only what runs is paused"
                self.running.remove(effect.clock)
                self.paused.add(effect.clock)
            elif effect.verb is Verb.RESUME:
                assert effect.clock in self.paused, "only what is paused goes on"
                self.paused.remove(effect.clock)
                self.running.add(effect.clock)
            elif effect.verb in (Verb.STOP, Verb.CANCEL):
                self.running.discard(effect.clock)
                self.paused.discard(effect.clock)

    def check(self) -> None:
        """Hold the invariants."""
        assert self.state in self.flow.states
        assert bool(self.paused & _RESOLVING) == (self.state in _PAUSED_IN)
        if not self.flow.states[self.state].open:
            assert not self.paused
            can_stop = {
                e.clock for row in self.flow.leaving(self.state) for e in row.effects if e.verb is Verb.STOP
            }
            assert self.running - {"RECEP_REPLY"} <= can_stop, (
                "what a paper still owed keeps running can be ended here"
            )
            if self.state not in ("reclassified", "to_investigation"):  # there the desk answers the visitor
                assert "RECEP_REPLY" not in self.running


@settings(max_examples=200, deadline=None)
@given(st.data(), st.sampled_from(catalogue.OF_CASES))
def test_a_case_walked_at_random_has_the_clocks_of_its_state_and_none_after_its_end(
    data: st.DataObject, flow: Workflow
) -> None:
    kind = flow.name if flow.name in ("denunciation", "continued", "proposal", "feedback") else "complaint"
    claim = kind == "continued" and data.draw(st.booleans())
    first: set[str] = {
        "complaint": {"KN_ACCEPT", "RECEP_REPLY"},
        "denunciation": {"TC_INIT", "RECEP_REPLY"},
        "continued": {"TC_OVERDUE_DEMAND", "RECEP_REPLY"} if claim else {"RECEP_REPLY"},
        "proposal": set(),
        "feedback": {"RECEP_REPLY"},
    }[kind]
    walk = _Walk(flow, kind, first, claim=claim)
    for _ in range(40):
        steps = walk.steps()
        if not steps:
            break
        row, _data = data.draw(st.sampled_from(steps))
        walk.take(row)
        walk.check()


@settings(max_examples=100, deadline=None)
@given(st.data(), st.sampled_from([kind.value for kind in codes.PetitionKind]))
def test_a_petition_walked_at_random_leaves_the_desk_with_nothing_running_that_is_its_own(
    data: st.DataObject, kind: str
) -> None:
    clocks = {
        "complaint": {"KN_ACCEPT"},
        "denunciation": {"TC_INIT", "TC_TRANSFER", "TC_PRESS", "TC_OVERDUE_DEMAND"},
        "admin_feedback": {"FB_TRANSFER"},
    }.get(kind, set())
    walk = _Walk(catalogue.INTAKE, kind, {"PETITION_DISCIPLINE", "RECEP_REPLY"})
    for _ in range(8):
        steps = walk.steps()
        if not steps:
            break
        row, _data = data.draw(st.sampled_from(steps))
        walk.take(row)
        if row.action == "classify":
            walk.running |= clocks
        if walk.state not in ("registered", "classified"):
            still = (
                {"KN_ACCEPT", "TC_INIT", "RECEP_REPLY", "TC_PRESS", "TC_OVERDUE_DEMAND"}
                if walk.state == "with_case"
                else {"TC_PRESS"}
            ) | ({"PETITION_RETENTION"} if walk.state in ("stored", "linked") else set())
            assert walk.running <= still
