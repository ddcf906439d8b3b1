"""Notes and files added while a petition or case is worked on."""

from collections.abc import Sequence

from app.core import audit
from app.core.clock import now
from app.core.db import db
from app.core.errors import Invalid, NotAllowed
from app.core.permissions import Permission, Principal
from app.core.text import clean_line, clean_text
from app.files.models import StoredFile
from complaints.access import acting
from complaints.models.cases import Case, CaseAttachment
from complaints.models.history import HistoryEntry
from complaints.models.petitions import Petition
from complaints.services.leak_marks import refuse_words

NOTE_MAX = 20_000
_WRITER = {Petition: Permission.PETITION_PROCESS, Case: Permission.CASE_HANDLE}


def _may_write(actor: Principal, subject: Petition | Case) -> Principal:
    who = acting(actor, _WRITER[type(subject)], subject)
    if who is None:
        raise NotAllowed("Bạn không có quyền ghi vào hồ sơ này.")
    return who


def _behalf(actor: Principal) -> dict[str, int]:
    return {"on_behalf_of": actor.acting_for} if actor.acting_for is not None else {}


def add_note(subject: Petition | Case, text: str, *, actor: Principal) -> HistoryEntry:
    """Add a note to the timeline. Raises NotAllowed, Invalid for an empty or too long text, or one that leaks."""
    who = _may_write(actor, subject)
    words = clean_text(text)
    if not words:
        raise Invalid("Hãy viết nội dung ghi chú.", field="text")
    if len(words) > NOTE_MAX:
        raise Invalid(f"Ghi chú dài quá {NOTE_MAX} ký tự; hãy đính kèm tệp.", field="text")
    refuse_words(subject, text=words)
    line = HistoryEntry(
        petition_id=subject.id if isinstance(subject, Petition) else None,
        case_id=subject.id if isinstance(subject, Case) else None,
        at=now(),
        actor_id=actor.person_id,
        act="note",
        data={"words": words, **_behalf(who)},
    )
    db.session.add(line)
    db.session.flush()
    return line


def attach(case: Case, files: Sequence[tuple[StoredFile, str]], *, actor: Principal) -> None:
    """Add stored files to a case, each with a title. Raises NotAllowed."""
    who = _may_write(actor, case)
    for file, title in files:
        row = CaseAttachment(
            case_id=case.id, file=file, title=clean_line(title)[:200] or "Tài liệu", added_by_id=actor.person_id,
            added_at=now(),
        )  # fmt: skip
        db.session.add(row)
        db.session.flush()
        data = {"attachment_id": row.id}
        db.session.add(
            HistoryEntry(
                case_id=case.id,
                at=now(),
                actor_id=actor.person_id,
                act="attached",
                data={**data, **_behalf(who)},
            )
        )
        audit.record("case.attached", actor=who, subject=("case", case.id), detail=data)
    db.session.flush()
