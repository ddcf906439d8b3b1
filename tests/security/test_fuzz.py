"""Forms filled by nobody in his right mind: never a 500, never half a change, never a touch of somebody else's matter.

FUZZ_POSTS says how many posts (1,500 in the suite, 10,000 by `make fuzz`); FUZZ_SEED, which ones (a run prints it).
"""

import io
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core.db import db, unit_of_work
from app.organisation.models import Membership
from app.web.access import route_table
from complaints.services.perform import perform
from tests.access.test_every_route import address, objects, sign_in  # noqa: F401 - a fixture
from tests.conftest import as_owner
from tests.factories import World, build_petition
from tests.files.samples import DOCX, PDF
from tests.security.forms import Form, forms_of
from tests.security.writes import Writes, written

POSTS = int(os.environ.get("FUZZ_POSTS", "1500"))
SEED = int(os.environ.get("FUZZ_SEED", "20261125"))
PEOPLE = ("tiepdan.lb", "donthu.lb", "thuly.lb", "truongphong.lb", "chutich.lb", "quantri")
OTHERS, OTHERS_SECRET = 777_000, "BÍ-MẬT-CỦA-BỒ-ĐỀ"
# Ends the session or the account of the test itself.
LEFT_OUT = {"auth.sign_out", "auth.change_password", "auth.sign_out_everywhere", "auth.end_session"}

AT_ONE = {
    "organisation.change_person": "person", "organisation.close_account": "person",
    "organisation.reset_password": "person", "organisation.remove_factors": "person", "links.hand_out": "person",
    "organisation.end_role": "membership", "organisation.end_unit": "unit", "organisation.change_unit": "unit",
}  # fmt: skip

NASTY = st.one_of(
    st.sampled_from(
        [
            "", " ", "0", "-1", "1", "2147483648", "9" * 30, "1e9", "٣", "NaN", "null", "true", "[]", "{}",
            "32/13/2026", "29/02/2027", "01/01/0001", "31/12/9999", "2026-11-16", "16/11/2026", "1/1/1", "00/00/0000",
            "\0", "a\0b", "\r\nSet-Cookie: a=b", "%s%n", "{{7*7}}", "<script>x</script>", "'; DROP TABLE cases;--",
            "../../etc/passwd", "\ud7ff\ufeff\u202e", "Đ" * 500, "x" * 30_000, "🧨", "a\u0301" * 60,
        ]
    ),
    st.integers(OTHERS, OTHERS + 4).map(str),
    st.integers(-(2**40), 2**40).map(str),
    st.text(max_size=40),
    st.dates().map(lambda day: day.strftime("%d/%m/%Y")),
)  # fmt: skip
IDS = st.sampled_from(
    ["2147483647", "2147483648", "-1", "9" * 19, "9" * 30, "1", "2", "3", "1.0", "0x1", "\uff11"]
)
FILES = st.sampled_from(
    [(b"", "a.pdf"), (PDF, "../../a.pdf"), (PDF, ""), (DOCX, "a.docx"), (b"MZ", "a.exe"), (PDF, "a\0.pdf"), (b"\xff", "x" * 400)]
)  # fmt: skip


@dataclass
class Range:
    """What is shot at: who sees which forms, and what they have written."""

    clients: dict[str, FlaskClient]
    forms: list[tuple[str, Form]]
    writes: Writes


@pytest.fixture
def others(world: World, session: Session) -> dict[str, int]:
    """A petition and a case of another commune, with numbers that stand out wherever they are written."""
    sequences = ("petitions_id_seq", "cases_id_seq")
    last = text("SELECT coalesce(last_value, 0) FROM pg_sequences WHERE sequencename = :name")
    set_to = text("SELECT setval(CAST(:name AS regclass), :value)")
    before = {name: session.execute(last, {"name": name}).scalar_one() for name in sequences}
    with as_owner(session):
        for name in sequences:
            session.execute(set_to, {"name": name, "value": OTHERS})
    petition = build_petition(world, by="donthu.bd", unit="BD", summary=OTHERS_SECRET, kind="denunciation", respondent_level="commune_officer",
                             field="construction")  # fmt: skip
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.bd"), data={"on": "16/11/2026"})
    assert petition.case is not None
    with as_owner(session):
        for name, value in before.items():
            session.execute(set_to, {"name": name, "value": value})
    return {"petition": petition.id, "case": petition.case.id}


@pytest.fixture
def field_of_fire(
    app: Flask, world: World, session: Session, objects: dict[str, int], others: dict[str, int]  # noqa: F811
) -> Iterator[Range]:  # fmt: skip
    """Every POST route of the product: with the forms that each person is shown, or with a form made up."""
    clients, forms = {}, []
    for username in PEOPLE:
        client = clients[username] = app.test_client()
        sign_in(client, world, username)
        forms += [(username, form) for form in forms_of(client, app, objects).values()]
    membership = session.query(Membership).filter_by(person_id=objects["person"]).one()
    ends = {"person": objects["person"], "unit": membership.unit_id, "membership": membership.id}
    adapter = app.url_map.bind("localhost")
    known: Counter[str] = Counter()
    aimed = []
    for username, form in forms:
        endpoint = adapter.match(form.action.partition("?")[0], method="POST")[0]
        if endpoint in AT_ONE:  # what ends somebody is aimed at one, or soon nobody could sign in
            form.action = re.sub(r"\d+", str(ends[AT_ONE[endpoint]]), form.action)
        if endpoint not in LEFT_OUT:
            known[endpoint] += 1
            aimed.append((username, form))
    for row in route_table(app):
        if "POST" in row.methods and row.endpoint not in LEFT_OUT and not known[row.endpoint]:
            words = {
                name: ["1"]
                for name in ("unit_id", "on", "note", "reason", "version", "credential", "name", "code")
            }
            aimed += [(username, Form(address(app, row, objects), words)) for username in PEOPLE]
    with written(db.session.connection()) as writes:
        yield Range(clients, aimed, writes)


def _filled(draw: Any, form: Form) -> dict[str, Any]:
    """Fill a form: most fields as a person would, some as nobody would, some not at all, and some that are not there."""
    posted: dict[str, Any] = {}
    for name, offered in form.fields.items():
        how = draw(st.integers(0, 10))
        if how == 10:
            continue
        sane = offered[:1] if how < 5 else [draw(st.sampled_from(offered))] if offered else []
        wrong = IDS if name.endswith("id") and draw(st.booleans()) else NASTY
        posted[name] = draw(wrong) if how > 6 or not sane else sane[0]
        if how == 9:
            posted[name] = [posted[name], draw(NASTY)]
    for name in form.files:
        if draw(st.booleans()):
            content, called = draw(FILES)
            posted[name] = (io.BytesIO(content), called)
    if draw(st.integers(0, 9)) == 0:
        posted[draw(st.sampled_from(["unit_id", "id", "state", "papers-0-title", "people-999-full_name", "add", "remove"]))] = draw(NASTY)  # fmt: skip
    return posted


def test_no_post_breaks_the_product_or_half_writes_or_touches_what_is_anothers(
    app: Flask, field_of_fire: Range, session: Session
) -> None:
    statuses: Counter[int] = Counter()
    seen: set[str] = set()
    each = max(1, -(-POSTS // len(field_of_fire.forms)))
    connection = session.connection()
    db.session.remove()
    point = connection.begin_nested()

    def shoot_at(number: int, username: str, form: Form) -> None:
        @seed(SEED + number)
        @settings(
            max_examples=each, deadline=None, database=None, phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        @given(data=st.data())
        def shoot(data: st.DataObject) -> None:
            posted = _filled(data.draw, form)
            what = f"{username} POST {form.action} {posted!r:.1500}"
            field_of_fire.writes.clear()
            answer = field_of_fire.clients[username].post(
                form.action, data=posted, content_type="multipart/form-data" if form.files else None
            )
            statuses[answer.status_code] += 1
            seen.add(form.action)
            db.session.remove()
            nonlocal point
            if answer.status_code < 400:  # what was done is undone, or soon most forms would lead nowhere
                point.rollback()
                point = connection.begin_nested()
            assert answer.status_code < 500, what
            if answer.status_code >= 400:
                assert not field_of_fire.writes.tables(), (
                    f"half-written: {field_of_fire.writes.tables()} {what}"
                )
            if username != "quantri":
                touched = {OTHERS + n for n in range(5)} & field_of_fire.writes.values()
                assert not touched, f"somebody else's: {touched} {what}"
            assert OTHERS_SECRET not in answer.text, what

        shoot()

    for number, (username, form) in enumerate(field_of_fire.forms):
        shoot_at(number, username, form)
    posts = statuses.total()
    print(f"{posts} posts at {len(seen)} addresses, seed {SEED}: {dict(sorted(statuses.items()))}")  # noqa: T201
    assert statuses[302] > posts / 50, "hardly any form was accepted: the walk tests nothing"
