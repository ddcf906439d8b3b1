"""`tiepdan run`."""

import sys

import click

from app.operations.run import run_everything


@click.command()
def run() -> None:
    """Start everything and stay; Ctrl-C or SIGTERM stops every process.

    Starts PostgreSQL and Redis (unless DATABASE_URL, REDIS_URL name others), migrates, loads the demo on an empty
    database in development, then web, workers and cron. PORT and HOST say where; data lives under var/ (TIEPDAN_VAR).
    """
    sys.exit(run_everything())
