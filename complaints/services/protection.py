"""Protecting those who denounce: secrecy from the opening of a case on, requests and what is decided (law.md 7.6).

Whoever calls has loaded the case for PROTECTION_VIEW or PROTECTION_DECIDE; both are asked for here again.
"""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import select

from app.core import audit, seal, wall
from app.core.clock import at_local, local_day, now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotFound
from app.core.permissions import Permission, Principal
from app.core.seal_rotation import Sealed
from app.core.text import clean_line
from app.core.wall import Opening
from complaints.access import may_act
from complaints.clocks import Verb
from complaints.codes_protection import Measure, Protected, Relation, RequestForm
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.protection import ProtectionEntry, ProtectionMeasure
from complaints.services.clocks import append_event, refresh_due, start_clock
from complaints.services.steps import checked_step
from complaints.workflow.base import Facts, FieldKind, Transition
from complaints.workflow.fields import to_json
from complaints.workflow.protection import WORKFLOW

_TEXTS = frozenset({FieldKind.LINE, FieldKind.TEXT})
OPENED = "opened"  # a line of the list of those who looked: it begins with the secrecy (B-1)
SEALED = (
    Sealed("protected_people", ProtectionMeasure, ProtectionMeasure.ciphertext, lambda row: row.context,
           (ProtectionMeasure.context,)),
    Sealed("protection_texts", ProtectionEntry, ProtectionEntry.ciphertext, lambda row: row.context,
           (ProtectionEntry.context,)),
)  # fmt: skip
_URGENT = frozenset({RequestForm.IN_PERSON.value, RequestForm.BY_PHONE.value})


@dataclass(frozen=True)
class OpenedFile:
    """What the seal of one measure holds: who is protected, and the texts of its entries by entry id."""

    people: str
    texts: Mapping[int, Mapping[str, str]]


def open_secrecy(case: Case, *, actor: Principal | None) -> ProtectionMeasure:
    """Put the secrecy of a denunciation on, as the law does by itself when it is received (B-1)."""
    measure = ProtectionMeasure(
        case_id=case.id, secrecy=True, state=WORKFLOW.initial, relations=[Relation.DENOUNCER.value],
        objects=[Protected.INFORMATION.value], measures=[Measure.SECRECY.value], created_at=now(),
    )  # fmt: skip
    db.session.add(measure)
    db.session.flush()
    _line(measure, "secrecy", "B-1", on=case.received_on)
    audit.record("protection.secrecy", actor=actor, subject=("protection_measure", measure.id),
                 detail={"case_id": case.id})  # fmt: skip
    return measure


def facts_of(measure: ProtectionMeasure) -> Facts:
    """Return what the guards of the table may know of a measure today."""
    return Facts(today=today(), urgent=measure.urgent, request_paper_owed=measure.request_paper_owed,
                 referral_paper_owed=measure.referral_paper_owed)  # fmt: skip


def take(
    case: Case, measure: ProtectionMeasure, action: str, *, actor: Principal, data: Mapping[str, Any],
    version: int | None = None,
) -> ProtectionMeasure:  # fmt: skip
    """Take one step and return the measure that it concerns: for a request a new one beside the secrecy.

    Raises NotFound for who may not decide, Conflict when somebody else was faster or the state has no such step,
    NotAllowed when a guard forbids it, Invalid (with the field) for bad data. Nothing is written then.
    """
    if measure.case_id != case.id or not may_act(actor, Permission.PROTECTION_DECIDE, case):
        raise NotFound
    db.session.refresh(measure, with_for_update=True)
    if version is not None and measure.version != version:
        raise Conflict("Hồ sơ bảo vệ vừa được người khác cập nhật. Xem lại rồi thực hiện lại nếu vẫn cần.")
    step, typed = checked_step(
        WORKFLOW, measure.state, action, facts_of(measure), data,
        gone="Bước này không còn thực hiện được ở trạng thái hiện tại của hồ sơ.",
    )  # fmt: skip
    moment = _check_days(case, measure, action, typed)
    before, on = measure.state, typed["on"]
    measure.version += 1
    people = typed.pop("people", None)
    if action == "request":
        measure = _requested(case, typed, people)
    elif step.target is not None:
        measure.state = step.target
    _drive(case, measure, step, on, actor)
    _record(measure, step, typed, moment)
    texts = {f.name: typed.pop(f.name) for f in step.fields if f.kind in _TEXTS and typed.get(f.name)}
    _line(measure, action, step.code, on=on, before=before, data=to_json(typed), texts=texts, actor=actor)
    audit.record(f"protection.{action}", actor=actor, subject=("protection_measure", measure.id),
                 detail={"case_id": case.id, "transition": step.code, "from": before, "to": measure.state})  # fmt: skip
    refresh_due(case)
    return measure


def open_file(case: Case, measure: ProtectionMeasure, *, actor: Principal, reason: str) -> Opening:
    """Keep who looks at a file, when and why; `opened_file` gives it once this is committed.

    The reason is sealed like every text of the file, for it may name people; the audit entry holds ids alone.
    Raises NotFound for who may not look, Invalid (reason) without a reason.
    """
    if measure.case_id != case.id or not may_act(actor, Permission.PROTECTION_VIEW, case):
        raise NotFound
    if len(clean_line(reason)) < 5:
        raise Invalid("Ghi lý do mở thông tin (ít nhất 5 ký tự).", field="reason")
    _line(
        measure,
        OPENED,
        "B-1",
        on=today(),
        before=measure.state,
        texts={"reason": clean_line(reason)},
        actor=actor,
    )
    return wall.begin("protection.opened", actor=actor, subject=("protection_measure", measure.id), purpose="look",
                      detail={"case_id": case.id})  # fmt: skip


def opened_file(opening: Opening) -> OpenedFile:
    """Return who is protected and what was written so far, for an opening just committed. Raises NotFound."""
    people, texts = "", dict[int, Mapping[str, str]]()
    for row in wall.read(opening):
        plain = seal.decrypt_json(row.ciphertext, context=row.context)
        if row.source == "protection_measures":
            people = plain.get("people", "")
        else:
            texts[row.row_id] = dict(plain)
    return OpenedFile(people, texts)


def note_refusal(case_id: int, *, actor: Principal) -> None:
    """Leave an audit entry that somebody tried to open a file of protection and was not let in."""
    audit.record("protection.refused", actor=actor, subject=("case", case_id))


def _check_days(
    case: Case, measure: ProtectionMeasure, action: str, typed: Mapping[str, Any]
) -> datetime | None:
    """Check the days of a step; return the start moment when it has one. Raises Invalid with the field."""
    since = measure.requested_on or case.received_on
    if action == "end_protection" and measure.started_at is not None:
        since = max(since, local_day(measure.started_at))
    _between(typed, "on", since, today())
    if typed.get("paper_on"):
        _between(typed, "paper_on", None, today())
    if "starts_on" not in typed:
        return None
    _between(typed, "starts_on", since, None)  # a decision may start later
    return at_local(typed["starts_on"], _hour(typed["starts_at"]))


def _between(typed: Mapping[str, Any], name: str, first: date | None, last: date | None) -> None:
    if last is not None and typed[name] > last:
        raise Invalid("Ngày không thể ở tương lai.", field=name)
    if first is not None and typed[name] < first:
        raise Invalid(f"Ngày không thể trước {first:%d/%m/%Y}.", field=name)


def _hour(words: str) -> time:
    found = re.fullmatch(r"([01]?\d|2[0-3])\s*(?:[:hg.]\s*([0-5]\d)?)", words.strip().lower())
    if found is None:
        raise Invalid("Ghi giờ và phút, ví dụ 08:30.", field="starts_at")
    return time(int(found[1]), int(found[2] or 0))


def _requested(case: Case, typed: Mapping[str, Any], people: str | None) -> ProtectionMeasure:
    """Open the file of a request beside the secrecy, who is protected under the seal."""
    urgent, context = typed["form"] in _URGENT, f"protection:{uuid.uuid4()}"
    measure = ProtectionMeasure(
        case_id=case.id, state="prot_requested", relations=typed["relations"], objects=typed["objects"],
        measures=typed["measures"], urgent=urgent, requested_on=typed["on"],
        request_paper_owed=urgent and typed.get("paper_on") is None, context=context,
        ciphertext=seal.encrypt_json({"people": people or ""}, context=context), created_at=now(),
    )  # fmt: skip
    db.session.add(measure)
    db.session.flush()
    return measure


def _record(
    measure: ProtectionMeasure, step: Transition, typed: Mapping[str, Any], moment: datetime | None
) -> None:
    """Keep on the measure what a step says of it."""
    if step.action in ("protect", "change"):
        measure.measures = typed["measures"]
    if step.action == "protect":
        measure.decided_by, measure.started_at = typed["decided_by"], moment
    elif step.action == "request_paper":
        measure.request_paper_owed = False
    elif step.action == "refer":
        measure.referral_paper_owed = not typed.get("document_no")
    elif step.action == "referral_paper":
        measure.referral_paper_owed = False
    elif step.action == "end_protection":
        measure.ended_on, measure.end_ground = typed["on"], typed["ground"]


def _drive(case: Case, measure: ProtectionMeasure, step: Transition, on: date, actor: Principal) -> None:
    """Start or stop the target of this measure alone: a case may have several requests at a time."""
    for effect in step.effects:
        if effect.verb is Verb.START:
            measure.clock_id = start_clock(case, effect.clock, on=on, actor=actor).id
            continue
        clock = db.session.get(Clock, measure.clock_id) if measure.clock_id else None
        if clock is not None and clock.state == "running":
            append_event(clock, effect.verb, on=max(on, clock.started_on), actor=actor)


def _line(
    measure: ProtectionMeasure, act: str, code: str, *, on: date, before: str | None = None,
    data: Mapping[str, Any] | None = None, texts: Mapping[str, str] | None = None, actor: Principal | None = None,
) -> None:  # fmt: skip
    context = f"protection-entry:{uuid.uuid4()}" if texts else None
    entry = ProtectionEntry(
        measure_id=measure.id, at=now(), actor_id=actor.person_id if actor else None, act=act, transition=code,
        from_state=before, to_state=measure.state, on=on, data=dict(data or {}), context=context,
        ciphertext=seal.encrypt_json(dict(texts), context=context) if texts and context else None,
    )  # fmt: skip
    db.session.add(entry)
    db.session.flush()


def measures_of(case: Case) -> list[ProtectionMeasure]:
    """Return the file of protection of a case: its secrecy first, then the requests in their order."""
    wanted = select(ProtectionMeasure).where(ProtectionMeasure.case_id == case.id)
    return list(
        db.session.execute(wanted.order_by(ProtectionMeasure.secrecy.desc(), ProtectionMeasure.id)).scalars()
    )
