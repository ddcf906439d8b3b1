"""One walk of 7.5 and 7.6 by every role with a name planted in the seal, and one whose seal came late: it is nowhere.

Looked through: every page, PDF, archive and error page as every role, answers to forms, cookies, mails as they arrive, log
lines, Redis with the arguments of jobs, stored files, and a dump of every table. The browser's own memory has its test
below. A page is let off only for those whom the law lets in (LET_IN).
"""

import hashlib
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pypdf import PdfWriter
from sqlalchemy import select, text
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.core.clock import frozen, today
from app.core.db import db, unit_of_work
from app.core.errors import DomainError
from app.web.access import route_table
from complaints.models.cases import Case
from complaints.models.petitions import Petition
from complaints.services.assignment import assign
from complaints.services.facts import facts_of, workflow_of
from complaints.services.perform import perform
from complaints.services.protection import measures_of, take
from notifications import jobs as mail_jobs
from notifications.models import OutboundMessage
from notifications.sweep import run_sweep
from reception.models import Visit
from tests.access.planted import Planted, in_bytes, in_text, of_cookie, of_redis
from tests.access.test_every_route import address, sign_in
from tests.conftest import TODAY, as_owner
from tests.factories import World
from tests.notifications.builders import Mailbox, mail_server, words_of
from tests.reception.test_pages import typed, typed_letter
from tests.walks.answers import Typist, answered
from tests.walks.matters import Matter

ROLES = (
    "tiepdan.lb", "donthu.lb", "thuly.lb", "truongphong.lb", "chutich.lb", "donthu.bd", "chutich.hn", "thanhtra", "quantri",
)  # fmt: skip
WRITE = ("thuly.lb", "chutich.lb")
FROM_THE_START = Planted("Khuất Duật Thuỳ Chiêm", "001299887766", "0987001122", "Ngách 77 Cây Trám Lùn")
SEALED_LATE = Planted("Ngạc Trầm Ưởng Khoè", "038166554433", "0355667788", "Hẻm 9 Bến Sậy Cụt")
PLANTED = (FROM_THE_START, SEALED_LATE)
_TOKENS = re.compile(rb'name="(csrf_token|submission_key)"[^>]*value="[^"]*"')
# Who reads it lawfully, where: who wrote it down, and the head competent to resolve.
READERS = {"donthu.lb", "tiepdan.lb", "chutich.lb"}
LET_IN = dict.fromkeys(("desk.receipt", "petitions.attachment", "extracts.edit"), READERS)
# 7.5 from the check to the end, on the way that passes most rows; each by whom the table names.
STEPS = (
    "lengthen_check", "accept", "notify", "verify", "record_work", "assess", "assessed", "suspend", "send_suspension",
    "resume", "extend", "extend", "withdraw_part", "withdrawn_goes_on", "part_to_investigation", "report", "conclude",
    "send_conclusion", "handle", "publish", "other_result", "result_told", "close",
)  # fmt: skip
NOT_ALWAYS = {"withdrawn_goes_on", "other_result", "result_told", "send_suspension", "publish", "close"}
BY = {"case:handle": "thuly.lb", "case:decide": "chutich.lb", "case:close": "thanhtra"}
DAY = "16/11/2026"
AGAINST = {"respondent_level": "commune_officer", "field": "construction", "kind": "denunciation",
           "summary": "Tố cáo cán bộ xây dựng nhận tiền."}  # fmt: skip


@dataclass
class Findings:
    """What was looked through, and where a planted name was found."""

    looked: int = 0
    found: list[str] = field(default_factory=list)
    seen: set[int] = field(default_factory=set)

    def text(self, where: str, content: str) -> None:
        """Look through a text."""
        self.found += [f"{where}: {one}" for one in in_text(PLANTED, content)]

    def bytes(self, where: str, content: bytes) -> None:
        """Look through bytes, tokens of forms left out; what was looked through before is not again."""
        self.looked += 1
        content = _TOKENS.sub(b"", content)
        if hash(content) not in self.seen:
            self.seen.add(hash(content))
            self.found += [f"{where}: {one}" for one in in_bytes(PLANTED, content)]


class Lines(logging.Handler):
    """Every line that is logged, from the lowest level on, once."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: set[str] = set()
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line, with the trace of its error."""
        self.lines.add(self.format(record))


@contextmanager
def logged() -> Iterator[Lines]:
    """Keep what is logged meanwhile, statements and their values left out: those are the database's, not a log's."""
    root, lines = logging.getLogger(), Lines()
    before = root.level
    root.addHandler(lines)
    root.setLevel(logging.DEBUG)
    try:
        yield lines
    finally:
        root.setLevel(before)
        root.removeHandler(lines)


def paper_of(one: Planted) -> dict[str, Any]:
    """Return the fields of a form for a PDF that names its author in its file name, its title and its metadata."""
    made, out = PdfWriter(), io.BytesIO()
    made.add_blank_page(200, 200)
    made.add_metadata({"/Author": one.name, "/Title": f"Đơn của {one.name}, {one.number}"})
    made.write(out)
    return {"papers-0-title": f"Đơn viết tay của {one.name}", "papers-0-pages": "1",
            "papers-0-file": (io.BytesIO(out.getvalue()), f"Đơn {one.name}.pdf")}  # fmt: skip


def person_of(one: Planted, rows: str) -> dict[str, str]:
    """Return the fields of the first person of a form."""
    return {f"{rows}-0-full_name": one.name, f"{rows}-0-identity_number": one.number, f"{rows}-0-phone": one.phone,
            f"{rows}-0-address": one.street}  # fmt: skip


def handed_in(client: FlaskClient, world: World, path: str, by: str, form: dict[str, Any]) -> Petition:
    """Send a form of the desk as a browser would; return the petition that came of it."""
    sign_in(client, world, by)
    answer = client.post(path, data=form, content_type="multipart/form-data")
    assert answer.status_code == 302, answer.text
    client.post("/sign-out")
    return db.session.scalars(select(Petition).order_by(Petition.id.desc()).limit(1)).one()


def opened(world: World, petition: Petition) -> Case:
    """Open a case, give it to the handler and return it."""
    with unit_of_work():
        perform(petition, "open_case", actor=world.principal("donthu.lb"), data={"on": DAY})
        assert petition.case is not None
        assign(petition.case, unit_id=world.unit("LB-KT").id, handler_id=world.person("thuly.lb").id,
               actor=world.principal("chutich.lb"))  # fmt: skip
    return petition.case


def walked(world: World, case: Case) -> list[str]:
    """Take a case along STEPS, each step by whom its permission names, some prepared and approved; return those taken."""
    matter, taken = Matter(world, case), list[str]()
    for number, action in enumerate(STEPS):
        for row in [
            row for row in workflow_of(case).leaving(case.state) if row.action == action and not row.by_system
        ]:
            typist = Typist(Random(number), today(), case.received_on, matter.offer)  # noqa: S311
            read = answered(matter.workflow, case.state, row, facts_of(case), typist)
            if read is None:
                continue
            data, who = (
                {**read[0], "basis_checked": True},
                world.principal(BY.get(row.permission.value, "chutich.lb")),
            )
            try:
                if row.proposable and number % 2:
                    matter.prepare(row, data)
                    matter.approve()
                else:
                    with unit_of_work():
                        perform(case, action, actor=who, data=data)
            except DomainError:
                continue
            taken.append(action)
            break
    return taken


def protected(world: World, case: Case, one: Planted) -> int:
    """Take the file of protection through 7.6 with the name in every text that is sealed; return a request's id."""
    head = world.principal("chutich.lb")
    words = f"{one.name} ({one.number}, {one.phone}) bị đe doạ tại {one.street}"
    asked = {"on": DAY, "form": "in_person", "relations": ["denouncer", "spouse"], "objects": ["life"],
             "measures": ["life"], "people": words, "words": words}  # fmt: skip
    decided = {"on": DAY, "document_no": "7/QĐ", "decided_by": "resolver", "measures": ["life", "job"], "starts_on": DAY,
               "starts_at": "8:30", "words": words}  # fmt: skip
    ways: tuple[tuple[tuple[str, dict[str, Any]], ...], ...] = (
        (("request_paper", {"on": DAY, "paper_on": DAY, "words": words}), ("protect", decided),
         ("change", {"on": DAY, "document_no": "8/QĐ", "measures": ["life"], "words": words}),
         ("end_protection", {"on": DAY, "document_no": "9/QĐ", "ground": "ground_gone", "words": words})),
        (("refer", {"on": DAY, "to_kind": "police", "to_body": "Công an phường", "words": words}),
         ("referral_paper", {"on": DAY, "document_no": "3/CV", "words": words})),
        (("refuse_protection", {"on": DAY, "document_no": "4/TB", "words": words}),),
    )  # fmt: skip
    last = 0
    for way in ways:
        with unit_of_work():
            measure = take(case, measures_of(case)[0], "request", actor=head, data=asked)
            for action, data in way:
                take(case, measure, action, actor=head, data=data)
        last = measure.id
    with unit_of_work():
        take(case, measures_of(case)[0], "waive", actor=head,
             data={"on": DAY, "ground": "declined", "document_no": "5", "paper_on": DAY, "words": words})  # fmt: skip
    return last


def reclassified(world: World, petition: Petition) -> Case:
    """Let what came as a complaint, and was worked on as one, turn out to be a denunciation; return its new case."""
    case = opened(world, petition)
    with unit_of_work():
        perform(case, "accept", actor=world.principal("chutich.lb"),
                data={"on": DAY, "contested": "act", "basis_checked": True})  # fmt: skip
    with frozen(TODAY + timedelta(days=3)):
        run_sweep()
    with unit_of_work():
        perform(case, "reclassify", actor=world.principal("thuly.lb"),
                data={"kind": "denunciation", "words": "Thực chất là tố cáo.", "basis_checked": True})  # fmt: skip
    return opened(world, petition)


def pages(
    app: Flask, client: FlaskClient, world: World, known: dict[str, int], found: Findings, *, all_: bool
) -> None:
    """Open every page as every role, and send every form with nothing in it; look at answers, headers and cookies.

    Not `all_`: only what leads to the file. A page of a denunciation looks the same to whoever may do no more on it.
    """
    rows = [
        row
        for row in route_table(app)
        if not row.endpoint.endswith(("static", "z")) and (all_ or "<int:" in row.rule)
    ]
    connection = db.session.connection()
    for username in ROLES:
        client.post("/sign-out")
        sign_in(client, world, username)
        for row in rows:
            if username in LET_IN.get(row.endpoint, ()):
                continue
            path = address(app, row, known).replace("/attachments/1", f"/attachments/{known['paper']}")
            if "GET" in row.methods:
                look(client.get(path), f"{username}: GET {path}", found)
            ends_the_walk = row.endpoint.startswith(("auth.", "second.", "sso."))
            if "POST" in row.methods and username in WRITE and not ends_the_walk:
                db.session.commit()
                point = connection.begin_nested()
                look(client.post(path), f"{username}: POST {path}", found)
                db.session.rollback()
                point.rollback()
        cookie = client.get_cookie("tiepdan")
        found.text(f"{username}: cookie", of_cookie(cookie.value) if cookie else "")


def look(answer: TestResponse, what: str, found: Findings) -> None:
    """Look through an answer and its headers."""
    found.bytes(f"{what} -> {answer.status_code}", answer.data)
    answer.headers.remove("Content-Security-Policy")
    found.text(f"{what}, headers", str(answer.headers))


def failures(app: Flask, client: FlaskClient, world: World, known: dict[str, int], found: Findings) -> None:
    """Let a page break with the name in its error; ask for what is not there, in ways that are not allowed, for too much."""
    sign_in(client, world, "chutich.lb")
    shown = app.view_functions["cases.show"]

    def broken(**_values: int) -> str:
        raise RuntimeError(f"{FROM_THE_START.name} {SEALED_LATE.number}")

    broken.__dict__.update(shown.__dict__)
    app.view_functions["cases.show"], app.testing = broken, False
    try:
        answers = [client.get(f"/cases/{known['case']}")]
        assert answers[0].status_code == 500
    finally:
        app.view_functions["cases.show"], app.testing = shown, True
    answers += [
        client.get("/nowhere"), client.get(f"/cases/{known['case']}/notes"), client.get("/petitions/?q=%00"),
        client.post(f"/cases/{known['case']}/do/accept", data={}), client.get(f"/cases/{10**8}"),
    ]  # fmt: skip
    for answer in answers:
        found.bytes(f"error page {answer.status_code}", answer.data)
    client.post("/sign-out")


@contextmanager
def posted(app: Flask) -> Iterator[Mailbox]:
    """Have a real mail server meanwhile."""
    before = app.extensions["tiepdan.settings"]
    with mail_server() as mailbox:
        set_up = replace(before, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_tls="none")
        app.extensions["tiepdan.settings"] = set_up
        try:
            yield mailbox
        finally:
            app.extensions["tiepdan.settings"] = before


def delivered(mailbox: Mailbox, found: Findings) -> None:
    """Send everything that waits and read it as it arrives."""
    with frozen(TODAY + timedelta(days=300)):
        for message_id in db.session.scalars(select(OutboundMessage.id)).all():
            mail_jobs.deliver(message_id)
    for letter in mailbox.letters:
        found.text("mail", words_of(letter))
    assert mailbox.letters


def dump(session: Session, found: Findings) -> None:
    """Read every row of every table as its owner, as a dump has it: bytes too, as they are and as hexadecimal."""
    with as_owner(session):
        tables = session.scalars(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).all()
        for table in tables:
            rows = session.execute(text(f'SELECT t::text FROM "{table}" t')).scalars()  # noqa: S608 - our own names
            content = "\n".join(rows)
            found.text(f"dump of {table}", content)
            for one in (FROM_THE_START, SEALED_LATE):
                for word in (one.name, one.number, one.phone):
                    assert word.encode().hex() not in content, table


def test_a_planted_name_is_found_nowhere_after_a_walk_by_every_role(
    app: Flask, client: FlaskClient, world: World, session: Session, folder: Path
) -> None:
    found, redis = Findings(), app.extensions["tiepdan.redis"]
    redis.flushdb()
    with logged() as lines, posted(app) as mailbox:
        letter = typed_letter(
            world, **AGAINST, **person_of(FROM_THE_START, "senders"), **paper_of(FROM_THE_START)
        )
        first = handed_in(client, world, "/desk/letters/new", "donthu.lb", letter)
        visit = typed(
            world, **person_of(SEALED_LATE, "visitors"), **paper_of(SEALED_LATE), submission_key="v" * 32
        )
        second = handed_in(client, world, "/desk/visits/new", "tiepdan.lb", visit)
        first_case = opened(world, first)
        taken = walked(world, first_case)
        assert set(STEPS) - set(taken) <= NOT_ALWAYS, taken
        measure = protected(world, first_case, FROM_THE_START)
        second_case = reclassified(world, second)
        later = protected(world, second_case, SEALED_LATE)
        for day in (20, 60, 200):
            with frozen(TODAY + timedelta(days=day)):
                run_sweep()
        came = session.scalars(select(Visit.id).where(Visit.petition_id == second.id)).one()
        for petition, case, file in ((first, first_case, measure), (second, second_case, later)):
            known = {"petition": petition.id, "case": case.id, "clock": 1, "measure": file, "visit": came,
                     "paper": petition.attachments[0].id}  # fmt: skip
            pages(app, client, world, known, found, all_=petition is first)
        failures(app, client, world, known, found)
        sign_in(
            client, world, "donthu.lb"
        )  # whoever wrote it down prints the receipt: what is looked with, finds
        assert in_bytes(PLANTED, client.get(f"/desk/petitions/{first.id}/receipt.pdf").data)
        delivered(mailbox, found)
    for line in lines.lines:
        found.text("log", line)
    queued = dict(of_redis(redis))
    assert any("deliver" in held for held in queued.values()), "no job with arguments was looked at"
    for key, held in queued.items():
        found.text(f"Redis {key}", f"{key} {held}")
    stored = list(folder.rglob("*"))
    assert sum(path.is_file() for path in stored) >= 2, "both papers lie in the store"
    for path in stored:
        found.text(f"file name {path}", str(path))
        if path.is_file():
            found.bytes(f"file {path}", path.read_bytes())
    dump(session, found)
    assert not found.found, "\n".join(found.found)
    assert found.looked > 800
    assert len(lines.lines) > 10


@pytest.mark.parametrize(
    "spelt",
    [
        "Khuất Duật Thuỳ Chiêm", "khuat duat thuy chiem", "KHUẤT DUẬT THÙY CHIÊM", "Chiêm Thuỳ Duật Khuất", "Duật-Khuất",
        "khuat_duat.pdf", "Thuỳ  Chiêm", "Khu\u1ea5t Duật", "Khua\u0302\u0301t Dua\u0323\u0302t",
        "Khu%E1%BA%A5t%20Du%E1%BA%ADt", "Khu&#7845;t Du&#7853;t", "Khu\\u1ea5t Du\\u1eadt", "001 299 887 766", "001.299.887.766",
        "+84 987 001 122", "0987.001.122", "ngach 77, cay tram lun", "S2h14bqldCBEdeG6rXQgVGh14buzIENoacOqbQ==",
        "c4e0d8b1 " + hashlib.sha256(b"001299887766").hexdigest(),
    ],
)  # fmt: skip
def test_every_spelling_of_a_planted_name_is_found(spelt: str) -> None:
    """With and without marks, upper case, any order, parts, quoted for an address, HTML, JSON, base64, hashed."""
    assert in_text(PLANTED, f"x {spelt} y")
    assert not in_text(PLANTED, "Nguyễn Văn Thử, 001090000001, 0912345678, Khuất phục, Thuỳ lợi")
