"""The receipt for papers handed over (giấy biên nhận, Mẫu 02/TCD) as a PDF."""

from collections.abc import Sequence

from flask import Response

from app.core.errors import NotFound
from complaints.models.petitions import Petition
from complaints.services.identity import Sender
from reception.models import Visit


def receipt_pdf(petition: Petition, visit: Visit | None, givers: Sequence[Sender]) -> Response:
    """Return the PDF for showing in the browser, under a name that tells nobody's."""
    raise NotFound
