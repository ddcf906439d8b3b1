"""Acts on rules that are not law: a unit sets a local regulation or an internal target, and ends it."""

from dataclasses import dataclass
from datetime import date

from flask_babel import gettext as _
from sqlalchemy import or_, select

from app.core import audit
from app.core.clock import now, today
from app.core.db import db
from app.core.errors import Conflict, Invalid, NotAllowed, NotFound
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text
from app.organisation.models import Unit
from complaints.ladder import CONFIDENTIAL, ladder_for
from complaints.models.local_rules import LocalRule
from complaints.rulebook.loader import Layer, Rule, load_rulebook
from complaints.rulebook.loader import Unit as Days
from complaints.services.rule_layers import in_rulebook

LAST_DAY = date(2100, 12, 31)
_DAYS = (Days.CALENDAR, Days.WORKING)


@dataclass(frozen=True)
class NewRule:
    """What an administrator sets: for a unit and those below it, from a day on, by a document, for a reason."""

    unit_id: int
    layer: Layer
    code: str
    days: Days
    number: int
    valid_from: date
    valid_to: date | None
    reason: str
    source: str


def codes_to_set(on: date) -> list[Rule]:
    """Return the rules beside which a unit may set its own: those of the office that are counted forward."""
    rules = [
        rule
        for rule in load_rulebook().rules()
        if rule.covers(on) and not rule.backward and rule.unit in _DAYS
    ]
    return [rule for rule in rules if ladder_for(rule.code) or rule.code in CONFIDENTIAL]


def set_local_rule(new: NewRule, *, actor: Principal) -> LocalRule:
    """Set a rule of the second or third layer. It governs clocks that start from its first day on, none that run.

    Raises NotAllowed outside the actor's units, Invalid beside the field, also when it would be longer than the law.
    """
    unit = db.session.execute(
        select(Unit).where(Unit.id == new.unit_id).with_for_update(key_share=True, of=Unit)
    ).scalar_one_or_none()
    if unit is None or not _reaches(actor, unit):
        raise NotAllowed(_("Bạn không đặt quy định cho đơn vị này được."))
    reason, source = clean_text(new.reason)[:500], clean_line(new.source)[:300]
    _check(new, reason, source)
    row = LocalRule(
        unit_id=unit.id, layer=new.layer, code=new.code, unit=new.days, number=new.number, valid_from=new.valid_from,
        valid_to=new.valid_to, reason=reason, source=source, entered_by_id=actor.person_id, entered_at=now(),
    )  # fmt: skip
    db.session.add(row)
    db.session.flush()
    audit.record("rule.set", actor=actor, subject=("local_rule", row.id),
                 detail={"code": row.code, "layer": row.layer, "unit": unit.id, "number": row.number})  # fmt: skip
    return row


def end_local_rule(row: LocalRule, *, on: date, reason: str, actor: Principal) -> None:
    """End a rule on a day, its first day of no more; clocks that run under it keep it.

    Raises NotAllowed, Conflict when it has ended already, Invalid beside the field.
    """
    db.session.refresh(row, with_for_update={"of": LocalRule})
    if not _reaches(actor, row.of_unit):
        raise NotAllowed(_("Bạn không đặt quy định cho đơn vị này được."))
    if row.ended_at is not None:
        raise Conflict(_("Quy định này đã được kết thúc."))
    reason = clean_text(reason)[:500]
    if not reason:
        raise Invalid(_("Hãy nhập lý do."), field="reason")
    if on <= row.valid_from or on < today():
        raise Invalid(_("Ngày kết thúc phải sau ngày bắt đầu và không ở quá khứ."), field="ends_on")
    if row.valid_to is not None and on >= row.valid_to:
        raise Invalid(
            _("Quy định này đã hết hiệu lực từ ngày %(d)s.", d=f"{row.valid_to:%d/%m/%Y}"), field="ends_on"
        )
    row.valid_to, row.end_reason, row.ended_by_id, row.ended_at = on, reason, actor.person_id, now()
    audit.record("rule.ended", actor=actor, subject=("local_rule", row.id), detail={"on": on.isoformat()})
    db.session.flush()


def local_rule_for(actor: Principal, rule_id: int) -> LocalRule:
    """Return a rule that the actor may end. Raises NotFound, alike when there is none."""
    row = db.session.get(LocalRule, rule_id) if 0 < rule_id < 2**31 else None
    if row is None or not _reaches(actor, row.of_unit):
        raise NotFound
    return row


def _reaches(actor: Principal, unit: Unit) -> bool:
    return actor.reach(Permission.RULE_MANAGE).covers(path=unit.path, body_id=unit.body_id)


def _check(new: NewRule, reason: str, source: str) -> None:
    if new.layer is Layer.STATUTORY:
        raise Invalid(_("Thời hạn theo luật chỉ có trong bộ quy định của phần mềm."), field="layer")
    if new.code not in {rule.code for rule in codes_to_set(new.valid_from)}:
        raise Invalid(_("Không có thời hạn này vào ngày bắt đầu."), field="code")
    if not today() <= new.valid_from <= LAST_DAY:
        raise Invalid(_("Quy định có hiệu lực từ hôm nay hoặc về sau."), field="valid_from")
    if new.valid_to is not None and not new.valid_from < new.valid_to <= LAST_DAY:
        raise Invalid(_("Ngày kết thúc phải sau ngày bắt đầu."), field="valid_to")
    if not 1 <= new.number <= 365:
        raise Invalid(_("Số ngày từ 1 đến 365."), field="number")
    if not reason:
        raise Invalid(_("Hãy nhập lý do."), field="reason")
    if not source:
        raise Invalid(_("Hãy ghi văn bản làm căn cứ."), field="source")
    _check_against_law(new, in_rulebook(new.code, new.valid_from))
    _check_overlap(new)


def _check_against_law(new: NewRule, rule: Rule) -> None:
    """Refuse what is longer than the law for certain; days of two kinds are never converted into one another."""
    if not rule.is_law:
        if new.layer is not rule.layer:
            raise Invalid(
                _("Việc này không có thời hạn theo luật: hãy đặt là mục tiêu nội bộ."), field="layer"
            )
        return
    # So many working days are never fewer calendar days; the other way round nothing is certain but the same number.
    certain = new.days is rule.unit or new.days is Days.WORKING
    if certain and new.number > rule.number:
        raise Invalid(
            _("Không dài hơn thời hạn theo luật: %(n)s %(u)s.", n=rule.number, u=rule.unit.words_vi),
            field="number",
        )


def _check_overlap(new: NewRule) -> None:
    other = select(LocalRule).where(
        LocalRule.unit_id == new.unit_id,
        LocalRule.layer == new.layer,
        LocalRule.code == new.code,
        or_(LocalRule.valid_to.is_(None), LocalRule.valid_to > new.valid_from),
    )
    if new.valid_to is not None:
        other = other.where(LocalRule.valid_from < new.valid_to)
    found = db.session.scalars(other.limit(1)).first()
    if found is not None:
        raise Invalid(
            _(
                "Đơn vị đã có quy định như vậy từ %(d)s; hãy kết thúc quy định đó trước.",
                d=f"{found.valid_from:%d/%m/%Y}",
            ),
            field="valid_from",
        )
