"""What this domain announces. Each event carries ids; app/wiring.py lists who reacts."""

from dataclasses import dataclass
from datetime import date

from app.core.events import Event


@dataclass(frozen=True)
class PetitionRegistered(Event):
    """A petition stands in the register."""

    petition_id: int


@dataclass(frozen=True)
class Moved(Event):
    """A petition or case took a step of its workflow; actor_id None: the system took it, at the end of a clock."""

    petition_id: int | None
    case_id: int | None
    action: str
    actor_id: int | None


@dataclass(frozen=True)
class CaseOpened(Event):
    """A petition in own jurisdiction became a case, before acceptance."""

    case_id: int
    petition_id: int


@dataclass(frozen=True)
class SecondComplaintOpened(Event):
    """A second complaint became a case; the first case of it stands in this system."""

    case_id: int
    first_case_id: int
    on: date


@dataclass(frozen=True)
class CaseResolved(Event):
    """A complaint was decided, or a denunciation concluded, on a day."""

    case_id: int
    on: date


@dataclass(frozen=True)
class ContinuedDenunciationOpened(Event):
    """A continued denunciation became a case of its own at the direct superior; which way it goes is to be said."""

    case_id: int
    on: date


@dataclass(frozen=True)
class SuperiorActed(Event):
    """The superior did something to the case that a continued denunciation follows: `act` of Transition.follows."""

    case_id: int
    first_case_id: int
    act: str
    on: date


@dataclass(frozen=True)
class CaseAssigned(Event):
    """A case was given to a unit and perhaps a handler; handler_id None means the unit's head assigns."""

    case_id: int
    unit_id: int | None
    handler_id: int | None
    actor_id: int


@dataclass(frozen=True)
class CaseHandedBack(Event):
    """A handler returned a case to the head, with a reason."""

    case_id: int
    actor_id: int


@dataclass(frozen=True)
class ProposalWaiting(Event):
    """A prepared move waits for a head's approval."""

    petition_id: int | None
    case_id: int | None
    actor_id: int


@dataclass(frozen=True)
class ProposalSentBack(Event):
    """A head sent a prepared move back to whoever prepared it."""

    petition_id: int | None
    case_id: int | None
    prepared_by_id: int
    actor_id: int


@dataclass(frozen=True)
class AlertsRaised(Event):
    """Alerts on clocks were raised; who was told stands in escalation_told."""

    escalation_ids: tuple[int, ...]


@dataclass(frozen=True)
class DueDatesMoved(Event):
    """A change of the calendar moved due dates, all of which have been derived again."""

    change_id: int


@dataclass(frozen=True)
class IdentityGranted(Event):
    """A head let a person see a sealed identity for a time."""

    grant_id: int
    person_id: int
    actor_id: int


@dataclass(frozen=True)
class IdentityAsked(Event):
    """Somebody asks to be let in to a sealed identity; the competent heads decide."""

    request_id: int
    petition_id: int
    head_ids: tuple[int, ...]


@dataclass(frozen=True)
class IdentityRefused(Event):
    """A head did not let somebody in who had asked."""

    request_id: int
    petition_id: int
    person_id: int


@dataclass(frozen=True)
class SendersSealed(Event):
    """Senders that stood in clear were moved into the seal; whoever links these parties must let go of them now."""

    petition_id: int
    sealed_identity_id: int
    party_ids: tuple[int, ...]


@dataclass(frozen=True)
class HandedOver(Event):
    """A petition or case went to the body that succeeded the one that had it."""

    petition_id: int | None
    case_id: int | None
    from_unit_id: int
    to_unit_id: int
    actor_id: int
