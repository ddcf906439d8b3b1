"""What holds for every mix of roles: more never mean fewer rights, a conflict always takes them, rows and SQL agree."""

from collections.abc import Sequence
from itertools import count

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.permissions import GRANTS, MembershipFacts, Permission, Principal, Reach, Role, scope_of
from app.organisation.models import UnitKind
from app.organisation.queries import FOR_PARENT
from complaints.access import may_act, visible_cases, visible_petitions
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from tests.complaints.test_conflicts import build_denunciation
from tests.factories import World, build_petition

Roles = list[tuple[Role, str]]
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
