"""The receipt for papers handed over (giấy biên nhận, Mẫu 02/TCD) as a PDF.

Papers are Vietnamese whatever the screen speaks: no gettext here.
"""

from collections.abc import Mapping, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Response, send_file

from app.core.clock import local_day, today
from app.organisation.models import Unit, UnitKind
from app.papers.render import render_pdf
from app.papers.words import day_words, letterhead, moment_words
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from reception.queries import reply_due

FORM = Path(__file__).resolve().parent / "papers" / "receipt_02_tcd.typ"
COPIES = 2  # one for the giver, one for the file
_ON_ITS_OWN = frozenset({UnitKind.PROVINCE, UnitKind.COMMUNE})  # a People's Committee names no body above it


def receipt_pdf(petition: Petition, givers: Sequence[Sender]) -> Response:
    """Return the PDF for showing in the browser, under a name that tells nobody's.

    `givers` are named on it; an empty list prints 'Người nộp đơn'. The papers of a denunciation have neutral names.
    """
    pdf = render_pdf(FORM, receipt_data(petition, givers))
    name = f"bien-nhan-{petition.tracking_code}.pdf"
    return send_file(BytesIO(pdf), mimetype="application/pdf", as_attachment=False, download_name=name)


def receipt_data(petition: Petition, givers: Sequence[Sender]) -> Mapping[str, Any]:
    """Return what the form prints; its keys are explained at the head of the form's source."""
    unit, officer = petition.unit, petition.registered_by
    same_day = local_day(petition.registered_at) == petition.received_on
    return {
        "letterhead": letterhead(unit.name, place=unit.place, day=today(), parent=_parent(unit)),
        "received_at": moment_words(petition.registered_at) if same_day else day_words(petition.received_on),
        "received_where": f"Nơi tiếp công dân, {unit.name}",
        "officer": {"name": officer.full_name, "position": officer.position},
        "givers": [
            {
                "name": giver.full_name,
                "identity_number": giver.identity_number,
                "issued_on": "",
                "issued_by": "",
                "address": giver.address,
            }
            for giver in givers
        ],
        "papers": [
            {
                "name": paper.title,
                "pages": paper.pages,
                "copy": "bản chính" if paper.is_original else "bản sao",
                "condition": "",
            }
            for paper in petition.attachments
        ],
        "copies": COPIES,
        "number": petition.number,
        "tracking_code": petition.tracking_code,
        "follow_up": _follow_up(petition),
    }


def _parent(unit: Unit) -> str:
    return "" if unit.kind in _ON_ITS_OWN or unit.parent is None else unit.parent.name


def _follow_up(petition: Petition) -> list[str]:
    lines = []
    reply = reply_due(petition)
    if reply is not None:
        lines.append(f"Cơ quan trả lời kết quả xử lý chậm nhất ngày {reply.due_on:%d/%m/%Y}.")
    lines.append("Khi hỏi kết quả, đọc mã tra cứu này cho người tiếp công dân; không cần nêu họ tên.")
    return lines
