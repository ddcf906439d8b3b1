"""A receipt's data for the tests, and how its PDF is read back."""

import io
import unicodedata
from datetime import date, time
from pathlib import Path
from typing import Any

from pypdf import PdfReader

from app.core.clock import at_local
from app.papers.render import ROOT
from app.papers.words import letterhead, moment_words

RECEIPT = ROOT / "reception" / "papers" / "receipt_02_tcd.typ"
DAY = date(2026, 11, 5)
GIVER = {
    "name": "Trần Văn Bưởi",
    "identity_number": "999087001234",
    "issued_on": "12/03/2022",
    "issued_by": "Bộ Công an",
    "address": "Số 12, ngõ 34, phố Ngọc Lâm, phường Long Biên, thành phố Hà Nội",
}


def paper(
    name: str, *, pages: int | None = 2, copy: str = "bản phô tô", condition: str = ""
) -> dict[str, Any]:
    """Return one line of the list of papers."""
    return {"name": name, "pages": pages, "copy": copy, "condition": condition}


def receipt(**changes: Any) -> dict[str, Any]:
    """Return the data of an ordinary receipt, with changes."""
    return {
        "letterhead": letterhead("UBND phường Long Biên", place="Long Biên", day=DAY),
        "received_at": moment_words(at_local(DAY, time(8, 5))),
        "received_where": "Nơi tiếp công dân, UBND phường Long Biên",
        "officer": {"name": "Nguyễn Thị Ngọc Ánh", "position": "Công chức tiếp công dân"},
        "givers": [GIVER],
        "papers": [paper("Đơn khiếu nại", pages=3, copy="bản chính"), paper("Quyết định số 1234/QĐ-UBND")],
        "copies": 2,
        "number": "Đ-12/2026/LB",
        "tracking_code": "A3F7K9QWEX",
        "follow_up": ["Cơ quan trả lời chậm nhất ngày 19/11/2026."],
        **changes,
    }


def pages_of(pdf: bytes) -> list[str]:
    """Return each page's text as a reader copies it, blanks joined."""
    return [" ".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(pdf)).pages]


def text_of(pdf: bytes) -> str:
    """Return the whole text, blanks joined; it must be NFC as it stands."""
    text = " ".join(pages_of(pdf))
    assert unicodedata.is_normalized("NFC", text)
    return text


def sources() -> list[Path]:
    """Return every typst source of the product."""
    return [path for path in ROOT.rglob("*.typ") if ".venv" not in path.parts and "var" not in path.parts]
