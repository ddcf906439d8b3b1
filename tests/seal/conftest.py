"""Fixtures of the tests of the seal."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask

from app.core import seal
from app.core.seal import SealKey, WrappingKey
from tests.ops.conftest import command_environment

__all__ = ["command_environment"]
FRESH = SealKey(bytes(range(32)))


@pytest.fixture(autouse=True)
def _own_store(folder: Path) -> None:
    """Every test has a store of its own."""


@pytest.fixture
def turn(app: Flask) -> Iterator[Callable[..., None]]:
    """Give the application other keys, the newest first; its own come back after the test."""
    with app.app_context():
        before = seal.keys()

    def to(*keys: WrappingKey) -> None:
        seal.connect(app, keys)

    yield to
    seal.connect(app, before)
