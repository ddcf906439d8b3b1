"""`tiepdan law due` as a script calls it: its output, its errors, its exit code. Dates are worked by hand.

October to December 2026: 1/10 is a Thursday, 31/10 a Saturday, 15/11 a Sunday, 24/11 a holiday, 30/11 a Monday.
"""

import json
import subprocess
from typing import Any

import pytest
from click.testing import CliRunner

from app.commands.law import law
from app.config import ROOT
from tests.ops.conftest import TIEPDAN, clean_environment

DUE = {
    # both forms of a date
    "KN_ACCEPT --from 2026-11-12": "2026-11-23",
    "KN_ACCEPT --from 12/11/2026": "2026-11-23",
    # ten calendar days before July 2026: Sat 21/2, so Monday; seven working days since, over the new holiday
    "KN_ACCEPT --from 11/02/2026": "2026-02-23",
    "KN_ACCEPT --from 16/11/2026": "2026-11-26",
    # totals from acceptance, and their ends on days off: Sat 31/10, Sun 15/11
    "KN1_RESOLVE --from 2026-10-01": "2026-11-02",
    "KN1_RESOLVE --from 2026-10-01 --complex": "2026-11-16",
    "KN1_RESOLVE --from 2026-10-01 --remote": "2026-11-16",
    "KN1_RESOLVE --from 2026-10-01 --remote --complex": "2026-11-30",
    "KN2_RESOLVE --from 2026-10-01": "2026-11-16",
    "KN2_RESOLVE --from 2026-10-01 --complex": "2026-11-30",
    "KN2_RESOLVE --from 2026-10-01 --remote --complex": "2026-12-10",
    # K05: a disciplinary complaint has 45 days when complex, and nothing more in remote areas
    "KNK_RESOLVE --from 2026-10-01 --complex --remote": "2026-11-16",
    "KNK_RESOLVE --from 2026-10-01 --remote": "2026-11-02",
    # each extension is added to the end before it was rolled: Thu 26/11, Sat 26/12, Mon 25/1
    "TC_RESOLVE --from 2026-10-27": "2026-11-26",
    "TC_RESOLVE --from 2026-10-27 --extend 30": "2026-12-28",
    "TC_RESOLVE --from 2026-10-27 --extend 30 --extend 30": "2027-01-25",
    # ten working days in all
    "TC_INIT --from 2026-11-18 --extend 10": "2026-12-03",
    # ten days used, twenty left from 21/10; then four more used, sixteen left from 31/10
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-10-11:2026-10-21": "2026-11-10",
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-10-25:2026-10-31 --pause 11/10/2026:21/10/2026": "2026-11-16",
    # two working days used, eight left from 30/11
    "RECEP_REPLY --from 2026-11-16 --pause 2026-11-18:2026-11-30": "2026-12-10",
    # a pause after the end brings nothing back
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-12-01:2026-12-05": "2026-11-02",
    # a year, also from 29 February
    "PETITION_RETENTION --from 2026-11-12": "2027-11-12",
    "PETITION_RETENTION --from 2028-02-29": "2029-02-28",
    # counted back from a planned day; an hour before is the same day
    "KN_DIALOGUE_NOTICE --from 2026-12-01": "2026-11-26",
    "SCHEDULE_PUBLISH --from 2026-12-01": "2026-11-23",
    "ONLINE_TEST --from 2026-11-25": "2026-11-23",
    "ONLINE_CONNECT --from 25/11/2026": "2026-11-25",
}
REFUSED = {
    "NOTHING --from 2026-10-01": "no clock 'NOTHING'; 'tiepdan law list' shows them",
    "KN_ACCEPT": "Missing option '--from'",
    "KN_ACCEPT --from 12.11.2026": "does not match the formats",
    "KN_ACCEPT --from 31/02/2026": "Invalid value for '--from'",
    "KN_ACCEPT --from 9999-12-31": "'9999-12-31' is after the year 2200",
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-10-11:9999-12-31": "is after the year 2200",
    "KN_SUSP_SEND --from 2026-06-30": "KN_SUSP_SEND has no rule for 30/06/2026",
    "KN_ACCEPT --from 2026-10-01 --extend 5": "không được gia hạn",
    "KN1_RESOLVE --from 2026-10-01 --extend 5": "văn bản xác định vụ việc phức tạp",
    "TC_RESOLVE --from 2026-10-01 --extend 31": "từ 1 đến 30 ngày",
    "TC_RESOLVE --from 2026-10-01 --extend 30 --extend 30 --extend 1": "Đã gia hạn 2 lần",
    "TC_INIT --from 2026-10-01 --extend 11": "từ 8 đến 10 ngày làm việc",
    "TC_INIT --from 2026-10-01 --extend 0": "0 is not in the range",
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-09-01:2026-09-10": "trước sự kiện liền trước",
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-10-11:2026-10-21 --pause 2026-10-15:2026-10-25": "trước sự kiện",
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-10-21:2026-10-11": "ends before it begins",
    "ONLINE_TEST --from 2026-11-25 --extend 1": "takes --from alone",
    "KN_DIALOGUE_NOTICE --from 2026-12-01 --pause 2026-11-01:2026-11-02": "takes --from alone",
}


# These start a process of their own, as a script does; the others call the command in this one, which is quicker.
APART = (
    "KN_ACCEPT --from 12/11/2026",
    "KN2_RESOLVE --from 2026-10-01 --remote --complex",
    "TC_RESOLVE --from 2026-10-27 --extend 30 --extend 30",
    "KN1_RESOLVE --from 2026-10-01 --pause 2026-10-25:2026-10-31 --pause 11/10/2026:21/10/2026",
    "PETITION_RETENTION --from 2028-02-29",
    "ONLINE_CONNECT --from 25/11/2026",
    "NOTHING --from 2026-10-01",
    "KN_ACCEPT --from 9999-12-31",
    "TC_RESOLVE --from 2026-10-01 --extend 30 --extend 30 --extend 1",
)


def run(words: str) -> tuple[int, str, str]:
    """Run the command in a process of its own, with no database anywhere; return exit code and both outputs."""
    done = subprocess.run(
        [*TIEPDAN, "law", "due", *words.split()],
        cwd=ROOT, env=clean_environment(), capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    return done.returncode, done.stdout, done.stderr


def call(words: str) -> tuple[int, str, str]:
    """Run the command apart where the list says so, else here; return exit code and both outputs."""
    if words.removesuffix(" --json") in APART:
        return run(words)
    done = CliRunner(env={"DATABASE_URL": None, "REDIS_URL": None}).invoke(law, ["due", *words.split()])
    return done.exit_code, done.stdout, done.stderr


@pytest.mark.parametrize("words", DUE)
def test_a_date_worked_by_hand_comes_out_as_json(words: str) -> None:
    code, out, err = call(f"{words} --json")
    assert (code, err) == (0, "")
    report: dict[str, Any] = json.loads(out)
    assert list(report) == ["clock", "rule", "article", "start", "due_on", "steps"]
    assert report["due_on"] == DUE[words]
    assert report["clock"] == words.split(maxsplit=1)[0]
    assert report["rule"].startswith(f"{report['clock']}@")
    assert report["article"]
    assert [set(step) for step in report["steps"]] == [{"date", "what", "why"}] * len(report["steps"])
    assert (report["steps"][0]["date"], report["steps"][-1]["date"]) == (report["start"], report["due_on"])


@pytest.mark.parametrize("words", REFUSED)
def test_what_cannot_be_is_one_line_of_error_and_exit_code_2(words: str) -> None:
    code, out, err = call(words)
    assert (code, out) == (2, "")
    errors = [line for line in err.splitlines() if line.startswith("Error: ")]
    assert len(errors) == 1
    assert REFUSED[words] in errors[0]
    assert "Traceback" not in err


def test_without_json_every_step_is_a_line_with_its_day() -> None:
    code, out, _err = call("KN_ACCEPT --from 2026-11-12")
    assert code == 0
    first, *steps = out.splitlines()
    assert first == "Thụ lý khiếu nại (KN_ACCEPT@2026-07-01): 23/11/2026"
    assert [line[:12] for line in steps] == ["  12/11/2026", "  23/11/2026", "  23/11/2026"]


def test_an_hour_before_is_told_in_hours() -> None:
    _code, out, _err = call("ONLINE_CONNECT --from 2026-11-25")
    assert "Trước giờ dự kiến 1 giờ, trong thứ Tư 25/11/2026" in out
    assert "không tính ngày này" not in out


def test_every_call_apart_is_one_of_the_lists() -> None:
    assert set(APART) <= {*DUE, *REFUSED}
