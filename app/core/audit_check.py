"""Checks an exported record by itself: this one file needs nothing of the system but the `cryptography` package.

Run it as `python3 audit_check.py FILE --key PUBLIC_KEY` (several `--key` when the key was changed in between). The
key comes from whoever answers for the installation, never from the file. Exit code 0: every entry is as it was sealed;
1: the first line that is not. The system itself takes the forms of entries and seals from here: both mean the same.
"""

import argparse
import json
import sys
from base64 import b64decode
from binascii import Error as BadBase64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

FORMAT = 1
NOTHING = "0" * 64  # what the first seal names as the one before it
_ENTRY, _SEAL, _HEAD, _KEY = (
    f"tiepdan-audit-{what}\n".encode() for what in ("entry", "seal", "export", "key")
)
_WRITE = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
Keys = Mapping[str, Ed25519PublicKey]


class BrokenRecord(Exception):
    """Something is not as it was sealed; the message names the first of it in one line."""


@dataclass(frozen=True)
class Checked:
    """What a sound file holds."""

    first_seal: int
    last_seal: int
    entries: int
    last_digest: str


def canonical(value: Any) -> bytes:
    """Return the one way in which a JSON value is written: keys in order, no spaces, UTF-8."""
    return _WRITE(value).encode()


def entry_digest(entry: Mapping[str, Any]) -> bytes:
    """Return the 32 bytes that a seal keeps of an entry."""
    return sha256(_ENTRY + canonical(entry)).digest()


def sealed_bytes(seal: Mapping[str, Any]) -> bytes:
    """Return the bytes of a seal that are signed."""
    return _SEAL + canonical(seal)


def seal_digest(seal: Mapping[str, Any]) -> str:
    """Return the hash by which the next seal names this one."""
    return sha256(sealed_bytes(seal)).hexdigest()


def head_bytes(head: Mapping[str, Any]) -> bytes:
    """Return the bytes of an export's first line that are signed."""
    return _HEAD + canonical(head)


def key_id(key: Ed25519PublicKey) -> str:
    """Return the sixteen characters that name a public key."""
    return sha256(_KEY + key.public_bytes_raw()).hexdigest()[:16]


def public_key(text: str) -> Ed25519PublicKey:
    """Return the public key written in base64. Raises ValueError unless it is exactly 32 bytes."""
    try:
        return Ed25519PublicKey.from_public_bytes(b64decode(text.strip(), validate=True))
    except BadBase64:
        raise ValueError("a public key is 32 bytes in base64") from None


def ids_in(ranges: Sequence[Sequence[int]]) -> Iterator[int]:
    """Yield the ids of ranges [first, last], both included."""
    for first, last in ranges:
        yield from range(first, last + 1)


def signature_holds(keys: Keys, key: str, signature: str, signed: bytes) -> bool:
    """Tell whether a signature in hex is that of the named key. Raises BrokenRecord for a key that was not given."""
    if key not in keys:
        raise BrokenRecord(f"signed with the key {key}, which was not given")
    try:
        raw = bytes.fromhex(signature)
        keys[key].verify(raw, signed)
    except (InvalidSignature, ValueError):
        return False
    return raw.hex() == signature


def check(lines: Iterable[bytes], keys: Keys) -> Checked:
    """Check an exported record line by line. Raises BrokenRecord with the first that does not hold."""
    reader = _Reader(lines)
    head = _head(reader, keys)
    first, last = _pair(head.get("seals"), "the first line names no seals")
    digest, entries = "", 0
    for number in range(first, last + 1):
        digest, count = _seal(reader, keys, number, digest)
        entries += count
    if reader.more():
        raise BrokenRecord(f"line {reader.number + 1}: a line too many")
    if entries != head.get("entries") or digest != head.get("last"):
        raise BrokenRecord("the entries are not those that the first line promises")
    return Checked(first, last, entries, digest)


class _Reader:
    """Reads lines that are written the one way; remembers where it is."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = iter(lines)
        self._ahead: bytes | None = next(self._lines, None)
        self.number = 0

    def more(self) -> bool:
        return self._ahead is not None

    def next(self, what: str) -> dict[str, Any]:
        self.number += 1
        line = self._ahead
        if line is None:
            raise BrokenRecord(f"line {self.number}: {what} is missing: the file ends too early")
        self._ahead = next(self._lines, None)
        try:
            value = json.loads(line)
            exact = line == canonical(value) + b"\n"
        except (ValueError, RecursionError):
            exact = False
        if not exact or not isinstance(value, dict):
            raise BrokenRecord(f"line {self.number}: {what} was changed: not written as the export writes it")
        return value


def _head(reader: _Reader, keys: Keys) -> dict[str, Any]:
    line = reader.next("the first line")
    head, signature = line.get("export"), line.get("signature")
    if set(line) != {"export", "signature"} or not isinstance(head, dict) or head.get("format") != FORMAT:
        raise BrokenRecord("line 1: not the first line of an exported record of this format")
    if not signature_holds(keys, str(head.get("key")), str(signature), head_bytes(head)):
        raise BrokenRecord("line 1: the first line was changed: its signature does not hold")
    return head


def _seal(reader: _Reader, keys: Keys, number: int, previous: str) -> tuple[str, int]:
    """Check one seal and its entries; return its digest and how many entries it holds."""
    line = reader.next(f"seal {number}")
    seal, where = line.get("seal"), f"line {reader.number}: seal {number}"
    if set(line) != {"seal", "digests", "signature"} or not isinstance(seal, dict):
        raise BrokenRecord(f"{where} is missing: another line stands in its place")
    if not signature_holds(keys, str(seal.get("key")), str(line["signature"]), sealed_bytes(seal)):
        raise BrokenRecord(f"{where} was changed: its signature does not hold")
    if seal.get("number") != number:
        raise BrokenRecord(f"{where} is missing: seal {seal.get('number')} stands in its place")
    if previous and seal.get("previous") != previous:
        raise BrokenRecord(f"{where} does not follow the one before it")
    digests = line["digests"]
    if not isinstance(digests, str) or sha256(digests.encode()).hexdigest() != seal["digests"]:
        raise BrokenRecord(f"{where} was changed: the hashes of its entries are not those that were signed")
    for place, wanted in enumerate(ids_in(seal["ids"])):
        entry = reader.next(f"entry {wanted}")
        if entry.get("id") != wanted:
            raise BrokenRecord(
                f"line {reader.number}: entry {wanted} is missing: {_named(entry)} stands there"
            )
        if entry_digest(entry).hex() != digests[64 * place : 64 * place + 64]:
            raise BrokenRecord(f"line {reader.number}: entry {wanted} was changed")
    return seal_digest(seal), len(digests) // 64


def _named(line: Mapping[str, Any]) -> str:
    return f"entry {line['id']}" if isinstance(line.get("id"), int) else "another line"


def _pair(value: object, otherwise: str) -> tuple[int, int]:
    if not isinstance(value, list) or len(value) != 2:
        raise BrokenRecord(otherwise)
    return int(value[0]), int(value[1])


def check_file(path: Path, keys: Keys) -> Checked:
    """Check an exported file. Raises BrokenRecord, OSError when it cannot be read."""
    with path.open("rb") as file:
        return check(file, keys)


def keys_from(texts: Iterable[str]) -> dict[str, Ed25519PublicKey]:
    """Return public keys by their names; each text is a key in base64 or the name of a file that holds some.

    Raises ValueError for what is neither.
    """
    found: dict[str, Ed25519PublicKey] = {}
    for text in texts:
        named = Path(text)
        content = named.read_text(encoding="ascii") if len(text) < 4096 and named.is_file() else text
        for line in content.splitlines():
            for word in line.partition("#")[0].replace(",", " ").split():
                key = public_key(word)
                found[key_id(key)] = key
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file that the command line names; return the exit code."""
    parser = argparse.ArgumentParser(description="Check an exported record of Tiếp Dân.")
    parser.add_argument("file", type=Path)
    parser.add_argument(
        "--key", action="append", required=True, help="a public key in base64, or a file of them"
    )
    asked = parser.parse_args(arguments)
    try:
        sound = check_file(asked.file, keys_from(asked.key))
    except (BrokenRecord, ValueError, OSError) as error:
        sys.stderr.write(f"NOT SOUND: {error}\n")
        return 1
    sys.stdout.write(said(sound) + "\n")
    return 0


def said(sound: Checked) -> str:
    """Return the line that says what was found sound."""
    return (
        f"sound: seals {sound.first_seal} to {sound.last_seal}, {sound.entries} entries; "
        f"the last seal is {sound.last_seal}:{sound.last_digest}"
    )


if __name__ == "__main__":
    sys.exit(main())
