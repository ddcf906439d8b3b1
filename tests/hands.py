"""What a person's hands do at a page, with the patience that a person has by nature and a robot has not.

A page shows before its scripts have attached (they are modules, and run late); a robot that presses a key in between
presses into nothing. And a robot that leaves a page at once after a click takes its own request back.
"""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as TookTooLong


def record(page: Page) -> None:
    """Press Ctrl+Enter, which records the form, once the page that stands there is loaded whole with its scripts."""
    page.wait_for_load_state("load")
    page.keyboard.press("Control+Enter")


def leave(page: Page) -> None:
    """Sign out by letting go of the session; nothing in flight may bring it back. Wait for the last answer before."""
    page.goto("about:blank")
    page.context.clear_cookies()


def submit(page: Page) -> None:
    """Send a prepared step to the head for approval and see that it waits there."""
    page.get_by_role("button", name="Trình lãnh đạo duyệt").click()
    expect(page.get_by_role("heading", name="Chờ duyệt:")).to_be_visible()


def approve(page: Page) -> None:
    """Approve what waits and see that it is approved."""
    page.get_by_role("button", name="Duyệt", exact=True).click()
    expect(page.get_by_text("Đã duyệt.")).to_be_visible()


def fits(page: Page) -> None:
    """Hold that nothing runs over the edge, measured when the page and its styles have come as well."""
    page.wait_for_load_state("load")
    # Asked again where a click is still on its way to the next page, which has no document yet.
    page.wait_for_function("document.readyState === 'complete' && document.documentElement !== null")
    try:
        page.wait_for_function("document.documentElement.scrollWidth <= window.innerWidth")
    except TookTooLong as error:
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        raise AssertionError(f"{page.url} is {over} px wider than the screen") from error


def sound(page: Page) -> None:
    """Hold that nothing runs over the edge, and that axe finds nothing serious."""
    fits(page)
    found = Axe().run(page).response["violations"]
    serious = [v for v in found if v["impact"] in ("serious", "critical")]
    assert not serious, [(v["id"], [n["html"] for n in v["nodes"]][:3]) for v in serious]
