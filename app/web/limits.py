"""Rate limits, counted in Redis so that all processes share them."""

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, default_limits=[])


def init_app(app: Flask) -> None:
    """Give the application its limiter; tests switch it off by configuration."""
    limiter.init_app(app)
