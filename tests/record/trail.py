"""What the tests of the record share: entries made by the product, and a superuser who tampers."""

from sqlalchemy import select, text

from app.core import audit
from app.core.audit import AuditEntry
from app.core.db import db, unit_of_work
from tests.conftest import as_owner
from tests.factories import World


def leave_entries(world: World, count: int, *, together: int = 1) -> list[int]:
    """Leave entries, `together` in each transaction; return their ids."""
    actor, ids = world.principal("donthu.lb"), []
    for start in range(0, count, together):
        with unit_of_work():
            for place in range(start, min(start + together, count)):
                audit.record(
                    "case.viewed", actor=actor, subject=("case", place), detail={"page": "cases.show"}
                )
            db.session.flush()
            newest = select(AuditEntry.id).order_by(AuditEntry.id.desc()).limit(min(together, count - start))
            ids += sorted(db.session.scalars(newest))
    return ids


def tamper(*statements: str, **values: object) -> None:
    """Run statements as a superuser who has put the triggers aside."""
    with as_owner(db.session()):
        db.session.execute(text("SET LOCAL session_replication_role = replica"))
        for statement in statements:
            db.session.execute(text(statement), values)
        db.session.execute(text("SET LOCAL session_replication_role = origin"))
    db.session.flush()
