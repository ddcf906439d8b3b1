"""The ladder: which alert on which day, to whom. Dates worked by hand."""

from datetime import date

import pytest

from app.core.calendar import WorkCalendar
from complaints.ladder import DEFAULT, OVERRIDES, RUNGS, Level, alert_days, due_alerts, ladder_for, next_alert

CALENDAR = WorkCalendar()
# A complaint received on Thu 12/11/2026, to be accepted by Mon 23/11; the 24th is a holiday.
ACCEPT = ("KN_ACCEPT", date(2026, 11, 12), date(2026, 11, 23), CALENDAR)
# A decision of Fri 20/11, to be sent by Thu 26/11: three working days.
SEND = ("KN1_SEND", date(2026, 11, 20), date(2026, 11, 26), CALENDAR)


def keys(found: list[tuple[object, date]]) -> list[tuple[str, str]]:
    """Return alerts as ('before_5', '16/11')."""
    return [(rung.key, f"{day:%d/%m}") for rung, day in found]  # type: ignore[attr-defined]


def test_each_level_is_told_when_the_office_decided() -> None:
    told = {rung.key: set(rung.levels) for rung in DEFAULT}
    assert told == {
        "before_5": {Level.HANDLER},
        "before_3": {Level.HANDLER},
        "before_1": {Level.HANDLER, Level.UNIT_HEAD},
        "on_day": {Level.HANDLER, Level.UNIT_HEAD},
        "after_1": {Level.HANDLER, Level.UNIT_HEAD, Level.LEADER},
        "after_3": {Level.UNIT_HEAD, Level.LEADER},
        "after_5": {Level.LEADER, Level.LEADER_ABOVE},
        "after_10": {Level.LEADER, Level.LEADER_ABOVE, Level.OVERSIGHT},
    }
    assert [rung.offset for rung in DEFAULT] == [-5, -3, -1, 0, 1, 3, 5, 10]
    assert all(rung.label_vi and rung.label_en for rung in DEFAULT)


def test_the_alerts_of_an_acceptance_skip_weekends_and_the_holiday() -> None:
    assert keys(alert_days(*ACCEPT)) == [
        ("before_5", "16/11"), ("before_3", "18/11"), ("before_1", "20/11"), ("on_day", "23/11"),
        ("after_1", "25/11"), ("after_3", "27/11"), ("after_5", "01/12"), ("after_10", "08/12"),
    ]  # fmt: skip


def test_a_short_clock_leaves_out_what_would_fall_on_or_before_its_start() -> None:
    assert keys(alert_days(*SEND))[:2] == [("before_1", "25/11"), ("on_day", "26/11")]


def test_clocks_of_the_citizen_raise_nothing() -> None:
    for code in ("KN_WINDOW2", "KN_EFFECT"):
        assert ladder_for(code) == ()
        assert next_alert(code, *ACCEPT[1:], after=None) is None
        assert due_alerts(code, *ACCEPT[1:], after=None, today=date(2027, 1, 1)) == []


def test_the_next_alert_follows_the_one_last_raised_and_ends_at_the_top() -> None:
    first, after_start = next_alert(*ACCEPT, after=None), next_alert(*SEND, after=None)
    assert first is not None and first[0].key == "before_5"
    assert after_start is not None and after_start[0].key == "before_1"
    following = next_alert(*ACCEPT, after="before_1")
    assert following is not None and (following[0].key, following[1]) == ("on_day", date(2026, 11, 23))
    assert next_alert(*ACCEPT, after="after_10") is None


@pytest.mark.parametrize("after, today, expected", [
    (None, date(2026, 11, 15), []),
    (None, date(2026, 11, 16), ["before_5"]),
    ("before_5", date(2026, 11, 16), []),
    ("before_5", date(2026, 11, 24), ["before_3", "before_1", "on_day"]),
    (None, date(2026, 12, 31), [rung.key for rung in DEFAULT]),
    ("after_10", date(2026, 12, 31), []),
])  # fmt: skip
def test_after_a_silence_every_missed_alert_is_due_at_once(
    after: str | None, today: date, expected: list[str]
) -> None:
    assert [rung.key for rung, _day in due_alerts(*ACCEPT, after=after, today=today)] == expected


def test_a_key_is_the_same_rung_in_every_ladder() -> None:
    for ladder in (DEFAULT, *OVERRIDES.values()):
        assert [rung.offset for rung in ladder] == sorted({rung.offset for rung in ladder})
        assert all(RUNGS[rung.key].offset == rung.offset for rung in ladder)
