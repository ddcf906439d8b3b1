"""What everybody may do to their own account: the password, the language."""

from flask_babel import gettext as _

from app.core import audit
from app.core.db import db
from app.core.errors import Invalid, NotFound
from app.core.events import publish
from app.core.permissions import Principal
from app.organisation.events import SecurityChanged
from app.organisation.login import check_new_password, password_matches, set_password
from app.organisation.models import Person

LANGUAGES = ("vi", "en")


def change_own_password(current: str, new: str, *, actor: Principal) -> Person:
    """Change the actor's password and end all their sessions; the caller signs in anew. Raises Invalid."""
    person = _own(actor)
    if not password_matches(person.password_hash, current):
        raise Invalid(_("Mật khẩu hiện tại không đúng."), field="current")
    check_new_password(new, username=person.username, field="new")
    if password_matches(person.password_hash, new):
        raise Invalid(_("Mật khẩu mới phải khác mật khẩu hiện tại."), field="new")
    set_password(person, new)
    audit.record("person.password_changed", actor=actor, subject=("person", person.id))
    publish(SecurityChanged(person.id, "password_changed", f"own:{person.session_epoch}"))
    db.session.flush()
    return person


def choose_language(language: str, *, actor: Principal) -> None:
    """Remember the language in which the actor reads pages and mail. Raises Invalid for one that there is not."""
    if language not in LANGUAGES:
        raise Invalid(_("Không có ngôn ngữ này."))
    _own(actor).locale = language
    db.session.flush()


def _own(actor: Principal) -> Person:
    person = db.session.get(Person, actor.person_id)
    if person is None:
        raise NotFound
    return person
