"""What goes to verifiers stands on two people (law.md I04): one makes a version, another confirms it, then it goes out.

Both must be let in to the identity. Versions are the text of an extract and the masked pictures of its papers.
"""

from typing import TypeVar

from sqlalchemy import select

from app.core import audit
from app.core.db import db
from app.core.errors import Conflict, NotAllowed, NotFound
from app.core.permissions import Principal
from complaints.models.extracts import Extract, ExtractAct, MaskedPicture, MaskedPictureAct
from complaints.models.petitions import Petition
from complaints.services.identity import may_open_identity

Version = TypeVar("Version", Extract, MaskedPicture)


def let_in(petition: Petition, actor: Principal) -> None:
    """Raise NotFound for whoever is not let in to the identity."""
    if petition.sealed_identity is None or not may_open_identity(actor, petition):
        raise NotFound


def hold(petition: Petition) -> None:
    """Let one version after the other be made: the next one has the next number."""
    db.session.execute(select(Petition.id).where(Petition.id == petition.id).with_for_update())


def made_from(newest: Version | None, number: int, *, otherwise: str) -> None:
    """Raise Conflict with these words when a version (0: none) is no longer the newest."""
    if (newest.number if newest else 0) != number:
        raise Conflict(otherwise)


def waiting(newest: Version | None, number: int, state: str, *, otherwise: str) -> Version:
    """Return the newest version when it is this one, in this state. Raises Conflict with these words."""
    if newest is None or newest.number != number or newest.state != state:
        raise Conflict(otherwise)
    return newest


def by_another(version: Extract | MaskedPicture, actor: Principal, *, otherwise: str) -> None:
    """Raise NotAllowed with these words for whoever made the version: a second person confirms."""
    if version.made_by_id == actor.person_id:
        raise NotAllowed(otherwise)


def note(version: Version, act: ExtractAct | MaskedPictureAct) -> None:
    """Keep what somebody did with a version."""
    db.session.add(act)
    db.session.flush()
    db.session.expire(version, ["acts"])


def record(action: str, petition: Petition, actor: Principal, **detail: int) -> None:
    """Leave the entry of the record, of the petition whose matter it is."""
    audit.record(action, actor=actor, subject=("petition", petition.id), detail=detail)
