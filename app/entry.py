"""How processes that are not the web server begin: the application, or one clear line and exit code 1."""

import logging
import sys

from flask import Flask

from app.config import ConfigError, Settings
from app.factory import create_app
from app.safety import refuse_unsafe


def application_or_exit() -> Flask:
    """Return the application of the environment; print why not and exit when it must not start."""
    logging.basicConfig(level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s")
    try:
        app = create_app(Settings.from_env())
        refuse_unsafe(app)
    except ConfigError as error:
        sys.stderr.write(f"tiepdan: {error}\n")
        sys.exit(1)
    return app
