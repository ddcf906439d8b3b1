"""How often one person, and one address, may ask: counted in Redis, refused with a page that says how long to wait."""

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app import wiring
from app.config import Settings
from app.factory import create_app
from app.web.access import route_table
from app.web.limits import Dear
from tests.access.test_every_route import objects, sign_in  # noqa: F401 - a fixture
from tests.factories import World


def until_refused(client: FlaskClient, path: str, most: int, method: str = "GET") -> int:
    """Ask again and again; return how often it was heard before it was refused."""
    for heard in range(most):
        if client.open(path, method=method).status_code == 429:
            return heard
    return most


@pytest.mark.usefixtures("counting")
def test_writes_are_counted_per_person_over_all_pages(client: FlaskClient, world: World) -> None:
    sign_in(client, world, "donthu.lb")
    for _ in range(30):
        client.post("/account/sign-out-everywhere")
    assert until_refused(client, "/desk/letters/new", 60, "POST") == 30
    assert client.get("/").status_code == 200  # reading goes on
    client.post("/sign-out")
    sign_in(client, world, "thuly.lb")
    assert client.post("/account/sign-out-everywhere").status_code == 302  # a colleague at the same address


@pytest.mark.usefixtures("counting")
def test_identities_files_and_searches_have_numbers_of_their_own(
    client: FlaskClient,
    world: World,
    objects: dict[str, int],  # noqa: F811
) -> None:
    sign_in(client, world, "donthu.lb")
    assert until_refused(client, f"/petitions/{objects['petition']}/identity", 40, "POST") == 20
    assert until_refused(client, f"/desk/petitions/{objects['petition']}/receipt.pdf", 1) == 1
    assert until_refused(client, f"/petitions/{objects['petition']}/attachments/999999", 80) == 59
    assert until_refused(client, "/petitions/?q=a", 80) == 60
    assert client.get("/petitions/").status_code == 200  # the list itself is no search


@pytest.mark.usefixtures("counting")
def test_strangers_posts_are_counted_per_address(client: FlaskClient, world: World) -> None:
    assert until_refused(client, "/sign-in/forgotten", 200, "POST") == 120
    assert client.post("/sign-in", environ_base={"REMOTE_ADDR": "192.0.2.7"}).status_code == 422


@pytest.mark.usefixtures("counting")
@pytest.mark.parametrize(
    ("language", "words"),
    [("vi", "Yêu cầu này đến quá dồn dập"), ("en", "These requests come too fast")],
)
def test_the_refusal_says_how_long_to_wait_in_both_languages(
    client: FlaskClient, world: World, language: str, words: str
) -> None:
    sign_in(client, world, "donthu.lb")
    client.post("/locale", data={"locale": language})
    until_refused(client, "/petitions/?q=a", 80)
    refused = client.get("/petitions/?q=a")
    assert refused.status_code == 429
    assert words in refused.text
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    as_json = client.get("/petitions/?q=a", headers={"Accept": "application/json"})
    assert as_json.status_code == 429
    assert as_json.json is not None
    assert as_json.json["status"] == 429


@pytest.mark.usefixtures("counting")
def test_the_bell_and_signing_out_are_never_refused(client: FlaskClient, world: World) -> None:
    sign_in(client, world, "donthu.lb")
    until_refused(client, "/account/sign-out-everywhere", 80, "POST")
    assert client.get("/notifications/count.json").status_code == 200
    assert client.post("/sign-out").status_code == 302


def test_without_redis_the_counting_goes_on_in_memory_and_nothing_falls_over(settings: Settings) -> None:
    app = create_app(replace(settings, redis_url="unix:///nowhere/redis.sock"))
    app.config["RATELIMIT_ENABLED"] = True
    try:
        client = app.test_client()
        answers = [client.post("/sign-in", data={}).status_code for _ in range(122)]
        assert answers[:120] == [422] * 120
        assert answers[120:] == [429] * 2
    finally:
        create_app(settings)  # the one limiter of the process counts in Redis again, for whoever comes next


def test_every_dear_route_exists_and_every_way_to_an_identity_or_a_file_is_dear(app: Flask) -> None:
    endpoints = {row.endpoint for row in route_table(app)}
    assert set(wiring.DEAR_ROUTES) <= endpoints
    for endpoint in endpoints:
        if "identity" in endpoint or endpoint.endswith("open_file"):
            assert wiring.DEAR_ROUTES[endpoint] is Dear.IDENTITY, endpoint
        if endpoint.endswith((".attachment", ".receipt")):
            assert wiring.DEAR_ROUTES[endpoint] is Dear.FILE, endpoint
