"""Fixtures for signing in: the limiter switched on for one test."""

from collections.abc import Iterator

import pytest
from flask import Flask

from app.web.limits import limiter


@pytest.fixture
def counting(app: Flask) -> Iterator[None]:
    """Rate limits count, from zero, for this test only."""
    with app.app_context():
        limiter.reset()
    limiter.enabled = True
    yield
    limiter.enabled = False
    with app.app_context():
        limiter.reset()
