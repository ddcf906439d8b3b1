"""The dates of a case or petition in words, each by itself, those that have not come yet as well."""

from datetime import date

from flask_babel import lazy_gettext as _l

from app.core.clock import local_day
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.facts import Subject, workflow_of
from complaints.workflow.milestones import names_of

_WORDS = {
    "letter": _l("Ngày ghi trên đơn"),
    "received": _l("Nhận đơn"),
    "registered": _l("Vào sổ"),
    "accepted": _l("Thụ lý"),
    "issued": _l("Ban hành"),
    "dispatched": _l("Gửi đi"),
    "delivered": _l("Người nhận đã nhận"),
    "published": _l("Công khai"),
    "effective": _l("Có hiệu lực"),
}


def dates_of(subject: Subject) -> list[tuple[str, date | None]]:
    """Return (name in words, day or None) of the dates that a subject has, in the order of the procedure."""
    if isinstance(subject, Petition):
        days = {"letter": subject.letter_date, "received": subject.received_on,
                "registered": local_day(subject.registered_at)}  # fmt: skip
        return [(str(_WORDS[name]), day) for name, day in days.items()]
    return [(str(_WORDS[name]), day) for name, day in _of_case(subject).items()]


def _of_case(case: Case) -> dict[str, date | None]:
    known = {
        "received": case.received_on,
        "registered": local_day(case.opened_at),
        "accepted": case.accepted_on,
        "issued": case.decided_on,
        "dispatched": case.dispatched_on,
        "delivered": case.delivered_on,
        "published": case.published_on,
        "effective": case.effective_on,
    }
    return {name: known[name] for name in names_of(workflow_of(case))}
