"""create_app(): builds the application from settings and the tables of app/wiring.py."""

from pathlib import Path

from flask import Flask
from flask_bootstrap import Bootstrap5
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_wtf.csrf import CSRFProtect
from redis import Redis

from app import wiring
from app.config import Settings
from app.core import audit, events, jobs, seal
from app.core.db import connect, db
from app.files import uploads
from app.organisation import login
from app.organisation.signin import gate, sso
from app.tables import law_holds
from app.web import (
    access,
    assets,
    errors,
    filters,
    health,
    limits,
    locale,
    metrics,
    navigation,
    security,
    trail,
)

MIGRATIONS = Path(__file__).resolve().parent.parent / "migrations"


def create_app(settings: Settings | None = None) -> Flask:
    """Return a ready application.

    Takes the settings from the environment when none are given. Raises ConfigError when a setting is missing or unsafe,
    RulebookError when the law as data does not hold together, UndeclaredRoute when a route says nothing of who may
    open it.
    """
    law_holds()
    settings = settings or Settings.from_env()
    app = Flask("app", static_folder="web/static", template_folder="web/templates")
    app.config.from_mapping(settings.flask_config())
    app.extensions["tiepdan.settings"] = settings
    _connect(app, settings)
    _equip(app)
    for blueprint in wiring.BLUEPRINTS:
        app.register_blueprint(blueprint)
    access.route_table(app)
    return app


def _connect(app: Flask, settings: Settings) -> None:
    """Tie the ground to this application: database, queue, seal, events."""
    connect(app)
    Migrate(app, db, directory=str(MIGRATIONS), compare_type=True)
    jobs.connect(app, Redis.from_url(settings.redis_url))
    seal.connect(app, settings.seal_keys)
    audit.connect(app, settings.audit_keys, trail.origin)
    events.connect(app, wiring.EVENT_HANDLERS)


def _equip(app: Flask) -> None:
    """Give the application its web kit: who is signed in, language, security headers, filters, error pages."""
    locale.init_app(app)
    Bootstrap5(app)
    assets.init_app(app)
    CSRFProtect(app)
    login.init_app(app, LoginManager())
    gate.init_app(app)
    sso.init_app(app)
    security.init_app(app)
    limits.init_app(app, wiring.DEAR_ROUTES)
    filters.init_app(app)
    navigation.init_app(app)
    errors.init_app(app)
    access.init_app(app)
    uploads.init_app(app)
    health.init_app(app, wiring.CHECKS)
    metrics.init_app(app, wiring.METRICS)
    trail.init_app(app, wiring.RECORDED_SUBJECTS)
    app.context_processor(access.template_globals)
