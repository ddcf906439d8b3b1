"""What makes way for a row that is not to be had yet: other rows before it, and what happens in other matters."""

from collections.abc import Mapping
from datetime import date
from random import Random

from sqlalchemy import select

from app.core.clock import today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from complaints.codes_continued import TakeOverGround
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.perform import perform
from complaints.workflow.continued import TAKEN_OVER
from tests.factories import World, build_petition
from tests.walks import ways
from tests.walks.answers import Typist, answered
from tests.walks.matters import ABOVE, HEAD, Matter, give

# What to try first when a row that is listed here is refused: what it waits for, or what must not be owed any more.
BEFORE: Mapping[str, tuple[str, ...]] = {
    "close": ("publish", "dispatch", "send_conclusion", "result_told", "notify", "send_suspension"),
    "tell_citizen": ("referrer_notice",), "tell_referrer": ("owe_referrer",), "result_told": ("other_result",), "extend": ("extend",),
    "lift_emergency": ("order_emergency",), "publish": ("decide",), "end_demand": ("demand_received", "record_report"),
    "referral_paper": ("refer",),
}  # fmt: skip
OF_A_REFERRER = frozenset({"owe_referrer", "tell_referrer"})  # R10: somebody has sent it on to us
OF_AN_OFFICE = frozenset(
    {"referrer_notice", "tell_citizen"}
)  # V18: only a reception office has sent something on
_RESOLVES, _TRIES = ("decide", "conclude"), 25


def resolve(world: World, case: Case, rng: Random, day: date) -> bool:
    """Bring a case to its decision or conclusion, if that is to be had on this day; tell whether it was."""
    matter = Matter(world, case)
    goals = [row for row in matter.workflow.transitions if row.action in _RESOLVES]
    for _ in range(_TRIES if goals else 0):
        if case.decided_on is not None:
            return True
        row = ways.way_on(matter.workflow, matter.state, goals[0], rng, case.previous_state or "")
        if row is None or row.by_system:
            return False
        try:
            if case.handler_id is None:
                with unit_of_work():
                    give(world, case)
            typist = Typist(rng, day, case.received_on, matter.offer)
            answer = answered(matter.workflow, matter.state, row, matter.facts(), typist)
            if answer is not None:
                matter.act(row, {**answer[0], "basis_checked": True})
        except DomainError:
            continue
    return case.decided_on is not None


def continue_above(world: World, case: Case, act: str) -> None:
    """Let the city demand a report on a denunciation that is overdue here, or take it over. Raises DomainError."""
    clerk, head = world.principal("donthu.hn"), world.principal(ABOVE)
    wanted = select(Case).where(Case.first_case_id == case.id, Case.is_open).order_by(Case.id.desc())
    above = db.session.scalars(wanted).first()
    with unit_of_work():
        if above is None:
            letter = build_petition(world, by="donthu.hn", unit="BTCD", respondent="Ông Trần Văn X")
            perform(letter, "classify", actor=clerk, data={
                "kind": "denunciation", "field": "land", "respondent_level": "commune_officer", "instance": "second",
                "overdue_claim": True})  # fmt: skip
            perform(letter, "open_continued", actor=clerk,
                    data={"on": today(), "first_case_id": case.id, "basis_checked": True})  # fmt: skip
            above = letter.case
    assert above is not None
    said = {"on": today(), "document_no": "5/CV", "words": "Báo cáo.", "basis_checked": True}
    if above.state == "sup_demand":
        with unit_of_work():
            perform(above, "demand", actor=head, data={**said, "to_body": "Chủ tịch UBND phường"})
    elif act == TAKEN_OVER:
        with unit_of_work():
            perform(above, "take_over", actor=head, data={**said, "ground": list(TakeOverGround)[:1]})


def tell_referrer(world: World, petition: Petition) -> bool:
    """Tell whoever sent a petition on its result (R10); return whether that is owed now."""
    try:
        with unit_of_work():
            perform(petition, "tell_referrer", actor=world.principal(HEAD),
                    data={"on": today(), "document_no": "7/TB", "basis_checked": True})  # fmt: skip
    except DomainError:
        return False
    return True
