"""The inspector's page: who looked at a case, at its petitions and papers, as what, from where; and what they did."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l

from app.core.audit import AuditEntry
from app.core.permissions import Permission, Role
from app.organisation.roles import ROLE_WORDS
from app.web.access import access, current_principal
from app.web.forms import AppForm, ViDateField, record_id
from app.web.locale import language
from complaints.access import case_for
from complaints.codes import label
from complaints.codes_identity import OpeningPurpose
from complaints.views.words import said
from complaints.workflow import catalogue
from reception.record import RecordFilter, What, record_of
from reception.workflow import visit

blueprint = Blueprint("record", __name__, url_prefix="/cases", template_folder="../templates")

WHAT_WORDS = {What.LOOKED: _l("Đã xem"), What.DID: _l("Đã làm"), What.REFUSED: _l("Bị từ chối")}
# What is not a step of a workflow; a step is called as its table calls it.
ACT_WORDS = {
    "access.refused": _l("Tìm cách mở trang"),
    "case.viewed": _l("Xem vụ việc"),
    "case.file_opened": _l("Tải tệp của vụ việc"),
    "case.attached": _l("Thêm tệp"),
    "case.assigned": _l("Giao việc"),
    "case.handed_back": _l("Trả lại việc"),
    "case.handed_over": _l("Chuyển giao cho cơ quan kế tiếp"),
    "case.conflict_declared": _l("Khai xung đột lợi ích"),
    "case.conflict_ended": _l("Kết thúc việc không cho biết"),
    "case.denounced_recorded": _l("Ghi người bị tố cáo thuộc cơ quan mình"),
    "petition.conflict_declared": _l("Khai xung đột lợi ích"),
    "petition.conflict_ended": _l("Kết thúc việc không cho biết"),
    "petition.denounced_recorded": _l("Ghi người bị tố cáo thuộc cơ quan mình"),
    "clock.viewed": _l("Xem cách tính thời hạn"),
    "extract.opened": _l("Mở trang soạn bản trích"),
    "extract.saved": _l("Soạn bản trích"),
    "extract.confirmed": _l("Xác nhận bản trích"),
    "extract.released": _l("Phát hành bản trích"),
    "identity.file_opened": _l("Mở tài liệu của người tố cáo"),
    "identity.granted": _l("Cho người khác mở danh tính người tố cáo"),
    "identity.compared": _l("Tìm đơn khác của cùng người tố cáo"),
    "identity.asked": _l("Đề nghị được mở danh tính người tố cáo"),
    "identity.not_granted": _l("Không cho mở danh tính người tố cáo"),
    "identity.revoked": _l("Thôi cho mở danh tính người tố cáo"),
    "identity.opened": _l("Mở danh tính người tố cáo"),
    "identity.refused": _l("Tìm cách mở danh tính người tố cáo"),
    "petition.competence": _l("Xác định thẩm quyền"),
    "petition.conditions": _l("Kiểm tra điều kiện xử lý"),
    "petition.file_opened": _l("Tải tệp của đơn"),
    "petition.handed_over": _l("Chuyển giao cho cơ quan kế tiếp"),
    "petition.numbers_shown": _l("Xem số giấy tờ, điện thoại"),
    "petition.papers_destroyed": _l("Huỷ giấy tờ hết thời hạn lưu"),
    "petition.registered": _l("Vào sổ đơn"),
    "petition.viewed": _l("Xem đơn"),
    "picture.masked": _l("Che ảnh cho bản trích"),
    "picture.confirmed": _l("Xác nhận ảnh đã che"),
    "picture.released": _l("Phát hành ảnh đã che"),
    "protection.opened": _l("Mở hồ sơ bảo vệ"),
    "protection.refused": _l("Tìm cách mở hồ sơ bảo vệ"),
    "protection.secrecy": _l("Bắt đầu giữ bí mật thông tin"),
    "receipt.printed": _l("In giấy biên nhận"),
    "visit.recorded": _l("Ghi lượt tiếp"),
    "visit.refusal_signed": _l("Ký thông báo từ chối tiếp"),
    "visit.numbers_shown": _l("Xem số giấy tờ, điện thoại"),
    "visit.viewed": _l("Xem lượt tiếp"),
    "duty.viewed": _l("Xem cách tính thời hạn"),
}
# Which page it was, where a record has more than its own.
PAGE_WORDS = {
    "cases.step": _l("biểu mẫu của một bước"),
    "cases.choose_handler": _l("biểu mẫu giao việc"),
    "cases.assign": _l("biểu mẫu giao việc"),
    "cases.hand_over": _l("biểu mẫu chuyển giao"),
    "petitions.step": _l("biểu mẫu của một bước"),
    "petitions.hand_over": _l("biểu mẫu chuyển giao"),
    "petitions.open_identity": _l("danh tính người tố cáo"),
    "petitions.grant_identity": _l("danh tính người tố cáo"),
    "petitions.attachment": _l("tài liệu"),
    "cases.attachment": _l("tài liệu"),
    "extracts.edit": _l("bản trích"),
    "extracts.save": _l("bản trích"),
    "pictures.edit": _l("che ảnh cho bản trích"),
    "pictures.save": _l("che ảnh cho bản trích"),
    "pictures.masked": _l("ảnh đã che"),
    "protection.show": _l("hồ sơ bảo vệ"),
    "protection.step": _l("hồ sơ bảo vệ"),
    "protection.open_file": _l("hồ sơ bảo vệ"),
    "record.of_case": _l("trang này"),
}


# Purposes of openings from before there was a list.
_BEFORE = {"look": None, "receipt": OpeningPurpose.LETTER.value}


class RecordForm(AppForm):
    """What the page is narrowed to; it comes in the address."""

    class Meta(AppForm.Meta):
        """Nothing is changed by it."""

        csrf = False

    day = ViDateField(_l("Ngày"), render_kw={"maxlength": 20})


@blueprint.get("/<int:subject_id>/record")
@access(Permission.RECORD_VIEW)
def of_case(subject_id: int) -> ResponseReturnValue:
    """Show who looked at a case and what they did, newest first, by person and day."""
    case = case_for(current_principal(), subject_id, Permission.RECORD_VIEW)
    form = RecordForm(request.args)
    sound = form.validate()
    day: date | None = form.day.data if sound else None
    wanted = RecordFilter(
        person_id=request.args.get("person", type=record_id),
        day=day,
        what=_what(request.args.get("what", "")),
        cursor=request.args.get("cursor"),
    )
    found = record_of(case, wanted)
    kept = {"person": wanted.person_id, "what": wanted.what, "day": request.args.get("day") or None}
    page = render_template(
        "record/of_case.html",
        case=case,
        found=found,
        wanted=wanted,
        form=form,
        arguments={"subject_id": case.id} | {name: value for name, value in kept.items() if value},
        narrowed=any(kept.values()),
        whats=WHAT_WORDS,
        act_words=act_words,
        page_words=page_words,
        role_words=role_words,
    )
    return page, 200 if sound else 422


def _what(text: str) -> What | None:
    return What(text) if text in set(What) else None


def act_words(entry: AuditEntry) -> str:
    """Return what an entry says was done; a step in the words of its workflow, what has none as its code."""
    if entry.action in ACT_WORDS:
        return str(ACT_WORDS[entry.action])
    action = entry.action.partition(".")[2]
    tables = (visit.WORKFLOW,) if entry.subject_kind == "visit" else (*catalogue.ALL, *catalogue.PARALLEL)
    steps = [t for table in tables for t in table.transitions if t.action == action]
    exact = [t for t in steps if t.code == entry.detail.get("transition")]
    for step in (*exact, *steps):
        return said(step)
    return entry.action


def page_words(entry: AuditEntry) -> str:
    """Return which page of the record it was, where it was not the record's own; of an opening, its purpose."""
    words: Any = PAGE_WORDS.get(entry.detail.get("page", ""), "")
    purpose = entry.detail.get("purpose")
    return str(words) or label(OpeningPurpose, _BEFORE.get(purpose or "", purpose), language())


def role_words(role: Role) -> str:
    """Return a role in the reader's language."""
    return ROLE_WORDS[role].speak(language())
