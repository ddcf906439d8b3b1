"""Builders for tests: a small organisation, and petitions and cases made through the real services."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from argon2 import PasswordHasher

from app.core.clock import now, today
from app.core.db import db, in_unit_of_work, unit_of_work
from app.core.permissions import Principal, Role
from app.organisation.models import Membership, Person, Unit, UnitKind
from app.organisation.queries import principal_for
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from complaints.services.registration import NewPetition, register_petition

SINCE = date(2025, 7, 1)
_FAST_HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


@dataclass
class World:
    """The units by code and the people by user name."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def unit(self, code: str) -> Unit:
        """Return a unit by its code."""
        return self.units[code]

    def person(self, username: str) -> Person:
        """Return a person by user name."""
        return self.people[username]

    def principal(self, username: str) -> Principal:
        """Return who a person is today, with the memberships in force."""
        principal = principal_for(self.people[username].id, today())
        assert principal is not None, username
        return principal


def build_unit(code: str, name: str, kind: UnitKind, parent: Unit | None = None, **extra: Any) -> Unit:
    """Add a unit below its parent."""
    unit = Unit(
        code=code,
        name=name,
        short_name=name,
        kind=kind,
        parent=parent,
        valid_from=SINCE,
        place="Hà Nội",
        **extra,
    )
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    body = parent.body if parent is not None and kind is UnitKind.DIVISION else unit
    unit.body = body
    db.session.flush()
    return unit


def build_person(username: str, name: str, password: str, *roles: tuple[Unit, Role]) -> Person:
    """Add a person with memberships since 1 July 2025."""
    person = Person(
        username=username,
        full_name=name,
        email=f"{username}@example.vn",
        password_hash=_FAST_HASHER.hash(password),
        created_at=now(),
        memberships=[Membership(unit=unit, role=role, valid_from=SINCE) for unit, role in roles],
    )
    db.session.add(person)
    db.session.flush()
    return person


def build_world(password: str) -> World:
    """Build a city with a reception office, an inspectorate, a department, and two communes with a division each."""
    w = World()
    u = w.units
    u["HN"] = build_unit("HN", "UBND thành phố Hà Nội", UnitKind.PROVINCE)
    u["BTCD"] = build_unit("BTCD", "Ban tiếp công dân thành phố", UnitKind.RECEPTION_OFFICE, u["HN"])
    u["TTTP"] = build_unit("TTTP", "Thanh tra thành phố", UnitKind.INSPECTORATE, u["HN"])
    u["SXD"] = build_unit("SXD", "Sở Xây dựng", UnitKind.DEPARTMENT, u["HN"])
    for code, name in (("LB", "phường Long Biên"), ("BD", "phường Bồ Đề")):
        u[code] = build_unit(code, f"UBND {name}", UnitKind.COMMUNE, u["HN"])
        u[f"{code}-VP"] = build_unit(f"{code}-VP", f"Văn phòng UBND {name}", UnitKind.DIVISION, u[code])
        u[f"{code}-KT"] = build_unit(f"{code}-KT", f"Phòng Kinh tế {name}", UnitKind.DIVISION, u[code])
        u[code].advisory_unit = u[f"{code}-VP"]

    def add(username: str, name: str, unit: str, role: Role) -> None:
        w.people[username] = build_person(username, name, password, (u[unit], role))

    for code in ("LB", "BD"):
        low = code.lower()
        add(f"tiepdan.{low}", f"Cán bộ Tiếp dân {code}", f"{code}-VP", Role.RECEPTION_OFFICER)
        add(f"donthu.{low}", f"Cán bộ Đơn thư {code}", f"{code}-VP", Role.PETITION_OFFICER)
        add(f"thuly.{low}", f"Cán bộ Thụ lý {code}", f"{code}-KT", Role.HANDLER)
        add(f"truongphong.{low}", f"Trưởng phòng {code}", f"{code}-KT", Role.UNIT_HEAD)
        add(f"chutich.{low}", f"Chủ tịch {code}", code, Role.LEADER)
    add("chutich.hn", "Chủ tịch thành phố", "HN", Role.LEADER)
    add("giamdoc.sxd", "Giám đốc Sở Xây dựng", "SXD", Role.LEADER)
    add("tiepdan.hn", "Cán bộ Ban Tiếp dân", "BTCD", Role.RECEPTION_OFFICER)
    add("thanhtra", "Thanh tra viên", "TTTP", Role.INSPECTOR)
    add("quantri", "Quản trị", "HN", Role.ADMINISTRATOR)
    return w


def posted(on: date) -> dict[str, Any]:
    """What the step of publication records of a decision posted on a day, for as long as the law wants (C31, TC31)."""
    return {"forms": ["posting"], "posted_from": on, "posted_to": on + timedelta(days=15)}


def build_petition(world: World, by: str = "donthu.lb", unit: str = "LB", **changes: Any) -> Petition:
    """Register a petition through the real service, in a unit of work of its own when none is open."""
    values: dict[str, Any] = {
        "unit_id": world.unit(unit).id,
        "source": "post",
        "received_on": today(),
        "summary": "Không đồng ý mức bồi thường khi Nhà nước thu hồi 120 m² đất trồng cây lâu năm.",
        "senders": (Sender("Nguyễn Văn Thử", "001090000001", "0912345678", "Số 1 ngõ 2, Long Biên"),),
        "respondent": "Chủ tịch UBND phường",
        "respondent_level": "commune_chair",
        "field": "land",
    }
    values.update(changes)
    new, actor = NewPetition(**values), world.principal(by)
    if in_unit_of_work():
        return register_petition(new, actor=actor)
    with unit_of_work():
        return register_petition(new, actor=actor)
