"""The forms of the product as a browser finds them: every page is opened, every POST form on it is read."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

from flask import Flask
from flask.testing import FlaskClient

from app.web.access import RouteAccess, route_table
from tests.access.test_every_route import address

_STEP = re.compile(r"/(do|new|hand-over|assign|continue|protection|letters|visits)(/|$)")


@dataclass
class Form:
    """A form on a page: where it goes, and its fields with the values offered, the chosen one first."""

    action: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    files: set[str] = field(default_factory=set)


class _Forms(HTMLParser):
    def __init__(self, page: str) -> None:
        super().__init__()
        self.page, self.found, self.links = page, [], set()  # type: tuple[str, list[Form], set[str]]
        self.form: Form | None = None
        self.select = ""
        self.area = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        at = {name: value or "" for name, value in attrs}
        if tag == "a" and at.get("href", "").startswith("/"):
            self.links.add(at["href"].partition("#")[0])
        if tag == "form":
            where = urlsplit(urljoin(f"http://localhost{self.page}", at.get("action") or self.page))
            target = where.path + (f"?{where.query}" if where.query else "")
            self.form = Form(target) if at.get("method", "").lower() == "post" else None
        if self.form is None:
            return
        name = at.get("name", "")
        if tag in ("input", "button") and name:
            self._input(name, at)
        elif tag == "select":
            self.select = name
            self.form.fields.setdefault(name, [])
        elif tag == "option" and self.select:
            values = self.form.fields[self.select]
            values.insert(0 if "selected" in at else len(values), at.get("value", ""))
        elif tag == "textarea" and name:
            self.form.fields[name], self.area = [""], name

    def _input(self, name: str, at: dict[str, str]) -> None:
        assert self.form is not None
        if at.get("type") == "file":
            self.form.files.add(name)
            return
        values = self.form.fields.setdefault(name, [])
        values.insert(0 if "checked" in at else len(values), at.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self.form is not None and self.area:
            self.form.fields[self.area][0] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self.form is not None:
            self.found.append(self.form)
            self.form = None
        self.select = "" if tag == "select" else self.select
        self.area = "" if tag == "textarea" else self.area


def read(page: str, html: str) -> tuple[list[Form], set[str]]:
    """Return the forms of a page and the addresses it links to."""
    parser = _Forms(page)
    parser.feed(html)
    return parser.found, parser.links


def walk(client: FlaskClient, starts: list[str], most: int = 400) -> Iterator[tuple[str, str]]:
    """Open pages and the steps that they link to, once each; yield address and HTML."""
    waiting, seen = list(starts), set(starts)
    while waiting and len(seen) <= most:
        path = waiting.pop(0)
        answer = client.get(path)
        if answer.status_code != 200 or answer.mimetype != "text/html":
            continue
        yield path, answer.text
        _forms, links = read(path, answer.text)
        for link in sorted(links):
            if link not in seen and _STEP.search(link):
                seen.add(link)
                waiting.append(link)


def starts(app: Flask, objects: dict[str, int]) -> list[str]:
    """Return an address for every page of the product, filled with a test's objects."""
    rows: list[RouteAccess] = [row for row in route_table(app) if "GET" in row.methods]
    return [address(app, row, objects) for row in rows if not row.endpoint.endswith(("static", "z"))]


def forms_of(client: FlaskClient, app: Flask, objects: dict[str, int]) -> dict[str, Form]:
    """Return every form that a signed-in person is shown, by its address."""
    found: dict[str, Form] = {}
    for path, html in walk(client, starts(app, objects)):
        for form in read(path, html)[0]:
            known = found.setdefault(form.action, form)
            for name, values in form.fields.items():
                known.fields.setdefault(name, values)
            known.files |= form.files
    return found
