"""The forms of the desk: what a visit and a letter ask for; the rules themselves live in reception/rules.py."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField
from wtforms import (
    BooleanField,
    Field,
    FieldList,
    Form,
    FormField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.fields import IntegerField
from wtforms.fields.choices import SelectChoice

from app.core.clock import today
from app.core.errors import DomainError, Invalid
from app.core.text import clean_line
from app.organisation.models import Unit
from app.web.forms import AppForm, ViDateField, at_most
from app.web.locale import language
from app.web.told import told
from complaints.codes import Field as FieldCode
from complaints.codes import PetitionKind, RefusalGround, RespondentLevel, Source, choices
from complaints.services.identity import Sender
from reception.codes import REFUSED, Reception, VisitOutcome
from reception.entries import Content, HandedPaper, NewLetter, NewVisit
from reception.models import SEALED_KINDS
from reception.rules import letter_problems, visit_problems
from reception.services.moving import has_subordinates
from reception.services.online import NewSession

PEOPLE_ROWS_MAX, PAPER_ROWS_MAX = 50, 40
UNCLASSIFIED = "later"
# Kinds in the order in which they are met; ADMIN_FEEDBACK has a procedure of its own and is told apart later.
DESK_KINDS = (
    PetitionKind.COMPLAINT,
    PetitionKind.DENUNCIATION,
    PetitionKind.PROPOSAL,
    PetitionKind.MIXED,
    PetitionKind.OTHER,
)
OUTCOMES = (
    VisitOutcome.TAKEN_IN,
    VisitOutcome.GUIDED,
    VisitOutcome.TRANSFERRED,
    VisitOutcome.EXPLAINED,
    VisitOutcome.DEMAND_PROPOSED,
    VisitOutcome.AWAIT_REPS,
)
CONTENT_KINDS = (PetitionKind.COMPLAINT, PetitionKind.DENUNCIATION, PetitionKind.PROPOSAL)
_OFF = {"autocomplete": "off"}  # a browser must not remember what may be a denouncer's


def options(pairs: Iterable[tuple[Any, Any]]) -> list[SelectChoice]:
    """Return the options of a list or of radio buttons from (value, words) pairs."""
    return [SelectChoice(value, words) for value, words in pairs]


class WholeNumberField(IntegerField):
    """A whole number, with a message in the reader's language."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the number; an empty field is none."""
        if not valuelist or not valuelist[0].strip():
            self.data = None
            return
        try:
            self.data = int(valuelist[0].strip().replace(".", ""))
        except ValueError:
            self.data = None
            raise ValueError(_l("Ghi bằng chữ số, ví dụ 12.")) from None
        if abs(self.data) > 10**6:
            raise ValueError(_l("Số này lớn quá; hãy kiểm tra lại."))


class PersonRow(Form):
    """One person who came or signed."""

    full_name = StringField(_l("Họ và tên"), render_kw={**_OFF, "maxlength": 200})
    identity_number = StringField(
        _l("Số căn cước, hộ chiếu"), render_kw={**_OFF, "maxlength": 30, "inputmode": "text"}
    )
    phone = StringField(_l("Điện thoại"), render_kw={**_OFF, "inputmode": "tel", "maxlength": 30})
    address = StringField(_l("Địa chỉ"), render_kw={**_OFF, "maxlength": 300})
    is_representative = BooleanField(_l("Người đại diện"))

    def sender(self) -> Sender:
        """Return the person as typed."""
        return Sender(
            self.full_name.data or "",
            self.identity_number.data or "",
            self.phone.data or "",
            self.address.data or "",
            bool(self.is_representative.data),
        )


class PaperRow(Form):
    """One paper handed over: a line of the receipt (Mẫu 02/TCD)."""

    title = StringField(_l("Tên giấy tờ"), render_kw={**_OFF, "maxlength": 200})
    pages = WholeNumberField(_l("Số trang"), render_kw={**_OFF, "inputmode": "numeric", "maxlength": 5})
    is_original = BooleanField(_l("Bản chính"))
    file = FileField(_l("Tệp quét, ảnh"))

    @property
    def is_blank(self) -> bool:
        """Tell whether nothing was filled in."""
        return not (clean_line(self.title.data or "") or self.pages.data or self.file.data)


class MatterForm(AppForm):
    """What a visit and a letter have in common."""

    people_field = ""  # the name of the list of people
    order: tuple[str, ...] = ()  # of the page: what comes first there is said first

    unit_id = SelectField(_l("Ghi vào sổ của"), coerce=int)
    received_on = ViDateField(_l("Ngày nhận"), render_kw={"maxlength": 10})
    summary = TextAreaField(_l("Tóm tắt nội dung"), render_kw={"rows": 4})
    request = TextAreaField(_l("Yêu cầu, đề nghị"), render_kw={"rows": 2})
    field = SelectField(_l("Lĩnh vực"))
    respondent = StringField(_l("Bị khiếu nại, tố cáo, phản ánh"), render_kw={**_OFF, "maxlength": 300})
    respondent_level = SelectField(_l("Thuộc cấp nào"))
    respondent_unit_id = SelectField(_l("Thuộc cơ quan"), coerce=int)
    earlier_body = StringField(_l("Cơ quan đã giải quyết"), render_kw={**_OFF, "maxlength": 200})
    letter_date = ViDateField(_l("Ngày ghi trên đơn"), render_kw={"maxlength": 10})
    signer_count = WholeNumberField(_l("Số người ký đơn"), render_kw={**_OFF, "inputmode": "numeric"})
    papers = FieldList(FormField(PaperRow), min_entries=0, max_entries=PAPER_ROWS_MAX)

    def offer(self, own: Sequence[Unit], all_bodies: Sequence[Unit]) -> None:
        """Fill the lists to choose from: the books one may write in, and every body for the respondent's."""
        lang, none = language(), _l("– chưa rõ –")
        self.unit_id.choices = options((unit.id, unit.name) for unit in own)
        self.field.choices = options([("", none), *choices(FieldCode, lang)])
        self.respondent_level.choices = options([("", none), *choices(RespondentLevel, lang)])
        self.respondent_unit_id.choices = options([(0, none), *((unit.id, unit.name) for unit in all_bodies)])
        if not self.unit_id.data and own:
            self.unit_id.data = own[0].id

    @property
    def people(self) -> list[Sender]:
        """Return everybody typed, blank rows too, so that a problem finds its row."""
        return [row.form.sender() for row in self._fields[self.people_field]]

    def handed_papers(self) -> tuple[HandedPaper, ...]:
        """Return the papers filled in, each with the number of its row."""
        rows = [(at, row.form) for at, row in enumerate(self.papers) if not row.form.is_blank]
        return tuple(
            HandedPaper(
                row.title.data or "", row.pages.data, bool(row.is_original.data), row.file.data or None, at
            )
            for at, row in rows
        )

    def problems(self) -> Iterator[Invalid]:
        """Yield what the rules of the desk find wrong."""
        raise NotImplementedError

    def validate(self, extra_validators: Any = None) -> bool:
        """Check shape first, then the rules, and put every finding beside its field: all at once, not one a time."""
        super().validate(extra_validators)
        for problem in self.problems():
            target = self._find(problem.field)
            if target is None or not target.errors:
                self.show(problem)
        return not self.has_errors

    @property
    def has_errors(self) -> bool:
        """Tell whether anything stands beside a field or at the top."""
        return bool(self.form_errors) or next(self.findings(), None) is not None

    def findings(self) -> Iterator[tuple[Field, str]]:
        """Yield (field, message) for each finding, nested rows too, in the order of the form."""
        places = {name: place for place, name in enumerate(self.order)}
        for field in sorted(self, key=lambda field: places.get(field.name, -1)):
            if isinstance(field, FieldList):
                for row in field:
                    for inner in row.form:
                        yield from ((inner, message) for message in inner.errors)
            else:
                yield from ((field, message) for message in field.errors)

    def show(self, error: DomainError) -> None:
        """Put a refusal of the domain beside its field, a row's field too, or at the top of the form."""
        target = self._find(error.field)
        if target is None:
            self.form_errors = [*self.form_errors, told(error.message)]
        else:
            target.errors = [*target.errors, told(error.message)]

    def _find(self, name: str | None) -> Field | None:
        """Return the field of a name; of a whole list the first field of its first row."""
        if name in self._fields and not isinstance(self._fields[name], FieldList):
            return self._fields[name]
        inner = [field for part in self if isinstance(part, FieldList) for row in part for field in row.form]
        wanted = (name, f"{name}-0-title")
        return next((field for field in inner if field.name in wanted), None)

    def _common(self) -> dict[str, Any]:
        return {
            "unit_id": self.unit_id.data,
            "received_on": self.received_on.data or today(),
            "summary": self.summary.data or "",
            "request": self.request.data or "",
            "field": self.field.data or None,
            "respondent": self.respondent.data or "",
            "respondent_level": self.respondent_level.data or "",
            "respondent_unit_id": self.respondent_unit_id.data or None,
            "earlier_body": self.earlier_body.data or "",
            "letter_date": self.letter_date.data,
            "submission_key": self.key,
        }


class VisitForm(MatterForm):
    """A visit. The order of the fields is the order of the conversation."""

    people_field = "visitors"
    order = (
        "visitors", "papers_not_shown", "people_count", "signer_count", "representatives_appointed",
        "kind", "summary", "content_complaint", "content_denunciation", "content_proposal", "field", "respondent",
        "respondent_level", "request", "earlier_body", "letter_date",
        "respondent_unit_id", "papers", "outcome", "directed_to", "document_no", "refusal_ground", "outcome_note",
        "received_on", "reception", "unit_id", "note",
    )  # fmt: skip

    visitors = FieldList(FormField(PersonRow), min_entries=1, max_entries=PEOPLE_ROWS_MAX)
    papers_not_shown = BooleanField(_l("Chưa xuất trình giấy tờ"))
    people_count = WholeNumberField(_l("Số người đến"), default=1, render_kw={**_OFF, "inputmode": "numeric"})
    representatives_appointed = RadioField(
        _l("Văn bản cử người đại diện"),
        choices=options([("yes", _l("Đã có, mọi người ký")), ("no", _l("Chưa có"))]),
        validate_choice=False,
    )
    kind = RadioField(_l("Loại nội dung"), validate_choice=False)
    outcome = RadioField(_l("Kết quả tiếp"), validate_choice=False)
    directed_to = StringField(_l("Cơ quan có thẩm quyền"), render_kw={**_OFF, "maxlength": 200})
    document_no = StringField(_l("Số văn bản"), render_kw={**_OFF, "maxlength": 60})
    refusal_ground = SelectField(_l("Căn cứ từ chối"), validate_choice=False)
    outcome_note = TextAreaField(_l("Đã giải thích, trả lời"), render_kw={"rows": 2})
    reception = SelectField(_l("Hình thức tiếp"), validate_choice=False, default=Reception.REGULAR.value)
    note = TextAreaField(_l("Ghi chú"), render_kw={"rows": 2})
    same_matter_id = StringField(_l("Cùng vụ việc với lượt trước"))
    # V10: each line a content, which becomes a petition of its own
    content_complaint = TextAreaField(_l("Nội dung khiếu nại"), render_kw={"rows": 2})
    content_denunciation = TextAreaField(_l("Nội dung tố cáo"), render_kw={"rows": 2})
    content_proposal = TextAreaField(_l("Nội dung kiến nghị, phản ánh"), render_kw={"rows": 2})

    def offer(self, own: Sequence[Unit], all_bodies: Sequence[Unit]) -> None:
        """Fill the lists to choose from."""
        super().offer(own, all_bodies)
        lang = language()
        above = any(
            has_subordinates(unit.kind) for unit in own
        )  # a commune is not asked about bodies below it
        offered = [o for o in OUTCOMES if above or o is not VisitOutcome.DEMAND_PROPOSED]
        outcomes = [(o.value, o.en if lang == "en" else o.vi) for o in offered]
        grounds = [(g.value, f"{g.en if lang == 'en' else g.vi} ({g.article})") for g in RefusalGround]
        self.kind.choices = options((k.value, k.en if lang == "en" else k.vi) for k in DESK_KINDS)
        self.outcome.choices = options([*outcomes, (REFUSED, _l("Từ chối tiếp"))])
        self.reception.choices = options(choices(Reception, lang))
        self.refusal_ground.choices = options([("", _l("– chọn căn cứ –")), *grounds])

    @property
    def is_sealed(self) -> bool:
        """Tell whether what was chosen so far seals who came."""
        return self.kind.data in SEALED_KINDS

    def entry(self) -> NewVisit:
        """Return the visit as typed."""
        appointed = {"yes": True, "no": False}.get(self.representatives_appointed.data or "")
        same = self.same_matter_id.data or ""
        return NewVisit(
            **self._common(),
            kind=self.kind.data or "",
            outcome=self.outcome.data or "",
            visitors=tuple(self.people),
            people_count=1 if self.people_count.data is None else self.people_count.data,
            signer_count=self.signer_count.data,
            representatives_appointed=appointed,
            papers_not_shown=bool(self.papers_not_shown.data),
            reception=self.reception.data or "",
            same_matter_id=int(same) if same.isdecimal() and len(same) < 10 else 0 if same else None,
            refusal_ground=self.refusal_ground.data or None,
            outcome_note=self.outcome_note.data or "",
            directed_to=self.directed_to.data or "",
            document_no=self.document_no.data or "",
            note=self.note.data or "",
            contents=tuple(self._contents()) if self.kind.data == PetitionKind.MIXED else (),
            papers=self.handed_papers(),
        )

    def problems(self) -> Iterator[Invalid]:
        """Yield what the rules find wrong with the visit."""
        return visit_problems(self.entry(), today=today())

    def _contents(self) -> Iterator[Content]:
        for kind in CONTENT_KINDS:
            for line in (self[f"content_{kind}"].data or "").splitlines():
                if clean_line(line):
                    yield Content(kind.value, clean_line(line))

    def _find(self, name: str | None) -> Field | None:
        """Return the field of a name; what is found about the contents stands beside the first of their fields."""
        return super()._find("content_complaint" if name in ("contents", "contents_text") else name)


class LetterForm(MatterForm):
    """A letter by post, box, e-mail or from another body."""

    people_field = "senders"
    order = (
        "source", "received_on", "letter_date", "forwarded_by", "unit_id", "anonymous", "senders", "signer_count",
        "kind", "summary", "field", "respondent", "respondent_level", "request", "earlier_body", "respondent_unit_id",
        "origin_body", "handover_minutes", "papers",
    )  # fmt: skip

    source = SelectField(_l("Đơn đến bằng"), validate_choice=False)
    forwarded_by = StringField(_l("Nơi chuyển đơn"), render_kw={**_OFF, "maxlength": 200})
    origin_body = StringField(_l("Cơ quan nhận ban đầu"), render_kw={**_OFF, "maxlength": 200})
    handover_minutes = StringField(_l("Biên bản bàn giao"), render_kw={**_OFF, "maxlength": 200})
    anonymous = BooleanField(_l("Đơn không ghi tên người gửi"))
    senders = FieldList(FormField(PersonRow), min_entries=1, max_entries=PEOPLE_ROWS_MAX)
    kind = RadioField(_l("Loại đơn"), validate_choice=False, default=UNCLASSIFIED)

    def offer(self, own: Sequence[Unit], all_bodies: Sequence[Unit]) -> None:
        """Fill the lists to choose from."""
        super().offer(own, all_bodies)
        lang = language()
        sources = [pair for pair in choices(Source, lang) if pair[0] != Source.IN_PERSON]
        kinds = [(k.value, k.en if lang == "en" else k.vi) for k in DESK_KINDS]
        self.source.choices = options(sources)
        self.kind.choices = options([*kinds, (UNCLASSIFIED, _l("Phân loại sau"))])

    @property
    def is_sealed(self) -> bool:
        """Tell whether what was chosen so far seals who sent it."""
        return self.kind.data in SEALED_KINDS

    def entry(self) -> NewLetter:
        """Return the letter as typed."""
        people = tuple(self.people)
        named = sum(1 for person in people if clean_line(person.full_name))
        return NewLetter(
            **self._common(),
            source=self.source.data or "",
            kind=None if self.kind.data == UNCLASSIFIED else self.kind.data or "",
            senders=people,
            anonymous=bool(self.anonymous.data),
            signer_count=max(1, named) if self.signer_count.data is None else self.signer_count.data,
            forwarded_by=self.forwarded_by.data or "",
            origin_body=self.origin_body.data or "",
            handover_minutes=self.handover_minutes.data or "",
            papers=self.handed_papers(),
        )

    def problems(self) -> Iterator[Invalid]:
        """Yield what the rules find wrong with the letter."""
        return letter_problems(self.entry(), today=today())


class OnlineSessionForm(AppForm):
    """Proposing an online session."""

    unit_id = SelectField(_l("Điểm cầu trung tâm"), coerce=int, validate_choice=False)
    kind = RadioField(_l("Loại nội dung"), validate_choice=False)
    protection_requested = BooleanField(_l("Người tố cáo yêu cầu bảo vệ bí mật thông tin"))
    summary = TextAreaField(_l("Tóm tắt nội dung"), [at_most(5_000)], render_kw={"rows": 3})
    people_count = IntegerField(_l("Số người tham gia"), default=1)
    points = TextAreaField(_l("Điểm cầu thành phần"), [at_most(4_000)], render_kw={"rows": 3})

    def offer(self, own: Sequence[Unit]) -> None:
        """Fill the lists to choose from."""
        lang = language()
        self.unit_id.choices = options((unit.id, unit.name) for unit in own)
        self.kind.choices = options((k.value, k.en if lang == "en" else k.vi) for k in DESK_KINDS)

    def entry(self) -> NewSession:
        """Return what was typed, for the service to check."""
        return NewSession(
            unit_id=self.unit_id.data or 0, kind=self.kind.data or "", summary=self.summary.data or "",
            people_count=self.people_count.data or 0, points=tuple((self.points.data or "").splitlines()),
            protection_requested=bool(self.protection_requested.data), submission_key=self.key,
        )  # fmt: skip
