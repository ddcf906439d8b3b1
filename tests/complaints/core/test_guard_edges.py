"""Guards at their edges: the last day, the smallest group, one condition of several missing. What `make mutation` asked for.

By hand from law.md, like the table of test_workflow_guards.py, and for guards that the tables share, by calling them.
"""

from collections import defaultdict
from datetime import date
from typing import Any

import pytest

from complaints.workflow import catalogue, continued
from complaints.workflow.base import Beside, Facts, Transition

FLOWS = {flow.name: flow for flow in (*catalogue.ALL, *catalogue.PARALLEL)}
D = date
_OBSTACLE = {
    "known_on": D(2026, 8, 3),
    "obstacle": "illness",
    "obstacle_days": 15,
    "obstacle_words": "Nằm viện.",
}

# (workflow, state, action or code or both, facts, data, words of the refusal or None)
EDGES: list[tuple[str, str, str, dict[str, Any], dict[str, Any], str | None]] = [
    # C01: each thing that an obstacle needs, all the time since the decision, and days that are not known yet.
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {**_OBSTACLE, "obstacle": None}, "chọn loại trở ngại"),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {**_OBSTACLE, "obstacle_words": ""}, "ghi rõ trở ngại"),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {**_OBSTACLE, "obstacle_days": 105}, None),
    ("complaint", "propose_accept", "C-1", {}, _OBSTACLE, None),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {}, None),
    ("complaint", "propose_accept", "C-1", {"received_on": D(2026, 11, 16)}, {"known_on": D(2026, 11, 16)}, None),
    # C03: made today; notarised while no rule says that it lapses.
    ("complaint", "propose_accept", "C-1", {}, {"attorney": "certified", "attorney_on": D(2026, 7, 1)}, None),
    ("complaint", "propose_accept", "C-1", {}, {"attorney": "notarised", "attorney_on": D(2026, 6, 1)}, None),
    ("complaint", "propose_accept", "C-1", {}, {"attorney": "organisation", "attorney_on": D(2026, 6, 1)}, None),
    # C01, C03: what is missing stands beside its field; a colon may stand in the contents, a line may be empty.
    ("complaint", "propose_accept", "C-1", {}, {"contested": "decision"}, "phải ghi ngày nhận"),
    ("complaint", "propose_accept", "C-1", {}, {"agents": "Trần A: bồi thường"}, "chọn hình thức"),
    *(("complaint", "propose_accept", "C-1", {}, {"attorney": "certified", "attorney_on": D(2026, 6, 1), "agents": agents}, why)
      for agents, why in (
        ("Trần A: Đất: thửa 12\nTrần A: Nhà: thửa 12", None), ("Trần A: bồi thường\n\nLê B", "Dòng 'Lê B'"),
        ("Trần A: bồi thường\nLê B: bồi thường", "cho một người"), ("Trần A", "dấu hai chấm"),
    )),
    # K01: an obstacle of a disciplinary complaint needs the same, by its own article.
    ("discipline", "propose_accept", "C-1",
     {"received_on": D(2026, 11, 16), "timebar_days": 15, "timebar_article": "Luật Khiếu nại Điều 48"},
     {"known_on": D(2026, 10, 31), "obstacle_days": 5}, "ghi rõ trở ngại thế nào (Luật Khiếu nại Điều 48)"),
    ("discipline", "propose_accept", "C-1", {"received_on": D(2026, 11, 16), "timebar_days": 15},
     {"known_on": D(2026, 10, 31), "obstacle": "illness", "obstacle_days": 5, "obstacle_words": "Nằm viện."}, None),
    # X4, F-6: feedback in the wrong form is stored; what Luật Tố cáo Điều 25 says is of denunciations, K03 of discipline.
    *(("intake", "classified", "F-6 open_case", {"kind": "admin_feedback", "eligible": eligible}, {}, why)
      for eligible, why in ((True, None), (False, "chưa đúng hình thức"))),
    ("intake", "classified", "X4", {"kind": "complaint", "anonymous": True}, {}, None),
    ("intake", "classified", "X4", {"kind": "complaint", "written": False}, {}, None),
    ("intake", "classified", "X8", {"kind": "denunciation", "disciplinary": True, "written": False}, {}, None),
    ("intake", "classified", "X8", {"kind": "complaint"}, {}, "loại đơn khác"),
    # X3, X6, X11, X12: each ground with its kind, each row with its ground; nothing is asked before anything is typed.
    *(("intake", "classified", "X3", {"kind": kind}, {"ground": ground}, why) for kind, ground, why in (
        ("denunciation", "concluded", None), ("denunciation", "anonymous", None), ("denunciation", "wrong_form", None),
        ("complaint", "decided", None), ("admin_feedback", "feedback_form", None), ("complaint", "wrong_form", "chỉ dùng cho tố cáo"),
        ("complaint", "concluded", "chỉ dùng cho tố cáo"), ("denunciation", "sent_to_right_body", None), ("other", None, None),
    )),
    ("intake", "classified", "X3", {"kind": "complaint", "in_jurisdiction": True}, {"ground": "illegible"}, None),
    ("intake", "classified", "X3", {"kind": "denunciation", "has_evidence": True}, {"ground": "wrong_form"}, "Điều 25"),
    *(("intake", "classified", code, {"kind": kind}, {"ground": ground}, why) for code, kind, ground, why in (
        ("X12", "denunciation", "anonymous", None), ("X12", "denunciation", "wrong_form", None), ("X12", "denunciation", "illegible", "dòng khác"),
        ("X12", "complaint", "wrong_form", "chỉ dùng cho tố cáo"), ("X11", "denunciation", "guided_before", None),
        ("X11", "denunciation", "sent_to_right_body", None), ("X11", "complaint", "guided_before", "dòng khác"),
        ("X11", "denunciation", "anonymous", "dòng khác"), ("X6", "complaint", "guided_before", None),
        ("X6", "denunciation", "guided_before", "dòng khác"), ("X6", "complaint", "illegible", "dòng khác"),
    )),
    *(("intake", "classified", code, {"kind": "other"}, {}, None) for code in ("X3", "X6", "X11", "X12")),
    # X5, X20, P12: whose row it is; originals are asked for when something is typed, and only of who has given some.
    ("intake", "classified", "X20 guide", {"kind": "admin_feedback"}, {}, "chuyển đơn"),
    ("intake", "classified", "X20 guide", {"kind": "complaint"}, {}, "loại đơn khác"),
    ("intake", "classified", "X20 guide", {"kind": "other"}, {}, None),
    ("intake", "classified", "X5", {"kind": "other"}, {}, "loại đơn khác"),
    ("intake", "classified", "X5", {"kind": "complaint"}, {"to_body": "A"}, None),
    ("intake", "classified", "X5", {"kind": "complaint", "originals_attached": True}, {}, None),
    # X16: complaints and proposals as well, no feedback on a regulation.
    *(("intake", "classified", "X16", {"kind": kind}, {}, why) for kind, why in (
        ("complaint", None), ("proposal", None), ("denunciation", None), ("admin_feedback", "cấp dưới"), ("other", "cấp dưới"),
    )),
    # T-25, T-27 at the desk: overdue below, or concluded.
    *(("intake", "classified", f"{code} open_continued", {"kind": "denunciation", "instance": "second", "overdue_claim": late}, {}, why)
      for code, late, why in (("T-25", True, None), ("T-25", False, "không phải tố cáo tiếp vì quá"),
                              ("T-27", False, None), ("T-27", True, "là tố cáo tiếp vì quá"))),
    # X22
    ("intake", "stored", "X22", {"retention_ends_on": D(2026, 6, 30), "originals_attached": True}, {}, None),
    ("intake", "stored", "X22", {"retention_ends_on": D(2026, 6, 30), "originals_attached": True}, {"originals_returned": True}, None),
    ("intake", "stored", "X22", {"retention_ends_on": D(2026, 6, 30)}, {"words": "A"}, None),
    # C-17, C-19 at the desk.
    ("intake", "classified", "C-17", {"kind": "denunciation"}, {"form": "letter"}, None),
    ("intake", "classified", "C-17", {"kind": "mixed"}, {"goes_on": "pressure"}, "Điều 33"),
    ("intake", "classified", "C-17", {"kind": "proposal"}, {"goes_on": "pressure"}, None),
    ("intake", "classified", "C-17", {"kind": "complaint", "signer_count": 2}, {}, None),
    ("intake", "classified", "C-17", {"kind": "complaint", "signer_count": 2}, {"form": "letter"}, "tất cả đều rút"),
    *(("intake", "classified", "C-19", {"signer_count": signers}, {"remaining": left}, why) for signers, left, why in (
        (2, 1, None), (3, 1, None), (3, 2, None), (3, None, None), (2, None, None), (3, 0, "từ 1 đến 2"), (2, 2, "từ 1 đến 1"),
    )),
    # V18: owed to whoever sent it on (R10); the citizen's wish comes before the notice (R11).
    ("intake", "with_case", "V18 owe_referrer", {"referred": True}, {}, None),
    ("intake", "with_case", "V18 owe_referrer", {}, {}, "chuyển đến"),
    # C-1, C-6, C-8, C-14: two are a group; the day typed counts, not today; one of two dates alone says nothing.
    ("complaint", "propose_accept", "C-1", {"signer_count": 2}, {}, "người đại diện"),
    ("complaint", "verifying", "C-6", {"resolve_due_on": D(2026, 12, 10), "today": D(2026, 12, 11)}, {"on": D(2026, 12, 10)}, None),
    # C15: one criterion of seven, since the decree of 2026; the day of the act decides, which is today unless it is typed.
    *(("complaint", "verifying", "C-6", {"today": today}, data, why) for today, data, why in (
        (D(2026, 7, 1), {"criteria": []}, "ít nhất 1 trong bảy tiêu chí"), (D(2026, 7, 1), {"criteria": ["places"]}, None),
        (D(2026, 6, 30), {"criteria": []}, None), (D(2026, 7, 1), {"criteria": [], "on": D(2026, 6, 30)}, None),
    )),
    # C21: three copies, beside their field.
    ("complaint", "dialogue_set", "C-10", {}, {"copies": 2}, "ít nhất 3 bản"),
    ("complaint", "verified", "C-8", {}, {"on": D(2026, 11, 10)}, None),
    ("complaint", "verified", "C-8", {}, {"dialogue_on": D(2026, 11, 10)}, None),
    ("complaint", "verified", "C-8", {"dialogue_notice_days": 6}, {"on": D(2026, 11, 10), "dialogue_on": D(2026, 11, 15)}, "ít nhất 6 ngày"),
    ("complaint", "decided_1", "deliver", {}, {"delivered_on": D(2026, 11, 2)}, None),
    ("complaint", "decided_1", "deliver", {"decided_on": D(2026, 11, 2)}, {}, None),
    # C-17, C-19: of two, one may go and the other stays.
    ("complaint", "verifying", "C-17", {"signer_count": 2}, {"ground": "withdrawn"}, "tất cả đều rút"),
    *(("complaint", "verifying", "C-19", {"signer_count": signers}, data, why) for signers, data, why in (
        (2, {}, None), (2, {"parties": [1]}, None), (2, {"others": 1}, None), (2, {"parties": [1, 2]}, "tất cả đều rút"),
        (3, {"parties": [1, 2]}, None), (3, {"parties": [], "others": 0}, "Chọn những người rút"), (3, {"others": 3}, "tất cả đều rút"),
        (1, {}, "Chỉ còn một người"),
    )),
    # C-22: the first and the last day serve; the day typed counts; what has ended is not in force.
    *(("complaint", "verifying", "order_emergency", {"resolve_due_on": D(2026, 12, 16), "today": today}, data, None) for today, data in (
        (D(2026, 12, 16), {"on": D(2026, 12, 16), "until": D(2026, 12, 16)}), (D(2026, 12, 17), {"on": D(2026, 12, 16)}),
        (D(2026, 11, 20), {"on": D(2026, 11, 20), "until": D(2026, 11, 20)}), (D(2026, 12, 16), {}),
    )),
    ("complaint", "verifying", "order_emergency", {"emergency_until": D(2026, 6, 30), "resolve_due_on": D(2026, 7, 2)}, {}, None),
    ("complaint", "verifying", "reclassify", {"emergency_until": D(2026, 6, 30)}, {}, None),
    ("complaint", "verifying", "reclassify", {"emergency_until": D(2026, 7, 1)}, {}, "hủy bỏ trước"),
    # C-23, C-24: once; and only when the limit has ended, its last day still serving.
    ("complaint", "verifying", "mark_overdue", {}, {}, None),
    ("complaint", "verifying", "mark_overdue", {"overdue": True}, {}, "đã được ghi là quá hạn"),
    *(("complaint", "verifying", "appeal_overdue", facts, {}, why) for facts, why in (
        ({"overdue": True}, None), ({"resolve_due_on": D(2026, 6, 30)}, None), ({}, "chưa hết"),
        ({"resolve_due_on": D(2026, 7, 1)}, "chưa hết"), ({"resolve_due_on": D(2026, 7, 1), "overdue": True}, None),
    )),
    # C-25: what is not known does not hinder.
    ("complaint", "decided_1", "C-25", {"delivered_on": D(2026, 6, 1)}, {}, None),
    ("complaint", "decided_1", "C-25", {"delivered_on": D(2026, 6, 1), "window_ends_on": D(2026, 7, 1)}, {}, "lần hai đến hết ngày 01/07/2026"),
    ("complaint", "decided_1", "C-25", {"delivered_on": D(2026, 6, 1), "effect_on": D(2026, 7, 1)}, {}, "có hiệu lực đến hết ngày 01/07/2026"),
    # C-14, C-27: what runs beside does not count.
    ("complaint", "decided_1", "dispatch", {"running_clocks": frozenset({"KN2_SEND", "KN_EFFECT"})}, {}, None),
    ("complaint", "decided_1", "dispatch", {"running_clocks": frozenset({"KN_EFFECT"})}, {}, "Đã ghi"),
    ("complaint", "executing", "close", {"running_clocks": frozenset({"KN_WINDOW2"})}, {}, None),
    # R10: whoever sent it on is told the result first.
    ("complaint", "executing", "close", {"running_clocks": frozenset({"REFERRER_RESULT"})}, {}, "báo kết quả cho nơi chuyển đơn"),
    # S-5: who chairs is not known before it is typed; two are a group.
    ("complaint_second", "verified", "S-5", {"resolver_kind": "department"}, {}, None),
    ("complaint_second", "verified", "S-5", {"signer_count": 2}, {}, None),
    ("complaint_second", "verified", "S-5", {"signer_count": 2}, {"chair": "deputy"}, "trực tiếp"),
    ("complaint_second", "verified", "S-5", {"resolver_kind": "commune"}, {"chair": "deputy"}, None),
    ("complaint_second", "verified", "S-5", {}, {"in_person": ["acute"]}, None),
    ("complaint_second", "propose_accept_2", "accept", {"signer_count": 2}, {}, "người đại diện"),
    # T-1, T-6, T-12, T-13: each row of an extension, each edge of the team.
    ("denunciation", "tc_check", "T-1", {"running_clocks": frozenset({"TC_INIT"}), "extension_count": 2}, {}, "1 lần"),
    ("denunciation", "tc_accepted", "T-6", {"has_handler": True}, {"no_conflict": True}, None),
    ("denunciation", "tc_accepted", "T-6", {"has_handler": True}, {"no_conflict": True, "team_size": 1}, "ít nhất 2 người"),
    ("denunciation", "tc_verifying", "T-7", {}, {"copies": 1}, "ít nhất 2 bản"),
    ("denunciation", "tc_verifying", "T-12", {}, {"criteria": []}, "ít nhất 1 trong bảy tiêu chí"),
    ("denunciation", "tc_verifying", "T-12", {"extension_count": 1}, {"criteria": ["places", "foreign"]}, "gia hạn lần hai"),
    ("denunciation", "tc_verifying", "T-12", {"extension_count": 2}, {}, "Đã gia hạn 2 lần"),
    ("denunciation", "tc_verifying", "T-13", {}, {"criteria": ["places", "foreign"]}, "Chưa gia hạn"),
    ("denunciation", "tc_verifying", "T-13", {"extension_count": 1, "resolve_due_on": D(2026, 12, 10)},
     {"on": D(2026, 12, 11), "criteria": ["places", "foreign"]}, "trước khi hết"),
    ("denunciation", "tc_verifying", "T-13", {"extension_count": 1}, {"criteria": []}, "ít nhất 2"),
    ("denunciation", "tc_verifying", "T-12", {"resolve_due_on": D(2026, 12, 10), "today": D(2026, 12, 11)}, {"on": D(2026, 12, 10)}, None),
    # T-15, T-17: by the ground; nothing is asked before it is typed.
    *(("denunciation", "tc_verifying", code, {"signer_count": signers}, data, why) for code, signers, data, why in (
        ("T-15", 1, {}, None), ("T-15", 2, {}, None), ("T-15", 1, {"ground": "death"}, "không phải là rút"),
        ("T-15", 1, {"ground": "withdrawn"}, None), ("T-15", 1, {"goes_on": "pressure"}, "Điều 33"),
        ("T-15", 3, {"ground": "withdrawn", "everyone": True}, None), ("T-15", 2, {"everyone": True}, None),
        ("T-17", 1, {}, None), ("T-17", 1, {"ground": "decided"}, None), ("T-17", 1, {"ground": "withdrawn"}, "là rút"),
    )),
    ("denunciation", "tc_verifying", "T-24", {"overdue": True}, {}, "quá hạn"),
    ("denunciation", "tc_verifying", "T-24", {}, {}, None),
    ("denunciation", "tc_handled", "T-23", {"running_clocks": frozenset({"TC_HANDLE"})}, {}, None),
    ("denunciation", "tc_handled", "T-23", {"running_clocks": frozenset({"REFERRER_RESULT"})}, {}, "báo kết quả cho nơi chuyển đơn"),
    # TC31: the day of the act is that of the meeting; it is today unless it is typed.
    *(("denunciation", "tc_handled", "publish", {"running_clocks": frozenset({"TC_PUBLISH"})},
       {"forms": ["meeting"], "meeting_on": held}, why)
      for held, why in ((D(2026, 7, 1), None), (D(2026, 6, 30), "công khai đầu tiên: 30/06/2026"))),
    # T-25, T-27: which of the two ways; a day before the demand is none, and what is not known does not hinder.
    *(("continued", "cont_received", code, {"overdue_claim": late}, {}, why) for code, late, why in (
        ("T-25", True, None), ("T-25", False, "không phải tố cáo tiếp vì quá"),
        ("T-27", False, None), ("T-27", True, "là tố cáo tiếp vì quá"),
    )),
    ("continued", "sup_waiting", "record_report", {"demanded_on": D(2026, 12, 22)}, {}, None),
    ("continued", "sup_waiting", "record_report", {}, {"on": D(2026, 12, 22)}, None),
    ("continued", "sup_waiting", "record_report", {"demanded_on": D(2026, 12, 22)}, {"on": D(2026, 12, 22)}, None),
    ("continued", "sup_waiting", "record_report", {"demanded_on": D(2026, 12, 22)}, {"on": D(2026, 12, 21)}, "22/12/2026"),
    # 7.6, B-3 to B-5.
    ("protection", "secrecy_on", "B-3 request", {}, {"form": "written"}, "ngày của văn bản"),
    ("protection", "secrecy_on", "B-3 request", {}, {"form": "written", "paper_on": D(2026, 7, 1)}, None),
    ("protection", "secrecy_on", "B-3 request", {}, {"form": "in_person"}, None),
    ("protection", "prot_requested", "B-5 refer", {}, {"to_body": "A"}, "khẩn cấp"),
    ("protection", "prot_requested", "B-5 refer", {}, {"to_body": "A", "document_no": "1"}, None),
    ("protection", "prot_requested", "B-5 refer", {}, {}, None),
]  # fmt: skip


def _says(row: Transition, facts: dict[str, Any], data: dict[str, Any], refusal: str | None) -> None:
    """What belongs beside a field stands beside one that the step asks for."""
    refused = row.refusal(Facts(**facts), data)
    assert refused is None if refusal is None else refusal in (refused or "")
    if isinstance(refused, Beside):
        assert refused.field in {field.name for field in row.fields}


@pytest.mark.parametrize("flow, state, step, facts, data, refusal", EDGES, ids=[f"{n}-{e[0]}-{e[2]}" for n, e in enumerate(EDGES)])  # fmt: skip
def test_a_row_holds_at_its_edge(
    flow: str, state: str, step: str, facts: dict[str, Any], data: dict[str, Any], refusal: str | None
) -> None:
    [row] = [
        row
        for row in FLOWS[flow].leaving(state)
        if step in (row.code, row.action, f"{row.code} {row.action}")
    ]
    _says(row, facts, data, refusal)


# Rows that share an action and differ by what is typed: what each of them says, in their order (C-5, C-13, K02, T-22).
PAIRS: list[tuple[str, str, str, dict[str, Any], dict[str, Any], tuple[str | None, str | None]]] = [
    ("complaint", "verifying", "record_information", {"running_clocks": frozenset({"KN_INFO_REQUEST"})}, {}, (None, "Không còn nơi nào")),
    ("complaint", "verifying", "record_information", {"running_clocks": frozenset({"KN_INFO_REQUEST"})}, {"others_wait": True},
     ("Còn nơi chưa trả lời", None)),
    ("complaint", "verifying", "record_information", {}, {"others_wait": True}, ("hãy ghi yêu cầu trước", "hãy ghi yêu cầu trước")),
    ("complaint", "verifying", "record_information", {}, {}, ("hãy ghi yêu cầu trước", "hãy ghi yêu cầu trước")),
    ("complaint", "decision_draft", "decide", {}, {"publish": True}, ("Có công khai", None)),
    ("complaint", "decision_draft", "decide", {}, {"publish": False}, (None, "Không công khai")),
    ("discipline", "dialogue_done", "decide", {}, {"publish": True}, ("Có công khai", None)),
    ("discipline", "dialogue_done", "decide", {}, {}, (None, "Không công khai")),
    ("discipline", "decided_1", "deliver", {}, {}, (None, "Không phải kỷ luật buộc thôi việc")),
    ("discipline", "decided_1", "deliver", {"dismissal": True}, {}, ("thời hạn khiếu nại lần hai riêng", None)),
    ("discipline", "decided_1", "deliver", {"delivered_on": D(2026, 6, 1)}, {}, ("Đã ghi", "Đã ghi")),
    # R11: the citizen who asked before is owed the result, who did not is not; a wish without the day of the notice is one.
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {}, (None, None)),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"on": D(2026, 11, 16)}, ("không yêu cầu", None)),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"on": D(2026, 11, 16), "asked_on": D(2026, 11, 2)}, (None, "đã yêu cầu")),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"asked_on": D(2026, 11, 2)}, (None, "đã yêu cầu")),
    ("intake", "transferred", "referrer_notice", {"we_refer": True}, {"on": D(2026, 11, 16), "asked_on": D(2026, 11, 17)},
     ("yêu cầu trước khi", "yêu cầu trước khi")),
    ("intake", "transferred", "referrer_notice", {}, {"on": D(2026, 11, 16)}, ("đã chuyển đến", "đã chuyển đến")),
    ("denunciation", "tc_concluded", "handle", {}, {"handling_decision": True}, ("Có quyết định xử lý", None)),
    ("denunciation", "tc_concluded", "handle", {}, {}, (None, "Không có quyết định xử lý")),
]  # fmt: skip


@pytest.mark.parametrize("flow, state, action, facts, data, refusals", PAIRS, ids=[f"{n}-{p[0]}-{p[2]}" for n, p in enumerate(PAIRS)])  # fmt: skip
def test_of_rows_that_share_an_action_each_says_when_it_is_not_the_one(
    flow: str,
    state: str,
    action: str,
    facts: dict[str, Any],
    data: dict[str, Any],
    refusals: tuple[str | None, ...],
) -> None:
    rows = [row for row in FLOWS[flow].leaving(state) if row.action == action]
    for row, refusal in zip(rows, refusals, strict=True):
        _says(row, facts, data, refusal)


# In what the clocks of rows that share an action differ: in nothing, but for these.
DIFFER = {
    ("complaint", "record_information"): {("stop", "KN_INFO_REQUEST")}, ("complaint", "decide"): {("start", "KN_PUBLISH")},
    ("discipline", "decide"): {("start", "KN_PUBLISH")},
    ("discipline", "deliver"): {("start", "KNK_WINDOW2"), ("start", "KNK_WINDOW2_DISMISSAL")},
    ("denunciation", "handle"): {("start", "TC_PUBLISH")},
    ("continued", "handle"): {("start", "TC_PUBLISH")},
    ("intake", "referrer_notice"): {("start", "REFERRER_TO_CITIZEN")},
}  # fmt: skip


@pytest.mark.parametrize("name", FLOWS)
def test_rows_that_share_an_action_are_told_apart_by_a_guard_and_do_the_same_but_for_what_the_law_says(
    name: str,
) -> None:
    rows: dict[str, list[Transition]] = defaultdict(list)
    for row in FLOWS[name].transitions:
        rows[row.action].append(row)
    differ = {}
    for action, alike in rows.items():
        assert all(
            one.sources == other.sources or not one.sources & other.sources
            for one in alike
            for other in alike
        ), action
        for sources in {row.sources for row in alike}:
            rivals = [row for row in alike if row.sources == sources]
            assert len(rivals) == 1 or all(row.guard for row in rivals), action
            clocks = [{(effect.verb.value, effect.clock) for effect in row.effects} for row in rivals]
            differ[name, action] = set.union(*clocks) - set.intersection(*clocks)
    assert {key: clocks for key, clocks in differ.items() if clocks} == {
        key: clocks for key, clocks in DIFFER.items() if key[0] == name
    }


# One action from different states drives different clocks: T-4 and X2, T-25 with and without a report, T-26 and T-29.
_AFRESH = "+TC_NOTIFY +TC_RESOLVE"
FROM = {
    ("denunciation", "reclassify", "tc_check"): "xTC_INIT",
    ("denunciation", "reclassify", "tc_verifying"): "xTC_NOTIFY xTC_RESOLVE xTC_SUSP_SEND",
    ("continued", "reclassify", "cont_review"): "xTC_CONT_REVIEW xTC_OVERDUE_DEMAND",
    ("continued", "reclassify", "tc_verifying"): "xTC_NOTIFY xTC_RESOLVE xTC_SUSP_SEND",
    ("continued", "end_demand", "sup_reported"): "-RECEP_REPLY",
    ("continued", "end_demand", "sup_waiting"): "-RECEP_REPLY xTC_OVERDUE_DEMAND xTC_OVERDUE_REPORT",
    ("continued", "accept", "handing_over"): _AFRESH,
    ("continued", "accept", "cont_review"): f"{_AFRESH} -TC_CONT_REVIEW",
}
_SIGN = {"start": "+", "stop": "-", "cancel": "x"}


def test_an_action_drives_the_clocks_of_the_state_from_which_it_is_taken() -> None:
    for (name, action, state), clocks in FROM.items():
        [row] = [row for row in FLOWS[name].leaving(state) if row.action == action]
        driven = {_SIGN[effect.verb.value] + effect.clock for effect in row.effects}
        assert driven == set(clocks.split()), (name, action, state)
    several = {
        (name, row.action)
        for name, flow in FLOWS.items()
        for row in flow.transitions
        if any(row.action == other.action and row.sources != other.sources for other in flow.transitions)
    }
    assert several == {(name, action) for name, action, _ in FROM}


def test_what_the_superior_does_is_followed_by_the_case_below() -> None:
    """T-25, T-26."""
    for act, action in ((continued.DEMANDED, "be_demanded"), (continued.TAKEN_OVER, "be_taken_over")):
        row = FLOWS["denunciation"].following("tc_verifying", act, Facts())
        assert row is not None
        assert row.action == action
