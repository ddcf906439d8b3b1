"""The log book (sổ tiếp công dân, Mẫu 03/TCD): a visit as one row of 13 columns, for the screen and for print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _

from complaints.codes import PetitionKind, RefusalGround, label
from complaints.models.history import Document
from complaints.workflow.catalogue import state_label
from reception.codes import VisitOutcome
from reception.models import Visit

GUIDE, TRANSFER = "02/TT05", "03/TT05"  # complaints.codes.FORMS


@dataclass(frozen=True)
class LogRow:
    """The 13 columns in their order, as words; `visit` leads to the page of the visit."""

    visit: Visit
    number: int  # 1
    received_on: date  # 2
    people: tuple[str, ...]  # 3: name, address
    identity_numbers: tuple[str, ...]  # 4
    summary: str  # 5
    kind: str  # 6
    people_count: int  # 7
    earlier_body: str  # 8
    own: bool  # 9
    guided: str  # 10
    accepted: str  # 11
    follow_up: str  # 12
    note: str  # 13


def sealed_name() -> str:
    """Return what stands in place of a denouncer's name."""
    return _("Người tố cáo (bí mật)")


def people_line(visit: Visit) -> str:
    """Return who came, in one line: the first name and how many more; nobody's name for a denunciation."""
    if visit.is_sealed:
        return sealed_name()
    names = [row.party.full_name for row in visit.people]
    if not names:
        return _("Không rõ họ tên")
    more = max(visit.people_count, len(names)) - 1
    return _("%(name)s và %(more)s người", name=names[0], more=more) if more else names[0]


def log_row(visit: Visit, documents: Sequence[Document] = (), *, lang: str = "vi") -> LogRow:
    """Return the row of a visit; `documents` are those issued on its petition, `lang` what the codes are said in."""
    petition = visit.petition
    return LogRow(
        visit=visit,
        number=visit.log_no,
        received_on=visit.received_on,
        people=_people(visit),
        identity_numbers=_identity_numbers(visit),
        summary=visit.summary,
        kind=label(
            PetitionKind, petition.kind if petition is not None and petition.kind else visit.kind, lang
        ),
        people_count=visit.people_count,
        earlier_body=visit.earlier_body,
        own=petition is not None and petition.in_jurisdiction is True,
        guided=_guided(visit, documents),
        accepted=_accepted(visit, documents),
        follow_up=_follow_up(visit, lang),
        note="\n".join(part for part in (_refusal(visit, lang), visit.outcome_note, visit.note) if part),
    )


def _people(visit: Visit) -> tuple[str, ...]:
    if visit.is_sealed:
        return (sealed_name(),)
    people = [row.party for row in visit.people]
    lines = tuple(", ".join(part for part in (p.full_name, p.address) if part) for p in people)
    return lines or (_("Không rõ họ tên"),)


def _identity_numbers(visit: Visit) -> tuple[str, ...]:
    if visit.is_sealed:
        return (sealed_name(),)
    numbers = tuple(row.party.identity_number for row in visit.people if row.party.identity_number)
    return numbers or ((_("chưa xuất trình"),) if visit.papers_not_shown else ())


def _guided(visit: Visit, documents: Sequence[Document]) -> str:
    """Column 10: which body the person is guided to, and the number of the guide."""
    if visit.outcome == VisitOutcome.GUIDED:
        return _numbered(visit.directed_to, visit.document_no)
    guide = next((d for d in documents if d.form == GUIDE), None)
    return _numbered(_("Đã hướng dẫn"), guide.number) if guide else ""


def _accepted(visit: Visit, documents: Sequence[Document]) -> str:
    """Column 11: which body takes the matter, and the number of the transfer letter."""
    petition = visit.petition
    if petition is None:
        return ""
    transfer = next((d for d in documents if d.form == TRANSFER), None)
    if transfer is not None or visit.outcome == VisitOutcome.TRANSFERRED:
        unit = petition.competent_unit
        body = unit.short_name if unit is not None else visit.directed_to
        return _numbered(body, transfer.number if transfer else visit.document_no)
    return petition.case.unit.short_name if petition.case is not None else ""


def _follow_up(visit: Visit, lang: str) -> str:
    """Column 12: how far the petition or its case has come."""
    petition = visit.petition
    if petition is None:
        return label(VisitOutcome, visit.outcome, lang) if visit.outcome else _("Đang tiếp")
    if visit.items:
        own = [(item.petition.number, item.petition.case or item.petition) for item in visit.items]
        return "; ".join(f"{number}: {state_label(subject.state, lang)}" for number, subject in own)
    return state_label((petition.case or petition).state, lang)


def _refusal(visit: Visit, lang: str) -> str:
    if visit.refusal_ground is None:
        return ""
    article = next((ground.article for ground in RefusalGround if ground.value == visit.refusal_ground), "")
    ground = label(RefusalGround, visit.refusal_ground, lang)
    return f"{label(VisitOutcome, visit.outcome, lang)}: {ground} ({article})"


def _numbered(body: str, number: str) -> str:
    return _("%(body)s, số %(number)s", body=body, number=number) if number else body
