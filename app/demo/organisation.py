"""The demo's units and people."""

from dataclasses import dataclass, field
from datetime import date

from app.core.clock import now, today
from app.core.db import db
from app.core.permissions import Principal
from app.demo.accounts import DEMO_PASSWORD, PEOPLE
from app.organisation.login import hash_password
from app.organisation.models import CalendarDay, Membership, Person, Unit, UnitKind
from app.organisation.queries import principal_for

SINCE = date(2025, 7, 1)
COMMUNES = (("LB", "Long Biên"), ("BD", "Bồ Đề"), ("VH", "Việt Hưng"), ("PL", "Phúc Lợi"))
DEPARTMENTS = (
    ("SNNMT", "Sở Nông nghiệp và Môi trường"),
    ("SXD", "Sở Xây dựng"),
    ("SNV", "Sở Nội vụ"),
)
DIVISIONS = (
    ("VP", "Văn phòng HĐND và UBND"),
    ("KT", "Phòng Kinh tế, Hạ tầng và Đô thị"),
    ("VX", "Phòng Văn hoá - Xã hội"),
)


@dataclass
class DemoWorld:
    """The units by code and the people by user name."""

    units: dict[str, Unit] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)

    def principal(self, username: str) -> Principal:
        """Return who a person is today."""
        principal = principal_for(self.people[username].id, today())
        assert principal is not None, username
        return principal


def load_organisation() -> DemoWorld:
    """Add the units and people of the demo to an empty database, in the open transaction."""
    world = DemoWorld()
    city = _unit(world, "HN", "UBND thành phố Hà Nội", "Hà Nội", UnitKind.PROVINCE, None)
    _unit(world, "BTCD", "Ban tiếp công dân thành phố", "Ban tiếp công dân", UnitKind.RECEPTION_OFFICE, city)
    _unit(world, "TTTP", "Thanh tra thành phố Hà Nội", "Thanh tra thành phố", UnitKind.INSPECTORATE, city)
    for code, name in DEPARTMENTS:
        _unit(world, code, name, name, UnitKind.DEPARTMENT, city)
    for code, name in COMMUNES:
        commune = _unit(world, code, f"UBND phường {name}", f"Phường {name}", UnitKind.COMMUNE, city)
        for suffix, division in DIVISIONS:
            label = f"{division}, phường {name}"
            _unit(world, f"{code}-{suffix}", label, division, UnitKind.DIVISION, commune)
        commune.advisory_unit = world.units[f"{code}-VP"]
    password = hash_password(DEMO_PASSWORD)
    for username, name, position, unit, role in PEOPLE:
        person = Person(
            username=username,
            full_name=name,
            position=position,
            email=f"{username}@demo.example",
            password_hash=password,
            is_demo=True,
            created_at=now(),
            memberships=[Membership(unit=world.units[unit], role=role, valid_from=SINCE)],
        )
        db.session.add(person)
        world.people[username] = person
    # The swap of 2 January 2026 is no public holiday: offices enter it themselves (law.md 6.2, medium).
    for day, working, reason in (
        (date(2026, 1, 2), False, "Nghỉ hoán đổi dịp Tết Dương lịch"),
        (date(2026, 1, 10), True, "Làm bù cho ngày 02/01/2026"),
    ):
        db.session.add(CalendarDay(day=day, working=working, reason=reason))
    db.session.flush()
    return world


def _unit(world: DemoWorld, code: str, name: str, short: str, kind: UnitKind, parent: Unit | None) -> Unit:
    unit = Unit(
        code=code, name=name, short_name=short, kind=kind, parent=parent, valid_from=SINCE, place="Hà Nội", path=""
    )
    db.session.add(unit)
    db.session.flush()
    unit.path = f"{parent.path if parent else '/'}{unit.id}/"
    unit.body = parent.body if kind is UnitKind.DIVISION and parent is not None else unit
    db.session.flush()
    world.units[code] = unit
    return unit
