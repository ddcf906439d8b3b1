"""Gunicorn's settings: `gunicorn --config python:app.operations.gunicorn_config wsgi:application`."""

from pathlib import Path
from typing import Any

from app.config import ROOT, Launch, environment
from app.core.db import db

_launch = Launch.from_env(environment())
_MEMORY = Path("/dev/shm")  # noqa: S108 - gunicorn makes its own files in it, unnamed

bind = f"[{_launch.host}]:{_launch.port}" if ":" in _launch.host else f"{_launch.host}:{_launch.port}"
workers = _launch.web_processes
worker_class = "gthread"
threads = _launch.web_threads
preload_app = True  # one load for all; a refusal to start is said once
timeout = 60
graceful_timeout = 10
keepalive = 5
chdir = str(ROOT)
loglevel = "warning"
accesslog = (
    None  # addresses of pages hold what was searched for; a reverse proxy may log what the office decides
)
control_socket_disable = True
# Heartbeats in memory: a slow disk must not make workers look dead.
worker_tmp_dir = str(_MEMORY) if _MEMORY.is_dir() else None


def post_fork(_server: Any, worker: Any) -> None:
    """Let go of connections that the parent may have opened: each worker opens its own."""
    application = worker.app.wsgi()
    with application.app_context():
        db.engine.dispose(close=False)
