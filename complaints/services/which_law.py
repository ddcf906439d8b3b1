"""Which law governs a case: set when it begins, switched once where a transition rule of law.md 0.4 says so."""

import logging
from collections.abc import Sequence
from datetime import date

from sqlalchemy import or_, select

from app.core.clock import now, today
from app.core.db import db
from complaints.clocks import ClockError, ClockState
from complaints.models.cases import Case
from complaints.models.clocks import Clock
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.rulebook.loader import load_rulebook
from complaints.rulebook.transitions import Effect, TransitionBook, TransitionRule, load_transitions
from complaints.services.clocks import reading_of, refresh, refresh_due

log = logging.getLogger(__name__)
BATCH = 200
_OPEN = (ClockState.RUNNING.value, ClockState.PAUSED.value)


def settle_law(subject: Petition | Case, *, book: TransitionBook | None = None) -> bool:
    """Give a case (or the case of a petition) its law, and switch it where a transition rule now says so.

    Returns whether anything was written; doing it again writes nothing. In the caller's unit of work. The day of
    receipt says under which law a case began (0.4-5), a back-dated acceptance may switch it at once (0.4-1, 0.4-3).
    """
    case = subject.case if isinstance(subject, Petition) else subject
    if case is None or not case.is_open:
        return False
    book = book or load_transitions()
    written = False
    if case.law_since is None and (law := book.law_set(case.kind, case.received_on)) is not None:
        case.law_since = law.since
        written = True
    if case.switched_by is None:
        rule = book.switching(
            case.kind, accepted_on=case.accepted_on, decided_on=case.decided_on, today=today()
        )
        if rule is not None:
            _switch(case, rule)
            written = True
    if written:
        db.session.flush()
    return written


def settle_open_cases(
    *, limit: int = BATCH, after: int = 0, book: TransitionBook | None = None
) -> int | None:
    """Settle the next open cases behind an id, in the caller's unit of work; return the last id, None without any.

    Cases that somebody holds are passed over and stay for the next time.
    """
    book = book or load_transitions()
    kinds = {law.kind for law in book.law_sets}
    waiting = [(Case.law_since.is_(None)) & Case.kind.in_(kinds)]
    waiting += [
        Case.switched_by.is_(None) & Case.kind.in_(rule.kinds) & (Case.accepted_on < rule.accepted_before)
        for rule in book.transitions
        if rule.effect is Effect.SWITCH and today() >= rule.switch_on and rule.accepted_before is not None
    ]
    statement = (
        select(Case)
        .where(Case.is_open, Case.id > after, or_(*waiting))
        .order_by(Case.id)
        .limit(limit)
        .with_for_update(of=Case, skip_locked=True)
        .execution_options(populate_existing=True)
    )
    found: Sequence[Case] = db.session.scalars(statement).all()
    for case in found:
        settle_law(case, book=book)
    return found[-1].id if found else None


def _switch(case: Case, rule: TransitionRule) -> None:
    """Set the second pointer of a case and of those of its open clocks that the rule names, with a line of history."""
    case.switched_by, case.switched_on = rule.code, rule.switch_on
    wanted = select(Clock).where(
        Clock.case_id == case.id,
        Clock.state.in_(_OPEN),
        Clock.beside_id.is_(None),
        Clock.code.in_(rule.rules),
    )
    moved = [line for clock in db.session.scalars(wanted) if (line := _switch_clock(clock, rule)) is not None]
    db.session.add(
        HistoryEntry(case_id=case.id, at=now(), act="law_switched", on=rule.switch_on,
                     data={"transition_rule": rule.code, "article": rule.article, "moved": moved})
    )  # fmt: skip
    refresh_due(case)


def _switch_clock(clock: Clock, rule: TransitionRule) -> dict[str, str | None] | None:
    """Put the version of the switch day in the place of what a clock started under; None when nothing changes.

    What has happened to a clock may be impossible under the new version (an extension it does not know): then the clock
    stays as it is, and the log says so for a legal officer to look at.
    """
    try:
        version = load_rulebook().rule(clock.code, rule.switch_on).version
    except KeyError:
        return None
    if version in (clock.rule_version, clock.switched_to):
        return None
    before: date | None = clock.due_on
    clock.switched_to, clock.switched_on = version, rule.switch_on
    try:
        reading_of(clock)
    except ClockError as error:
        clock.switched_to = clock.switched_on = None
        log.warning("clock %s stays under %s: %s", clock.id, clock.rule_version, error.reason_vi)
        return None
    refresh(clock)
    return {
        "clock": clock.code, "from": clock.rule_version, "to": version,
        "old_due_on": before.isoformat() if before else None,
        "new_due_on": clock.due_on.isoformat() if clock.due_on else None,
    }  # fmt: skip
