"""Everything that is kept under the seal, by kind: what `tiepdan seal rotate` re-wraps and `status` counts."""

from app.core.seal_rotation import Sealed
from app.files import services as files
from app.organisation.signin import second_factor
from complaints.services import identity, leak_marks, opening, protection
from notifications import one_time

SEALED: tuple[Sealed, ...] = (
    *identity.SEALED,
    *opening.SEALED,
    *leak_marks.SEALED,
    *files.SEALED,
    *protection.SEALED,
    *second_factor.SEALED,
    *one_time.SEALED,
)
