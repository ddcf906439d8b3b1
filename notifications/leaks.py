"""The net below every mail: one about a denunciation whose words give the denouncer away does not leave (I02, I04).

Mails are made of numbers, codes and labels of steps, so this finds nothing as long as nobody changes that.
"""

import re

from flask_babel import gettext as _

from app.core.db import db
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.leak_marks import checker_of
from notifications.words import MailText

_SUBJECT = re.compile(r"/(petitions|cases)/(\d{1,9})(?![\d])")


def leaks(text: MailText, target: str) -> bool:
    """Tell whether a mail that leads to a petition or case gives away who denounces in it."""
    found = _SUBJECT.match(target)
    if found is None:
        return False
    number = int(found[2])
    subject: Petition | Case | None = (
        db.session.get(Petition, number) if found[1] == "petitions" else db.session.get(Case, number)
    )
    if subject is None or not subject.is_denunciation:
        return False
    check = checker_of(subject)
    return any(check(part) for part in (text.subject, text.body))


def withheld() -> MailText:
    """Return what stands in the place of a mail that does not leave: why, and nothing of what it said."""
    words = _("Thư được giữ lại vì nội dung làm lộ người tố cáo. Xem việc này trong hệ thống.")
    return MailText(_("[Tiếp Dân] Thư được giữ lại"), words, f"<p>{words}</p>")
