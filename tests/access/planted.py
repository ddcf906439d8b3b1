"""A name to look for in every spelling, wherever it may have been carried: pages, files, archives, cookies, dumps."""

import base64
import binascii
import hashlib
import html
import io
import itertools
import json
import re
import unicodedata
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from urllib.parse import unquote_plus

from pypdf import PdfReader
from redis import Redis

from app.core.text import fold
from complaints.services.identity import Sender

_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")


def squeezed(text: str) -> str:
    """Return a text without marks, case, spaces and signs: every spelling of a name becomes one."""
    return re.sub(r"[\W_]+", "", fold(unicodedata.normalize("NFC", text)))


@dataclass(frozen=True)
class Planted:
    """Somebody who denounces, with words that stand nowhere else."""

    name: str
    number: str
    phone: str
    street: str

    @property
    def sender(self) -> Sender:
        """Return them as they are typed at the desk."""
        return Sender(self.name, self.number, self.phone, self.street)

    @cached_property
    def needles(self) -> frozenset[str]:
        """Return what to look for in a squeezed text: the name in any order of its words, two words of it, the rest."""
        words = [squeezed(word) for word in self.name.split()]
        orders = {"".join(order) for order in itertools.permutations(words)}
        parts = {"".join(pair) for pair in itertools.permutations(words, 2)}
        numbers = {self.number, self.phone.lstrip("0")}
        return frozenset(orders | parts | numbers | {squeezed(self.street)})

    @cached_property
    def hashes(self) -> frozenset[str]:
        """Return what hashes without a key would say: a number of twelve digits is soon found from one."""
        texts = (self.name, fold(self.name), self.number, self.phone, self.name.lower())
        made = (
            getattr(hashlib, how)(text.encode()).hexdigest()
            for text in texts
            for how in ("md5", "sha1", "sha256")
        )
        return frozenset(made)


def in_text(people: Iterable[Planted], text: str) -> list[str]:
    """Return what of some people stands in a text, in any spelling and in any usual wrapping."""
    people, lower = list(people), text.lower()
    found = [made for one in people for made in one.hashes if made in lower]
    for variant in unwrapped(text):
        found += [needle for one in people for needle in one.needles if needle in variant]
    return found


def in_bytes(people: Iterable[Planted], content: bytes) -> list[str]:
    """Return what of them stands in bytes: as text of any coding, or inside a PDF or an archive."""
    people = list(people)
    return [found for text in readings(content) for found in in_text(people, text)]


def unwrapped(text: str) -> Iterator[str]:
    """Yield a text squeezed: as it is, and as it is once quoting for addresses, HTML, JSON and base64 is undone."""
    yield squeezed(text)
    if "%" in text:
        yield squeezed(unquote_plus(text))
    if "&" in text:
        yield squeezed(html.unescape(text))
    if "\\u" in text:
        yield squeezed(_ESCAPED.sub(lambda found: chr(int(found[1], 16)), text))
    for found in _BASE64.findall(text):
        try:
            raw = base64.urlsafe_b64decode(
                found.replace("+", "-").replace("/", "_") + "=" * (-len(found) % 4)
            )
            yield squeezed(raw.decode())
        except (binascii.Error, UnicodeDecodeError, ValueError):
            continue


def readings(content: bytes) -> Iterator[str]:
    """Yield what bytes may say: their own text, that of a PDF and its metadata, that of the parts of an archive."""
    yield content.decode("utf-8", "ignore")
    if content[:4] != b"%PDF" and b"\0" in content[:4000]:
        yield content.decode("utf-16-le", "ignore")
    if content[:4] == b"%PDF":
        reader = PdfReader(io.BytesIO(content))
        yield "\n".join(page.extract_text() for page in reader.pages)
        yield json.dumps(
            {name: str(value) for name, value in (reader.metadata or {}).items()}, ensure_ascii=False
        )
    if content[:2] == b"PK":
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for name in archive.namelist():
                yield name
                yield archive.read(name).decode("utf-8", "ignore")


def of_cookie(value: str) -> str:
    """Return what a session cookie says: anybody with the browser can read it."""
    body = value.lstrip(".").partition(".")[0]
    raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    return (zlib.decompress(raw) if value.startswith(".") else raw).decode("utf-8", "replace")


def of_redis(redis: "Redis[bytes]") -> Iterator[tuple[str, str]]:
    """Yield every key with all that it holds; the arguments of jobs are kept compressed."""
    for key in redis.scan_iter():
        kind = redis.type(key).decode()
        held: list[bytes] = []
        if kind == "string":
            held = [redis.get(key) or b""]
        elif kind == "hash":
            held = [part for pair in redis.hgetall(key).items() for part in pair]
        elif kind == "list":
            held = redis.lrange(key, 0, -1)
        elif kind == "set":
            held = list(redis.smembers(key))
        elif kind == "zset":
            held = redis.zrange(key, 0, -1)
        elif kind == "stream":
            held = [part for _id, pairs in redis.xrange(key) for pair in pairs.items() for part in pair]
        yield key.decode("utf-8", "replace"), "\n".join(_plain(part) for part in held)


def _plain(part: bytes) -> str:
    try:
        return zlib.decompress(part).decode("utf-8", "replace")
    except zlib.error:
        return part.decode("utf-8", "replace")
