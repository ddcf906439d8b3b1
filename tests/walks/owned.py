"""Which clocks run in which state, by hand from law.md 7.2 to 7.7: what must run there, and what may besides.

Written from the law and not from the tables, so that a row that forgets to stop or start a clock is noticed. A table that
does not stand here is held to what follows from its own rows (ways.may_run).
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Owned:
    """The clocks of a state: those that must run (or rest), and those that may."""

    must: frozenset[str]
    may: frozenset[str]


def _owned(must: str = "", may: str = "") -> Owned:
    return Owned(frozenset(must.split()), frozenset(may.split()))


# What stays with a petition wherever its case goes: the reply to who came (R09), the report to who sent it on (TC07).
ON_THE_PETITION = frozenset({"RECEP_REPLY", "TC_PRESS"})
# R10, R11: what is owed to whoever sent it on once the matter is resolved, and by whoever sent it on to the citizen.
RESULT, TO_CITIZEN = "REFERRER_RESULT", "REFERRER_TO_CITIZEN"
OWED_A_RESULT = frozenset({"forwarded_deputy", "forwarded_reception"})  # Law on reception, Art 27(2)
# What a petition hands to its case: the limit of accepting it, which the case's first steps bring to an end (C04, TC03).
WITH_THE_CASE = frozenset({"KN_ACCEPT", "TC_INIT"})
_ASIDE = "KN_SUSP_SEND"  # a suspension that is not sent yet
_WORK = f"KN_INFO_REQUEST {_ASIDE}"


def _complaint(
    first: bool, ends: str, sends: str, effect: str, windows: str, *council: str
) -> dict[str, Owned]:
    """Return the states of a complaint: one resolution clock until the decision, one of the effect, one of carrying out."""
    n = "1" if first else "2"
    overdue = "KN_WINDOW2" if first and ends == "KN1_RESOLVE" else ""
    working = [
        f"accepted_{n}",
        "verifying",
        "verified",
        "dialogue_set",
        "dialogue_done",
        "suspended",
        *council,
    ]
    working += ["decision_draft"] if first and not council else []
    after = f"KN_PUBLISH {_ASIDE}" if first else f"{sends} KN_PUBLISH {_ASIDE}"
    states = {state: _owned(ends, f"{_WORK} {overdue}") for state in working} | {
        "propose_accept" if first else "propose_accept_2": _owned("KN_ACCEPT"),
        f"decided_{n}": _owned(effect, f"{sends} KN_PUBLISH {windows} {_ASIDE}"),
        "effective": _owned("KN_EXECUTE", after),
        "executing": _owned("", after),
        "under_review": _owned("", f"KN_EXECUTE {after}"),
        "terminated": _owned("", _ASIDE),
        "refused": _owned(), "closed": _owned(), "reclassified": _owned(),
    }  # fmt: skip
    return states | ({"appealed": _owned("", f"{sends} KN_PUBLISH {_ASIDE}")} if first else {})


_TC_WORK = _owned("TC_RESOLVE", "TC_NOTIFY TC_SUSP_SEND")
_TC_AFTER = "TC_CONCL_SEND TC_PUBLISH TC_NOTIFY TC_SUSP_SEND"
_TC_ACCEPTED = {
    **dict.fromkeys(("tc_accepted", "tc_verifying", "tc_assessment", "tc_reported", "tc_suspended"), _TC_WORK),
    "tc_concluded": _owned("TC_HANDLE", _TC_AFTER),
    "tc_handled": _owned("", f"TC_RESULT_BACK {_TC_AFTER}"),
    "tc_terminated": _owned("", "TC_SUSP_SEND"), "to_investigation": _owned("", "TC_SUSP_SEND"),
    "tc_closed": _owned(), "reclassified": _owned(),
}  # fmt: skip
OWNED: Mapping[str, Mapping[str, Owned]] = {
    "complaint": _complaint(True, "KN1_RESOLVE", "KN1_SEND", "KN_EFFECT", "KN_WINDOW2"),
    "complaint_second": _complaint(False, "KN2_RESOLVE", "KN2_SEND", "KN_EFFECT", ""),
    "discipline": _complaint(True, "KNK_RESOLVE", "KN1_SEND", "KNK_EFFECT", "KNK_WINDOW2 KNK_WINDOW2_DISMISSAL",
                             "council_heard"),
    "discipline_second": _complaint(False, "KNK_RESOLVE", "KN2_SEND", "KNK_EFFECT", "", "council_heard"),
    "denunciation": {
        "tc_check": _owned("TC_INIT"), "tc_not_accepted": _owned(), "taken_over": _owned(), **_TC_ACCEPTED,
    },
    "continued": {  # T-25 to T-30: the demand, the report from its receipt, the twenty days of the review
        "sup_demand": _owned("TC_OVERDUE_DEMAND"), "sup_waiting": _owned("", "TC_OVERDUE_REPORT"),
        "sup_reported": _owned(), "handing_over": _owned(), "cont_review": _owned("TC_CONT_REVIEW"),
        "left_to_resolver": _owned(), "cont_rejected": _owned(), "cont_transferred": _owned(), **_TC_ACCEPTED,
    },
    "proposal": {
        "petition_open": _owned(), "studying": _owned("PROPOSAL_TARGET"), "answered": _owned(),
        "transferred": _owned(), "reclassified": _owned(),
    },
    "feedback": {state: _owned() for state in ("fb_handling", "fb_published", "fb_transferred", "reclassified")},
    "protection": {"prot_requested": _owned("PROTECTION_TARGET"), **{
        state: _owned() for state in ("secrecy_on", "secrecy_waived", "prot_active", "prot_referred", "prot_refused",
                                      "prot_ended")}},
}  # fmt: skip

# A petition at the desk, by what it is; with the 45 days of handling a petition, from the day it came in.
OF_KIND: Mapping[str, frozenset[str]] = {
    "complaint": frozenset({"KN_ACCEPT"}),
    "denunciation": frozenset({"TC_INIT", "TC_TRANSFER"}),
    "admin_feedback": frozenset({"FB_TRANSFER"}),
}
AT_THE_DESK = frozenset({"PETITION_DISCIPLINE"})
KEPT = frozenset({"PETITION_RETENTION"})


def of_petition(state: str, kind: str, *, case_waits: bool, demand_waits: bool) -> Owned:
    """Return the clocks that a petition owns in a state.

    `case_waits`: its case is still to be accepted, so that the limit of that goes on. `demand_waits`: a subordinate let
    the limit of this denunciation pass, and the demand is owed.
    """
    demand = frozenset({"TC_OVERDUE_DEMAND"}) if demand_waits else frozenset()
    if state == "registered":
        return Owned(AT_THE_DESK, ON_THE_PETITION)
    if state == "classified":
        return Owned(AT_THE_DESK | OF_KIND.get(kind, frozenset()) | demand, ON_THE_PETITION)
    if state == "with_case":
        waiting = OF_KIND.get(kind, frozenset()) & WITH_THE_CASE if case_waits else frozenset()
        return Owned(waiting, ON_THE_PETITION | {RESULT})
    if state in ("stored", "linked"):
        return Owned(KEPT, frozenset({"TC_PRESS"}))
    return Owned(frozenset(), frozenset({"TC_PRESS"} | ({TO_CITIZEN} if state == "transferred" else set())))
