"""Vietnamese first, English second: every text of the interface has its English, and the pages speak it."""

import io
import re
from gettext import GNUTranslations
from pathlib import Path
from typing import IO

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from tests.access.test_every_route import sign_in
from tests.factories import World

ROOT = Path(__file__).resolve().parent.parent.parent
CATALOGUE = ROOT / "app" / "web" / "translations" / "en" / "LC_MESSAGES" / "messages.po"
KEYWORDS = {"_": None, "_l": None, "gettext": None, "lazy_gettext": None, "ngettext": (1, 2)}


def texts_in_code() -> set[str]:
    """Return every text that the code asks gettext for."""
    with (ROOT / "babel.cfg").open() as file:
        mapping, options = parse_mapping_cfg(file)
    found = set()
    for package in ("app", "complaints", "reception", "notifications"):
        rules = [
            (pattern.removeprefix(f"{package}/"), method)
            for pattern, method in mapping
            if pattern.startswith(package)
        ]
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / package,
            rules,
            {p.removeprefix(f"{package}/"): o for p, o in options.items()},
            keywords=KEYWORDS,
        ):
            found.add(message[0] if isinstance(message, tuple) else message)
    return found


def test_every_text_has_its_english() -> None:
    """`pybabel extract -F babel.cfg -k _l -o messages.pot .`, then add what is missing and compile."""
    with CATALOGUE.open("rb") as file:
        catalogue = read_po(file)
    known = {m.id[0] if isinstance(m.id, tuple) else m.id for m in catalogue if m.id and m.string}
    missing = texts_in_code() - known
    assert len(texts_in_code()) > 500
    assert not missing, sorted(missing)


def test_the_compiled_catalogue_is_the_written_one() -> None:
    """What runs is what was read."""
    with CATALOGUE.open("rb") as file:
        written = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, written)
    compiled.seek(0)
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        assert texts_in(file) == texts_in(compiled)


def texts_in(file: IO[bytes]) -> dict[object, str]:
    """Return what a compiled catalogue says; its header is left out, since Babel puts the hour into it."""
    said: dict[object, str] = dict(vars(GNUTranslations(file))["_catalog"])  # type: ignore[arg-type]
    del said[""]
    return said


def test_english_keeps_the_places_of_the_vietnamese() -> None:
    """A missing %(n)s would break the page that shows it."""
    with CATALOGUE.open("rb") as file:
        for message in read_po(file):
            if not message.id:
                continue
            vietnamese = message.id[0] if isinstance(message.id, tuple) else message.id
            strings = message.string if isinstance(message.string, tuple) else (message.string,)
            for english in strings:
                places = re.findall(r"%\(\w+\)[sd]", vietnamese)
                assert sorted(set(places)) == sorted(set(re.findall(r"%\(\w+\)[sd]", english))), vietnamese


@pytest.mark.parametrize(
    "path, vietnamese, english", [("/petitions/", "Đơn thư", "Petitions"), ("/cases/", "Vụ việc", "Cases")]
)
def test_a_page_speaks_the_language_that_was_chosen(
    client: FlaskClient, world: World, path: str, vietnamese: str, english: str
) -> None:
    """The switch in the header lasts for the session."""
    sign_in(client, world, "chutich.lb")
    assert f"<h1>{vietnamese}</h1>" in client.get(path).get_data(as_text=True)
    client.post("/locale", data={"locale": "en"})
    page = client.get(path).get_data(as_text=True)
    assert f"<h1>{english}</h1>" in page
    assert '<html lang="en"' in page
