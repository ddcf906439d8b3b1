"""Signing in through the province's single sign-on, and linking people to it."""

from http import HTTPStatus

from flask import (
    Blueprint,
    current_app,
    flash,
    make_response,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from app.core.db import unit_of_work
from app.core.errors import DomainError, NotFound
from app.core.permissions import Permission
from app.organisation import login
from app.organisation.access import person_for
from app.organisation.forms import SubjectForm
from app.organisation.login import Refusal, Step
from app.organisation.signin import sso
from app.organisation.signin.fresh import fresh_sign_in
from app.organisation.signin.sso import Arrival, SsoFailed
from app.organisation.views.known import remember_browser
from app.web.access import access, current_principal

blueprint = Blueprint("sso", __name__, template_folder="../templates")
_NEXT = "sso_next"


@blueprint.get("/sign-in/sso")
@access.public
def start() -> ResponseReturnValue:
    """Lead to the single sign-on; what somebody wanted to see waits in the session."""
    if not sso.is_on():
        raise NotFound
    session[_NEXT] = login.safe_target(request.args.get("next"))
    base = current_app.extensions["tiepdan.settings"].base_url or request.host_url.rstrip("/")
    try:
        return sso.departure(f"{base}{url_for('sso.callback')}")
    except SsoFailed:
        return _failed(
            _("Chưa kết nối được với hệ thống đăng nhập chung. Đăng nhập bằng mật khẩu, hoặc thử lại sau.")
        )


@blueprint.get("/sign-in/sso/callback")
@access.public
def callback() -> ResponseReturnValue:
    """Let in whoever came back and is linked; the second step is asked for as after a password."""
    if not sso.is_on():
        raise NotFound
    try:
        came = sso.arrival()
    except SsoFailed:
        return _failed(_("Hệ thống đăng nhập chung không xác nhận được. Thử lại từ đầu."))
    target = session.get(_NEXT)
    with unit_of_work():
        person = sso.person_of(came)
        if person is None:
            return _unknown(came)
        outcome = login.enter(person, method="sso", second_factor=came.second_factor)
    if isinstance(outcome, Refusal):
        return _failed(login.refusal_words(outcome))
    if outcome is Step.HALF_WAY:
        return redirect(url_for("second.show", next=target))
    return remember_browser(make_response(redirect(target or url_for("home.today"))), person.username)


@blueprint.post("/admin/people/<int:person_id>/sso")
@access(Permission.ORGANISATION_MANAGE)
@fresh_sign_in()
def link(person_id: int) -> ResponseReturnValue:
    """Link a person to a subject of the single sign-on, or unlink them."""
    if not sso.is_on():
        raise NotFound
    person, form = person_for(current_principal(), person_id), SubjectForm()
    if form.validate():
        try:
            with unit_of_work():
                sso.link(person, form.subject.data or "", actor=current_principal())
            flash(_("Đã lưu liên kết đăng nhập chung."), "success")
            return redirect(url_for("organisation.person", person_id=person_id))
        except DomainError as error:
            form.show(error)
    return render_template(
        "organisation/sso_link.html", person=person, form=form
    ), HTTPStatus.UNPROCESSABLE_ENTITY


@blueprint.get("/admin/people/<int:person_id>/sso")
@access(Permission.ORGANISATION_MANAGE)
def show(person_id: int) -> ResponseReturnValue:
    """Show to whom at the single sign-on a person is linked."""
    if not sso.is_on():
        raise NotFound
    person = person_for(current_principal(), person_id)
    form = SubjectForm(formdata=None, data={"subject": sso.subject_of(person)})
    return render_template("organisation/sso_link.html", person=person, form=form)


def _failed(words: str) -> ResponseReturnValue:
    return render_template("organisation/sso_failed.html", words=words, subject=""), HTTPStatus.BAD_GATEWAY


def _unknown(came: Arrival) -> ResponseReturnValue:
    words = _("Bạn đã đăng nhập ở hệ thống chung nhưng chưa được liên kết với tài khoản nào ở đây.")
    page = render_template("organisation/sso_failed.html", words=words, subject=came.subject)
    return page, HTTPStatus.FORBIDDEN
