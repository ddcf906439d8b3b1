"""Fixtures of this folder: a mail server, overdue petitions that are committed, and real processes on the test's servers."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from app.config import Settings
from app.core.clock import frozen, local_day
from tests.factories import World
from tests.notifications.builders import Mailbox, mail_server, petitions

ROOT = Path(__file__).resolve().parent.parent.parent
Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def smtp(app: Flask) -> Iterator[Mailbox]:
    """A real mail server, and the application set to use it."""
    before = app.extensions["tiepdan.settings"]
    with mail_server() as mailbox:
        app.extensions["tiepdan.settings"] = replace(
            before, smtp_host="127.0.0.1", smtp_port=mailbox.port, smtp_tls="none"
        )
        yield mailbox
    app.extensions["tiepdan.settings"] = before


@pytest.fixture
def overdue(live_world: World) -> date:
    """Commit 40 complaints that are long overdue; return the machine's own day, on which child processes live."""
    real = local_day(datetime.now(UTC))
    received = real - timedelta(days=80)
    with frozen(received):
        petitions(live_world, 40, received_on=received)
    return real


@pytest.fixture
def empty_queue(app: Flask) -> Iterator[None]:
    """Redis without jobs, before and after; no context of its own, which would bring a session of its own."""
    redis = app.extensions["tiepdan.redis"]
    redis.flushdb()
    yield
    redis.flushdb()


@pytest.fixture
def start(settings: Settings) -> Iterator[Start]:
    """Start Python code as a process of its own on this worker's servers; what is left at the end is killed."""
    children: list[subprocess.Popen[bytes]] = []
    environment = dict(
        os.environ,
        TIEPDAN_ENV="test",
        DATABASE_URL=settings.database_url,
        REDIS_URL=settings.redis_url,
        SECRET_KEY=settings.secret_key,
        TIEPDAN_SEAL_KEY="MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=",
        TIEPDAN_AUDIT_KEY="YXVkaXQta2V5LW9mLXRoZS10ZXN0LXN1aXRlLTMyYnk=",
        FILES_DIR=str(settings.files_dir),
    )

    def run(code: str, **more: str) -> subprocess.Popen[bytes]:
        child = subprocess.Popen(
            [sys.executable, "-c", code], cwd=ROOT, env={**environment, **more}, stdout=subprocess.PIPE,
            start_new_session=True,
        )  # fmt: skip
        children.append(child)
        return child

    yield run
    for child in children:
        if child.poll() is None:
            with suppress(ProcessLookupError):
                os.killpg(child.pid, 9)
            child.wait()
        if child.stdout is not None:
            child.stdout.close()
