"""Roles in words: the page, and docs/roles.md, which is made from the same tables."""

import os
from collections.abc import Callable
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from app.core.permissions import Permission, Role, Scope
from app.organisation.models import Person, UnitKind
from app.organisation.roles import (
    PERMISSION_WORDS,
    RESOURCE_WORDS,
    ROLE_TASKS,
    ROLE_WORDS,
    SCOPE_MEANS,
    SCOPE_WORDS,
    UNIT_KIND_WORDS,
    grants_table,
    roles_markdown,
)
from tests.factories import World

DOCUMENT = Path(__file__).parents[2] / "docs" / "roles.md"
HOW = (
    "docs/roles.md is out of date: UPDATE_DOCS=1 .venv/bin/python -m pytest tests/organisation/test_roles.py"
)


def test_everything_has_words_in_both_languages():
    for table, all_of in (
        (ROLE_WORDS, Role), (ROLE_TASKS, Role), (SCOPE_WORDS, Scope), (SCOPE_MEANS, Scope),
        (PERMISSION_WORDS, Permission), (UNIT_KIND_WORDS, UnitKind),
    ):  # fmt: skip
        assert set(table) == set(all_of)
        assert all(words.vi and words.en for words in table.values())
    assert {permission.value.partition(":")[0] for permission in Permission} == set(RESOURCE_WORDS)


def test_the_table_of_grants_shows_each_permission_once():
    shown = [row.permission for group in grants_table() for row in group.rows]
    assert sorted(shown) == sorted(Permission)


def test_docs_say_who_may_do_what(app: Flask):
    made = roles_markdown(app)
    if os.environ.get("UPDATE_DOCS"):
        DOCUMENT.parent.mkdir(exist_ok=True)
        DOCUMENT.write_text(made, encoding="utf-8")
    assert DOCUMENT.is_file(), HOW
    assert DOCUMENT.read_text(encoding="utf-8") == made, HOW


def test_the_page_shows_the_table_in_the_readers_language(
    world: World, login_as: Callable[[Person], FlaskClient]
):
    client = login_as(world.person("quantri"))
    page = client.get("/admin/roles").text
    assert all(words.vi in page for words in ROLE_WORDS.values())
    assert all(words.vi in page for words in PERMISSION_WORDS.values())
    client.post("/locale", data={"locale": "en"})
    page = client.get("/admin/roles").text
    assert all(words.en in page.replace("&#39;", "'") for words in PERMISSION_WORDS.values())
