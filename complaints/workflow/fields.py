"""The fields that steps ask for, and how what was typed becomes data. Pure."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from app.core.text import clean_line, clean_text
from complaints.workflow.base import FieldKind, FieldSpec

LINE_MAX, TEXT_MAX = 300, 20_000
NUMBER_MAX = Decimal(10) ** 12


class FieldError(Exception):
    """What was typed in one field cannot be used; `reason_vi` stands beside it."""

    def __init__(self, field: str, reason_vi: str) -> None:
        super().__init__(f"{field}: {reason_vi}")
        self.field = field
        self.reason_vi = reason_vi


def spec(
    name: str, kind: FieldKind, label_vi: str, label_en: str, *, required: bool = False,
    choices: type[StrEnum] | None = None, help_vi: str = "",
) -> FieldSpec:  # fmt: skip
    """Return a field specification."""
    return FieldSpec(name, kind, label_vi, label_en, required, choices, help_vi)


ON = spec("on", FieldKind.DATE, "Ngày thực hiện", "Date of the act", required=True)
DOCUMENT_NO = spec("document_no", FieldKind.LINE, "Số văn bản", "Document number")
WORDS = spec("words", FieldKind.TEXT, "Nội dung, lý do", "Words, reason", required=True)
NOTE = spec("words", FieldKind.TEXT, "Ghi chú", "Note")


def clean(fields: tuple[FieldSpec, ...], raw: Mapping[str, Any]) -> dict[str, Any]:
    """Return the typed data of a step from what was typed (or stored as JSON).

    Empty optional fields are None. Raises FieldError for the first field that is missing or cannot be read.
    """
    return {field.name: _clean_one(field, raw.get(field.name)) for field in fields}


def _clean_one(field: FieldSpec, value: Any) -> Any:
    if isinstance(value, str):
        value = value.strip()
    if value is None or value in ("", []):
        if field.required:
            raise FieldError(field.name, f"Hãy nhập: {field.label_vi.lower()}.")
        return False if field.kind is FieldKind.YES_NO else None
    return _READERS[field.kind](field, value)


def _date(field: FieldSpec, value: Any) -> date:
    text = str(value)
    try:
        if "/" in text:
            day, month, year = (int(part) for part in text.split("/"))
            return date(year, month, day)
        return date.fromisoformat(text)
    except ValueError:
        raise FieldError(field.name, "Ghi ngày theo dạng ngày/tháng/năm, ví dụ 05/11/2026.") from None


def _line(field: FieldSpec, value: Any) -> str:
    text = clean_line(str(value))
    if len(text) > LINE_MAX:
        raise FieldError(field.name, f"Dài quá {LINE_MAX} ký tự.")
    return text


def _text(field: FieldSpec, value: Any) -> str:
    text = clean_text(str(value))
    if len(text) > TEXT_MAX:
        raise FieldError(
            field.name, f"Dài quá {TEXT_MAX} ký tự; hãy đính kèm tệp thay cho việc dán toàn văn."
        )
    return text


def _choice(field: FieldSpec, value: Any) -> str:
    if field.choices is None or str(value) not in set(field.choices):
        raise FieldError(field.name, "Chọn một giá trị trong danh sách.")
    return str(value)


def _choices(field: FieldSpec, value: Any) -> list[str]:
    values = [value] if isinstance(value, str) else list(value)
    return [_choice(field, one) for one in dict.fromkeys(values)]


def _numbers(field: FieldSpec, value: Any) -> list[int]:
    values = value if isinstance(value, list) else [value]
    return [_integer(field, one) for one in dict.fromkeys(values)]


def _integer(field: FieldSpec, value: Any) -> int:
    try:
        number = int(str(value).replace(".", "").replace(" ", ""))
    except ValueError:
        raise FieldError(field.name, "Nhập một số nguyên.") from None
    if not 0 <= number < 10**9:
        raise FieldError(field.name, "Số phải từ 0 trở lên và không quá lớn.")
    return number


def _number(field: FieldSpec, value: Any) -> Decimal:
    try:
        number = Decimal(str(value).replace(" ", "").replace(",", "."))
    except InvalidOperation:
        raise FieldError(field.name, "Nhập một số, ví dụ 12,5.") from None
    if not (number.is_finite() and 0 <= number < NUMBER_MAX):
        raise FieldError(field.name, "Số phải từ 0 trở lên và không quá lớn.")
    return number


def _yes_no(_field: FieldSpec, value: Any) -> bool:
    return str(value).lower() in {"y", "yes", "true", "1", "on", "co"}


_READERS = {
    FieldKind.DATE: _date,
    FieldKind.LINE: _line,
    FieldKind.TEXT: _text,
    FieldKind.CHOICE: _choice,
    FieldKind.CHOICES: _choices,
    FieldKind.INTEGER: _integer,
    FieldKind.NUMBER: _number,
    FieldKind.YES_NO: _yes_no,
    FieldKind.UNIT: _integer,
    FieldKind.PERSON: _integer,
    FieldKind.CASE: _integer,
    FieldKind.PETITION: _integer,
    FieldKind.PARTIES: _numbers,
}


def to_json(data: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of a step as JSON values: dates in ISO form, numbers of decimals as text, empty left out."""
    plain: dict[str, Any] = {}
    for name, value in data.items():
        if value is None or value is False:
            continue
        plain[name] = (
            value.isoformat()
            if isinstance(value, date)
            else str(value)
            if isinstance(value, Decimal)
            else value
        )
    return plain
