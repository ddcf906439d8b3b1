"""What the organisation announces."""

from dataclasses import dataclass
from datetime import date

from app.core.events import Event


@dataclass(frozen=True)
class CalendarChanged(Event):
    """Days of a calendar went from worked to off or back: due dates of the units that follow it are derived again."""

    change_id: int
    unit_id: int  # whose calendar it is


@dataclass(frozen=True)
class UnitEnds(Event):
    """A unit is about to end on a day; whoever has open work there refuses by raising Invalid (field 'ends_on')."""

    unit_id: int
    path: str
    ends_on: date


@dataclass(frozen=True)
class SignInTrouble(Event):
    """Signing in to an account has failed many times within a day: the person and the administrators are told."""

    person_id: int
    failures: int


@dataclass(frozen=True)
class SecurityChanged(Event):
    """Something about how a person signs in changed: they are told, since it may not have been them."""

    person_id: int
    what: str  # 'factor_added', 'factor_removed', 'codes_renewed', 'recovery_used', 'password_changed'
    audit_key: str  # makes the notice that of this very act


@dataclass(frozen=True)
class OneTimeLinkMade(Event):
    """A link to set a password was made; the mail with it leaves by the outbox, sealed until then."""

    link_id: int
    person_id: int
    purpose: str
    token: str  # kept by nobody in the clear
