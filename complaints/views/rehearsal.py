"""Rehearsing a new version of a rule: a form or pasted rows, and which open matters would change."""

import csv
import io
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.datastructures import FileStorage
from wtforms import BooleanField, FileField, IntegerField, SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import NumberRange, Optional

from app.core.permissions import Permission
from app.organisation.chart import chart
from app.web.access import access, current_principal
from app.web.filters import day
from app.web.forms import TEXT_MAX, AppForm, ViDateField, at_most
from complaints.queries.numbers import numbers_of
from complaints.rulebook.loader import Rule, Unit, load_rulebook
from complaints.rulebook.rehearsal import NewVersion, RehearsalError, new_version, read_versions
from complaints.services.rehearsal import Change, rehearse
from complaints.views.law import in_language
from complaints.views.rules import amount, number_words
from complaints.views.words import words

blueprint = Blueprint(
    "rehearsal",
    __name__,
    url_prefix="/rules/rehearsal",
    template_folder="../templates",
    static_folder="../static",
)
PAGE_SIZE = 50
TOML_BYTES_MAX = 200_000
_DAYS = NumberRange(1, 3650, _l("Từ 1 đến 3650."))


class RehearsalForm(AppForm):
    """A version: a few fields, or TOML rows pasted or in a file."""

    code = SelectField(_l("Quy định"))
    number = IntegerField(_l("Số ngày mới"), [Optional(), _DAYS])
    unit = SelectField(_l("Tính theo"))
    valid_from = ViDateField(_l("Có hiệu lực từ ngày"), [Optional()])
    applies_to_open = BooleanField(
        _l("Áp dụng cả cho hồ sơ đang giải quyết"),
        description=_l("Chỉ chọn khi có điều khoản chuyển tiếp nói vậy; nếu không, hồ sơ giữ quy định lúc bắt đầu."),
    )  # fmt: skip
    complex_number = IntegerField(_l("Vụ việc phức tạp"), [Optional(), _DAYS])
    remote_number = IntegerField(_l("Vùng sâu, vùng xa"), [Optional(), _DAYS])
    both_number = IntegerField(_l("Vùng sâu, vùng xa và phức tạp"), [Optional(), _DAYS])
    toml = TextAreaField(_l("Dòng TOML"), [at_most(TEXT_MAX)], render_kw={"rows": 8, "spellcheck": "false"})
    file = FileField(_l("Tệp TOML"), render_kw={"accept": ".toml,text/plain"})

    def offer(self) -> None:
        """Fill the lists."""
        newest = {rule.code: rule for rule in load_rulebook().rules() if not rule.backward}
        self.code.choices = [SelectChoice(rule.code, _option(rule)) for rule in newest.values()]
        self.unit.choices = [
            SelectChoice(Unit.CALENDAR.value, _("ngày (tính cả ngày nghỉ)")),
            SelectChoice(Unit.WORKING.value, _("ngày làm việc")),
        ]


def _option(rule: Rule) -> str:
    return f"{in_language(rule)}: {number_words(rule)[0]}"


@blueprint.get("/")
@access(Permission.RULE_REHEARSE)
def form() -> ResponseReturnValue:
    """Ask for a version."""
    return _page(RehearsalForm(formdata=None))


@blueprint.post("/")
@access(Permission.RULE_REHEARSE)
def run() -> ResponseReturnValue:
    """Show, or send as CSV, which open matters would change, from which day to which."""
    asked = RehearsalForm()
    asked.offer()
    versions = _versions(asked) if asked.validate() else []
    if not versions:
        return _page(asked), 422
    if "csv" in request.form:
        return _csv(versions)
    number = min(max(1, request.form.get("page", 1, type=int)), 10**6)
    found = rehearse(versions, actor=current_principal(), skip=(number - 1) * PAGE_SIZE, limit=PAGE_SIZE)
    return _page(asked, versions=versions, found=found, page_number=number,
                 pages=max(1, -(-found.visible // PAGE_SIZE)), numbers=_numbers(found.changes))  # fmt: skip


def _versions(asked: RehearsalForm) -> list[NewVersion]:
    """Return the versions that were asked for; what is wrong stands beside the field, and the list is empty."""
    text = _text(asked)
    if text is None:
        return []
    try:
        if text:
            return read_versions(text, load_rulebook())
        row = _row(asked)
        return [new_version(row, load_rulebook())] if row else []
    except RehearsalError as error:
        target = asked.toml if text else asked.number
        target.errors = [*target.errors, *error.findings]
        return []


def _text(asked: RehearsalForm) -> str | None:
    """Return the TOML of the file, else what was pasted; None when the file cannot be read."""
    upload = asked.file.data
    if isinstance(upload, FileStorage) and upload.filename:
        raw = upload.stream.read(TOML_BYTES_MAX + 1)
        text = _decoded(raw)
        if text is not None:
            asked.toml.data = text
        else:
            asked.file.errors = [*asked.file.errors, _("Tệp phải là văn bản UTF-8, không quá 200 KB.")]
            return None
    return (asked.toml.data or "").strip()


def _decoded(raw: bytes) -> str | None:
    if len(raw) > TOML_BYTES_MAX:
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None


def _row(asked: RehearsalForm) -> dict[str, Any] | None:
    """Return the row that the fields describe; None when one is missing, which is said beside it."""
    for wanted, message in ((asked.number, _("Hãy nhập số ngày.")), (asked.valid_from, _("Hãy nhập ngày."))):
        if wanted.data is None and not wanted.errors:
            wanted.errors = [message]
    if asked.errors:
        return None
    row = {"code": asked.code.data, "number": asked.number.data, "unit": asked.unit.data,
           "valid_from": asked.valid_from.data, "applies_to_open": bool(asked.applies_to_open.data)}  # fmt: skip
    lengths = {"complex": asked.complex_number.data, "remote": asked.remote_number.data,
               "remote_complex": asked.both_number.data}  # fmt: skip
    given = {name: days for name, days in lengths.items() if days is not None}
    return {**row, "lengths": {"normal": asked.number.data, **given}} if given else row


def _page(asked: RehearsalForm, **more: Any) -> str:
    asked.offer()
    units = chart().units
    return render_template("complaints/rehearsal.html", form=asked, units=units, amount=amount,
                           sees_matters=current_principal().may(Permission.CASE_VIEW), rule_name=_rule_name,
                           **{"found": None, **more}, **words())  # fmt: skip


def _rule_name(code: str) -> str:
    return in_language([rule for rule in load_rulebook().rules() if rule.code == code][-1])


def _numbers(changes: list[Change]) -> dict[int, str]:
    """Return the register numbers by clock: a petition's clock that runs on within a case shows the case."""
    found = numbers_of(change.shown for change in changes)
    return {change.clock_id: found.get(change.shown, "") for change in changes}


def _csv(versions: list[NewVersion]) -> Response:
    """Return every change that may be seen as CSV, readable by a spreadsheet and harmless in it."""
    found = rehearse(versions, actor=current_principal())
    numbers, units = _numbers(found.changes), chart().units
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(
        [_("Hồ sơ"), _("Đơn vị"), _("Thời hạn"), _("Hạn cũ"), _("Hạn mới"), _("Số ngày lệch"), _("Ghi chú")]
    )
    for change in found.changes:
        cells = [numbers[change.clock_id], units[change.unit_id].short_name, _rule_name(change.code),
                 day(change.old_due_on), day(change.new_due_on), str(change.days if change.days is not None else ""),
                 change.impossible]  # fmt: skip
        writer.writerow([*(_harmless(cell) for cell in cells[:5]), *cells[5:]])
    headers = {"Content-Disposition": "attachment; filename=thu-quy-dinh.csv"}
    return Response("\ufeff" + out.getvalue(), mimetype="text/csv", headers=headers)


def _harmless(cell: str) -> str:
    """Keep a spreadsheet from taking words for a formula."""
    return f"'{cell}" if cell[:1] in "=+-@\t" else cell
