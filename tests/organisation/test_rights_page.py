"""What may this person do, and why: the administrator's page, from the very objects that requests ask."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from app.core.clock import today
from app.core.permissions import Permission
from app.organisation.models import Person
from app.organisation.rights import rights_of
from app.organisation.roles import permission_words
from tests.factories import World
from tests.organisation.test_delegations import stand_in


def test_every_right_has_its_reason_and_nothing_else_is_listed(world: World, session: Session) -> None:
    """The page lists what `may` says, for everybody."""
    stand_in(world, "chutich.lb", "thuly.lb", by="chutich.lb")
    for username in world.people:
        who = world.principal(username)
        listed = {right.permission for _title, rights in rights_of(who, "vi") for right in rights}
        assert listed == {permission_words(p).vi for p in Permission if who.may(p)}, username


def test_the_page_says_through_which_role_and_on_whose_behalf(
    world: World, session: Session, login_as: Callable[[Person], FlaskClient]
) -> None:
    """And says of whoever left that they may nothing; nobody else opens it."""
    stand_in(world, "chutich.lb", "thuly.lb", by="chutich.lb")
    client = login_as(world.person("quantri"))
    page = client.get(f"/admin/people/{world.person('thuly.lb').id}/rights").text
    assert "thay mặt Chủ tịch LB" in page
    assert "Người thụ lý, xác minh" in page
    desk = client.get(f"/admin/people/{world.person('tiepdan.lb').id}/rights").text
    assert "đơn tố cáo: của mình" in desk
    world.person("thuly.lb").memberships[0].valid_to = today()
    session.commit()
    page = client.get(f"/admin/people/{world.person('thuly.lb').id}/rights").text
    assert "Hôm nay người này không được làm gì" in page
    assert client.get("/admin/people/999999/rights").status_code == 404


@pytest.mark.browser
def test_an_administrator_asks_what_somebody_may_do(
    live_world: World, page: Page, sign_in: Callable[[Person], Page]
) -> None:
    """From the person's page and back."""
    person_id = live_world.person("tiepdan.lb").id
    sign_in(live_world.person("quantri"))
    page.goto(f"/admin/people/{person_id}")
    page.get_by_role("link", name="Được làm gì, vì sao").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("được làm gì, vì sao")
    expect(page.get_by_text("Ghi lượt tiếp công dân")).to_be_visible()
    page.get_by_role("link", name="Về người dùng").click()
    expect(page).to_have_url(f"{page.url.split('/admin')[0]}/admin/people/{person_id}")
