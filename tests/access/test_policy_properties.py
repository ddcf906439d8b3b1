"""What holds for every mix of roles: more never mean fewer rights, a conflict always takes them, rows and SQL agree."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.permissions import GRANTS, MembershipFacts, Permission, Principal, Reach, Role, scope_of
from app.organisation.models import UnitKind
from app.organisation.queries import FOR_PARENT
from complaints.access import may_act, visible_cases, visible_petitions
from complaints.codes_identity import OpeningPurpose
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.opening import grant_identity
from tests.complaints.test_conflicts import build_denunciation
from tests.factories import World, build_petition

Roles = list[tuple[Role, str]]
MANY = [(Role.LEADER, "HN"), (Role.INSPECTOR, "TTTP"), (Role.LEADER, "LB"), (Role.UNIT_HEAD, "LB-KT"), (Role.HANDLER, "LB-KT"),
        (Role.PETITION_OFFICER, "LB-VP"), (Role.RECEPTION_OFFICER, "LB-VP"), (Role.ADMINISTRATOR, "HN")]  # fmt: skip
UNITS = ("HN", "BTCD", "TTTP", "SXD", "LB", "LB-VP", "LB-KT", "BD", "BD-KT")
_HELD = st.lists(st.tuples(st.sampled_from(list(Role)), st.sampled_from(UNITS)), max_size=4)
_PATHS = st.lists(st.integers(1, 4), min_size=1, max_size=3)
_FEW = settings(
    max_examples=60, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip


def membership(world: World, role: Role, code: str) -> MembershipFacts:
    """Return a role in a unit of the small organisation, as the chart would give it."""
    unit = world.unit(code)
    body = unit.body
    assert body is not None
    above = body.parent
    stands_for = above if above is not None and body.kind in FOR_PARENT else body
    assert isinstance(body.kind, UnitKind)
    return MembershipFacts(role, unit.id, unit.path, body.id, body.path, stands_for.path)


@st.composite
def facts(draw: st.DrawFn) -> MembershipFacts:
    """Any role anywhere in a tree of three levels."""
    path = draw(_PATHS)
    body = path[:2]
    above = body[:-1] or body
    as_path = [
        "/" + "".join(f"{part}/" for part in parts)
        for parts in (path, body, draw(st.sampled_from([body, above])))
    ]
    return MembershipFacts(
        draw(st.sampled_from(list(Role))), path[-1], as_path[0], body[-1], as_path[1], as_path[2]
    )


def wider(more: Reach, less: Reach) -> bool:
    """Tell whether one reach takes in another."""
    return (
        (more.own or not less.own)
        and (more.everything or not less.everything)
        and set(less.paths) <= set(more.paths)
        and set(less.body_ids) <= set(more.body_ids)
        and set(less.below) <= set(more.below)
    )


@given(st.lists(facts(), max_size=4), facts(), st.sampled_from(list(Permission)), st.booleans())
def test_one_more_role_never_takes_a_right(
    held: list[MembershipFacts], added: MembershipFacts, permission: Permission, need: bool
) -> None:
    """Neither in general nor on a denunciation; what a unit is closed to is another matter, and no right."""
    before, after = Principal(1, "A", tuple(held)), Principal(1, "A", (*held, added))
    assert after.may(permission) or not before.may(permission)
    assert wider(after.own_reach(permission, need=need), before.own_reach(permission, need=need))


@given(st.lists(facts(), max_size=4), st.sampled_from(list(Permission)))
def test_a_denunciation_never_reaches_further_than_the_grant(
    held: list[MembershipFacts], permission: Permission
) -> None:
    """Need-to-know only narrows, and gives no permission that the role has not."""
    who = Principal(1, "A", tuple(held))
    assert bool(who.own_reach(permission, need=True)) <= bool(who.own_reach(permission))
    for role in Role:
        assert (scope_of(role, permission, need=True) is None) is (permission not in GRANTS[role])


@given(
    st.lists(facts(), max_size=3), st.lists(facts(), max_size=3), st.frozensets(st.sampled_from(list(Permission))),
    st.sampled_from(list(Permission)),
)  # fmt: skip
def test_standing_in_never_gives_more_than_the_one_who_is_away_has(
    mine: list[MembershipFacts],
    theirs: list[MembershipFacts],
    passed: frozenset[Permission],
    permission: Permission,
) -> None:
    """And only what was passed on."""
    away, whole = Principal(2, "B", tuple(theirs), only=passed), Principal(2, "B", tuple(theirs))
    alone = Principal(1, "A", tuple(mine))
    together = Principal(1, "A", tuple(mine), behalf=(away,))
    assert wider(whole.own_reach(permission), away.own_reach(permission))
    assert together.may(permission) is (
        alone.may(permission) or (permission in passed and whole.may(permission))
    )
    if permission not in passed:
        assert not away.own_reach(permission)


def subjects(world: World, session: Session) -> Sequence[Petition | Case]:
    """A denunciation and its case, one at another body, a complaint at the desk; kept from various people."""
    case = build_denunciation(world)
    build_petition(world, by="tiepdan.lb", kind="denunciation", respondent_level="commune_officer")
    build_petition(world, by="donthu.bd", unit="BD", kind="complaint")
    session.flush()
    return [*session.scalars(select(Petition)), case]


def test_loaded_rows_and_conditions_of_queries_give_the_same_answer(world: World, session: Session) -> None:
    """For any roles, any permission, whoever is kept out, and whether or not somebody stands in for another."""
    known, turn = subjects(world, session), count()
    people = [world.person(name).id for name in ("donthu.lb", "thuly.lb", "tiepdan.lb", "chutich.hn")]
    units = [world.unit(code).id for code in UNITS]

    @_FEW
    @given(
        _HELD, _HELD, st.sampled_from(people), st.sampled_from(people), st.sampled_from(list(Permission)),
        st.lists(st.sampled_from(people), max_size=1), st.lists(st.sampled_from(units), max_size=1), st.booleans(),
    )  # fmt: skip
    def same(
        held: Roles, away: Roles, me: int, them: int, permission: Permission, barred: list[int], closed: list[int],
        stands_in: bool,
    ) -> None:  # fmt: skip
        next(turn)
        for one in known:
            one.barred_ids, one.closed_unit_ids = list(barred), list(closed)
        session.flush()
        theirs = Principal(
            them, "B", tuple(membership(world, *pair) for pair in away), only=frozenset({permission})
        )
        who = Principal(me, "A", tuple(membership(world, *pair) for pair in held),
                        behalf=(theirs,) if stands_in and them != me else ())  # fmt: skip
        petitions = set(session.scalars(select(Petition.id).where(visible_petitions(who, permission))))
        cases = set(session.scalars(select(Case.id).where(visible_cases(who, permission))))
        for one in known:
            found = one.id in (cases if isinstance(one, Case) else petitions)
            if isinstance(one, Petition) or permission is not Permission.PETITION_VIEW:
                assert may_act(who, permission, one) is found, (one, permission)
            if me in barred or not who.unit_ids.isdisjoint(closed):
                assert not found

    same()
    assert next(turn) > 20


def test_a_conflict_takes_every_right_whatever_one_holds_is_lent_or_was_let_in_to(
    world: World, session: Session
) -> None:
    """Any roles at any unit, standing in for anybody, handling it, having registered it, with a grant to open the seal."""
    case, turn = build_denunciation(world), count()
    petition = session.scalars(select(Petition).where(Petition.case_id == case.id)).one()
    assert petition.sealed_identity is not None
    people = [world.person(name).id for name in ("donthu.lb", "thuly.lb", "tiepdan.lb", "chutich.lb")]
    head = world.principal("chutich.lb")
    for person in people:
        if person != head.person_id:
            grant_identity(
                petition,
                person_id=person,
                purpose=OpeningPurpose.CHECK,
                reason="Làm việc",
                days=5,
                actor=head,
            )
    session.flush()

    @_FEW
    @given(_HELD, _HELD, st.sampled_from(people), st.sampled_from(people), st.booleans())
    def holds(held: Roles, away: Roles, me: int, them: int, by_unit: bool) -> None:
        next(turn)
        lent = Principal(
            them, "B", tuple(membership(world, *pair) for pair in [*MANY, *away]), only=frozenset(Permission)
        )
        own = tuple(membership(world, *pair) for pair in [*MANY[:2], *held])
        who = Principal(me, "A", own, behalf=(lent,) if them != me else ())
        case.handler_id, petition.registered_by_id = me, me
        for one in (petition, case):
            one.barred_ids = [] if by_unit else [me]
            one.closed_unit_ids = [own[0].unit_id] if by_unit else []
        session.flush()
        for permission in Permission:
            for one in (petition, case):
                assert not may_act(who, permission, one), permission
            assert not session.scalars(select(Petition.id).where(visible_petitions(who, permission))).all()
            assert not session.scalars(select(Case.id).where(visible_cases(who, permission))).all()

    holds()
    assert next(turn) > 20


def test_a_conflict_of_the_one_who_is_away_is_not_got_round_by_standing_in(
    world: World, session: Session
) -> None:
    """Whoever stands in brings their own rights, and none of those that a conflict has taken from the other."""
    case = build_denunciation(world)
    away = world.principal("chutich.lb")
    case.barred_ids = [away.person_id]
    session.flush()

    @given(_HELD)
    @settings(parent=_FEW, max_examples=30)
    def holds(held: Roles) -> None:
        own = tuple(membership(world, *pair) for pair in held)
        alone = Principal(987654, "A", own)
        together = Principal(987654, "A", own, behalf=(replace(away, only=frozenset(Permission)),))
        for permission in (
            Permission.CASE_VIEW,
            Permission.CASE_DECIDE,
            Permission.IDENTITY_OPEN,
            Permission.CASE_ASSIGN,
        ):
            assert may_act(together, permission, case) is may_act(alone, permission, case)

    holds()


@given(st.lists(facts(), max_size=4), st.lists(facts(), max_size=4), st.sampled_from(list(Permission)))
def test_rights_are_those_of_the_roles_and_of_nothing_else(
    one: list[MembershipFacts], other: list[MembershipFacts], permission: Permission
) -> None:
    """The order of roles, their number and who holds them change nothing; together they give what each gives."""
    both = Principal(1, "A", (*one, *other))
    turned = Principal(2, "B", (*other, *one, *one))
    assert both.may(permission) is turned.may(permission)
    assert both.own_reach(permission) == turned.own_reach(permission)
    parts = [Principal(1, "A", tuple(held)).may(permission) for held in (one, other)]
    assert both.may(permission) is any(parts)
