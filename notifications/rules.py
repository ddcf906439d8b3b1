"""Whether somebody is told: who hears of what, and which tidings also leave as mail. Pure: ids in, ids out."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum


class Kind(StrEnum):
    """What a notice is about."""

    ALERTS = "alerts"  # deadlines that need attention: one combined notice a person and day
    ASSIGNED = "assigned"
    TO_ASSIGN = "to_assign"
    HANDED_BACK = "handed_back"
    PROPOSAL = "proposal"
    APPROVED = "approved"
    SENT_BACK = "sent_back"
    MOVED = "moved"
    IDENTITY = "identity"
    IDENTITY_ASKED = "identity_asked"  # somebody asks to be let in to a sealed identity
    IDENTITY_REFUSED = "identity_refused"
    HANDED_OVER = "handed_over"  # a file came from the body that this one succeeds
    SIGN_IN_TROUBLE = "sign_in_trouble"  # signing in to an account fails again and again
    SECURITY = "security"  # something about one's own sign-in changed
    ONE_TIME_LINK = "one_time_link"  # mail only: a link to set the password
    DAILY = "daily"  # mail only: what a person's day holds
    WEEKLY = "weekly"  # mail only: what is late and due soon in the bodies that a person oversees
    DATES_MOVED = "dates_moved"  # due dates that a change of the calendar moved: one combined notice a person


# What asks somebody to act also leaves as mail; what only informs waits under the bell.
MAILED = frozenset(Kind) - {Kind.APPROVED, Kind.MOVED}
# What nobody can switch off: deadlines, and what concerns the safety of an account or of a denouncer.
FIXED = frozenset({
    Kind.ALERTS, Kind.IDENTITY, Kind.IDENTITY_ASKED, Kind.IDENTITY_REFUSED, Kind.SIGN_IN_TROUBLE, Kind.SECURITY,
    Kind.ONE_TIME_LINK,
})  # fmt: skip


def of_assignment(handler_id: int | None, heads: Sequence[int], actor_id: int) -> Mapping[int, Kind]:
    """Return who hears that a case was given away: its handler, or the unit's heads when nobody is named yet."""
    if handler_id is not None:
        return _others([handler_id], Kind.ASSIGNED, actor_id)
    return _others(heads, Kind.TO_ASSIGN, actor_id)


def of_hand_back(heads: Sequence[int], leaders: Sequence[int], actor_id: int) -> Mapping[int, Kind]:
    """Return who hears that a handler returned a case: the unit's heads, or the body's leaders where there is none."""
    return _others(heads, Kind.HANDED_BACK, actor_id) or _others(leaders, Kind.HANDED_BACK, actor_id)


def of_hand_over(leaders: Sequence[int], actor_id: int) -> Mapping[int, Kind]:
    """Return who hears that a file was handed over to their body: its leaders, who give it to somebody."""
    return _others(leaders, Kind.HANDED_OVER, actor_id)


def of_proposal(approvers: Iterable[int], actor_id: int) -> Mapping[int, Kind]:
    """Return who hears that a prepared step waits: those who may approve it."""
    return _others(approvers, Kind.PROPOSAL, actor_id)


def of_move(handler_id: int | None, preparer_id: int | None, actor_id: int | None) -> Mapping[int, Kind]:
    """Return who hears of a step: whoever had prepared it, and the handler of what was moved by somebody else."""
    told = dict(_others([handler_id] if handler_id is not None else [], Kind.MOVED, actor_id))
    told.update(_others([preparer_id] if preparer_id is not None else [], Kind.APPROVED, actor_id))
    return told


def _others(people: Iterable[int], kind: Kind, actor_id: int | None) -> Mapping[int, Kind]:
    """Nobody is told of what they did themselves."""
    return {person: kind for person in people if person != actor_id}
