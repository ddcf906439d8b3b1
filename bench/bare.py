"""The reference limits: a Flask application with nothing of ours but the models."""

import os
import time

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import select, text

from app.organisation.models import Unit
from complaints.models.petitions import Petition

_ROWS = """<table>{% for row in rows %}<tr><td>{{ row.id }}</td><td>{{ row.summary }}</td><td>{{ row.state }}</td>
<td>{{ row.next_due_on }}</td></tr>{% endfor %}</table>"""


def create_bare_app(database_url: str) -> Flask:
    """Return an application with an empty view, a view of 25 rows by index, and a view that inserts one row."""
    bare = Flask("bare")
    bare.config["SQLALCHEMY_DATABASE_URI"] = database_url
    database = SQLAlchemy(bare)
    table = bare.jinja_env.from_string(_ROWS)
    with bare.app_context():
        unit_id = database.session.execute(select(Unit.id).where(Unit.code == "LB")).scalar_one()
    wanted = (
        select(Petition)
        .where(Petition.unit_id == unit_id, Petition.is_open)
        .order_by(Petition.next_due_on, Petition.id)
        .limit(25)
    )

    def view() -> str:
        return table.render(rows=database.session.execute(wanted).scalars())

    def insert() -> str:
        row = {"unit": unit_id, "r": str(time.monotonic_ns())}
        database.session.execute(text("INSERT INTO register_counters VALUES (:unit, :r, 1, 1)"), row)
        database.session.commit()
        return "done"

    bare.add_url_rule("/view", "view", view)
    bare.add_url_rule("/empty", "empty", lambda: "empty")
    bare.add_url_rule("/insert", "insert", insert, methods=["POST"])
    return bare


if url := os.environ.get("BENCH_DATABASE_URL"):
    application = create_bare_app(url)
