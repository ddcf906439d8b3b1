"""What the page of a petition offers about its sealed identity: the forms, and who was let in, each to whoever may."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.core.clock import today
from app.core.permissions import Permission, Role
from app.organisation.queries import descendants, people_in
from app.web.access import current_principal
from app.web.forms import AppForm
from complaints.forms import options
from complaints.forms_identity import AskForm, DecideForm, GrantForm, OpenForm, told_apart
from complaints.models.petitions import Petition
from complaints.services import identity, opening

Form = TypeVar("Form", bound=AppForm)


@dataclass(frozen=True)
class IdentityWays:
    """What somebody may do about a sealed identity, as forms, and what they may read of who was let in."""

    open: OpenForm | None
    ask: AskForm | None
    asked: bool
    grant: GrantForm | None
    waiting: Sequence[tuple[opening.Line, AppForm]]
    grants: Sequence[opening.Line]
    openings: Sequence[opening.Line]


def identity_ways(petition: Petition, refused: Mapping[str, AppForm]) -> IdentityWays:
    """Return the ways of whoever is signed in; `refused` holds the forms as they were refused, by name."""
    principal = current_principal()
    may_open = identity.may_open_identity(principal, petition)
    head = may_open and identity.competent_head(principal, petition)
    may_ask = not may_open and principal.may(Permission.IDENTITY_OPEN)
    waiting = []
    for line in opening.waiting_requests(petition, principal):
        form = refused.get(f"decide-{line.id}") or DecideForm(formdata=None, data={"days": line.days})
        waiting.append((line, told_apart(form, f"decide-{line.id}")))
    return IdentityWays(
        open=_given(OpenForm, refused.get("identity")) if may_open else None,
        ask=_given(AskForm, refused.get("ask")) if may_ask else None,
        asked=may_ask and opening.my_request(petition, principal) is not None,
        grant=grant_form(petition, refused.get("grant")) if head else None,
        waiting=waiting,
        grants=opening.grants_of(petition, principal),
        openings=opening.openings_of(petition, principal),
    )


def _given(kind: type[Form], refused: AppForm | None) -> Form:
    return refused if isinstance(refused, kind) else kind(formdata=None)


def grant_form(petition: Petition, given: AppForm | None) -> GrantForm:
    """Return the form of letting somebody in, with the people who may be chosen: nobody else is."""
    form = _given(GrantForm, given)
    body = petition.case.unit if petition.case is not None else petition.unit
    units = [unit.id for unit in descendants(body, today())]
    roles = (Role.HANDLER, Role.UNIT_HEAD, Role.PETITION_OFFICER, Role.INSPECTOR)
    form.person_id.choices = options((p.id, p.full_name) for p in people_in(units, roles, today()))
    return form
