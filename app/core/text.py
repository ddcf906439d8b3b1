"""Vietnamese text: one normal form (NFC), and a folded form without diacritics for finding."""

import re
import secrets
import unicodedata

_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060\ufeff]")
_SPACES = re.compile(r"\s+")
# Letters and digits that nobody mistakes for one another when a code is read out or written down.
_CLEAR = "abcdefghjkmnpqrstuvwxyz23456789"
SHOWN_OF_A_NUMBER = 3


def nfc(text: str) -> str:
    """Return the text in Unicode NFC, so that what looks equal is equal."""
    return unicodedata.normalize("NFC", text)


def clean_line(text: str) -> str:
    """Return one tidy line: NFC, no control or direction characters, single spaces, trimmed."""
    return _SPACES.sub(" ", _CONTROL.sub("", nfc(text))).strip()


def clean_text(text: str) -> str:
    """Return tidy paragraphs: NFC, no control characters, Unix line ends, no trailing blanks, trimmed."""
    text = _CONTROL.sub("", nfc(text).replace("\r\n", "\n").replace("\r", "\n"))
    return "\n".join(line.rstrip() for line in text.split("\n")).strip()


def fold(text: str) -> str:
    """Return lower case without diacritics and with single spaces: 'Đỗ Thị Hà' -> 'do thi ha'."""
    decomposed = unicodedata.normalize("NFD", text.casefold().replace("đ", "d"))
    return _SPACES.sub(" ", "".join(c for c in decomposed if not unicodedata.combining(c))).strip()


def digits(text: str) -> str:
    """Return only the digits, for telephone and identity numbers typed with blanks or dots."""
    return "".join(c for c in text if c.isdigit())


def random_code(groups: int) -> str:
    """Return a random code that is easy to read out and to type, with about 20 bits a group: 'k7mp-3xqd-9fhw'."""
    return "-".join("".join(secrets.choice(_CLEAR) for _n in range(4)) for _group in range(groups))


def masked(number: str) -> str:
    """Return a number of which only the last three characters are shown: '001090000001' -> '•••••••••001' (R03).

    What has no digit is no number and stays; a short one is hidden whole.
    """
    if not any(c.isdigit() for c in number):
        return number
    shown = number[-SHOWN_OF_A_NUMBER:] if len(number) > 2 * SHOWN_OF_A_NUMBER else ""
    return "•" * (len(number) - len(shown)) + shown
