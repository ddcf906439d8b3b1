"""What somebody may do today and why: each permission with the role, the unit and the reach that it comes from."""

from dataclasses import dataclass

from app.core.permissions import MembershipFacts, Permission, Principal, scope_of
from app.organisation.chart import chart
from app.organisation.roles import ROLE_WORDS, SCOPE_WORDS, grants_table, permission_words


@dataclass(frozen=True)
class Source:
    """Where a right comes from: a role in a unit, held or stood in for, and how far it reaches."""

    role: str
    unit: str
    scope: str
    denunciation: str  # how far on a denunciation, where that is less
    behalf: str  # whose right it is, when they stand in for somebody


@dataclass(frozen=True)
class Right:
    """A permission in words, with every source of it."""

    permission: str
    sources: tuple[Source, ...]


def rights_of(principal: Principal, language: str) -> list[tuple[str, list[Right]]]:
    """Return (what it is about, rights) for whatever somebody may do today; what they may not do is left out."""
    groups = []
    for group in grants_table():
        rights = []
        for row in group.rows:
            sources = _sources(principal, row.permission, language)
            if sources:
                rights.append(Right(permission_words(row.permission).speak(language), sources))
        if rights:
            groups.append((group.words.speak(language), rights))
    return groups


def _sources(principal: Principal, permission: Permission, language: str) -> tuple[Source, ...]:
    return tuple(
        _source(membership, permission, language, "" if hat is principal else hat.name)
        for hat in principal.hats
        if permission in hat.own_permissions
        for membership in hat.memberships
        if scope_of(membership.role, permission) is not None
    )


def _source(held: MembershipFacts, permission: Permission, language: str, behalf: str) -> Source:
    granted, needed = scope_of(held.role, permission), scope_of(held.role, permission, need=True)
    assert granted is not None
    assert needed is not None
    less = SCOPE_WORDS[needed].speak(language) if needed is not granted else ""
    unit = chart().units[held.unit_id].short_name
    return Source(
        ROLE_WORDS[held.role].speak(language), unit, SCOPE_WORDS[granted].speak(language), less, behalf
    )
