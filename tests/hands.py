"""What a person's hands do at a page, with the patience that a person has by nature and a robot has not.

A page shows before its scripts have attached (they are modules, and run late); a robot that presses a key in between
presses into nothing. And a robot that leaves a page at once after a click takes its own request back.
"""

from playwright.sync_api import Page, expect


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
