"""The application for gunicorn and flask: `gunicorn wsgi:application`."""

from app.factory import create_app

application = create_app()
