"""The application for gunicorn: `gunicorn --config python:app.operations.gunicorn_config wsgi:application`."""

from werkzeug.middleware.proxy_fix import ProxyFix

from app.operations.entry import application_or_exit

HALT = 4  # gunicorn's code for 'the application cannot be loaded': it stops instead of trying again

application = application_or_exit(HALT)

if proxies := application.extensions["tiepdan.settings"].proxies:
    # Behind a reverse proxy: the visitor's address (rate limits) and https come in headers that only it may set.
    application.wsgi_app = ProxyFix(  # type: ignore[method-assign]
        application.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies
    )
