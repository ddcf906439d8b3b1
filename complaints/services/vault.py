"""Denouncers found again inside the vault: for whoever may open an identity, never without an audit entry."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from app.core import audit, seal
from app.core.db import db, unit_of_work
from app.core.errors import NotFound
from app.core.permissions import Principal
from app.core.seal import SealError
from complaints.access import visible_petitions
from complaints.models.parties import IdentityHash, SealedIdentity
from complaints.models.petitions import Petition
from complaints.services.identity import may_open_identity
from complaints.services.identity_hashes import digests_of, note_hashes

BATCH = 200


def _senders_of(sealed: SealedIdentity) -> list[dict[str, Any]]:
    return list(seal.decrypt_json(sealed.ciphertext, context=sealed.context))


def same_denouncer(petition: Petition, *, actor: Principal) -> Sequence[Petition]:
    """Return the other denunciations of whoever denounces here, oldest first, and leave an audit entry.

    Only those whose identity the actor may open as well: otherwise the comparison itself would tell who denounced.
    Raises NotFound unless the actor may open the identity of this one.
    """
    sealed = petition.sealed_identity
    if sealed is None or not may_open_identity(actor, petition):
        raise NotFound
    senders = _senders_of(sealed)
    known = seal.keys()
    digests = {digest for key in known for digest in digests_of(senders, key)}
    same = select(IdentityHash.sealed_identity_id).where(IdentityHash.digest.in_(digests))
    wanted = select(Petition).where(
        Petition.sealed_identity_id.in_(same), Petition.id != petition.id, visible_petitions(actor)
    )
    candidates = db.session.execute(wanted.order_by(Petition.id)).unique().scalars()
    found = [other for other in candidates if may_open_identity(actor, other)]
    detail = {"found": [other.id for other in found]}
    audit.record("identity.compared", actor=actor, subject=("petition", petition.id), detail=detail)
    return found


def rekey(*, batch: int = BATCH) -> int:
    """Make the hashes of every identity anew under the newest key, in batches; return how many identities changed.

    Also those sealed before there were hashes. What no key opens is left as it is.
    """
    newest, last, changed = seal.keys()[0].key_id, 0, 0
    while True:
        with unit_of_work() as session:
            wanted = select(SealedIdentity).where(
                SealedIdentity.id > last, SealedIdentity.hashed_under.is_distinct_from(newest)
            )
            rows = session.scalars(
                wanted.order_by(SealedIdentity.id)
                .limit(batch)
                .with_for_update()
                .execution_options(populate_existing=True)
            ).all()
            for sealed in rows:
                try:
                    note_hashes(sealed, _senders_of(sealed))
                except SealError:
                    continue
                changed += 1
            if not rows:
                return changed
            last = rows[-1].id
