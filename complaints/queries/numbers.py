"""The numbers by which lists, digests and reports call petitions, cases and duties; never a name."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload, load_only

from app.core.db import db
from app.organisation.models import Unit
from complaints.models.cases import Case
from complaints.models.duties import Duty
from complaints.models.petitions import Petition
from complaints.models.shared import Shown


def numbers_of(places: Iterable[Shown]) -> dict[Shown, str]:
    """Return the number of each place where a clock shows, in one query a table."""
    wanted = set(places)
    petition_ids = [place.petition_id for place in wanted if place.petition_id is not None]
    case_ids = [place.case_id for place in wanted if place.case_id is not None]
    duty_ids = [place.duty_id for place in wanted if place.duty_id is not None]
    found: dict[Shown, str] = {}
    if petition_ids:
        columns = load_only(Petition.register_no, Petition.register_year, Petition.unit_id)
        petitions = select(Petition).where(Petition.id.in_(petition_ids))
        petitions = petitions.options(columns, joinedload(Petition.unit).load_only(Unit.code))
        found.update({Shown(petition_id=row.id): row.number for row in db.session.scalars(petitions)})
    if case_ids:
        columns = load_only(Case.register_no, Case.register_year, Case.unit_id)
        cases = select(Case).where(Case.id.in_(case_ids))
        cases = cases.options(columns, joinedload(Case.unit).load_only(Unit.code))
        found.update({Shown(case_id=row.id): row.number for row in db.session.scalars(cases)})
    if duty_ids:
        duties = db.session.execute(select(Duty.id, Duty.number).where(Duty.id.in_(duty_ids)))
        found.update({Shown(duty_id=id_): number for id_, number in duties})
    return found
