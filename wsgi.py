"""The application for gunicorn and flask: `gunicorn --config python:app.gunicorn_config wsgi:application`."""

import sys

from werkzeug.middleware.proxy_fix import ProxyFix

from app.config import ConfigError, Settings
from app.factory import create_app
from app.safety import refuse_unsafe

HALT = 4  # gunicorn's code for 'the application cannot be loaded': it stops instead of trying again

try:
    settings = Settings.from_env()
    application = create_app(settings)
    refuse_unsafe(application)
except ConfigError as error:
    sys.stderr.write(f"tiepdan: {error}\n")
    sys.exit(HALT)

if settings.proxies:
    # Behind a reverse proxy: the visitor's address (rate limits) and https come in headers that only it may set.
    application.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        application.wsgi_app, x_for=settings.proxies, x_proto=settings.proxies, x_host=settings.proxies
    )
