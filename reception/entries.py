"""What is typed at the desk: a visit, or a letter that came without its sender."""

from dataclasses import dataclass
from datetime import date

from werkzeug.datastructures import FileStorage

from complaints.services.identity import Sender
from reception.codes import Reception


@dataclass(frozen=True)
class HandedPaper:
    """A paper handed over the counter, with its scan not yet stored; `row` is its line on the form."""

    title: str
    pages: int | None = None
    is_original: bool = False
    upload: FileStorage | None = None
    row: int = 0


@dataclass(frozen=True)
class Content:
    """One of several contents of a visit (V10): its kind (complaints.codes.PetitionKind) and what it says."""

    kind: str
    summary: str


@dataclass(frozen=True)
class NewVisit:
    """One visit as heard at the desk. `outcome` is a codes.VisitOutcome, or codes.REFUSED with its ground."""

    unit_id: int
    received_on: date
    kind: str
    summary: str
    outcome: str
    visitors: tuple[Sender, ...] = ()
    people_count: int = 1
    signer_count: int | None = None  # signatures on the petition; None: as many as people came
    representatives_appointed: bool | None = None
    papers_not_shown: bool = False
    reception: str = Reception.REGULAR
    request: str = ""
    respondent: str = ""
    respondent_level: str = ""
    respondent_unit_id: int | None = None
    field: str | None = None
    earlier_body: str = ""
    letter_date: date | None = None
    same_matter_id: int | None = None
    refusal_ground: str | None = None
    outcome_note: str = ""
    directed_to: str = ""
    document_no: str = ""
    note: str = ""
    contents: tuple[Content, ...] = ()  # of a mixed visit, when each becomes a petition of its own
    papers: tuple[HandedPaper, ...] = ()
    submission_key: str | None = None

    @property
    def contents_text(self) -> str:
        """Return the contents in one text, for the checks that every text passes."""
        return "\n".join(content.summary for content in self.contents)


@dataclass(frozen=True)
class NewLetter:
    """A petition that came by post, box, e-mail or from another body."""

    unit_id: int
    received_on: date
    source: str
    summary: str
    kind: str | None = None  # None: to be classified by the petition officer
    senders: tuple[Sender, ...] = ()
    anonymous: bool = False
    signer_count: int = 1
    forwarded_by: str = ""
    letter_date: date | None = None
    request: str = ""
    respondent: str = ""
    respondent_level: str = ""
    respondent_unit_id: int | None = None
    field: str | None = None
    earlier_body: str = ""
    origin_body: str = ""  # of a file handed over: the body that is no more, to which it was sent first
    handover_minutes: str = ""
    papers: tuple[HandedPaper, ...] = ()
    submission_key: str | None = None
