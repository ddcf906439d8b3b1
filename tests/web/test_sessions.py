"""The session's cookie: renewed by pages, left alone by what pages are made of."""

import pytest
from flask.testing import FlaskClient

from tests.access.test_every_route import sign_in
from tests.factories import World


@pytest.mark.parametrize(
    ("path", "renewed"),
    [
        ("/petitions/", True),
        ("/static/css/app.css", False),
        ("/bootstrap/static/css/bootstrap.min.css", False),
    ],
)
def test_only_pages_renew_the_cookie(client: FlaskClient, world: World, path: str, renewed: bool) -> None:
    """A picture that answers after a sign-out must not sign the person in again."""
    sign_in(client, world, "donthu.lb")
    with client.get(path) as answer:
        assert answer.status_code == 200
        assert ("Set-Cookie" in answer.headers) is renewed
