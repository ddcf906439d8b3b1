"""Denouncers found again inside the vault: for whoever has just opened an identity, never without an audit entry."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy import delete, select, update

from app.core import audit, seal
from app.core.db import db, unit_of_work
from app.core.errors import NotFound
from app.core.permissions import Principal
from app.core.seal import SealError
from complaints.access import visible_petitions
from complaints.models.parties import IdentityHash, SealedIdentity
from complaints.models.petitions import Petition
from complaints.services.identity import Sender, may_open_identity
from complaints.services.identity_hashes import digests_of, note_hashes

BATCH = 200


def same_denouncer(petition: Petition, senders: Sequence[Sender], *, actor: Principal) -> Sequence[Petition]:
    """Return the other denunciations of whoever denounces here, oldest first, and leave an audit entry.

    `senders` are those whom the actor has just opened. Only denunciations whose identity the actor may open as well:
    otherwise the comparison itself would tell who denounced. Raises NotFound unless the actor may open this one.
    """
    if petition.sealed_identity is None or not may_open_identity(actor, petition):
        raise NotFound
    plain = [asdict(sender) for sender in senders]
    known = seal.keys()
    digests = {digest for key in known for digest in digests_of(plain, key)}
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

    Also those sealed before there were hashes. What no key opens is left as it is. Only the owner of the tables may:
    the application's role reads no sealed identity without an opening.
    """
    newest, last, changed = seal.keys()[0].key_id, 0, 0
    table = SealedIdentity.__table__
    while True:
        with unit_of_work() as session:
            wanted = select(table.c.id, table.c.context, table.c.ciphertext).where(
                table.c.id > last, table.c.hashed_under.is_distinct_from(newest)
            )
            rows = session.execute(wanted.order_by(table.c.id).limit(batch).with_for_update()).all()
            for row in rows:
                try:
                    senders = seal.decrypt_json(bytes(row.ciphertext), context=row.context)
                except SealError:
                    continue
                session.execute(delete(IdentityHash).where(IdentityHash.sealed_identity_id == row.id))
                note_hashes(row.id, senders)
                session.execute(
                    update(SealedIdentity)
                    .where(SealedIdentity.id == row.id)
                    .values(hashed_under=newest)
                    .execution_options(synchronize_session=False)
                )
                changed += 1
            if not rows:
                return changed
            last = rows[-1].id
