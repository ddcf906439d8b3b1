"""Units: created, changed, moved and ended by an administrator, refused in clear words otherwise."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.audit import AuditEntry
from app.core.clock import today
from app.core.errors import Conflict, Invalid, NotAllowed
from app.organisation.directory import unit_tree
from app.organisation.models import Membership, Person, Unit, UnitKind
from app.organisation.services.units import (
    UnitDetails,
    change_unit,
    create_unit,
    end_unit,
    found,
    revive_unit,
)
from tests.factories import SINCE, World, build_petition, build_unit

SignIn = Callable[[Person], FlaskClient]
DAY = timedelta(days=1)


def details(unit: Unit | None = None, **changes: object) -> UnitDetails:
    start = (
        UnitDetails("LB-MOI", "Phòng Mới, phường Long Biên", "Phòng Mới", UnitKind.DIVISION, today())
        if unit is None
        else UnitDetails(
            unit.code, unit.name, unit.short_name, unit.kind, unit.valid_from, unit.parent_id, unit.place,
            unit.remote_area, unit.advisory_unit_id,
        )
    )  # fmt: skip
    return replace(start, **changes)  # type: ignore[arg-type]


def test_a_division_stands_in_its_body(world: World):
    unit = create_unit(details(parent_id=world.unit("LB").id), actor=world.principal("quantri"))
    assert unit.path == f"{world.unit('LB').path}{unit.id}/"
    assert unit.body is world.unit("LB")


def test_a_commune_is_its_own_body(world: World):
    new = details(code="PL", kind=UnitKind.COMMUNE, parent_id=world.unit("HN").id, remote_area=True)
    unit = create_unit(new, actor=world.principal("quantri"))
    assert (unit.body, unit.code, unit.remote_area) == (unit, "PL", True)


def test_what_is_typed_is_tidied(world: World):
    new = details(code=" lb-moi ", name="Phòng   Mới\u200b", parent_id=world.unit("LB").id)
    unit = create_unit(new, actor=world.principal("quantri"))
    assert (unit.code, unit.name) == ("LB-MOI", "Phòng Mới")


@pytest.mark.parametrize(
    "changes, field, words",
    [
        ({"code": "bd"}, "code", "Ký hiệu này đã dùng"),
        ({"code": "L B"}, "code", "Ký hiệu chỉ gồm chữ"),
        ({"code": ""}, "code", "Ký hiệu chỉ gồm chữ"),
        ({"parent_id": None}, "parent_id", "phải thuộc một cơ quan"),
        ({"parent_id": 10**6}, "parent_id", "Không có đơn vị này"),
        ({"kind": UnitKind.PROVINCE}, "parent_id", "không thuộc đơn vị nào"),
        ({"kind": UnitKind.COMMUNE}, "parent_id", "thuộc UBND tỉnh"),
        ({"valid_from": date(2025, 6, 30)}, "valid_from", "01/07/2025"),
        ({"valid_from": date(202, 7, 1)}, "valid_from", "Năm này không hợp lý"),
        ({"advisory_unit_id": 1}, "advisory_unit_id", "bên trong cơ quan này"),
    ],
)
def test_a_new_unit_that_cannot_be_is_refused_beside_its_field(
    world: World, changes: dict[str, object], field: str, words: str
):
    new = details(**{"parent_id": world.unit("LB").id, **changes})
    with pytest.raises(Invalid, match=words) as refusal:
        create_unit(new, actor=world.principal("quantri"))
    assert refusal.value.field == field


def test_a_unit_is_not_inside_itself(world: World):
    unit = world.unit("LB-KT")
    inner = build_unit("LB-KT-1", "Tổ 1", UnitKind.DIVISION, unit)
    for parent in (unit, inner):
        with pytest.raises(Invalid, match="không thể thuộc chính nó"):
            change_unit(unit, details(unit, parent_id=parent.id), actor=world.principal("quantri"))


def test_a_unit_moves_with_all_that_is_inside(world: World, session: Session):
    inner = build_unit("LB-KT-1", "Tổ 1", UnitKind.DIVISION, world.unit("LB-KT"))
    innermost = build_unit("LB-KT-1A", "Nhóm A", UnitKind.DIVISION, inner)
    change_unit(inner, details(inner, parent_id=world.unit("LB-VP").id), actor=world.principal("quantri"))
    session.refresh(innermost)
    assert innermost.path == f"{world.unit('LB-VP').path}{inner.id}/{innermost.id}/"
    assert innermost.body is world.unit("LB")


def test_a_division_does_not_change_its_body(world: World):
    unit = world.unit("LB-KT")
    with pytest.raises(Invalid, match="chỉ chuyển trong cùng cơ quan"):
        change_unit(unit, details(unit, parent_id=world.unit("BD").id), actor=world.principal("quantri"))


def test_a_unit_does_not_change_its_kind(world: World):
    unit = world.unit("LB-KT")
    with pytest.raises(Invalid, match="Không đổi loại"):
        change_unit(unit, details(unit, kind=UnitKind.COMMUNE), actor=world.principal("quantri"))


def test_the_advisory_unit_is_one_inside(world: World):
    unit = world.unit("LB")
    change_unit(
        unit, details(unit, advisory_unit_id=world.unit("LB-KT").id), actor=world.principal("quantri")
    )
    assert unit.advisory_unit is world.unit("LB-KT")
    with pytest.raises(Invalid, match="bên trong cơ quan này"):
        change_unit(
            unit, details(unit, advisory_unit_id=world.unit("BD-KT").id), actor=world.principal("quantri")
        )


def test_a_unit_ends_on_a_day_and_comes_back(world: World, session: Session):
    unit = world.unit("SXD")
    end_unit(unit, on=today() + DAY, actor=world.principal("quantri"))
    assert (unit.in_force(today()), unit.in_force(today() + DAY)) == (True, False)
    entry = session.execute(select(AuditEntry).where(AuditEntry.action == "unit.ended")).scalar_one()
    assert entry.detail == {"on": "2026-11-17"}
    revive_unit(unit, actor=world.principal("quantri"))
    assert unit.valid_to is None


def test_a_unit_with_units_inside_does_not_end(world: World):
    with pytest.raises(Invalid, match=r"còn 2 đơn vị đang hoạt động \(Văn phòng.*\)") as refusal:
        end_unit(world.unit("LB"), on=today(), actor=world.principal("quantri"))
    assert refusal.value.field == "ends_on"


def test_a_unit_whose_parent_ended_does_not_come_back(world: World):
    for code in ("BD-VP", "BD-KT", "BD"):
        end_unit(world.unit(code), on=today(), actor=world.principal("quantri"))
    with pytest.raises(Invalid, match="cấp trên đã kết thúc"):
        revive_unit(world.unit("BD-KT"), actor=world.principal("quantri"))
    with pytest.raises(Invalid, match="cấp trên này đã kết thúc"):
        create_unit(details(parent_id=world.unit("BD").id), actor=world.principal("quantri"))


def test_a_unit_with_open_work_does_not_end(world: World):
    build_petition(world, by="donthu.bd", unit="BD")
    for code in ("BD-VP", "BD-KT"):
        end_unit(world.unit(code), on=today(), actor=world.principal("quantri"))
    with pytest.raises(Invalid, match="còn 1 đơn và 0 vụ việc đang mở"):
        end_unit(world.unit("BD"), on=today(), actor=world.principal("quantri"))


def test_the_unit_of_the_last_administrator_does_not_end(world: World):
    keeper = build_unit("QT", "Tổ quản trị", UnitKind.DIVISION, world.unit("HN"))
    world.person("quantri").memberships[0].unit = keeper
    actor = world.principal("quantri")
    with pytest.raises(Invalid, match="Người quản trị cuối cùng"):
        end_unit(keeper, on=today(), actor=actor)


@pytest.mark.parametrize("day, words", [(SINCE, "phải sau ngày bắt đầu"), (date(9999, 1, 1), "không hợp lý")])
def test_a_unit_ends_after_it_began(world: World, day: date, words: str):
    with pytest.raises(Invalid, match=words) as refusal:
        end_unit(world.unit("SXD"), on=day, actor=world.principal("quantri"))
    assert refusal.value.field == "ends_on"


def test_nobody_else_manages_units(world: World):
    for username in ("chutich.hn", "thanhtra", "truongphong.lb"):
        actor = world.principal(username)
        with pytest.raises(NotAllowed):
            create_unit(details(parent_id=world.unit("LB").id), actor=actor)
        with pytest.raises(NotAllowed):
            end_unit(world.unit("SXD"), on=today(), actor=actor)


def test_the_first_unit_is_founded_once(session: Session):
    unit = found("hn", "UBND thành phố Hà Nội", valid_from=today())
    assert (unit.code, unit.path, unit.body) == ("HN", f"/{unit.id}/", unit)
    with pytest.raises(Conflict):
        found("HCM", "UBND Thành phố Hồ Chí Minh", valid_from=today())


# ---------------------------------------------------------------------------------------------------------- pages


def test_the_tree_shows_bodies_with_what_is_inside_and_how_many_work_there(world: World):
    (city,) = unit_tree(today())
    assert [child.code for child in city.bodies] == ["BTCD", "TTTP", "SXD", "BD", "LB"]
    ward = city.bodies[-1]
    assert [inner.code for inner in ward.divisions] == ["LB-KT", "LB-VP"]
    assert ward.people == 5
    assert city.people == len(world.people)


@pytest.mark.parametrize("words", ["kinh te long bien", "Kinh tế Long Biên", "LB-KT", "lb-kt"])
def test_a_unit_is_found_without_diacritics_and_shown_where_it_belongs(world: World, words: str):
    (city,) = unit_tree(today(), words=words)
    (ward,) = city.children
    assert [inner.code for inner in ward.children] == ["LB-KT"]


def test_ended_units_are_shown_only_when_asked_for(world: World, login_as: SignIn, session: Session):
    world.unit("SXD").valid_to = today()
    session.commit()
    client = login_as(world.person("quantri"))
    assert "Sở Xây dựng" not in client.get("/admin/units").text
    assert "Sở Xây dựng" in client.get("/admin/units?ended=y").text
    assert "Không có đơn vị nào như vậy" in client.get("/admin/units?q=khong+co").text


def test_an_administrator_adds_changes_and_ends_a_unit_on_pages(
    world: World, login_as: SignIn, session: Session
):
    client = login_as(world.person("quantri"))
    form = {
        "kind": "division", "parent_id": world.unit("LB").id, "name": "Tổ Hoà giải, phường Long Biên",
        "short_name": "Tổ Hoà giải", "code": "LB-HG", "valid_from": "01/11/2026", "place": "Long Biên", "advisory_unit_id": 0,
    }  # fmt: skip
    address = client.post("/admin/units/new", data=form).headers["Location"]
    assert "Tổ Hoà giải" in client.get(address).text
    changed = client.post(address, data={**form, "short_name": "Tổ Đối thoại", "remote_area": "y"})
    assert changed.status_code == 302
    unit = session.execute(select(Unit).where(Unit.code == "LB-HG")).scalar_one()
    session.refresh(unit)
    assert (unit.short_name, unit.remote_area) == ("Tổ Đối thoại", True)
    assert client.post(f"{address}/end", data={"ends_on": "17/11/2026"}).status_code == 302
    assert "hết hiệu lực từ 17/11/2026" in client.get(address).text
    assert client.post(f"{address}/revive").status_code == 302
    session.refresh(unit)
    assert unit.valid_to is None


def test_a_refused_form_keeps_what_was_typed_and_says_why_beside_the_field(world: World, login_as: SignIn):
    client = login_as(world.person("quantri"))
    form = {
        "kind": "division", "parent_id": world.unit("LB").id, "name": "Tổ <b>mới</b>", "short_name": "Tổ mới", "code": "BD",
        "valid_from": "31/02/2026", "advisory_unit_id": 0,
    }  # fmt: skip
    answer = client.post("/admin/units/new", data=form)
    assert answer.status_code == 422
    assert "Ghi ngày theo dạng ngày/tháng/năm" in answer.text
    answer = client.post("/admin/units/new", data={**form, "valid_from": "01/11/2026"})
    assert answer.status_code == 422
    assert re.search(r'id="code-error">Ký hiệu này đã dùng', answer.text)
    assert 'value="Tổ &lt;b&gt;mới&lt;/b&gt;"' in answer.text


def test_ending_a_unit_that_holds_others_is_refused_on_the_page(world: World, login_as: SignIn):
    client = login_as(world.person("quantri"))
    answer = client.post(f"/admin/units/{world.unit('LB').id}/end", data={"ends_on": "17/11/2026"})
    assert answer.status_code == 422
    assert "Bên trong còn 2 đơn vị đang hoạt động" in answer.text
    answer = client.post(f"/admin/units/{world.unit('LB').id}/end", data={"ends_on": "hôm nào"})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "path", ["/admin/units/999999", "/admin/units/99999999999999999999", "/admin/people/999999"]
)
def test_what_is_not_there_is_not_found(world: World, login_as: SignIn, path: str):
    assert login_as(world.person("quantri")).get(path).status_code == 404


def test_a_unit_page_names_who_holds_roles_there(world: World, login_as: SignIn, session: Session):
    gone = Membership(
        person=world.person("thanhtra"),
        unit=world.unit("LB-KT"),
        role="handler",
        valid_from=SINCE,
        valid_to=today(),
    )
    session.add(gone)
    session.commit()
    page = login_as(world.person("quantri")).get(f"/admin/units/{world.unit('LB-KT').id}").text
    assert "Cán bộ Thụ lý LB" in page
    assert "Thanh tra viên" not in page
