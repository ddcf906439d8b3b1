"""What each row of the desk (law.md 7.2) rests on and is for, by hand: the rows of the law it cites, the kinds it takes."""

import pytest

from complaints.codes import PetitionKind
from complaints.workflow.base import Facts
from complaints.workflow.catalogue import INTAKE

CITES = """
    X2 classify P02 P05 P07 C04 TC03 TC05 TC22
    X2 take_up P02
    X4 open_case P03 P08 K03
    X8 open_case P13 TC03
    X17 open_case P17 F01
    F-6 open_case F05a F07
    S-1 open_second C04 C32 C34 K02 K03 K09
    T-25 open_continued TC22
    T-27 open_continued TC33
    X23 join_case P16
    X12 store P22 TC06
    X11 store P24
    X6 store P10 P04
    X3 store P04 P16 P22 P24 F05
    X23 link P04 P10 P14
    X22 destroy P16
    X5 guide P10 P12
    X10 guide TC05
    X20 guide P20
    X7 return P11 P12
    X9 transfer P14 TC05 I07
    X18 transfer P18 F02
    X20 transfer P20
    V12 transfer R08
    F-6 transfer F05a F06
    F-7 transfer_conduct F05a
    X13 to_inspection P23 TC06
    X14 to_investigation TC08
    X16 demand_subordinate P15 R08 TC22
    X19 guide_split P19
    X19 split P19 R06
    X21 report_to_head P21
    C-17 withdraw C28 TC21
    C-19 withdraw_some C28
    X15 report_to_forwarder TC07
    V18 owe_referrer R10
    V18 tell_referrer R10
    V18 referrer_notice R11
    V18 referrer_notice R11
    V18 tell_citizen R11
    TC09 harm_told TC09
    V16 reply R09
"""
# X5, X10, X20; V12, X9, X18, X20, F-6: which kind of petition goes which way when another body is competent.
KINDS = {
    "guide": {"complaint": "X5", "denunciation": "X10", "other": "X20"},
    "transfer": {
        "complaint": "V12", "denunciation": "X9", "proposal": "X18", "admin_feedback": "F-6", "other": "X20",
    },
}  # fmt: skip
# Kinds that go no such way: the row that would be theirs says which way they go.
INSTEAD = {
    ("guide", "proposal"): "thì chuyển đơn", ("guide", "admin_feedback"): "thì chuyển đơn", ("guide", "mixed"): "tách đơn",
    ("transfer", "mixed"): "tách",
}  # fmt: skip


def test_every_row_of_the_desk_cites_the_rows_of_the_law_that_it_carries() -> None:
    found = sorted(" ".join((row.code, row.action, *row.cites)) for row in INTAKE.transitions)
    assert found == sorted(line.strip() for line in CITES.strip().splitlines())


@pytest.mark.parametrize("action", KINDS)
@pytest.mark.parametrize("kind", PetitionKind)
def test_each_kind_goes_on_by_one_row_of_its_own_or_is_told_its_way(action: str, kind: PetitionKind) -> None:
    facts = Facts(kind=kind.value, in_jurisdiction=False, in_person=True)
    said = {
        row.code: row.guard and row.guard(facts, {}) for row in INTAKE.transitions if row.action == action
    }
    wanted = KINDS[action].get(kind.value)
    assert [code for code, reason in said.items() if reason is None] == ([wanted] if wanted else [])
    if wanted is None:
        assert INSTEAD[action, kind.value] in str(said["X20"])
