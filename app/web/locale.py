"""Vietnamese first, English second: the person's choice, then the session's."""

from flask import Flask, has_request_context, session
from flask_babel import Babel, get_locale
from flask_login import current_user

LANGUAGES = {"vi": "Tiếng Việt", "en": "English"}


def chosen_language() -> str:
    """Return the language of this request; jobs and commands have none and speak Vietnamese."""
    if not has_request_context():
        return "vi"
    chosen = session.get("locale") or getattr(current_user, "locale", None)
    return chosen if chosen in LANGUAGES else "vi"


def language() -> str:
    """Return 'vi' or 'en' for labels that live in data."""
    locale = get_locale()
    return "en" if locale is not None and locale.language == "en" else "vi"


def init_app(app: Flask) -> None:
    """Give the application Flask-Babel and templates the language."""
    Babel(app, locale_selector=chosen_language, default_translation_directories="web/translations")
    app.jinja_env.globals.update(language=language, LANGUAGES=LANGUAGES)
