"""Health tells the truth: /readyz and a banner say when nobody is told in time; /metrics has the figures."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import select
from sqlalchemy.orm import Session

from app.config import ROOT
from app.core import runs
from app.core.clock import frozen, now
from app.core.db import db, unit_of_work
from app.core.jobs import QueueName, queue
from app.organisation.models import Person
from notifications.health import SWEEP
from notifications.jobs import deliver
from notifications.models import MessageState, OutboundMessage
from tests.conftest import PASSWORD
from tests.factories import World
from tests.notifications.builders import Mailbox, assigned_case

TOKEN = "a-token-for-the-scraper-of-tests"
LATE = "Quét thời hạn chưa chạy xong lần nào"
STUCK = "Thư thông báo đang ứ lại"


def checks(app: Flask) -> dict[str, bool]:
    """Return what /readyz says of what it watches, and hold that its status agrees."""
    answer = app.test_client().get("/readyz")
    assert answer.json is not None
    found: dict[str, bool] = answer.json["checks"]
    assert answer.status_code == (200 if all(found.values()) else 503)
    return found


def page_for(app: Flask, person: Person) -> str:
    """Return a page as a person sees it who signs in now."""
    client = app.test_client()
    client.post("/sign-in", data={"username": person.username, "password": PASSWORD})
    return client.get("/account").text


@pytest.fixture
def from_now(app: Flask) -> Iterator[None]:
    """Let the process have begun at the stopped clock's now."""
    before = app.extensions["tiepdan.health.checks"]
    app.extensions["tiepdan.health.checks"] = (now(), before[1])
    yield
    app.extensions["tiepdan.health.checks"] = before


def test_without_a_sweep_for_five_minutes_it_is_not_ready_and_administrators_read_why(
    app: Flask, live_world: World, from_now: None
) -> None:
    began = now()
    with unit_of_work():
        runs.note_success(SWEEP, 0.25)
    with frozen(began + timedelta(minutes=5)):
        assert checks(app)["sweep"]
        assert LATE not in page_for(app, live_world.person("quantri"))
    with frozen(began + timedelta(minutes=5, seconds=1)):
        assert not checks(app)["sweep"]
        assert LATE in page_for(app, live_world.person("quantri"))
        assert LATE not in page_for(app, live_world.person("thuly.lb"))
        with unit_of_work():
            runs.note_failure(SWEEP, "OperationalError")
        assert not checks(app)["sweep"]  # a sweep that failed is none
        with unit_of_work():
            runs.note_success(SWEEP, 0.25)
        assert checks(app)["sweep"]


def test_a_process_that_has_just_begun_is_given_five_minutes(
    app: Flask, real_database: Flask, from_now: None
) -> None:
    """After a night in which everything was off the last sweep is old, and none was ever on a new installation."""
    began = now()
    assert runs.last_success(SWEEP) is None
    with frozen(began + timedelta(minutes=4)):
        assert checks(app)["sweep"]
    with frozen(began + timedelta(minutes=6)):
        assert not checks(app)["sweep"]


def test_mail_that_does_not_leave_for_an_hour_makes_it_not_ready(
    app: Flask, live_world: World, smtp: Mailbox, from_now: None
) -> None:
    assigned_case(live_world)
    message = db.session.scalars(select(OutboundMessage)).one()
    began = now()
    with frozen(began + timedelta(minutes=60)):
        assert checks(app)["mail"]
    with frozen(began + timedelta(minutes=61)):
        assert not checks(app)["mail"]
        assert STUCK in page_for(app, live_world.person("quantri"))
        deliver(message.id)
        assert message.state is MessageState.SENT
        assert checks(app)["mail"]


def test_one_address_that_is_refused_does_not_stop_the_office(
    app: Flask, live_world: World, smtp: Mailbox, from_now: None
) -> None:
    assigned_case(live_world)
    assigned_case(live_world)
    waits, leaves = db.session.scalars(select(OutboundMessage).order_by(OutboundMessage.id))
    with frozen(now() + timedelta(minutes=61)):
        assert not checks(app)["mail"]
        deliver(leaves.id)
        assert (waits.state, leaves.state) == (MessageState.PENDING, MessageState.SENT)
        assert checks(app)["mail"]


def test_what_is_to_leave_later_is_not_late(app: Flask, live_world: World, smtp: Mailbox) -> None:
    assigned_case(live_world)
    message = db.session.scalars(select(OutboundMessage)).one()
    message.leave_at = message.next_try_at = now() + timedelta(days=3)
    db.session.commit()
    with frozen(now() + timedelta(days=3)):
        assert checks(app)["mail"]


@pytest.fixture
def scraped(app: Flask) -> Iterator[Flask]:
    """The application with a token for its metrics."""
    app.config["METRICS_TOKEN"] = TOKEN
    yield app
    app.config["METRICS_TOKEN"] = ""


def figures(app: Flask) -> dict[str, float]:
    """Return what /metrics says, by name and label."""
    answer = app.test_client().get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})
    assert answer.status_code == 200
    return {
        sample.name + "".join(f" {value}" for value in sample.labels.values()): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_metrics_tell_of_sweeps_queues_alerts_and_mail(
    scraped: Flask, world: World, session: Session, smtp: Mailbox, empty_queue: None
) -> None:
    assigned_case(world)
    with unit_of_work():
        runs.note_success(SWEEP, 0.25)
        runs.note_failure("notifications.jobs.deliver", "OSError")
    at = now().timestamp()
    found = figures(scraped)
    assert found[f"tiepdan_job_last_success_timestamp_seconds {SWEEP}"] == at
    assert found[f"tiepdan_job_seconds {SWEEP}"] == 0.25
    assert found["tiepdan_job_failures_total notifications.jobs.deliver"] == 1
    assert found["tiepdan_queue_up"] == 1
    assert found["tiepdan_queue_jobs mail"] == queue(QueueName.MAIL).count == 1
    assert (found["tiepdan_outbox_pending"], found["tiepdan_outbox_failed"]) == (1, 0)
    assert found["tiepdan_outbox_overdue_seconds"] == found["tiepdan_alert_overdue_seconds"] == 0
    with frozen(now() + timedelta(days=60)):
        later = figures(scraped)
    assert later["tiepdan_outbox_overdue_seconds"] == 60 * 86400
    assert later["tiepdan_alert_overdue_seconds"] > 0


@pytest.mark.parametrize("header", ["", "Bearer ", "Bearer wrong", f"Basic {TOKEN}", TOKEN[:-1]])
def test_the_metrics_open_with_their_token_alone(scraped: Flask, header: str) -> None:
    assert scraped.test_client().get("/metrics", headers={"Authorization": header}).status_code == 404


def test_without_a_token_in_the_settings_there_are_no_metrics(app: Flask) -> None:
    assert app.test_client().get("/metrics", headers={"Authorization": "Bearer "}).status_code == 404


def test_every_rule_of_prometheus_asks_for_a_figure_that_is_told(
    scraped: Flask, world: World, session: Session
) -> None:
    with unit_of_work():
        runs.note_success(SWEEP, 0.25)
        runs.note_failure(SWEEP, "OSError")
    told = {name.partition(" ")[0] for name in figures(scraped)}
    rules = (ROOT / "deploy" / "prometheus" / "tiepdan.rules.yml").read_text(encoding="utf-8")
    asked = set(re.findall(r"\btiepdan_[a-z_]+", rules))
    assert asked
    assert asked <= told, asked - told
    assert SWEEP in rules
