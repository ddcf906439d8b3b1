"""The law on a subject's page in words: what it started under, competing days, and rows that are not certain."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from flask_babel import gettext as _
from wtforms.fields.choices import SelectChoice

from app.web.filters import day
from app.web.locale import language
from app.web.told import told
from complaints.clock_words import english_citation
from complaints.models.cases import Case
from complaints.queries.own_targets import own_targets
from complaints.rulebook.loader import Confidence, Layer, Rule, load_rulebook
from complaints.rulebook.transitions import load_transitions
from complaints.rulebook.uncertain import UncertainRow
from complaints.services.clocks import rule_of
from complaints.services.competing import Contest, contests_of
from complaints.services.confirmation import uncertain_rows
from complaints.services.facts import Subject, workflow_of
from complaints.workflow.base import Transition


def in_language(named: Any, word: str = "name") -> str:
    """Return `name_vi` or `name_en` (or another pair) of a row of the law in the reader's language."""
    return str(getattr(named, f"{word}_en" if language() == "en" else f"{word}_vi"))


def word_of(rule: Rule, word: str) -> str:
    """Return what starts or stops a rule, or who answers for it, in the reader's language."""
    english = getattr(rule, f"{word}_en") if language() == "en" else ""
    return str(english or getattr(rule, word))


def cite(article: str) -> str:
    """Return an article as the reader's language cites it; where the law is silent, a sentence that says so."""
    said = told(article)
    return english_citation(article) if said == article and language() == "en" else said


def confidence_words(confidence: Confidence) -> str:
    """Return how sure a row is, in words; never by colour alone."""
    return {
        Confidence.HIGH: _("chắc chắn"),
        Confidence.MEDIUM: _("tương đối chắc chắn"),
        Confidence.LOW: _("chưa chắc chắn"),
    }[confidence]


def confidence_sign(confidence: Confidence) -> tuple[str, str]:
    """Return the tone and the icon that stand beside the words."""
    return {
        Confidence.HIGH: ("fine", "check-circle"),
        Confidence.MEDIUM: ("soon", "info-circle"),
        Confidence.LOW: ("late", "exclamation-triangle-fill"),
    }[confidence]


def uncertain_of(subject: Subject, transition: Transition) -> Sequence[UncertainRow]:
    """Return the rows that a step of a subject rests on and that are not certain."""
    return uncertain_rows(subject, transition)


def open_contests(page: Any) -> list[Contest]:
    """Return the contests that a step from the present state settles, of the clocks that the page has read."""
    subject = page.subject
    if not isinstance(subject, Case):
        return []
    steps = {step.code for step in workflow_of(subject).leaving(subject.state)}
    clocks = [line.clock for line in page.clocks]
    return [contest for contest in contests_of(subject, clocks) if contest.rule.step in steps]


def rule_for(contest: Contest, code: str) -> Rule:
    """Return the rule behind one side of a contest: of its clock, or the newest while it has not started."""
    clock = contest.clocks[code]
    if clock is not None:
        return rule_of(clock)
    return [rule for rule in load_rulebook().rules() if rule.code == code][-1]


def offer_days(field: Any, contest: Contest) -> None:
    """Write the days beside the choices of a contested step, and put the proposal forward in an empty form."""
    proposed = contest.proposed_choice
    offered = []
    for choice in field.choices:
        end = contest.day_of_choice(choice.value)
        mark = f" ({_('đề xuất')})" if choice.value == proposed else ""
        offered.append(
            SelectChoice(choice.value, f"{day(end)}: {choice.label}{mark}" if end else choice.label)
        )
    field.choices = offered
    if field.data in (None, "None", ""):
        field.data = proposed


def law_lines(case: Case) -> list[str]:
    """Return under which law a case began and which transition rule has switched it, in sentences."""
    book = load_transitions()
    law = book.law_set(case.kind, case.law_since or case.received_on)
    lines = []
    if law is not None:
        lines.append(_("%(law)s (theo ngày nhận đơn %(d)s)", law=in_language(law), d=day(case.received_on)))
    if case.switched_by and case.switched_on:
        rule = book.transition(case.switched_by)
        lines.append(
            _("Từ %(d)s: %(what)s (%(article)s)", d=day(case.switched_on), what=in_language(rule),
              article=cite(rule.article))
        )  # fmt: skip
    return lines


def recorded(name: str, value: Any) -> str:
    """Return in words what a line of history keeps of the law: rows confirmed, a transition rule, clocks switched."""
    if name == "transition_rule":
        return in_language(load_transitions().transition(value))
    if name == "basis":
        return "\n".join(_confirmed(version) for version in value)
    moved = [
        f"{_named(line['clock'])}: {_day_of(line['old_due_on'])} → {_day_of(line['new_due_on'])}"
        for line in value
    ]
    return "\n".join(moved) or _("không có thời hạn nào thay đổi")


def _day_of(iso: str | None) -> str:
    return day(date.fromisoformat(iso)) if iso else _("đang tạm dừng")


def _named(code: str) -> str:
    return in_language([rule for rule in load_rulebook().rules() if rule.code == code][-1])


def _confirmed(version: str) -> str:
    """Return a row by its version; a transition rule by its code; what the law no longer has as it was kept."""
    try:
        rule: Any = (
            load_rulebook().by_version(version) if "@" in version else load_transitions().transition(version)
        )
    except KeyError:
        return version
    return f"{in_language(rule)} ({cite(rule.article)})"


def own_limit(rule: Rule) -> str:
    """Return what a limit that the office set itself is called, so that nobody takes it for law."""
    if rule.layer is Layer.LOCAL:
        return str(_("quy định của địa phương, không phải thời hạn theo luật"))
    return str(_("mục tiêu nội bộ, không phải thời hạn theo luật"))


def words() -> dict[str, Any]:
    """Return what templates need to speak of the law."""
    return {
        "law_lines": law_lines,
        "own_limit": own_limit,
        "own_targets": own_targets,
        "open_contests": open_contests,
        "rule_for": rule_for,
        "uncertain_of": uncertain_of,
        "in_language": in_language,
        "word_of": word_of,
        "cite": cite,
        "confidence_words": confidence_words,
        "confidence_sign": confidence_sign,
    }
