"""The numbers of the law in the texts of the tables: read from the rulebook, so that no text keeps an old one."""

from complaints.rulebook.figures import newest
from complaints.rulebook.loader import Rule, RulebookError, load_rulebook

UNREAD = "thời hạn theo luật"


def length(code: str, *, remote: bool = False, complex_: bool = False) -> str:
    """Return the length of a limit in Vietnamese, by its newest version: '3 ngày làm việc'. Raises KeyError."""
    rule = _newest(code)
    return UNREAD if rule is None else f"{rule.length(remote=remote, complex_=complex_)} {rule.unit.words_vi}"


def lengthened(code: str) -> str:
    """Return by how much a limit is made longer at a time, or to how much in all, by its newest version."""
    rule = _newest(code)
    if rule is None or rule.extension is None:
        return UNREAD
    return f"{rule.extension.days} {rule.unit.words_vi}"


def counted(code: str) -> str:
    """Return a figure in Vietnamese, by its newest version: 'ít nhất 2 người'. Raises KeyError."""
    row = newest(code)
    return f"{row.direction.words_vi} {row.number} {row.counts_vi}"


def _newest(code: str) -> Rule | None:
    """Return the newest version of a rule; None from a faulty rulebook, which `law check` tells and no start stands."""
    try:
        versions = [rule for rule in load_rulebook().rules() if rule.code == code]
    except RulebookError:
        return None
    if not versions:
        raise KeyError(code)
    return versions[-1]
