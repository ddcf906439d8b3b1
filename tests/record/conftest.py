"""Fixtures of the record's tests."""

from tests.ops.conftest import command_environment

__all__ = ["command_environment"]
