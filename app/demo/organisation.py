"""The demo's units and people: Hanoi as it is since the reorganisation of 1 July 2025, two levels, no districts."""

from dataclasses import dataclass, field
from datetime import date

from app.core.calendar import DayKind
from app.core.clock import now, today
from app.core.db import db
from app.core.permissions import Principal
from app.demo.accounts import DEMO_PASSWORD, PEOPLE
from app.organisation.login import hash_password
from app.organisation.models import CalendarDay, Membership, Person, Unit, UnitKind
from app.organisation.queries import principal_for
from app.organisation.services.units import place_in_tree

SINCE = date(2025, 7, 1)
COMMUNES = (("LB", "Long Biên"), ("BD", "Bồ Đề"), ("VH", "Việt Hưng"), ("PL", "Phúc Lợi"))
DEPARTMENTS = (
    (
        "SNNMT",
        "Sở Nông nghiệp và Môi trường",
        (("VP", "Văn phòng Sở"), ("DD", "Phòng Quản lý đất đai")),
    ),
    ("SXD", "Sở Xây dựng", (("VP", "Văn phòng Sở"), ("QL", "Phòng Quản lý trật tự xây dựng"))),
    ("SNV", "Sở Nội vụ", (("VP", "Văn phòng Sở"),)),
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

    def add_unit(self, code: str, names: tuple[str, str], kind: UnitKind, parent: Unit | None = None) -> Unit:
        """Add a unit (full and short name) below its parent; it signs its papers where the parent does."""
        place = parent.place if parent is not None else "Hà Nội"
        unit = Unit(code=code, name=names[0], short_name=names[1], kind=kind, parent=parent, place=place)
        unit.valid_from = SINCE
        db.session.add(unit)
        place_in_tree(unit)
        self.units[code] = unit
        return unit

    def principal(self, username: str) -> Principal:
        """Return who a person is today."""
        principal = principal_for(self.people[username].id, today())
        assert principal is not None, username
        return principal


def load_organisation() -> DemoWorld:
    """Add the units, people and calendar days of the demo to an empty database, in the open transaction."""
    world = DemoWorld()
    _load_units(world)
    # One hash for all: two dozen honest ones would take seconds of the first start.
    password = hash_password(DEMO_PASSWORD)
    for demo in PEOPLE:
        unit = world.units[demo.unit]
        person = Person(
            username=demo.username,
            full_name=demo.full_name,
            position=demo.position,
            email=f"{demo.username}@demo.example",
            password_hash=password,
            is_demo=True,
            created_at=now(),
            memberships=[Membership(unit=unit, role=role, valid_from=SINCE) for role in demo.roles],
        )
        db.session.add(person)
        world.people[demo.username] = person
    # The swap of 2 January 2026 is no public holiday: offices enter it themselves (law.md 6.2, medium).
    for day, kind, reason in (
        (date(2026, 1, 2), DayKind.SWAPPED_OFF, "Nghỉ hoán đổi dịp Tết Dương lịch"),
        (date(2026, 1, 10), DayKind.SWAPPED_IN, "Làm bù cho ngày 02/01/2026"),
    ):
        db.session.add(CalendarDay(unit_id=world.units["HN"].id, day=day, kind=kind, reason=reason))
    db.session.flush()
    return world


def _load_units(world: DemoWorld) -> None:
    add = world.add_unit
    city = add("HN", ("UBND thành phố Hà Nội", "UBND thành phố"), UnitKind.PROVINCE)
    reception = ("Ban Tiếp công dân thành phố Hà Nội", "Ban Tiếp công dân")
    city.advisory_unit = add("BTCD", reception, UnitKind.RECEPTION_OFFICE, city)
    add("TTTP", ("Thanh tra thành phố Hà Nội", "Thanh tra thành phố"), UnitKind.INSPECTORATE, city)
    for code, name, divisions in DEPARTMENTS:
        department = add(code, (f"{name} Hà Nội", name), UnitKind.DEPARTMENT, city)
        for suffix, short in divisions:
            add(f"{code}-{suffix}", (f"{short}, {name}", short), UnitKind.DIVISION, department)
        department.advisory_unit = world.units[f"{code}-VP"]
    for code, name in COMMUNES:
        commune = add(code, (f"UBND phường {name}", f"Phường {name}"), UnitKind.COMMUNE, city)
        commune.place = name
        for suffix, short in DIVISIONS:
            add(f"{code}-{suffix}", (f"{short}, phường {name}", short), UnitKind.DIVISION, commune)
        commune.advisory_unit = world.units[f"{code}-VP"]
    db.session.flush()
