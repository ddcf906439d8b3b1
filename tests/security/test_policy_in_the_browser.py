"""Chromium opens every page that a person is shown and complains of none: the policy holds and hinders nothing."""

from collections.abc import Callable
from datetime import date

import pytest
from playwright.sync_api import ConsoleMessage, Page

from app.core.db import unit_of_work
from app.organisation.models import Person
from complaints.services.perform import perform
from tests.factories import World, build_petition

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]
LISTEN = """
document.addEventListener('securitypolicyviolation', event =>
    console.error('POLICY ' + event.violatedDirective + ' ' + event.blockedURI));
"""
PAGES = {
    "chutich.lb": ("/", "/cases/", "/petitions/", "/calendar/", "/rules/", "/rules/rehearsal/", "/supervision/",
                   "/notifications/", "/account", "/account/second-factor", "/account/second-factor/app",
                   "/supervision/on-time.svg", "/nowhere"),
    "tiepdan.lb": ("/desk", "/desk/visits/new", "/desk/log-book", "/online", "/online/new"),
    "donthu.lb": ("/desk/letters/new",),
    "quantri": ("/admin/people", "/admin/people/1", "/admin/people/new", "/admin/roles", "/admin/units",
                "/admin/units/new", "/admin/rules/", "/admin/successions/", "/calendar/import",
                "/notifications/sent-mail"),
}  # fmt: skip


def test_no_page_breaks_the_policy(live_world: World, page: Page, sign_in: SignIn) -> None:
    petition = build_petition(
        live_world, kind="denunciation", respondent_level="commune_officer", field="construction"
    )
    with unit_of_work():
        perform(
            petition, "open_case", actor=live_world.principal("donthu.lb"), data={"on": date(2026, 11, 16)}
        )
    case, paper = petition.case, petition.id
    assert case is not None
    of_case = tuple(f"/cases/{case.id}{more}" for more in ("", "/record", "/assign", "/hand-over"))
    of_petition = (f"/petitions/{paper}", f"/petitions/{paper}/hand-over")
    complaints: list[str] = []

    def hear(message: ConsoleMessage) -> None:
        # That a page is not there, or not allowed, is what some of these are opened for.
        if message.type == "error" and "the server responded with a status of" not in message.text:
            complaints.append(f"{page.url}: {message.text}")

    page.on("console", hear)
    page.add_init_script(LISTEN)
    page.goto("/sign-in/forgotten")
    for username, pages in PAGES.items():
        sign_in(live_world.person(username))
        for path in (*pages, *(of_case + of_petition if username == "chutich.lb" else ())):
            page.goto(path, wait_until="load")
        page.context.clear_cookies()
    assert not complaints


def test_the_listener_hears_what_breaks_the_policy(live_world: World, page: Page) -> None:
    heard: list[str] = []
    page.on("console", lambda message: heard.append(message.text))
    page.add_init_script(LISTEN)
    page.goto("/sign-in")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {textContent: '1'}))")
    page.evaluate("document.body.append(Object.assign(new Image(), {src: 'https://evil.example/x.png'}))")
    page.wait_for_function("true")
    assert any("script-src" in text for text in heard)
    assert any("img-src" in text for text in heard)
