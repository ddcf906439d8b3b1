"""Telling people of what concerns their sign-in: failures, changes, and the mail with a one-time link."""

from app.core.clock import today
from app.core.permissions import Permission
from app.organisation.chart import chart
from app.organisation.events import OneTimeLinkMade, SecurityChanged, SignInTrouble
from app.organisation.queries import people_who_may
from app.organisation.signin.links import path_of
from notifications.one_time import TOKEN_PLACE, sealed
from notifications.rules import Kind
from notifications.services import Telling, queue_message, tell


def sign_in_trouble(event: SignInTrouble) -> None:
    """Tell the person and the administrators that signing in to an account fails again and again."""
    person, day = chart().people.get(event.person_id), today()
    if person is None:
        return
    administrators = people_who_may(Permission.ORGANISATION_MANAGE, day)
    facts = {"account": person.username, "failures": event.failures}
    tell(
        Telling(
            reader,
            Kind.SIGN_IN_TROUBLE,
            facts,
            "/account" if reader == event.person_id else f"/admin/people/{event.person_id}",
            f"{Kind.SIGN_IN_TROUBLE}:{event.person_id}:{event.failures}:{day}:{reader}",
        )
        for reader in sorted({event.person_id, *administrators})
    )


def security_changed(event: SecurityChanged) -> None:
    """Tell a person that something about their sign-in changed."""
    key = f"{Kind.SECURITY}:{event.person_id}:{event.audit_key}"
    tell([Telling(event.person_id, Kind.SECURITY, {"what": event.what}, "/account", key)])


def one_time_link_made(event: OneTimeLinkMade) -> None:
    """Write the mail with a one-time link; its token is sealed in the outbox, so that readers of it cannot use it."""
    facts = {"purpose": event.purpose, **sealed(event.link_id, event.token)}
    queue_message(
        event.person_id,
        Kind.ONE_TIME_LINK,
        facts,
        path_of(TOKEN_PLACE),
        dedupe_key=f"{Kind.ONE_TIME_LINK}:{event.link_id}",
    )
