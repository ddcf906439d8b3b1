"""In the browser: whoever writes a denouncer down, and whoever opens the seal, leaves no name in the browser's memory.

Not in an address, the history, local or session storage, a cache, a cookie, a title; and the Back button after signing out
shows nothing of it.
"""

import json
import re
from collections.abc import Callable
from contextlib import suppress

import pytest
from playwright.sync_api import Error, Page, expect
from sqlalchemy import select

from app.core.db import db, unit_of_work
from app.organisation.models import Person
from complaints.models.petitions import Petition
from complaints.services.perform import perform
from tests.access.planted import Planted, in_text
from tests.factories import World, build_petition

pytestmark = pytest.mark.browser
SignIn = Callable[[Person], Page]
ONE = Planted("Khuất Duật Thuỳ Chiêm", "001299887766", "0987001122", "Ngách 77 Cây Trám Lùn")
REMEMBERED = """async () => {
  const read = async what => { try { return await what() } catch (refused) { return String(refused) } };
  return JSON.stringify([
    location.href, document.title, history.state, window.name, performance.getEntries().map(e => e.name),
    await read(() => document.cookie), await read(() => ({...localStorage})), await read(() => ({...sessionStorage})),
    await read(() => caches.keys()), await read(() => indexedDB.databases()),
  ])
}"""  # a page of a sealed identity refuses some of these to everybody


def remembered(page: Page) -> str:
    """Return everything that the browser itself keeps of a page."""
    cookies = json.dumps(page.context.cookies(), ensure_ascii=False)
    return f"{page.evaluate(REMEMBERED)} {cookies}"


def looked_back(page: Page) -> bool:
    """Press Back and tell whether there was a page to look at.

    One that was never kept is asked for anew, or the browser says, on a page of its own that nothing may look into, that
    it would have to send a form again.
    """
    kept = ""
    with suppress(Error):
        page.go_back()
        page.wait_for_load_state()
        kept = page.content() + remembered(page)
    assert not in_text([ONE], kept), page.url
    return bool(kept)


def test_no_name_stays_in_the_browser(live_world: World, page: Page, sign_in: SignIn) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: asked.append(message.text))
    seen: list[str] = []
    page.on("load", lambda shown: seen.append(shown.url))
    sign_in(live_world.person("donthu.lb"))

    page.goto("/desk/letters/new")
    page.locator("select[name=source]").select_option("post")
    for name, typed in (
        ("full_name", ONE.name),
        ("identity_number", ONE.number),
        ("phone", ONE.phone),
        ("address", ONE.street),
    ):
        page.locator(f"input[name=senders-0-{name}]").fill(typed)
    page.locator("input[name=kind][value=denunciation]").check(force=True)
    page.get_by_role(
        "button", name=re.compile("Ghi|Lưu|Vào sổ")
    ).last.click()  # refused: the summary is missing
    expect(page.get_by_role("alert").first).to_be_visible()
    assert page.locator("input[name=senders-0-full_name]").input_value() == ONE.name
    assert not in_text([ONE], remembered(page))
    page.locator("textarea[name=summary]").fill("Tố cáo cán bộ xây dựng nhận tiền.")
    page.locator("select[name=field]").select_option("construction")
    page.locator("select[name=respondent_level]").select_option("commune_officer")
    page.get_by_role("button", name=re.compile("Ghi|Lưu|Vào sổ")).last.click()
    page.wait_for_url("**/done")
    assert not in_text([ONE], remembered(page))

    number = db.session.scalars(select(Petition.id)).one()
    for path in (f"/petitions/{number}", "/petitions/", "/desk/log-book", "/"):
        page.goto(path)
        assert not in_text([ONE], remembered(page) + page.content()), path
    page.goto("/account")
    page.evaluate("document.querySelector(\"form[action='/sign-out']\").requestSubmit()")
    page.wait_for_url("**/sign-in**")
    assert sum(looked_back(page) for _ in range(8)) > 2
    assert not in_text([ONE], "\n".join([*asked, *seen]))


def test_an_opened_seal_does_not_stay_in_the_browser(live_world: World, page: Page, sign_in: SignIn) -> None:
    with unit_of_work():
        letter = _letter(live_world)
    sign_in(live_world.person("chutich.lb"))
    page.goto(f"/petitions/{letter}")
    form = page.locator(f"form[action='/petitions/{letter}/identity']")
    purpose = form.locator("select[name=purpose]")
    if purpose.count():
        purpose.select_option(index=1)
    form.locator("input[name=reason]").fill("Làm việc trực tiếp với người tố cáo")
    form.get_by_role("button").click()
    expect(page.get_by_text(ONE.name).first).to_be_visible()
    assert not in_text([ONE], remembered(page))
    page.goto("/")
    looked_back(page)


def _letter(world: World) -> int:
    petition = build_petition(world, kind="denunciation", respondent_level="commune_officer", field="construction",
                              senders=(ONE.sender,))  # fmt: skip
    perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": "16/11/2026"})
    return petition.id
