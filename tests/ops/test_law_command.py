"""`tiepdan law`: what was worked out by hand comes out of the command, and what is wrong is said in one line."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from app.commands.law import law
from app.factory import create_app
from app.tables import every_workflow, law_holds
from complaints.clocks import Verb
from complaints.review import STARTED_ELSEWHERE, STOPPED_ELSEWHERE, compare, findings
from complaints.rulebook.loader import FOLDER, Rule, RulebookError, load_rulebook
from tests.law.test_examples import BACKWARD, EXAMPLES, read_given


def call(*words: str) -> Result:
    """Run the command with no database anywhere."""
    return CliRunner(env={"DATABASE_URL": None, "REDIS_URL": None}).invoke(law, words)


def as_options(example: dict[str, Any]) -> list[str] | None:
    """Return an example as options of the command, or None when it is about more than a due date."""
    remote, events, own = read_given(example.get("given", ""))
    if own or "version" in example or "late" in example:
        return None
    options = ["--remote"] if remote else []
    extension = load_rulebook().rule(example["rule"], example["start"]).extension
    waiting = None
    for event in events:
        if event.verb is Verb.PAUSE:
            waiting = event.on
        elif event.verb is Verb.RESUME:
            options += ["--pause", f"{waiting}:{event.on}"]
            waiting = None
        elif event.verb is Verb.EXTEND and extension is not None:
            options += ["--extend", str(event.days or extension.days)]
        else:
            return None
    return None if waiting else options


SAYABLE = [example for example in EXAMPLES if as_options(example) is not None]


@pytest.mark.parametrize("example", SAYABLE, ids=lambda e: f"{e['rule']}-{e['start']}-{e.get('given', '')}")
def test_a_date_worked_by_hand_comes_out(example: dict[str, Any]) -> None:
    """The same examples that hold the pure functions hold the command."""
    options = as_options(example)
    assert options is not None
    done = call("due", example["rule"], "--from", str(example["start"]), *options, "--json")
    assert done.exit_code == 0, done.output
    report = json.loads(done.output)
    assert list(report) == ["clock", "rule", "article", "start", "due_on", "steps"]
    assert report["due_on"] == example["due"].isoformat(), example["why"]
    assert report["steps"][-1]["date"] == report["due_on"]
    assert all(set(step) == {"date", "what", "why"} for step in report["steps"])


def test_most_examples_can_be_said() -> None:
    """The test above would be empty if the translation gave up."""
    assert len(SAYABLE) > len(EXAMPLES) / 2


@pytest.mark.parametrize("example", BACKWARD, ids=lambda e: f"{e['rule']}-{e['planned']}")
def test_a_backward_clock_says_the_latest_day(example: dict[str, Any]) -> None:
    """--from is the planned day then."""
    done = call("due", example["rule"], "--from", f"{example['planned']:%d/%m/%Y}", "--json")
    assert json.loads(done.output)["due_on"] == example["latest"].isoformat()


def test_a_complex_case_takes_its_own_length() -> None:
    """45 days in all: 12/11 + 45 is Sunday 27/12, so Monday."""
    done = call("due", "KN1_RESOLVE", "--from", "12/11/2026", "--complex", "--json")
    assert json.loads(done.output)["due_on"] == "2026-12-28"


def test_words_for_whoever_reads_them() -> None:
    """Without --json each step is a line."""
    done = call("due", "KN_ACCEPT", "--from", "12/11/2026")
    assert done.output.splitlines()[0] == "Thụ lý khiếu nại (KN_ACCEPT@2026-07-01): 23/11/2026"
    assert "không tính ngày nhận" in done.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("due", "NOTHING", "--from", "12/11/2026"), "no clock 'NOTHING'"),
        (("due", "KN_ACCEPT", "--from", "31/02/2026"), "Invalid value for '--from'"),
        (("due", "KN_ACCEPT", "--from", "1/1/1990"), "has no rule for 01/01/1990"),
        (("due", "KN_ACCEPT", "--from", "12/11/2026", "--extend", "5"), "không được gia hạn"),
        (("due", "TC_RESOLVE", "--from", "12/11/2026", "--extend", "31"), "từ 1 đến 30 ngày"),
        (("due", "KN_ACCEPT", "--from", "12/11/2026", "--pause", "2026-11-13"), "is not FROM:TO"),
        (("due", "KN_ACCEPT", "--from", "12/11/2026", "--pause", "2026-11-13:2026-11-12"), "ends before it begins"),
        (("due", "KN_DIALOGUE_NOTICE", "--from", "12/11/2026", "--remote"), "takes --from alone"),
    ],
)  # fmt: skip
def test_what_cannot_be_is_said(words: tuple[str, ...], said: str) -> None:
    """One line of error, exit code 2, no trace."""
    done = call(*words)
    assert done.exit_code == 2
    assert said in done.output
    assert "Traceback" not in done.output


def test_the_list_is_that_of_its_day() -> None:
    """Ten calendar days before July 2026, seven working days since."""
    old = {row["code"]: row for row in json.loads(call("list", "--as-of", "2026-06-30", "--json").output)}
    new = {row["code"]: row for row in json.loads(call("list", "--as-of", "01/07/2026", "--json").output)}
    assert (old["KN_ACCEPT"]["number"], old["KN_ACCEPT"]["unit"]) == (10, "cal")
    assert (new["KN_ACCEPT"]["number"], new["KN_ACCEPT"]["unit"]) == (7, "wd")
    assert (old["RECEP_DAYS_COMMUNE"]["number"], old["RECEP_DAYS_COMMUNE"]["counts_vi"]) == (
        1,
        "ngày mỗi tuần",
    )
    assert (new["RECEP_DAYS_COMMUNE"]["number"], new["RECEP_DAYS_COMMUNE"]["counts_vi"]) == (
        2,
        "ngày mỗi tháng",
    )
    assert (new["KN_ACCEPT"]["start_event"], new["KN_ACCEPT"]["role"]) == ("complaint_received", "resolver")
    words = call("list").output
    assert "KN_ACCEPT" in words
    assert "GROUP_REPS_MANY" in words
    assert "≤ 5" in words


def test_the_law_holds_together() -> None:
    """No findings, exit code 0."""
    assert findings(every_workflow()) == []
    assert call("check").exit_code == 0


def test_what_does_not_hold_together_is_found() -> None:
    """A clock without a rule, a rule that nothing starts or stops, a form that is not listed."""
    rules = list(load_rulebook().rules())

    def compared(
        rules: list[Rule], started: Mapping[str, str] = STARTED_ELSEWHERE,
        stopped: Mapping[str, str] = STOPPED_ELSEWHERE,
    ) -> list[str]:  # fmt: skip
        return list(compare(rules, every_workflow(), started, stopped))

    without = [rule for rule in rules if rule.code != "KN1_SEND"]
    assert any("clock KN1_SEND is no rule" in line for line in compared(without))
    odd = replace(rules[0], code="NEW_CLOCK", form="99/XX", valid_from=date(2026, 7, 1))
    assert compared([*rules, odd]) == [
        "NEW_CLOCK: nothing starts this clock",
        "NEW_CLOCK: nothing stops this clock",
        "NEW_CLOCK@2026-07-01: form 99/XX is not listed",
    ]
    gone = compared(rules, {**STARTED_ELSEWHERE, "GONE": "..."}, {**STOPPED_ELSEWHERE, "AWAY": "..."})
    assert gone == [
        "GONE: is said to be started elsewhere, but is no rule",
        "AWAY: is said to be stopped elsewhere, but is no rule",
    ]


@pytest.fixture
def draft(tmp_path: Path) -> Path:
    """Return a copy of the rules, to be edited like a draft."""
    return Path(shutil.copytree(FOLDER, tmp_path / "draft"))


def edit(draft: Path, name: str, old: str, new: str) -> None:
    """Change one place of a draft."""
    path = draft / name
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_a_draft_elsewhere_is_checked_and_the_installed_rules_are_not(draft: Path) -> None:
    assert (
        call("check", "--folder", str(draft)).output == f"{len(load_rulebook().rules())} rules, no findings\n"
    )
    edit(draft, "complaint.toml", 'role = "resolver"', 'role = "nobody"')
    edit(draft, "denunciation.toml", 'stop_event = "denunciation_checked"', 'stop_event = "checked"')
    edit(draft, "reception.toml", 'code = "FB_TRANSFER"', 'code = "FB_SEND"')
    edit(draft, "figures.toml", 'direction = "min"', 'direction = "about"')
    done = call("check", "--folder", str(draft))
    assert done.exit_code == 1
    said = done.output.splitlines()
    assert "complaint.toml: KN_ACCEPT: unknown role 'nobody'" in said
    assert "denunciation.toml: TC_INIT: unknown stop_event 'checked'" in said
    assert "figures.toml: RECEP_DAYS_PROVINCE: unknown direction 'about'" in said
    assert "FB_SEND: nothing starts this clock" in said
    assert "FB_SEND: nothing stops this clock" in said
    assert call("check").exit_code == 0


def test_a_folder_that_is_none_is_a_usage_error(tmp_path: Path) -> None:
    done = call("check", "--folder", str(tmp_path / "away"))
    assert (done.exit_code, "does not exist" in done.output) == (2, True)


def test_nothing_starts_on_a_law_that_does_not_hold_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What `create_app` asks first."""
    law_holds.cache_clear()
    monkeypatch.setitem(STOPPED_ELSEWHERE, "GONE", "...")
    with pytest.raises(RulebookError, match="GONE: is said to be stopped elsewhere"):
        create_app()
    monkeypatch.undo()
    law_holds.cache_clear()
    assert law_holds()


def test_lines_that_are_no_longer_true_are_told_and_fail_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(STARTED_ELSEWHERE, "KN1_RESOLVE", "chưa có bước")
    done = call("check")
    assert done.exit_code == 0
    assert "KN1_RESOLVE: a step does START it; delete its line in review.STARTED_ELSEWHERE" in done.output


def test_findings_are_printed_and_exit_1(monkeypatch: pytest.MonkeyPatch) -> None:
    """A script sees that something is wrong."""
    monkeypatch.setattr("app.commands.law.findings", lambda *_of: ["KN_ACCEPT: a gap from 01/07/2026"])
    done = call("check")
    assert done.exit_code == 1
    assert done.output.splitlines()[0] == "KN_ACCEPT: a gap from 01/07/2026"
