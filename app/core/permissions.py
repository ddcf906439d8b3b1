"""Who may do what: one enum of permissions, one table of grants. Code asks for permissions, never for roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Role(StrEnum):
    """What a person is in a unit (vai trò)."""

    RECEPTION_OFFICER = "reception_officer"
    PETITION_OFFICER = "petition_officer"
    HANDLER = "handler"
    UNIT_HEAD = "unit_head"
    LEADER = "leader"
    INSPECTOR = "inspector"
    ADMINISTRATOR = "administrator"


class Permission(StrEnum):
    """An act on a resource, named resource:act."""

    CASE_ASSIGN = "case:assign"
    CASE_CLOSE = "case:close"
    CASE_DECIDE = "case:decide"
    CASE_HANDLE = "case:handle"
    CASE_REVIEW = "case:review"
    CASE_VIEW = "case:view"
    CALENDAR_MANAGE = "calendar:manage"
    CALENDAR_VIEW = "calendar:view"
    DELEGATION_MANAGE = "delegation:manage"
    HOME_VIEW = "home:view"
    IDENTITY_GRANT = "identity:grant"
    IDENTITY_OPEN = "identity:open"
    MAIL_VIEW_SENT = "mail:view_sent"
    NOTIFICATION_VIEW = "notification:view"
    ORGANISATION_MANAGE = "organisation:manage"
    PETITION_DECIDE = "petition:decide"
    PETITION_PROCESS = "petition:process"
    PETITION_REGISTER = "petition:register"
    PETITION_VIEW = "petition:view"
    PROTECTION_DECIDE = "protection:decide"
    PROTECTION_VIEW = "protection:view"
    RECORD_VIEW = "record:view"
    RULE_MANAGE = "rule:manage"
    RULE_REHEARSE = "rule:rehearse"
    RULE_VIEW = "rule:view"
    SESSION_DECIDE = "session:decide"
    SUPERVISION_VIEW = "supervision:view"
    VISIT_RECORD = "visit:record"
    VISIT_VIEW = "visit:view"


class Scope(StrEnum):
    """How far a grant reaches from the unit of the membership."""

    OWN = "own"  # what is assigned to the person, or was registered by them
    UNIT = "unit"  # the unit and those below it
    BODY = "body"  # the whole body (a People's Committee, a department) the unit belongs to
    OVERSEEN = "overseen"  # the body and every body below it; for an inspectorate, its parent's
    BELOW = "below"  # every body below the own one, and not the own one: nobody reviews themselves
    ALL = "all"  # not tied to a unit (the calendar, the administrator's pages)


_P, _S = Permission, Scope

GRANTS: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.RECEPTION_OFFICER: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.VISIT_RECORD: _S.BODY,
        _P.VISIT_VIEW: _S.BODY,
        _P.PETITION_REGISTER: _S.BODY,
        _P.PETITION_VIEW: _S.BODY,
        _P.IDENTITY_OPEN: _S.OWN,
    },
    Role.PETITION_OFFICER: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.VISIT_VIEW: _S.BODY,
        _P.PETITION_REGISTER: _S.BODY,
        _P.PETITION_VIEW: _S.BODY,
        _P.PETITION_PROCESS: _S.BODY,
        _P.CASE_VIEW: _S.BODY,
        _P.IDENTITY_OPEN: _S.OWN,
    },
    Role.HANDLER: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.CASE_VIEW: _S.OWN,
        _P.CASE_HANDLE: _S.OWN,
        _P.PETITION_VIEW: _S.OWN,
        _P.IDENTITY_OPEN: _S.OWN,
    },
    Role.UNIT_HEAD: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.VISIT_VIEW: _S.UNIT,
        _P.PETITION_REGISTER: _S.UNIT,
        _P.PETITION_VIEW: _S.UNIT,
        _P.PETITION_PROCESS: _S.UNIT,
        _P.PETITION_DECIDE: _S.UNIT,
        _P.CASE_VIEW: _S.UNIT,
        _P.CASE_ASSIGN: _S.UNIT,
        _P.CASE_HANDLE: _S.UNIT,
        _P.DELEGATION_MANAGE: _S.UNIT,
        _P.SUPERVISION_VIEW: _S.UNIT,
        _P.IDENTITY_OPEN: _S.OWN,
    },
    Role.LEADER: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.VISIT_RECORD: _S.BODY,
        _P.VISIT_VIEW: _S.BODY,
        _P.PETITION_REGISTER: _S.BODY,
        _P.PETITION_VIEW: _S.OVERSEEN,
        _P.PETITION_PROCESS: _S.BODY,
        _P.PETITION_DECIDE: _S.BODY,
        _P.CASE_VIEW: _S.OVERSEEN,
        _P.CASE_ASSIGN: _S.BODY,
        _P.CASE_HANDLE: _S.BODY,
        _P.CASE_DECIDE: _S.BODY,
        _P.CASE_CLOSE: _S.BODY,
        _P.DELEGATION_MANAGE: _S.BODY,
        _P.SESSION_DECIDE: _S.BODY,
        _P.CASE_REVIEW: _S.BELOW,
        _P.SUPERVISION_VIEW: _S.OVERSEEN,
        _P.IDENTITY_OPEN: _S.BODY,
        _P.IDENTITY_GRANT: _S.BODY,
        _P.PROTECTION_VIEW: _S.BODY,
        _P.PROTECTION_DECIDE: _S.BODY,
        _P.RECORD_VIEW: _S.BODY,
    },
    Role.INSPECTOR: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.VISIT_VIEW: _S.OVERSEEN,
        _P.PETITION_VIEW: _S.OVERSEEN,
        _P.CASE_VIEW: _S.OVERSEEN,
        _P.CASE_CLOSE: _S.OVERSEEN,
        _P.RECORD_VIEW: _S.OVERSEEN,
        _P.RULE_REHEARSE: _S.OVERSEEN,
        _P.SUPERVISION_VIEW: _S.OVERSEEN,
        _P.IDENTITY_OPEN: _S.OWN,
    },
    Role.ADMINISTRATOR: {
        _P.HOME_VIEW: _S.OWN,
        _P.NOTIFICATION_VIEW: _S.OWN,
        _P.CALENDAR_VIEW: _S.ALL,
        _P.RULE_VIEW: _S.ALL,
        _P.ORGANISATION_MANAGE: _S.ALL,
        _P.DELEGATION_MANAGE: _S.ALL,
        _P.CALENDAR_MANAGE: _S.ALL,
        _P.RULE_MANAGE: _S.UNIT,
        _P.RULE_REHEARSE: _S.UNIT,
        _P.MAIL_VIEW_SENT: _S.ALL,
    },
}


# A denunciation is need-to-know (law.md I12): on it these grants reach less far than GRANTS says. What is not named
# here reaches as far as there: the petition officers of the receiving body, the head competent to resolve, the handler
# and the head of the unit that it was given to need it; leaders and inspectors above hear of what is late, so they keep
# the file, which never shows who denounces. Of those who receive citizens only the registrar knows.
NEED_TO_KNOW: Mapping[Role, Mapping[Permission, Scope]] = {
    Role.RECEPTION_OFFICER: {_P.PETITION_VIEW: _S.OWN, _P.PETITION_REGISTER: _S.OWN},
}


def scope_of(role: Role, permission: Permission, *, need: bool = False) -> Scope | None:
    """Return how far a role's permission reaches (`need`: on a denunciation), or None without it."""
    granted = GRANTS[role].get(permission)
    if granted is None or not need:
        return granted
    return NEED_TO_KNOW.get(role, {}).get(permission, granted)


@dataclass(frozen=True)
class MembershipFacts:
    """A membership in force today, with the paths that scopes are matched against."""

    role: Role
    unit_id: int
    unit_path: str  # '/1/5/': ids from the root down to the unit
    body_id: int
    body_path: str
    overseen_path: str  # the body's own path, or for an inspectorate its parent's


@dataclass(frozen=True)
class Reach:
    """Where one permission reaches for one person: what is theirs, and the subtrees they see."""

    own: bool
    everything: bool
    paths: tuple[str, ...]
    body_ids: tuple[int, ...]
    below: tuple[tuple[str, int], ...] = ()  # subtrees without the units of the body at their top

    def __bool__(self) -> bool:
        return self.own or self.everything or bool(self.paths or self.body_ids or self.below)

    def covers(self, *, path: str, body_id: int | None) -> bool:
        """Tell whether a unit with this path and body lies within reach (what is 'own' is asked separately)."""
        if self.everything or body_id in self.body_ids or any(path.startswith(p) for p in self.paths):
            return True
        return any(path.startswith(top) and body_id != body for top, body in self.below)


@dataclass(frozen=True)
class Principal:
    """Who acts: a person with the memberships in force today, and those on whose behalf they work meanwhile.

    Somebody in `behalf` is the one who is away, with only the permissions that were passed on (`only`).
    """

    person_id: int
    name: str
    memberships: tuple[MembershipFacts, ...] = ()
    behalf: tuple["Principal", ...] = ()
    only: frozenset[Permission] | None = None
    acting_for: int | None = None  # on whose behalf this very act is done
    unit_ids: frozenset[int] = field(
        init=False, repr=False, compare=False
    )  # where they sit, and all around it
    own_permissions: frozenset[Permission] = field(init=False, repr=False, compare=False)
    permissions: frozenset[Permission] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        granted = frozenset(permission for m in self.memberships for permission in GRANTS[m.role])
        own = granted if self.only is None else granted & self.only
        around = (part for m in self.memberships for part in m.unit_path.split("/") if part)
        object.__setattr__(self, "unit_ids", frozenset(int(part) for part in around))
        object.__setattr__(self, "own_permissions", own)
        object.__setattr__(self, "permissions", own.union(*(b.permissions for b in self.behalf)))

    @property
    def hats(self) -> "tuple[Principal, ...]":
        """Return under whose rights they act, their own first; each is asked by `own_reach`."""
        return (self, *self.behalf)

    def may(self, permission: Permission) -> bool:
        """Tell whether any membership grants the permission, however far it reaches."""
        return permission in self.permissions

    def reach(self, permission: Permission) -> Reach:
        """Return how far the permission reaches, what others have passed on included."""
        reaches = [hat.own_reach(permission) for hat in self.hats]
        return Reach(
            reaches[0].own,
            any(r.everything for r in reaches),
            tuple(sorted({path for r in reaches for path in r.paths})),
            tuple(sorted({body for r in reaches for body in r.body_ids})),
            tuple(sorted({pair for r in reaches for pair in r.below})),
        )

    def own_reach(self, permission: Permission, *, need: bool = False) -> Reach:
        """Return how far the permission reaches over their own memberships (`need`: on a denunciation)."""
        own = everything = False
        paths: set[str] = set()
        bodies: set[int] = set()
        below: set[tuple[str, int]] = set()
        for membership in self.memberships if permission in self.own_permissions else ():
            scope = scope_of(membership.role, permission, need=need)
            if scope is Scope.OWN:
                own = True
            elif scope is Scope.ALL:
                everything = True
            elif scope is Scope.UNIT:
                paths.add(membership.unit_path)
            elif scope is Scope.BODY:
                bodies.add(membership.body_id)
            elif scope is Scope.OVERSEEN:
                paths.add(membership.overseen_path)
            elif scope is Scope.BELOW:
                below.add((membership.body_path, membership.body_id))
        return Reach(own, everything, tuple(sorted(paths)), tuple(sorted(bodies)), tuple(sorted(below)))
