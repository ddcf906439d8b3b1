"""What a visit and a letter must satisfy to be written: pure checks, each with the field it belongs beside."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date

from flask_babel import gettext as _

from app.core.errors import Invalid
from app.core.text import clean_line, clean_text, digits
from complaints.codes import PetitionKind, RefusalGround, Source
from complaints.leaks import leaks_of
from complaints.services.identity import Sender
from complaints.services.registration import EARLIEST, sealed_kind
from reception.codes import (
    GROUP_SIZE,
    REFUSED,
    Reception,
    VisitOutcome,
    max_representatives,
    visit_outcome,
)
from reception.entries import NewLetter, NewVisit
from reception.workflow.visit import ground_applies

SUMMARY_MAX = 20_000  # characters: about eight pages; more belongs into an attached file
TEXT_MAX = 5_000
NAME_MAX, ADDRESS_MAX, LINE_MAX, NUMBER_MAX = 200, 300, 200, 60
PEOPLE_MAX = 20_000
WORDS_MIN = 10  # a refusal or an explanation in fewer characters says nothing
# No form of denunciation (TC01, Law on Denunciations Art 22).
NOT_FOR_DENUNCIATION = frozenset({Source.ONLINE, Source.PHONE})
FORWARDED_SOURCES = frozenset(source for source in Source if source.value.startswith("forwarded"))
_IDENTITY_NUMBER = re.compile(r"\d{12}|\d{9}|(?=.*[A-Z])(?=.*\d)[A-Z0-9]{6,9}")
_SEPARATORS = re.compile(r"[\s.\-/()]")


def visit_problems(new: NewVisit, *, today: date) -> Iterator[Invalid]:
    """Yield what is wrong with a visit, in the order of the form; nothing when it may be written."""
    yield from _dates(new.received_on, new.letter_date, today)
    if new.reception not in list(Reception):
        yield Invalid(_("Chọn hình thức tiếp."), field="reception")
    yield from _kind(new.kind)
    yield from _visitors(new)
    yield from _group(new)
    yield from _texts(new)
    yield from _outcome(new)
    yield from _contents(new)
    if sealed_kind(new.kind):
        yield from _leaks(new, new.visitors)


def letter_problems(new: NewLetter, *, today: date) -> Iterator[Invalid]:
    """Yield what is wrong with a letter, in the order of the form; nothing when it may be registered."""
    yield from _dates(new.received_on, new.letter_date, today)
    if new.source not in list(Source):
        yield Invalid(_("Chọn nguồn đơn."), field="source")
    if new.kind is not None:
        yield from _kind(new.kind)
    if new.source in NOT_FOR_DENUNCIATION and sealed_kind(new.kind):
        yield Invalid(
            _(
                "Thư điện tử, điện thoại không phải hình thức tố cáo (Điều 22 Luật Tố cáo). "
                "Hãy ghi là kiến nghị, phản ánh."
            ),
            field="kind",
        )
    if new.source in FORWARDED_SOURCES and not clean_line(new.forwarded_by):
        yield Invalid(_("Ghi cơ quan, đại biểu hoặc báo đã chuyển đơn."), field="forwarded_by")
    if new.anonymous and any(clean_line(s.full_name) for s in new.senders):
        yield Invalid(_("Đã chọn đơn không ghi tên thì để trống họ tên."), field="anonymous")
    if not new.anonymous and not any(clean_line(s.full_name) for s in new.senders):
        yield Invalid(_("Ghi họ tên người gửi, hoặc chọn đơn không ghi tên."), field="senders-0-full_name")
    yield from _shapes(new.senders, "senders")
    if not max(1, len(new.senders)) <= new.signer_count <= PEOPLE_MAX:
        yield Invalid(_("Số người ký không thể ít hơn số người đã ghi tên."), field="signer_count")
    yield from _texts(new)
    if sealed_kind(new.kind):
        yield from _leaks(new, new.senders)


def tidy_identity_number(text: str) -> str:
    """Return an identity or passport number as it is kept: capitals and digits, no blanks, dots or dashes."""
    return _SEPARATORS.sub("", clean_line(text)).upper()


def _dates(received_on: date, letter_date: date | None, today: date) -> Iterator[Invalid]:
    if received_on > today:
        yield Invalid(_("Ngày nhận không thể ở tương lai."), field="received_on")
    elif received_on < EARLIEST:
        yield Invalid(_("Ngày nhận quá xa trong quá khứ; hãy kiểm tra lại năm."), field="received_on")
    if letter_date is not None and letter_date > received_on:
        yield Invalid(_("Ngày ghi trên đơn không thể sau ngày nhận."), field="letter_date")


def _kind(kind: str) -> Iterator[Invalid]:
    if kind not in list(PetitionKind):
        yield Invalid(_("Chọn loại nội dung."), field="kind")


def _visitors(new: NewVisit) -> Iterator[Invalid]:
    """Identification (R02) is owed by whoever is received; who is refused may have told nothing."""
    yield from _shapes(new.visitors, "visitors")
    if new.outcome == REFUSED:
        return
    first = new.visitors[0] if new.visitors else Sender("")
    if not clean_line(first.full_name):
        yield Invalid(_("Ghi họ tên người đến."), field="visitors-0-full_name")
    if not tidy_identity_number(first.identity_number) and not new.papers_not_shown:
        yield Invalid(
            _("Ghi số định danh, căn cước hoặc hộ chiếu; nếu không có, đánh dấu 'Chưa xuất trình giấy tờ'."),
            field="visitors-0-identity_number",
        )
    if not clean_line(first.address):
        yield Invalid(_("Ghi địa chỉ."), field="visitors-0-address")


def _shapes(people: Sequence[Sender], prefix: str) -> Iterator[Invalid]:
    for at, person in enumerate(people):
        name, number = clean_line(person.full_name), tidy_identity_number(person.identity_number)
        if not name and (number or digits(person.phone)) and at:
            yield Invalid(_("Ghi họ tên, hoặc xóa dòng này."), field=f"{prefix}-{at}-full_name")
        if len(name) > NAME_MAX:
            yield Invalid(_("Họ tên dài quá %(n)s ký tự.", n=NAME_MAX), field=f"{prefix}-{at}-full_name")
        elif any(unicodedata.category(c) in ("So", "Sk", "Cs", "Co", "Cn") for c in name):
            yield Invalid(_("Họ tên có ký tự lạ (biểu tượng); hãy gõ lại."), field=f"{prefix}-{at}-full_name")
        if number and not _IDENTITY_NUMBER.fullmatch(number):
            yield Invalid(
                _(
                    "Số định danh gồm 12 chữ số (CMND cũ 9 số); hộ chiếu gồm 6 đến 9 chữ và số. "
                    "Đã gõ %(n)s ký tự.",
                    n=len(number),
                ),
                field=f"{prefix}-{at}-identity_number",
            )
        if clean_line(person.phone) and not 8 <= len(digits(person.phone)) <= 13:
            yield Invalid(_("Số điện thoại gồm 8 đến 13 chữ số."), field=f"{prefix}-{at}-phone")
        if len(clean_line(person.address)) > ADDRESS_MAX:
            yield Invalid(_("Địa chỉ dài quá %(n)s ký tự.", n=ADDRESS_MAX), field=f"{prefix}-{at}-address")


def _group(new: NewVisit) -> Iterator[Invalid]:
    """How many came, and for five or more who speaks for them (R21)."""
    named = sum(1 for person in new.visitors if clean_line(person.full_name))
    if not max(1, named) <= new.people_count <= PEOPLE_MAX:
        yield Invalid(_("Số người đến không thể ít hơn số người đã ghi tên."), field="people_count")
    if new.signer_count is not None and not max(1, named) <= new.signer_count <= PEOPLE_MAX:
        yield Invalid(_("Số người ký không thể ít hơn số người đã ghi tên."), field="signer_count")
    if new.outcome == VisitOutcome.AWAIT_REPS and (
        new.people_count < GROUP_SIZE or new.representatives_appointed
    ):
        yield Invalid(
            _("Chỉ yêu cầu cử người đại diện khi từ %(n)s người trở lên và chưa cử.", n=GROUP_SIZE),
            field="outcome",
        )
    if not GROUP_SIZE <= new.people_count <= PEOPLE_MAX or new.outcome == REFUSED:
        return
    if new.representatives_appointed is None:
        yield Invalid(
            _("Từ %(n)s người trở lên: ghi rõ đã có văn bản cử người đại diện hay chưa.", n=GROUP_SIZE),
            field="representatives_appointed",
        )
        return
    chosen, most = (
        sum(person.is_representative for person in new.visitors),
        max_representatives(new.people_count),
    )
    if new.representatives_appointed and not chosen:
        yield Invalid(_("Đánh dấu ai là người đại diện."), field="representatives_appointed")
    if new.representatives_appointed and chosen > most:
        yield Invalid(
            _(
                "Đoàn %(people)s người cử nhiều nhất %(most)s người đại diện (Điều 29 Luật Tiếp công dân).",
                people=new.people_count,
                most=most,
            ),
            field="representatives_appointed",
        )


def _texts(new: NewVisit | NewLetter) -> Iterator[Invalid]:
    if not clean_text(new.summary):
        yield Invalid(_("Ghi tóm tắt nội dung."), field="summary")
    for name, most in _LIMITS.items():
        length = len(clean_text(getattr(new, name, "")))
        if length > most:
            yield Invalid(
                _(
                    "Dài %(length)s ký tự, nhiều nhất %(most)s. Hãy tóm tắt và đính kèm toàn văn.",
                    length=length,
                    most=most,
                ),
                field=name,
            )


def _outcome(new: NewVisit) -> Iterator[Invalid]:
    """Yield what the outcome of 7.1 still owes: a ground and words, a body, an explanation."""
    words = len(clean_text(new.outcome_note)) >= WORDS_MIN
    outcome = visit_outcome(new.outcome)
    if new.outcome == REFUSED:
        if new.refusal_ground not in list(RefusalGround):
            yield Invalid(
                _("Chọn căn cứ từ chối; từ chối không căn cứ là vi phạm (Điều 41 Nghị định 154/2026)."),
                field="refusal_ground",
            )
        elif not ground_applies(new.refusal_ground, new.kind):
            yield Invalid(
                _("Căn cứ này chỉ áp dụng với khiếu nại, kiến nghị, phản ánh; hãy chọn căn cứ khác."),
                field="refusal_ground",
            )
        if not words:
            yield Invalid(_("Ghi lời giải thích đã nói với người bị từ chối."), field="outcome_note")
    elif outcome is None or outcome.is_refusal or outcome is VisitOutcome.DEMAND_SUBORDINATE:
        yield Invalid(_("Chọn kết quả tiếp."), field="outcome")
    elif outcome in (VisitOutcome.GUIDED, VisitOutcome.TRANSFERRED) and not clean_line(new.directed_to):
        yield Invalid(_("Ghi cơ quan được hướng dẫn hoặc chuyển đến."), field="directed_to")
    elif outcome is VisitOutcome.DEMAND_PROPOSED:
        yield from _demand(new, words=words)
    elif outcome is VisitOutcome.EXPLAINED and not words:
        yield Invalid(_("Ghi nội dung đã giải thích."), field="outcome_note")
    if new.papers and not (outcome is not None and outcome.registers_petition):
        yield Invalid(
            _(
                "Đã nhận giấy tờ thì chọn 'Nhận đơn' hoặc 'Chuyển'; giấy tờ trả lại tại chỗ thì bỏ khỏi danh mục."
            ),
            field="papers",
        )


def _demand(new: NewVisit, *, words: bool) -> Iterator[Invalid]:
    """Yield what a demand on a subordinate still owes (V14)."""
    if not clean_line(new.directed_to):
        yield Invalid(_("Ghi cơ quan cấp dưới chưa giải quyết."), field="directed_to")
    if not words:
        yield Invalid(_("Ghi vì sao yêu cầu cấp dưới giải quyết."), field="outcome_note")


def _contents(new: NewVisit) -> Iterator[Invalid]:
    """Yield what keeps the contents of a mixed visit from being taken in one by one (V10, R06)."""
    if not new.contents or new.kind != PetitionKind.MIXED:
        return
    outcome = visit_outcome(new.outcome)
    if len(new.contents) < 2:
        yield Invalid(
            _("Ghi ít nhất hai nội dung, mỗi dòng một nội dung; hoặc để trống nếu chưa tách."),
            field="contents",
        )
    elif outcome is None or not outcome.registers_petition:
        yield Invalid(
            _("Chỉ tách khi nhận đơn hoặc chuyển; nếu hướng dẫn thì để trống phần này."), field="contents"
        )


def _leaks(new: NewVisit | NewLetter, people: Sequence[Sender]) -> Iterator[Invalid]:
    """Yield each text that others read and that names the denouncer, the number or the telephone (I01, I04)."""
    for name, typed in texts_of_entry(new).items():
        text = clean_text(typed)
        if text and any(_identifies(person, text) for person in people):
            yield Invalid(
                _(
                    "Phần này có họ tên, số định danh hoặc số điện thoại của người tố cáo; "
                    "hãy viết 'người tố cáo' thay vào."
                ),
                field=name,
            )


def texts_of_entry(new: NewVisit | NewLetter) -> dict[str, str]:
    """Return the free texts of a form of the desk by field, which others read."""
    return {name: getattr(new, name, "") for name in _LIMITS}


def _identifies(person: Sender, text: str) -> bool:
    """Tell whether a text gives the denouncer away: the one leak check of the house (complaints/leaks.py)."""
    return bool(leaks_of((person,), text))


_LIMITS = {
    "summary": SUMMARY_MAX,
    "request": TEXT_MAX,
    "respondent": 300,
    "earlier_body": LINE_MAX,
    "origin_body": LINE_MAX,
    "handover_minutes": LINE_MAX,
    "forwarded_by": LINE_MAX,
    "outcome_note": TEXT_MAX,
    "directed_to": LINE_MAX,
    "document_no": NUMBER_MAX,
    "note": TEXT_MAX,
    "contents_text": SUMMARY_MAX,
}
