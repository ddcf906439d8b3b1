"""Pages of petitions: the inbox, one petition, its steps, competence, and the sealed identity."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.clock import now, today
from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.files.services import send_stored
from app.organisation.queries import bodies
from app.organisation.signin.fresh import confirm_first, fresh_sign_in
from app.web.access import access, current_principal
from app.web.forms import AppForm, record_id
from app.web.locale import language
from complaints.access import petition_for
from complaints.codes import PetitionKind, choices, label
from complaints.codes_identity import OpeningPurpose
from complaints.forms import CompetenceForm, options
from complaints.forms_identity import GrantForm, OpenForm
from complaints.models.petitions import Petition
from complaints.queries import pages, worklists
from complaints.queries.related import related_to
from complaints.queries.successions import hand_overs_of
from complaints.services import eligibility, extracts, identity, jurisdiction, masked_pictures, opening, vault
from complaints.views import shared
from complaints.views.identity_ways import grant_form, identity_ways
from complaints.views.successions import hand_over_page, may_go_to
from complaints.views.words import words

blueprint = Blueprint("petitions", __name__, url_prefix="/petitions", template_folder="../templates")
_P = Permission


def wanted_from_request() -> worklists.WorkFilter:
    """Return the filter that the address holds; what is not understood is passed over."""
    args = request.args
    return worklists.WorkFilter(
        state=args.get("state", "")[:40],
        kind=args.get("kind", "")[:30],
        due=args.get("due", "")[:10],
        unit_id=args.get("unit", type=record_id),
        mine=args.get("mine") == "1",
        closed=args.get("closed") == "1",
        cursor=args.get("cursor"),
    )


@blueprint.get("/")
@access(_P.PETITION_VIEW)
def inbox() -> ResponseReturnValue:
    """Show the petitions, due first."""
    principal, wanted = current_principal(), wanted_from_request()
    seen = worklists.reached(principal, _P.PETITION_VIEW)
    return render_template(
        "complaints/inbox.html",
        page=worklists.inbox(wanted, seen),
        counts=worklists.petition_counts(seen),
        wanted=wanted,
        kinds=choices(PetitionKind, language()),
        units=worklists.filter_units(seen),
        **words(),
    )


@blueprint.get("/<int:subject_id>")
@access(_P.PETITION_VIEW)
def show(subject_id: int) -> ResponseReturnValue:
    """Show one petition."""
    return _show(petition_for(current_principal(), subject_id, load=pages.PETITION_SHOWN))


def _show(
    petition: Petition,
    competence_form: CompetenceForm | None = None,
    *,
    numbers: bool = False,
    **refused: AppForm,
) -> str:
    principal = current_principal()
    page = pages.petition_page(petition, principal=principal)
    proposal = jurisdiction.proposal_for(petition) if petition.state == "classified" else None
    may_open = identity.may_open_identity(principal, petition)
    return render_template(
        "complaints/petition.html",
        page=page,
        petition=petition,
        proposal=proposal,
        competence=_competence_form(petition, proposal, competence_form)
        if proposal and page.may_write
        else None,
        may_open=may_open,
        extract=extracts.released_of([petition]).get(petition.id),
        pictures=masked_pictures.released_of([petition]).get(petition.id, ()),
        may_download=identity.may_download(principal, petition),
        way=identity_ways(petition, refused) if petition.sealed_identity_id else None,
        escalations=pages.escalations_of(petition),
        checklist=eligibility.checklist_of(petition) if petition.state == "classified" else (),
        related=related_to(petition, principal=principal),
        hand_overs=hand_overs_of(petition),
        hand_over_to=may_go_to(petition, principal),
        hidden_before=None
        if may_open or petition.sealed_identity is None
        else petition.sealed_identity.created_at,
        numbers=numbers,
        refused=refused,
        purpose_words=lambda code: label(OpeningPurpose, code, language()),
        **words(),
    )


def show_refused(petition: Petition) -> shared.ShowRefused:
    """Return how the page of a petition is shown again with a form that was refused."""
    return lambda name, form: _show(petition, **{name: form})


def _competence_form(petition: Petition, proposal: object, given: CompetenceForm | None) -> CompetenceForm:
    form = given or CompetenceForm(formdata=None)
    others = [(u.id, u.name) for u in bodies(today()) if u.id != petition.unit_id]
    form.unit_id.choices = options([(0, "—"), *others])
    if given is None:
        own = (
            petition.in_jurisdiction
            if petition.in_jurisdiction is not None
            else getattr(proposal, "own", True)
        )
        form.own.data = "yes" if own else "no"
        form.unit_id.data = petition.competent_unit_id or 0
        form.version.data = str(petition.version)
    return form


@blueprint.route("/<int:subject_id>/do/<action>", methods=["GET", "POST"])
@access(_P.PETITION_VIEW)
def step(subject_id: int, action: str) -> ResponseReturnValue:
    """Show or take a step of the intake."""
    return shared.step(petition_for(current_principal(), subject_id), action, preparer=_P.PETITION_PROCESS)


@blueprint.post("/<int:subject_id>/approve")
@access(_P.PETITION_DECIDE)
def approve(subject_id: int) -> ResponseReturnValue:
    """Approve the prepared step."""
    petition = petition_for(current_principal(), subject_id, _P.PETITION_DECIDE)
    return shared.approve_pending(petition, show_refused(petition))


@blueprint.post("/<int:subject_id>/send-back")
@access(_P.PETITION_DECIDE)
def send_back(subject_id: int) -> ResponseReturnValue:
    """Return the prepared step with a reason."""
    petition = petition_for(current_principal(), subject_id, _P.PETITION_DECIDE)
    return shared.send_back_pending(petition, show_refused(petition))


@blueprint.post("/<int:subject_id>/competence")
@access(_P.PETITION_PROCESS)
def competence(subject_id: int) -> ResponseReturnValue:
    """Confirm or change who is competent."""
    petition = petition_for(current_principal(), subject_id, _P.PETITION_PROCESS)
    form = CompetenceForm()
    if form.validate():
        try:
            with unit_of_work():
                jurisdiction.confirm_competence(
                    petition, own=form.own.data == "yes", unit_id=form.unit_id.data or None,
                    reason=form.reason.data or "", actor=current_principal(), version=form.version_number,
                )  # fmt: skip
            flash(_("Đã ghi thẩm quyền."), "success")
            return redirect(url_for("petitions.show", subject_id=subject_id))
        except DomainError as error:
            form.show(error)
    answer = _show(petition, form)
    return answer, 422


@blueprint.post("/<int:subject_id>/conditions")
@access(_P.PETITION_PROCESS)
def conditions(subject_id: int) -> ResponseReturnValue:
    """Record which conditions of processing the paper meets (P03)."""
    petition = petition_for(current_principal(), subject_id, _P.PETITION_PROCESS)
    form = AppForm()
    try:
        with unit_of_work():
            met = dict.fromkeys(request.form.getlist("met"), True)
            missing = eligibility.confirm_conditions(
                petition, met, actor=current_principal(), version=form.version_number
            )
    except DomainError as error:
        form.show(error)
        return _show(petition, conditions=form), 422
    if missing:
        flash(_("Đã ghi: còn thiếu %(n)s điều kiện.", n=len(missing)), "success")
    else:
        flash(_("Đã ghi: đủ điều kiện xử lý."), "success")
    return redirect(url_for("petitions.show", subject_id=subject_id))


@blueprint.route("/<int:subject_id>/hand-over", methods=["GET", "POST"])
@access(_P.PETITION_DECIDE)
def hand_over(subject_id: int) -> ResponseReturnValue:
    """Give the petition to the body that succeeds the one that has it."""
    return hand_over_page(petition_for(current_principal(), subject_id, _P.PETITION_DECIDE))


@blueprint.post("/<int:subject_id>/notes")
@access(_P.PETITION_PROCESS)
def note(subject_id: int) -> ResponseReturnValue:
    """Add a note."""
    petition = petition_for(current_principal(), subject_id, _P.PETITION_PROCESS)
    return shared.add_note(petition, show_refused(petition))


@blueprint.post("/<int:subject_id>/numbers")
@access(_P.PETITION_VIEW)
def numbers(subject_id: int) -> ResponseReturnValue:
    """Show the senders' identity and telephone numbers whole, once, and keep who looked (R03)."""
    petition = petition_for(current_principal(), subject_id, load=pages.PETITION_SHOWN)
    with unit_of_work():
        identity.show_numbers(petition, actor=current_principal())
    return _show(petition, numbers=True)


@blueprint.post("/<int:subject_id>/identity")
@access(_P.IDENTITY_OPEN)
@fresh_sign_in()
def open_identity(subject_id: int) -> ResponseReturnValue:
    """Open the sealed identity for one look, with a purpose and a reason; the page is never kept in a cache."""
    petition = petition_for(current_principal(), subject_id)
    form = OpenForm()
    try:
        with unit_of_work():
            kept = identity.open_identity(petition, **form.asked, actor=current_principal())
        with unit_of_work():
            senders = identity.opened_senders(kept)
            same = vault.same_denouncer(petition, senders, actor=current_principal())
    except NotFound:
        # The refusal itself is worth keeping: it is written in a transaction of its own.
        with unit_of_work():
            identity.note_refusal(petition, actor=current_principal())
        raise
    except DomainError as error:
        form.show(error)
        return _show(petition, identity=form), 422
    return render_template(
        "complaints/identity.html",
        petition=petition,
        senders=senders,
        same=same,
        at=now(),
        printable=identity.may_download(current_principal(), petition),
        **words(),
    )


@blueprint.post("/<int:subject_id>/identity/grants")
@access(_P.IDENTITY_GRANT)
@fresh_sign_in()
def grant_identity(subject_id: int) -> ResponseReturnValue:
    """Let a person see the sealed identity for some days."""
    petition = petition_for(current_principal(), subject_id)
    if not identity.may_open_identity(current_principal(), petition):
        raise NotFound
    form = grant_form(petition, GrantForm())
    if not form.validate():
        return _show(petition, grant=form), 422
    try:
        with unit_of_work():
            opening.grant_identity(
                petition, person_id=form.person_id.data or 0, **form.asked, days=form.days.data or 0,
                actor=current_principal(), download=bool(form.download.data),
            )  # fmt: skip
    except NotFound:
        raise
    except DomainError as error:
        form.show(error)
        return _show(petition, grant=form), 422
    flash(_("Đã cho xem."), "success")
    return redirect(url_for("petitions.show", subject_id=subject_id))


@blueprint.get("/<int:subject_id>/attachments/<int:attachment_id>")
@access(_P.PETITION_VIEW)
def attachment(subject_id: int, attachment_id: int) -> Response:
    """Send a file that was handed in; those of a denunciation only to whoever may open the identity (I01, I04)."""
    petition = petition_for(current_principal(), subject_id)
    row = next((a for a in petition.attachments if a.id == attachment_id), None)
    if row is None or row.file is None:
        raise NotFound
    if row.file.sealed:
        if not identity.may_download(current_principal(), petition):
            raise NotFound
        if (confirming := confirm_first()) is not None:
            return confirming
        with unit_of_work():
            identity.note_opened_file(petition, row.id, actor=current_principal())
        return send_stored(row.file, name=f"tai-lieu-{row.id}")
    return send_stored(row.file, name=row.file.name)
