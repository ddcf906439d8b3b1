"""Set phrases of official papers (Nghị định 30/2020, phụ lục I), the same for every format: bodies, places, days."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from app.core.clock import HANOI

_PEOPLES_COMMITTEE = "Ủy ban nhân dân"
_COMMITTEE = re.compile(rf"^(?:ubnd|{_PEOPLES_COMMITTEE})\s+", re.IGNORECASE)
_AREA = re.compile(r"\s+(?=(?:thành phố|tỉnh|phường|xã|đặc khu)\s)", re.IGNORECASE)
_LINE = 24  # characters that fit on one line of the letterhead in bold capitals


def day_words(day: date) -> str:
    """Return a day as papers write it: days below 10 and months 1 and 2 get a zero before them."""
    month = f"{day.month:02d}" if day.month < 3 else str(day.month)
    return f"ngày {day.day:02d} tháng {month} năm {day.year}"


def place_and_day(place: str, day: date) -> str:
    """Return the line under the motto: 'Hà Nội, ngày 05 tháng 02 năm 2026'."""
    return f"{place}, {day_words(day)}"


def moment_words(instant: datetime) -> str:
    """Return an aware instant in Hanoi's time: '08 giờ 05 phút, ngày 05 tháng 02 năm 2026'."""
    local = instant.astimezone(HANOI)
    return f"{local.hour:02d} giờ {local.minute:02d} phút, {day_words(local.date())}"


def body_lines(name: str) -> list[str]:
    """Return a body's full name as the letterhead breaks it: before the name of the area, when it is long.

    'UBND phường Long Biên' -> ['Ủy ban nhân dân', 'phường Long Biên']; 'Sở Xây dựng' stays one line.
    """
    name = _COMMITTEE.sub(f"{_PEOPLES_COMMITTEE} ", name)
    return [name] if len(name) <= _LINE else _AREA.split(name, maxsplit=1)


def letterhead(body: str, *, place: str, day: date, parent: str = "", number: str = "") -> Mapping[str, Any]:
    """Return the head of a paper, key 'letterhead' of every form's data.

    `body` issues the paper; `parent` is the body above it where the law wants it named (none for a People's
    Committee); `number` is number and symbol, '05/TB-UBND', or empty for papers that carry none.
    """
    return {
        "parent": body_lines(parent) if parent else [],
        "body": body_lines(body),
        "number": number,
        "place_and_day": place_and_day(place, day),
    }
